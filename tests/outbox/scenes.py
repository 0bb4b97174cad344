"""A scene for the outbox: the store's twin, a gate, a wire that answers as it is told, and a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from include.outbox.classify import Answer
from include.outbox.drain import Drain, Parts
from include.outbox.model import Cause, Draft, Found, Key, Mutation
from include.outbox.ports import Permit, Receipt, Sending
from include.outbox.times import Times
from include.outbox.unknown import Unknowns
from include.proof.twin_gate import GateTwin, Limiter
from include.proof.twin_store import StoreTwin
from include.proof.twin_tables import Tables

DIVISION = 820202
ENDPOINT = "salesentry/SalesEntries"


def draft(number: str = "A1", **changes: object) -> Draft:
    """A draft of a sale of 10.00 that can be sent."""
    usual: dict[str, object] = {
        "key": Key("shop", number, "sale"),
        "administration": "BE",
        "division": DIVISION,
        "flow": "orders_to_invoices",
        "endpoint": ENDPOINT,
        "source_day": date(2026, 11, 2),
        "source_version": "v1",
        "source_changed_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
        "your_ref": number,
        "payload": f'{{"AmountFC":10.00,"YourRef":"{number}"}}',
        "currency": "EUR",
        "amount_net": Decimal("10.00"),
        "subjects": frozenset({"account:17850"}),
    }
    return Draft(**{**usual, **changes})  # type: ignore[arg-type]


def dead(number: str, cause: Cause, **changes: object) -> Draft:
    """A draft that has no payload, but a cause."""
    return draft(number, payload=None, cause=cause, **changes)


class HandClock:
    """Time moves when it is told to, or when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def elapsed(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class ToldWire:
    """Answers POSTs from a list (a booked document when it is empty) and looks from `shown`; `sent` is what reached Exact."""

    clock: HandClock
    answers: list[Answer] = field(default_factory=list)
    shown: list[Found] = field(default_factory=list)
    sent: list[Mutation] = field(default_factory=list)
    looks: int = 0
    pulls: int = 0
    answering: bool = True
    connect_s: float = 0.0
    on_look: Callable[[], None] = lambda: None
    on_pull: Callable[[], None] = lambda: None

    def prepare(self) -> None: ...

    def send(self, mutation: Mutation, permit: Permit, still_in_time: Callable[[], bool]) -> Sending:
        self.clock.sleep(self.connect_s)
        answer = self._answer(mutation) if still_in_time() else Answer(left=False, reason="too_late")
        return Sending(answer, Receipt(permit, "POST", mutation.endpoint, answer.status, 0.1, pause_s=answer.wait_s))

    def _answer(self, mutation: Mutation) -> Answer:
        answer = self.answers.pop(0) if self.answers else Answer(status=201, exact_id=uuid4())
        if answer.left:
            self.sent.append(mutation)
        return answer

    def look(self, mutation: Mutation) -> Sequence[Found]:
        self.looks += 1
        self.on_look()
        return self.shown

    def pull(self, endpoint: str) -> None:
        self.pulls += 1
        self.on_pull()

    def ping(self) -> bool:
        return self.answering


class Scene:
    """One division with one worker; `drain` and `settle` do what the flow and the upkeep do."""

    def __init__(self, *, minute_limit: int = 60, store: type[StoreTwin] = StoreTwin, drain: type[Drain] = Drain) -> None:
        self.clock = HandClock()
        self.times = Times()
        self.tables = Tables(self.clock.elapsed)
        self.limiter = Limiter(minute_limit, self.times, self.clock.elapsed)
        self.tables.give_back = self.limiter.give_back
        self.tables.is_away = lambda: self.limiter.presence.away
        self.tables.posts_go_on = self.limiter.posts_go_on
        self.wire = ToldWire(self.clock)
        self.wire.on_pull = self.pull
        self.store = store(self.tables, "worker", self.times)
        gate = GateTwin(self.limiter, DIVISION, "worker")
        self.parts = Parts(DIVISION, "worker", self.store, gate, self.wire, self.clock, self.times)
        self.drain = drain(self.parts)
        self.unknowns = Unknowns(self.parts)

    def plan(self, *drafts: Draft) -> list[int]:
        self.store.plan(drafts or [draft()], None)
        return list(self.tables.rows)

    def get(self, mutation_id: int = 1) -> Mutation:
        return self.store.get(mutation_id)

    def pull(self) -> None:
        """A complete pull of the mirror that began now and brought what is shown."""
        mirror = self.tables.mirrors[DIVISION, ENDPOINT]
        mirror.began_at = self.clock.seconds
        for row in self.tables.rows.values():
            mirror.by_token[row.token] = [each.exact_id for each in self.wire.shown]

    def wait(self, seconds: float) -> None:
        self.clock.sleep(seconds)


def document(number: int) -> Found:
    return Found(UUID(int=number), str(number))
