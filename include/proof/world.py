"""One simulated world: a source, an outbox, an Exact, and the workers between them, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, cast

from include.errors import RetryableError
from include.outbox.changes import Hands, revised
from include.outbox.drain import Drain, Parts
from include.outbox.model import Cursor, Draft, Mutation
from include.outbox.ports import Store, Wire
from include.outbox.states import UNKNOWN_OUTCOME, State
from include.outbox.times import Times
from include.outbox.unknown import Unknowns
from include.proof.faults import Faults
from include.proof.interruptions import interruptible_gate, interruptible_store
from include.proof.scheduler import Hub, Trouble, Worker
from include.proof.source_feed import ADMINISTRATION, FLOW, OVERLAP, SourceFeed, SourceVersion, numbered, reversal
from include.proof.twin_exact import DIVISION, Books, ExactTwin, Outage
from include.proof.twin_gate import GateTwin, Limiter
from include.proof.twin_rows import BEGINNING, Row, moment, seconds_of
from include.proof.twin_store import StoreTwin
from include.proof.twin_tables import Tables

RETRIED = frozenset({"unrecognised_answer", UNKNOWN_OUTCOME})
PAGE = 200
# Share of worlds whose documents are drafts until somebody processes them, which nobody does here.
DRAFTS = 0.7
ABSENCES_S = (600.0, 3_600.0, 3_600.0, 14_400.0, 86_400.0)
LONGEST_RUN_S = 5 * 86_400.0
UPKEEP_EVERY_S = 60.0


def plan_page(store: Store, page: Sequence[SourceVersion], hands: Hands) -> None:
    """W0 as the flow does it: what takes the place of documents that stand, then the page and the cursor in one transaction."""
    drafts = [draft for each in page for draft in revised(family_of(store, each), each.draft, hands)]
    store.plan(drafts, Cursor(FLOW, ADMINISTRATION, moment(page[-1].changed_s)))


def family_of(store: Store, version: SourceVersion) -> Sequence[Mutation]:
    family: Sequence[Mutation] = cast(Any, store).family(version.key.source_system, [version.key.source_id])
    return family


def _is_to_be_retried(row: Row) -> bool:
    """What died with another one was never sent: it comes back with that one."""
    return row.state is State.DEAD_LETTER and row.sent_at is not None and row.cause is not None and row.cause.code in RETRIED


def same_store(store: Store) -> Store:
    return store


def same_wire(wire: Wire) -> Wire:
    return wire


@dataclass(frozen=True)
class Design:
    """The design under test: production as it is, or with one fault put in on purpose (`controls`)."""

    drain: type[Drain] = Drain
    unknowns: type[Unknowns] = Unknowns
    memory: type[StoreTwin] = StoreTwin
    limiter: type[Limiter] = Limiter
    store: Callable[[Store], Store] = same_store
    wire: Callable[[Wire], Wire] = same_wire
    plan: Callable[[Store, Sequence[SourceVersion], Hands], None] = plan_page


class World:
    """Builds the parts, lets the workers run, and holds what is left when all is settled."""

    def __init__(self, orders: int, seed: str, faults: Faults, design: Design) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.faults = faults
        self.design = design
        self.times = Times()
        self.hub = Hub(self.random)
        self.feed = SourceFeed(orders, self.random, faults)
        self.tables = Tables(self.hub.now)
        self.books = Books(self.random, faults, self.hub.now)
        self.minute_limit = self.random.choice(faults.minute_limits)
        self.limiter = design.limiter(self.minute_limit, self.times, self.hub.now)
        self.tables.give_back = self.limiter.give_back
        self.tables.is_away = lambda: self.limiter.presence.away
        self.tables.posts_go_on = self.limiter.posts_go_on
        # Drafts are deleted and written anew; what is in the books at once is credited, or waits for a person.
        self.hands = Hands(numbered, reversal, drafts_stay_drafts=self.random.random() < DRAFTS)
        self.planned = False
        self.workers = 0
        self.kills = 0
        self.alive: set[Worker] = set()

    def run(self) -> None:
        if self.random.random() < self.faults.outage:
            since = self.random.uniform(0, 300)
            flush = since + self.random.uniform(60, 3000)
            self.books.outage = Outage(since, flush, flush + 60)
            self.books.blind = 0.0
        if self.faults.absence and self.random.random() < self.faults.absence:
            since = self.random.uniform(0, 600)
            self.books.absence = Outage(since, until=since + self.random.choice(ABSENCES_S))
        self._employ(self._plan, 0.0)
        for _ in range(self.random.randint(2, 5)):
            self._employ(self._drain, self.random.uniform(0, 30))
        self._employ(self._retry_dead_letters, 600.0)
        self._employ(self._look_after_unknowns, self.random.uniform(0, 60))
        self.hub.run()

    def settled(self) -> bool:
        """All is where it can stay, or the run has taken far too long."""
        states = self.tables.states
        on_its_way = states[State.PLANNED] + states[State.SENDING] + states[State.UNKNOWN]
        if not self.planned or on_its_way:
            return self.hub.now() > LONGEST_RUN_S
        return not (states[State.DEAD_LETTER] and any(_is_to_be_retried(row) for row in self.tables.rows.values()))

    def _employ(self, role: Callable[[Worker, StoreTwin], None], starts_at: float) -> None:
        self.workers += 1
        name = f"{role.__name__.strip('_')}-{self.workers}"

        def body(worker: Worker) -> None:
            store = self.design.memory(self.tables, name, self.times, between=worker.point)
            worker.on_cut = lambda _: self._end_session(store)

            def dies(_: Worker) -> None:
                self.kills += 1
                self.tables.drop_session(store.session)
                self.alive.discard(worker)
                self._employ(role, worker.time + self.random.uniform(0.5, 30))

            worker.on_death = dies
            role(worker, store)
            self.alive.discard(worker)

        worker = Worker(self.hub, name, body, starts_at=starts_at)
        self.alive.add(worker)
        self.hub.start(worker)

    def _end_session(self, store: StoreTwin) -> None:
        self.tables.drop_session(store.session)
        store.session = self.tables.new_session()

    def _parts(self, worker: Worker, store: StoreTwin) -> Parts:
        gate = interruptible_gate(worker, GateTwin(self.limiter, DIVISION, worker.name))
        wire = self.design.wire(ExactTwin(self.books, self.tables, gate, worker=worker, times=self.times))
        guarded = self.design.store(interruptible_store(worker, store))
        return Parts(DIVISION, worker.name, guarded, gate, wire, worker, self.times)

    def _plan(self, worker: Worker, store: StoreTwin) -> None:
        guarded = self.design.store(interruptible_store(worker, store))
        while not self.planned:
            try:
                self._plan_pages(worker, store, guarded)
            except RetryableError:
                worker.sleep(5)
            worker.sleep(self.random.uniform(20, 120))

    def _plan_pages(self, worker: Worker, store: StoreTwin, guarded: Store) -> None:
        cursor = store.cursor(FLOW, ADMINISTRATION)
        began = worker.time
        changed = self.feed.since(seconds_of((cursor or BEGINNING) - OVERLAP), began)
        for first in range(0, len(changed), PAGE):
            if worker.calls_left < 0 and self.random.random() < self.faults.plan_kill:
                worker.doom(Trouble.KILL, after_calls=self.random.randrange(4))
            self.design.plan(guarded, changed[first : first + PAGE], self.hands)
        self.planned = began >= self.feed.ends_s

    def _drain(self, worker: Worker, store: StoreTwin) -> None:
        drain = self.design.drain(self._parts(worker, store))
        while not self.settled():
            try:
                drain.run()
            except RetryableError as pause:
                worker.sleep(pause.retry_after_s)
            worker.sleep(self.random.uniform(20, 90))

    def _retry_dead_letters(self, worker: Worker, store: StoreTwin) -> None:
        """The operator: clears what nobody knows the outcome of, as often as it comes."""
        while not self.settled():
            for row in [row for row in self.tables.rows.values() if _is_to_be_retried(row)]:
                self._retry(store, row, worker.name)
            worker.sleep(self.random.uniform(600, 6000))

    def _retry(self, store: StoreTwin, row: Row, by: str) -> None:
        """An operator's retry; while another effect of the order is on its way, nothing is asked of an unknown outcome."""
        unknown = row.cause is not None and row.cause.code == UNKNOWN_OUTCOME
        if not (store.back_to_unknown(row.mutation()) or unknown or store.again(row.mutation(), by)):
            store.replan(row.mutation(), self._as_it_was(row), by)

    def _as_it_was(self, row: Row) -> Draft:
        """The draft of a row, made anew from the version that it came from."""
        versions = self.feed.versions_of[row.key.source_id]
        known = next(each.draft for each in versions if each.draft.source_version == row.source_version)
        return replace(known, key=row.key, payload=row.payload, amount_net=row.amount_net)

    def _look_after_unknowns(self, worker: Worker, store: StoreTwin) -> None:
        unknowns = self.design.unknowns(self._parts(worker, store))
        while not (self.settled() and self.alive == {worker}) and worker.time < 2 * LONGEST_RUN_S:
            if worker.calls_left < 0 and self.random.random() < self.faults.kill:
                worker.doom(Trouble.KILL, after_calls=self.random.randrange(40))
            try:
                unknowns.settle()
            except RetryableError as pause:
                worker.sleep(pause.retry_after_s)
            worker.sleep(UPKEEP_EVERY_S)
