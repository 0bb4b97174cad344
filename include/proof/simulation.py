"""T1: the production state machine in simulated worlds, a seed each, judged by invariants over the simulated books and tables.

Many small worlds rather than one large: memory stays small, and a failure is replayed in a moment.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import asdict, dataclass, field

from include.outbox.model import Method
from include.outbox.states import State
from include.proof.faults import Faults
from include.proof.judge import BookedDocument, JudgedMutation, Transition, Violation, calls_per_window, judge
from include.proof.outages import knocks
from include.proof.source_feed import amount_of
from include.proof.twin_exact import DIVISION, Document
from include.proof.twin_rows import Row
from include.proof.world import Design, World

WORLD_ORDERS = 500
MINUTE_S = 60.0
# What is on its way when Exact goes away, of all workers, and whoever was suspended with a permit in hand.
CALLS_UNTIL_NOTICED = 30
SUMS = (
    *("mutations", "worlds", "duplicates", "lost", "posts", "posted", "booked", "dead_letters", "dismissed", "unknown_left", "kills"),
    "passed_over",
    *("calls_per_minute_over", "events", "virtual_s", "cpu_s"),
)


@dataclass(frozen=True)
class Failure:
    """A violation, with what replays it (in a mix of its own when its world is of the swarm)."""

    seed: str
    orders: int
    violation: Violation

    def __str__(self) -> str:
        return f"{self.violation} (replay --world {self.seed} --orders {self.orders} --subject {self.violation.subject})"


@dataclass
class Result:
    """What a simulation did and found. `bound` is the 95 % upper bound of the rate of duplicates or losses when none was seen."""

    seed: int
    mutations: int = 0
    worlds: int = 0
    duplicates: int = 0
    lost: int = 0
    posts: int = 0
    posted: int = 0
    booked: int = 0
    dead_letters: int = 0
    dismissed: int = 0
    unknown_left: int = 0
    kills: int = 0
    passed_over: int = 0
    calls_per_minute_over: int = 0
    events: int = 0
    virtual_s: float = 0.0
    seconds: float = 0.0
    cpu_s: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    latest_s: float = 0.0
    failures: list[Failure] = field(default_factory=list)

    @property
    def posts_per_order(self) -> float:
        return self.posts / max(1, self.booked)

    @property
    def bound(self) -> float:
        return 3 / max(1, self.mutations)

    def add(self, play: Played) -> None:
        """Count one world in."""
        world, found = play.world, play.violations
        rows = list(world.tables.rows.values())
        states = Counter(row.state.value for row in rows)
        self.worlds += 1
        self.mutations += play.orders
        self.posts += world.books.posts
        self.posted += states["posted"]
        self.booked += sum(row.method is Method.POST and row.exact_id is not None for row in rows)
        self.dead_letters += states["dead_letter"]
        self.dismissed += states["dismissed"]
        self.unknown_left += states["unknown"] + states["sending"]
        self.kills += world.kills
        self.passed_over += len(world.tables.passed_over)
        self.events += len(world.tables.events)
        self.virtual_s += world.hub.ended_at
        self.latest_s = max([self.latest_s, *(row.late_by_s for row in rows if row.late_by_s)])
        self.faults.update({fault.value: number for fault, number in world.books.drawn.items()})
        self.duplicates += sum(each.invariant in {"I1", "I2"} for each in found)
        self.lost += sum(each.invariant in {"I3", "I4"} for each in found)
        self.calls_per_minute_over += sum(each.invariant == "I7" for each in found)
        self.failures += [Failure(world.seed, play.orders, each) for each in found]

    def join(self, other: Result) -> None:
        """Count another result in; the time of the clock is whoever's waits for both."""
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.latest_s = max(self.latest_s, other.latest_s)
        self.faults.update(other.faults)
        self.failures += other.failures

    def summary(self) -> dict[str, object]:
        """For machines: counts, rates and the failures as text."""
        plain = {**asdict(self), "failures": [str(each) for each in self.failures[:20]], "faults": dict(sorted(self.faults.items()))}
        rates = {"posts_per_order": round(self.posts_per_order, 4), "bound": self.bound}
        return {**plain, **rates, "mutations_per_cpu_s": round(self.mutations / max(self.cpu_s, 1e-9))}


def simulate(mutations: int, seed: int, *, faults: Faults | None = None, design: Design | None = None) -> Result:
    """Run worlds until so many mutations were planned; the same arguments give the same result."""
    result = Result(seed)
    started, cpu = time.perf_counter(), time.process_time()
    while result.mutations < mutations:
        orders = min(WORLD_ORDERS, mutations - result.mutations)
        result.add(played(f"{seed}.{result.worlds}", orders, faults or Faults(), design or Design()))
    result.seconds, result.cpu_s = time.perf_counter() - started, time.process_time() - cpu
    return result


