"""The simulated database: rows, keys, locks, events and the rules that PostgreSQL enforces in production."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from include.outbox.model import Cause, Cursor, Draft, Key
from include.outbox.ports import Receipt
from include.outbox.states import State, legal
from include.proof.twin_rows import Case, Event, Row, row_of

IN_FLIGHT = frozenset({State.SENDING, State.UNKNOWN})


class ConstraintError(Exception):
    """What PostgreSQL would have refused by trigger, CHECK or UNIQUE."""


@dataclass
class Mirror:
    """What was pulled of one entity: document ids by token and by reference, and when the last whole pull began."""

    by_token: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    by_reference: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    began_at: float | None = None


class Tables:
    """Everything that the simulated database holds. Whoever writes, writes through `move`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.rows: dict[int, Row] = {}
        self.by_key: dict[Key, int] = {}
        self.families: dict[tuple[str, str], list[int]] = defaultdict(list)
        # Whose newer version found the older one on its way: it is followed when the source changes once more.
        self.passed_over: set[str] = set()
        self.planned: dict[int, list[int]] = defaultdict(list)
        self.in_flight: dict[tuple[str, int], int] = {}
        self.states: dict[State, int] = dict.fromkeys(State, 0)
        self.waiting: set[int] = set()
        # Who holds a lock, and how often: as PostgreSQL's, it is free when it was let go as often as it was taken.
        self.locks: dict[int, tuple[int, int]] = {}
        self.events: list[Event] = []
        self.cursors: dict[tuple[str, str], datetime] = {}
        self.cases: dict[tuple[str, str, str], Case] = {}
        self.unscanned: set[int] = set()
        self.streak: dict[int, int] = defaultdict(int)
        self.mirrors: dict[tuple[int, str], Mirror] = defaultdict(Mirror)
        self.sessions = 0
        self.give_back: Callable[[Receipt], None] = lambda receipt: None
        self.is_away: Callable[[], bool] = lambda: False
        self.posts_go_on: Callable[[], None] = lambda: None

    def new_session(self) -> int:
        self.sessions += 1
        return self.sessions

    def insert(self, draft: Draft, by: str) -> Row | None:
        """A new mutation, or None when its key is known."""
        if draft.key in self.by_key:
            return None
        waits_for = self._id_of(draft.waits_for)
        row = row_of(len(self.rows) + 1, draft, (waits_for, self._id_of(draft.undoes)), by)
        self.rows[row.mutation_id] = row
        self.by_key[draft.key] = row.mutation_id
        insort(self.families[draft.key.source_system, draft.key.source_id], row.mutation_id, key=self._rank)
        if waits_for is not None:
            self.waiting.add(row.mutation_id)
        self._index(row, None, row.state)
        self._note(row, None)
        return row

    def _rank(self, mutation_id: int) -> tuple[int, int]:
        return self.rows[mutation_id].key.effect_number, mutation_id

    def _id_of(self, key: Key | None) -> int | None:
        return self.by_key[key] if key is not None else None

    def move(self, row: Row, after: State, by: str, note: str = "") -> None:
        """Change a row's state, if that is legal. A change of the cause is set by the caller first, with `recause`."""
        before = row.state
        if before is not after:
            self._refuse_illegal(row, after)
            self._index(row, before, after)
            row.state = after
            row.actor = by
            self._note(row, before, note)

    def recause(self, row: Row, cause: Cause | None) -> None:
        if cause is not None:
            row.cause = cause

    def _refuse_illegal(self, row: Row, after: State) -> None:
        if not legal(row.state, after, cause_before=row.cause.code if row.cause else None):
            raise ConstraintError(f"mutation {row.mutation_id}: {row.state} to {after} is not legal")
        if after in IN_FLIGHT and self.in_flight.get((row.business_entity, row.division), row.mutation_id) != row.mutation_id:
            raise ConstraintError(f"mutation {row.mutation_id}: another change of {row.business_entity} is on its way")

    def _index(self, row: Row, before: State | None, after: State) -> None:
        if before is not None:
            self.states[before] -= 1
        self.states[after] += 1
        if before is State.PLANNED:
            planned = self.planned[row.division]
            del planned[bisect_left(planned, row.mutation_id)]
        elif before in IN_FLIGHT and after not in IN_FLIGHT:
            del self.in_flight[row.business_entity, row.division]
        if after is State.PLANNED:
            insort(self.planned[row.division], row.mutation_id)
            self.unscanned.add(row.mutation_id)
        elif after in IN_FLIGHT:
            self.in_flight[row.business_entity, row.division] = row.mutation_id

    def _note(self, row: Row, before: State | None, note: str = "") -> None:
        if row.state is State.DEAD_LETTER and row.cause is not None:
            name = (row.administration, row.cause.code, row.cause.subject)
            self.cases.setdefault(name, Case(row.administration, row.cause))
        shown = str(row.cause) if row.cause is not None and row.state in {State.DEAD_LETTER, State.DISMISSED} else note
        self.events.append(Event(row.mutation_id, self.clock(), before, row.state, row.attempt, row.actor, shown))

    def replace(self, row: Row, draft: Draft, by: str, *, asked: bool = False) -> None:
        """Payload version n + 1 under the same key and token."""
        before = row.state
        if before is not draft.state:
            self._refuse_illegal(row, draft.state)
        row.take_over(draft, by, asked=asked)
        row.waits_for = self._id_of(draft.waits_for)
        (self.waiting.add if row.waits_for is not None else self.waiting.discard)(row.mutation_id)
        if before is not draft.state:
            self._index(row, before, draft.state)
            row.state = draft.state
        elif before is State.PLANNED:
            self.unscanned.add(row.mutation_id)
        self._note(row, before, "superseded")

    def advance(self, cursor: Cursor) -> None:
        name = (cursor.flow, cursor.administration)
        self.cursors[name] = max(self.cursors.get(name, cursor.changed_at), cursor.changed_at)

    def drop_session(self, session: int) -> None:
        """A session ended: PostgreSQL lets go of its locks."""
        for mutation_id in [number for number, (holder, _) in self.locks.items() if holder == session]:
            del self.locks[mutation_id]

    def bury(self, rows: Iterable[Row], cause: Cause, by: str) -> int:
        """Dead letters, unsent, of one cause."""
        buried = 0
        for row in rows:
            self.recause(row, cause)
            self.move(row, State.DEAD_LETTER, by)
            buried += 1
        return buried
