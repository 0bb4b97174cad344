"""Exact in memory: its books, what reads show of them and when, its faults, and the wire of one worker to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

from include.errors import RetryableError
from include.outbox.classify import Answer, KnownCause
from include.outbox.model import Cause, Found, Method, Mutation
from include.outbox.ports import Gate, Permit, Purpose, Receipt, Sending
from include.outbox.times import Times
from include.proof.faults import Fault, Faults
from include.proof.scheduler import Trouble, Worker
from include.proof.twin_tables import Tables

DIVISION = 820202
ENDPOINT = "salesentry/SalesEntries"
REFUSED_SUBJECT = "gl_account:0000"
CALLS_OF_AN_ATTEMPT = 26
NEVER = float("inf")
MADE = Found()


@dataclass(slots=True)
class Document:
    """A document in the simulated books. It exists from `committed_at`; reads show it from `visible_at`, pulls from `pulled_at`."""

    number: int
    token: str
    your_ref: str
    payload: str
    posted_at: float
    committed_at: float
    visible_at: float
    pulled_at: float
    deleted_at: float = NEVER

    @property
    def exact_id(self) -> UUID:
        return UUID(int=self.number)


@dataclass(frozen=True)
class Outage:
    """Exact takes no writes from `since`; at `flush` it does what it had accepted, from `until` it takes new ones."""

    since: float = NEVER
    flush: float = NEVER
    until: float = NEVER


class Books:
    """The books of one division, and a log of the calls that they were asked with."""

    def __init__(self, random: Random, faults: Faults, clock: Callable[[], float]) -> None:
        self.random = random
        self.faults = faults
        self.clock = clock
        self.documents: list[Document] = []
        self.by_token: dict[str, list[Document]] = defaultdict(list)
        self.posts = 0
        # What Exact counts as an error (FACTS 2.8): neither 429 nor a refusal, which it gives as a 500.
        self.errors = 0
        self.calls: list[float] = []
        self.outage = Outage()
        # Nobody answers at all from `since` until `until`; how many calls met nobody.
        self.absence = Outage()
        self.knocks = 0
        self.blind = faults.blind
        self.drawn: dict[Fault, int] = defaultdict(int)

    def book(self, mutation: Mutation, commit_s: float) -> Document:
        """Accept a document that is committed so many seconds from now."""
        moment = self.clock()
        committed_at = moment + commit_s
        if self.outage.since <= committed_at < self.outage.flush:
            committed_at = self.outage.flush
        lag_s, blind = self.faults.lag_s, self.random.random() / self.blind if self.blind else 1.0
        document = Document(
            number=len(self.documents) + 1,
            token=mutation.token,
            your_ref=mutation.your_ref,
            payload=mutation.payload or "",
            posted_at=moment,
            committed_at=committed_at,
            visible_at=committed_at + lag_s * self.random.random() ** 4 if blind >= 0.5 else NEVER,
            pulled_at=committed_at + lag_s * self.random.random() if not 0.5 <= blind < 1.0 else NEVER,
        )
        self.documents.append(document)
        self.by_token[document.token].append(document)
        return document

    def absent(self) -> bool:
        """A call meets nobody, and is counted."""
        gone = self.absence.since <= self.clock() < self.absence.until
        self.knocks += gone
        return gone

    def away(self) -> bool:
        return self.outage.since <= self.clock() < self.outage.until


class ExactTwin:
    """Implements `include.outbox.ports.Wire` for one worker. `point` lets others run; nothing may happen between guard and send."""

    def __init__(self, books: Books, tables: Tables, gate: Gate, *, worker: Worker, times: Times) -> None:
        self._books = books
        self._tables = tables
        self._gate = gate
        self._worker = worker
        self._times = times

    def prepare(self) -> None:
        """Where an attempt begins: the dice say whether trouble comes within it."""
        if self._worker.calls_left < 0:
            self._roll()
        self._worker.point()

    def _roll(self) -> None:
        faults = self._books.faults
        number = self._books.random.random()
        for share, trouble in ((faults.kill, Trouble.KILL), (faults.suspend, Trouble.SUSPEND), (faults.cut, Trouble.CUT)):
            if number < share:
                self._worker.doom(trouble, after_calls=self._books.random.randrange(CALLS_OF_AN_ATTEMPT))
                return
            number -= share

    def send(self, mutation: Mutation, permit: Permit, still_in_time: Callable[[], bool]) -> Sending:
        books, worker = self._books, self._worker
        worker.point()
        fault = books.faults.draw(books.random)
        if fault is not None:
            books.drawn[fault] += 1
        connect_s = 0.02 if books.random.random() >= books.faults.slow else books.random.uniform(0, 8)
        worker.pass_time(connect_s)
        worker.point()
        began = worker.time
        answer = self._met_nobody() if books.absent() else self._answer(mutation, fault, still_in_time)
        worker.point()
        seconds = worker.time - began
        receipt = Receipt(
            permit,
            "POST",
            mutation.endpoint,
            answer.status,
            seconds,
            pause_s=answer.wait_s if answer.status == 429 else None,
            tried=answer.reason != "too_late",
        )
        return Sending(answer, receipt)

    def _met_nobody(self) -> Answer:
        """A page of whoever stands in front of Exact."""
        self._worker.pass_time(self._books.random.uniform(0, 3))
        return Answer(status=503)

    def _answer(self, mutation: Mutation, fault: Fault | None, still_in_time: Callable[[], bool]) -> Answer:
        books, random = self._books, self._books.random
        if fault is Fault.CONNECT or books.away():
            self._worker.pass_time(random.uniform(0, 3))
            return Answer(left=False, reason="connection refused")
        if not still_in_time():
            return Answer(left=False, reason="too_late")
        books.calls.append(books.clock())
        if fault is Fault.LIMIT:
            return Answer(status=429, wait_s=random.uniform(1, 60))
        books.posts += mutation.method is Method.POST
        if fault is Fault.EARLY_503:
            return Answer(status=503)
        if REFUSED_SUBJECT in mutation.subjects:
            return Answer(status=500, error="unknown general ledger account", known_cause=KnownCause("missing_gl_account", "gl_account"))
        return self._booked(mutation, fault) if mutation.method is Method.POST else self._deleted(mutation, fault)

    def _booked(self, mutation: Mutation, fault: Fault | None) -> Answer:
        books, random, worker, deadline_s = self._books, self._books.random, self._worker, self._times.deadline_s
        if fault is Fault.LATE:
            books.book(mutation, random.uniform(deadline_s, books.faults.slowest_commit_s))
            return self._time_out()
        document = books.book(mutation, 0.1 + random.expovariate(4.0))
        answered_at = document.committed_at + 0.05
        if fault is Fault.TIME_OUT or answered_at - worker.time > deadline_s:
            return self._time_out()
        worker.pass_time(answered_at - worker.time)
        if fault is Fault.RESET:
            return Answer(reason="connection reset")
        return Answer(status=201, exact_id=document.exact_id)

    def _deleted(self, mutation: Mutation, fault: Fault | None) -> Answer:
        books, random, worker = self._books, self._books.random, self._worker
        document = books.documents[_number(mutation)]
        if document.deleted_at <= books.clock():
            return Answer(status=404, to_change=True)
        commit_s = random.uniform(self._times.deadline_s, books.faults.slowest_commit_s) if fault is Fault.LATE else random.expovariate(4.0)
        document.deleted_at = min(document.deleted_at, books.clock() + commit_s)
        if fault in {Fault.LATE, Fault.TIME_OUT}:
            return replace(self._time_out(), to_change=True)
        worker.pass_time(commit_s)
        return Answer(reason="connection reset") if fault is Fault.RESET else Answer(status=204, to_change=True)

    def _time_out(self) -> Answer:
        """Our deadline ends the wait, or a gateway's does, or Exact's own."""
        random, deadline_s = self._books.random, self._times.deadline_s
        if random.random() >= self._books.faults.gateway:
            self._worker.pass_time(deadline_s)
            return Answer(reason="no answer within the deadline")
        self._worker.pass_time(random.uniform(1, deadline_s))
        if random.random() < 0.5:
            return Answer(status=504)
        return Answer(status=500, error="A problem has occurred. The cause of this issue will be investigated as soon as possible.")

    def look(self, mutation: Mutation) -> Sequence[Found]:
        self._read(mutation.endpoint, "GET")
        found = self._shown(mutation) if mutation.method is Method.POST else self._standing(mutation)
        self._worker.pass_time(self._books.random.expovariate(5.0))
        self._worker.point()
        return found

    def _shown(self, mutation: Mutation) -> list[Found]:
        moment = self._worker.time
        shown = [each for each in self._books.by_token.get(mutation.token, ()) if each.visible_at <= moment < each.deleted_at]
        return [Found(each.exact_id, str(each.number)) for each in shown]

    def _standing(self, mutation: Mutation) -> list[Found]:
        """Of a deletion: nothing while the document stands."""
        document = self._books.documents[_number(mutation)]
        if document.deleted_at > self._worker.time:
            return []
        return [MADE if mutation.may_have_left else Found(objection=Cause("deleted_in_exact", mutation.your_ref))]

    def pull(self, endpoint: str) -> None:
        books = self._books
        self._read(endpoint, "GET")
        began_at = min(books.clock(), books.clock() + books.random.uniform(-1, 1) * books.faults.skew_s)
        shown = [each for each in books.documents if each.pulled_at <= books.clock() < each.deleted_at]
        self._worker.point()
        mirror = self._tables.mirrors[DIVISION, endpoint]
        mirror.by_token.clear()
        for each in shown:
            mirror.by_token[each.token].append(each.exact_id)
        mirror.began_at = max(began_at, mirror.began_at or began_at)
        self._worker.point()

    def ping(self) -> bool:
        try:
            self._read("current/Me", "GET")
        except RetryableError:
            return False
        return True

    def _read(self, endpoint: str, method: str) -> None:
        permit = self._gate.take(endpoint, Purpose.NEAR_TIME)
        self._worker.point()
        books = self._books
        failed = books.absent()
        if not failed:
            books.calls.append(books.clock())
            failed = books.random.random() < books.faults.read
        self._worker.pass_time(self._times.deadline_s if failed else 0.05)
        status = None if failed else 200
        self._gate.give_back(Receipt(permit, method, endpoint, status, 0.05))
        if failed:
            raise RetryableError("Exact does not answer", retry_after_s=self._times.retry_s)


def _number(mutation: Mutation) -> int:
    """Where the document that is to be deleted stands in the books."""
    if mutation.target_id is None:
        raise ValueError(f"mutation {mutation.mutation_id} deletes nothing")
    return mutation.target_id.int - 1