@dataclass(frozen=True)
class Played:
    """A world that has ended, and what the judge says of it."""

    world: World
    orders: int
    violations: list[Violation]


def played(seed: str, orders: int, faults: Faults, design: Design) -> Played:
    """Run one world and judge it."""
    _silence()
    world = World(orders, seed, faults, design)
    world.run()
    return Played(world, orders, violations(world))


def _silence() -> None:
    """Workers of simulated worlds write no log: a million of them would."""
    for room in ("drain", "unknown", "chain"):
        logging.getLogger(f"include.outbox.{room}").setLevel(logging.CRITICAL)


def violations(world: World) -> list[Violation]:
    """Judge a world by its books and its tables alone."""
    keys = {row.mutation_id: str(row.key) for row in world.tables.rows.values()}
    events = [
        Transition(keys[each.mutation_id], each.before.value if each.before else None, each.after.value) for each in world.tables.events
    ]
    found = judge(
        [_document(each) for each in _standing(world)],
        [_mutation(each) for each in world.tables.rows.values()],
        events,
        {str(each.key) for each in world.feed.versions},
    )
    found += _sums_agree(world)
    most = calls_per_window(world.books.calls, MINUTE_S)
    if most > world.minute_limit:
        found.append(Violation("I7", "calls", f"{most} in a minute, the limit is {world.minute_limit}"))
    absence = world.books.absence
    allowed = CALLS_UNTIL_NOTICED + 2 * knocks(absence.until - absence.since) if world.books.knocks else 0
    if world.books.knocks > allowed:
        found.append(Violation("I7", "absence", f"{world.books.knocks} calls while Exact was away, at most {allowed} are right"))
    if world.limiter.charged != world.books.errors:
        found.append(Violation("I8", "errors", f"the budget was charged {world.limiter.charged} times, Exact counted {world.books.errors}"))
    return found


def _standing(world: World) -> list[Document]:
    return [each for each in world.books.documents if each.deleted_at > world.hub.ended_at]


def _sums_agree(world: World) -> list[Violation]:
    """I5: in the end the books have of each order what its newest version says.

    Unless something of it is a dead letter, or the version came while an older one was on its way, which the result counts.
    """
    booked: Counter[str] = Counter()
    for each in _standing(world):
        booked[each.your_ref] += int(amount_of(each.payload) * 100)
    dead = {row.your_ref for row in world.tables.rows.values() if row.state is State.DEAD_LETTER}
    passed_over = dead | world.tables.passed_over
    newest = {each.key.source_id: each for each in sorted(world.feed.versions, key=lambda each: each.version)}
    return [
        Violation("I5", str(each.key), f"the source has {wanted} cents, the books have {booked[reference]}")
        for reference, each in newest.items()
        if reference not in passed_over
        and booked[reference] != (wanted := 0 if each.cancelled else int((each.draft.amount_net or 0) * 100))
    ]


def _document(document: Document) -> BookedDocument:
    return BookedDocument(DIVISION, str(document.exact_id), document.token, document.your_ref, amount_of(document.payload))


def _mutation(row: Row) -> JudgedMutation:
    exact_id = str(row.exact_id) if row.exact_id else None
    cause = str(row.cause) if row.cause else None
    return JudgedMutation(
        str(row.key),
        row.division,
        row.token,
        row.your_ref,
        row.state.value,
        exact_id,
        cause,
        row.amount_net,
        makes_document=row.method is Method.POST,
    )


def history(seed: str, orders: int, subject: str, *, faults: Faults | None = None, design: Design | None = None) -> list[str]:
    """Replay one world and tell the story of one mutation: its transitions and its documents, in the order of time."""
    world = played(seed, orders, faults or Faults(), design or Design()).world
    rows = {row.mutation_id: row for row in world.tables.rows.values() if subject in (str(row.key), row.your_ref)}
    told = [
        (each.at, f"{each.before or 'new'} → {each.after} (attempt {each.attempt}, {each.actor}) {each.note}".rstrip())
        for each in world.tables.events
        if each.mutation_id in rows
    ]
    for document in world.books.documents:
        if any(row.token == document.token for row in rows.values()):
            told.append((document.posted_at, f"POST reaches Exact as document {document.number}"))
            told.append((document.committed_at, f"document {document.number} is booked"))
    return [f"{at:12.3f} s  {line}" for at, line in sorted(told)]
