"""A worker that dies at one exact point, and the world that it dies in: PostgreSQL for the memory, a book of documents for Exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from psycopg import sql

from include.errors import RetryableError
from include.outbox.classify import Answer, KnownCause
from include.outbox.drain import Parts
from include.outbox.model import Found, Mutation
from include.outbox.ports import Permit, Receipt, Sending
from include.outbox.times import Times
from include.store.database import Database
from include.store.mirror import MirrorRow, MirrorStore
from include.store.outbox import OutboxStore
from include.store.permits import PermitGate
from tests.store.rigs import MOVED, WITNESSES, end_session

APP = "crash"
LATE_S = 500.0


class Killed(BaseException):
    """kill -9: no handler of ours sees it, and nothing that a `finally` does reaches anybody."""


@dataclass(frozen=True)
class Remote:
    """What Exact does with a POST: its answer, and whether and when it books the document."""

    name: str
    answer: Answer
    books: bool = False
    late_s: float = 0.0
    causes: tuple[str, ...] = ()


def _refused(status: int) -> Remote:
    return Remote(f"{status}", Answer(status=status, error="no"), causes=("payload_refused",))


TEXT = "A problem has occurred."
REMOTES = (
    Remote("connect failure", Answer(left=False, reason="refused")),
    Remote("401", Answer(status=401)),
    Remote("429", Answer(status=429, wait_s=20.0)),
    Remote("201", Answer(status=201), books=True),
    Remote("200", Answer(status=200), books=True),
    Remote("201 without an id", Answer(status=201, reason="no id"), books=True),
    Remote("302", Answer(status=302)),
    Remote("408", Answer(status=408)),
    Remote("time-out, never booked", Answer(reason="time-out")),
    Remote("time-out, booked", Answer(reason="time-out"), books=True),
    Remote("time-out, booked late", Answer(reason="time-out"), books=True, late_s=LATE_S),
    Remote("reset, booked", Answer(reason="reset"), books=True),
    Remote("reset, never booked", Answer(reason="reset")),
    Remote("503", Answer(status=503)),
    Remote("503, booked", Answer(status=503), books=True),
    Remote("504, booked late", Answer(status=504), books=True, late_s=LATE_S),
    *(_refused(status) for status in (400, 409, 413, 415, 422)),
    Remote("403", Answer(status=403)),
    Remote("404", Answer(status=404)),
    Remote("500, known", Answer(status=500, error="closed", known_cause=KnownCause("closed_period")), causes=("closed_period",)),
    Remote("500, unknown", Answer(status=500, error=TEXT), causes=("unrecognised_answer",)),
    Remote("500, unknown, booked", Answer(status=500, error=TEXT), books=True),
    Remote("500, unknown, booked late", Answer(status=500, error=TEXT), books=True, late_s=LATE_S),
)
NEVER_BOOKED = next(each for each in REMOTES if each.name == "time-out, never booked")
WELL = next(each for each in REMOTES if each.name == "201")


@dataclass
class Crash:
    """Where to die: before or after a call, the n-th of its name."""

    call: str
    after: bool
    happened: bool = False
    armed: bool = False

    def guard(self, name: str, call: Callable[..., Any], die: Callable[[], None]) -> Callable[..., Any]:
        def guarded(*arguments: Any, **named: Any) -> Any:
            if self.happened:
                raise Killed
            here = self.armed and name == self.call
            result = None
            if not here or self.after:
                result = call(*arguments, **named)
            if here:
                self.happened = True
                die()
                raise Killed
            return result

        return guarded


@dataclass
class Books:
    """Exact's documents by token; each shows from a moment of the scene's clock."""

    documents: list[tuple[str, UUID, float]] = field(default_factory=list)
    seconds: float = 0.0
    remotes: list[Remote] = field(default_factory=list)
    posts: int = 0

    def shown(self, token: str | None = None) -> list[tuple[str, UUID]]:
        return [(each, exact_id) for each, exact_id, at in self.documents if at <= self.seconds and token in {None, each}]


class Wire:
    """The way to these books."""

    def __init__(self, books: Books, mirror: MirrorStore, now: Callable[[], Any]) -> None:
        self.books = books
        self.mirror = mirror
        self.now = now

    def prepare(self) -> None: ...

    def send(self, mutation: Mutation, permit: Permit, still_in_time: Callable[[], bool]) -> Sending:
        remote = self.books.remotes.pop(0) if self.books.remotes else WELL
        answer = remote.answer
        if not answer.left:
            return self._sent(mutation, permit, answer)
        if not still_in_time():
            return self._sent(mutation, permit, Answer(left=False, reason="too_late"))
        self.books.posts += 1
        exact_id = uuid4()
        if remote.books:
            self.books.documents.append((mutation.token, exact_id, self.books.seconds + remote.late_s))
        if answer.status in {200, 201} and not answer.reason:
            answer = Answer(status=answer.status, exact_id=exact_id)
        return self._sent(mutation, permit, answer)

    def _sent(self, mutation: Mutation, permit: Permit, answer: Answer) -> Sending:
        return Sending(answer, Receipt(permit, "POST", mutation.endpoint, answer.status, 0.1, pause_s=answer.wait_s))

    def look(self, mutation: Mutation) -> Sequence[Found]:
        return [Found(exact_id) for _, exact_id in self.books.shown(mutation.token)]

    def pull(self, endpoint: str) -> None:
        began_at = self.now()
        self.mirror.save("lines", [MirrorRow(str(key), {"EntryID": str(key)}, token=token) for token, key in self.books.shown()])
        self.mirror.finish("lines", began_at, whole=False)

    def ping(self) -> bool:
        return True


STORE = [name for name in dir(OutboxStore) if not name.startswith("_")]
GATE = ("take", "give_back", "give_back_unused")
WIRE = ("prepare", "look", "pull", "ping")


class Scene:
    """One division of its own in a shared database, so that nothing has to be cleared away between two crashes."""

    def __init__(self, database: Database, dsn: str, division: int) -> None:
        self.database = database
        self.dsn = dsn
        self.division = division
        self.books = Books()
        self.times = Times()
        self.owners = 0
        self._sql("insert into quota (app, division, minute_limit) values ('crash', {division}, 8) on conflict do nothing")

    def _sql(self, text: str, **parameters: object) -> Any:
        composed = sql.SQL(text).format(division=self.division, **{name: sql.Literal(value) for name, value in parameters.items()})
        return self.database.connection.execute(composed)

    def elapsed(self) -> float:
        return self.books.seconds

    def sleep(self, seconds: float) -> None:
        """Time passes: everything stored moves into the past."""
        self.books.seconds += seconds
        for table, columns in MOVED.items():
            moves = ", ".join(f"{column} = {column} - make_interval(secs => {{seconds}})" for column in columns)
            ours = "division = {division}" if table in {"mutation", "mirror_cursor"} else f"app = '{APP}' and division = {{division}}"
            self._sql(f"update {table} set {moves} where {ours}", seconds=seconds)

    def worker(self, crash: Crash | None = None) -> Parts:
        """A fresh worker; with a crash, over a connection of its own that dies with it."""
        self.owners += 1
        owner = f"worker {self.owners}"
        database = Database(self.dsn) if crash else self.database
        store = OutboxStore(database, WITNESSES, app=APP, owner=owner, times=self.times)
        gate = PermitGate(database, app=APP, division=self.division, owner=owner, times=self.times)
        wire = Wire(self.books, MirrorStore(database, self.division), lambda: self._sql("select clock_timestamp() as t").fetchone()["t"])
        if crash is None:
            return Parts(self.division, owner, store, gate, wire, self, self.times)
        return _mortal(crash, Parts(self.division, owner, store, gate, wire, self, self.times), lambda: self._end(database))

    def _end(self, database: Database) -> None:
        end_session(database, self.database.connection)

    def live(self, act: Callable[[], object]) -> None:
        """Let a worker act; what stops it is put right, or passes with time."""
        try:
            act()
        except RetryableError as pause:
            self.sleep(pause.retry_after_s)

    def row(self) -> dict[str, Any]:
        found: dict[str, Any] = self._sql("select * from mutation where division = {division}").fetchone()
        return found

    def held(self) -> int:
        """Permits and locks that somebody still holds."""
        permits = self._sql(
            "select count(*) as n from permit"
            " where app = 'crash' and division = {division} and holder is not null and free_at > clock_timestamp()"
        )
        return int(permits.fetchone()["n"])


def _mortal(crash: Crash, parts: Parts, die: Callable[[], None]) -> Parts:
    def wrapped(whole: object, names: Sequence[str]) -> dict[str, Any]:
        return {name: crash.guard(name, getattr(whole, name), die) for name in names}

    def send(mutation: Mutation, permit: Permit, still_in_time: Callable[[], bool]) -> Sending:
        return parts.wire.send(mutation, permit, crash.guard("still_in_time", still_in_time, die))

    wire = SimpleNamespace(**wrapped(parts.wire, WIRE), send=crash.guard("send", send, die))
    store = SimpleNamespace(**wrapped(parts.store, STORE))
    gate = SimpleNamespace(**wrapped(parts.gate, GATE))
    return Parts(parts.division, parts.owner, store, gate, wire, parts.clock, parts.times)  # type: ignore[arg-type]
