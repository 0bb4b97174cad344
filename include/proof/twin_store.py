"""The outbox's memory in memory: the same protocol and rules as the one in PostgreSQL, one session per worker.

Tests hold both against one contract.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from include.outbox.changes import DELETED
from include.outbox.model import Cause, Cursor, Draft, Found, Key, Method, Mutation, Outcome, Tally
from include.outbox.planning import replanned
from include.outbox.ports import Receipt
from include.outbox.states import UNKNOWN_OUTCOME, State
from include.outbox.times import Times
from include.proof.twin_rows import Case, Row, seconds_of
from include.proof.twin_tables import IN_FLIGHT, Tables

UNKNOWNS_BEFORE_STOP = 3
SENT = frozenset({State.SENDING, State.UNKNOWN, State.POSTED})


class StoreTwin:
    """Implements `include.outbox.ports.Store` for one session. `between` is called where production leaves one transaction for the next."""

    def __init__(self, tables: Tables, owner: str, times: Times, *, between: Callable[[], None] = lambda: None) -> None:
        self.tables = tables
        self.session = tables.new_session()
        self._owner = owner
        self._times = times
        self._between = between

    def plan(self, drafts: Sequence[Draft], cursor: Cursor | None) -> Tally:
        tally: Tally = Tally()
        for draft in drafts:
            tally[self._plan_one(draft)] += 1
        if cursor is not None:
            self.tables.advance(cursor)
        return tally

    def _plan_one(self, draft: Draft) -> str:
        if self.tables.insert(draft, self._owner) is not None:
            return _fate(draft)
        row = self._by_key(draft.key)
        existing = row.mutation()
        newer = replanned(existing, draft)
        if newer is not None:
            self.tables.replace(row, newer, self._owner)
            self._revive(row, existing, newer, self._owner)
            return f"superseded_{_fate(newer)}"
        changed = existing.source_version != draft.source_version and existing.source_changed_at <= draft.source_changed_at
        if changed:
            self.tables.passed_over.add(row.your_ref)
        return "changed_after_push" if existing.state in SENT and changed else "known"

    def _by_key(self, key: Key) -> Row:
        return self.tables.rows[self.tables.by_key[key]]

    def replan(self, mutation: Mutation, draft: Draft, by: str, *, asked: bool = True) -> bool:
        row = self.tables.rows[mutation.mutation_id]
        if row.state is not mutation.state or row.payload_version != mutation.payload_version:
            return False
        self.tables.replace(row, draft, by, asked=asked)
        self._revive(row, mutation, draft, by)
        return True

    def _revive(self, row: Row, before: Mutation, draft: Draft, by: str) -> None:
        if draft.cause is None and before.state is State.DEAD_LETTER and before.cause is not None:
            self._revive_waiting(row, before.cause, by)

    def _revive_waiting(self, row: Row, cause: Cause, by: str) -> None:
        for each in sorted(self.tables.waiting):
            waiting = self.tables.rows[each]
            dead_of_it = waiting.waits_for == row.mutation_id and waiting.state is State.DEAD_LETTER and waiting.cause == cause
            if dead_of_it and waiting.attempt == 0:
                self.tables.move(waiting, State.PLANNED, by)

    def back_to_unknown(self, mutation: Mutation) -> bool:
        row = self.tables.rows[mutation.mutation_id]
        if row.state is not State.DEAD_LETTER or row.cause is None or row.cause.code != UNKNOWN_OUTCOME:
            return False
        if (row.business_entity, row.division) in self.tables.in_flight:
            return False
        self.tables.move(row, State.UNKNOWN, self._owner)
        row.next_look_at = None
        row.resends = 0
        row.may_have_left = True
        return True

    def again(self, mutation: Mutation, by: str) -> bool:
        row = self.tables.rows[mutation.mutation_id]
        if row.state is not State.DEAD_LETTER or row.method is Method.POST or row.cause is None or row.cause.code == UNKNOWN_OUTCOME:
            return False
        row.cause, row.not_before, row.resends = None, 0.0, 0
        self.tables.move(row, State.PLANNED, by)
        return True

    def family(self, source_system: str, source_ids: Sequence[str]) -> list[Mutation]:
        return [self.tables.rows[each].mutation() for name in source_ids for each in self.tables.families[source_system, name]]

    def cursor(self, flow: str, administration: str) -> datetime | None:
        return self.tables.cursors.get((flow, administration))

    def get(self, mutation_id: int) -> Mutation:
        return self.tables.rows[mutation_id].mutation()

    def ready(self, division: int, limit: int, only: frozenset[int] | None = None) -> Sequence[int]:
        self._bury_parked(division)
        self._bury_waiting(division)
        moment = self.tables.clock()
        ready: list[int] = []
        for mutation_id in self.tables.planned[division]:
            if only is not None and mutation_id not in only:
                continue
            row = self.tables.rows[mutation_id]
            if row.not_before <= moment and (row.business_entity, row.division) not in self.tables.in_flight and self._may_go(row):
                ready.append(mutation_id)
                if len(ready) == limit:
                    break
        return ready

    def _may_go(self, row: Row) -> bool:
        if row.waits_for is None:
            return self._is_mapped(row)
        awaited = self.tables.rows[row.waits_for]
        return self._is_mapped(row) and awaited.state is State.POSTED and (row.method is not Method.DELETE or self._is_visible(awaited))

    def _is_visible(self, awaited: Row) -> bool:
        return self.tables.clock() - (awaited.posted_at or 0.0) > self._times.second_look_s

    def _is_mapped(self, row: Row) -> bool:
        return row.payload is not None or row.method is Method.DELETE

    def _bury_parked(self, division: int) -> int:
        """Only what was planned since the last look needs a look: a case that begins to park makes all of them new again."""
        tables = self.tables
        buried = 0
        parking = [case for case in tables.cases.values() if case.parks is not None] if tables.unscanned else []
        for case in parking:
            rows = [tables.rows[each] for each in sorted(tables.unscanned)]
            needs = [row for row in rows if row.division == division and self._is_parked(row, case)]
            buried += tables.bury(needs, Cause(case.cause.code, case.cause.subject), self._owner)
        tables.unscanned -= {each for each in tables.unscanned if tables.rows[each].division == division}
        return buried

    def _is_parked(self, row: Row, case: Case) -> bool:
        never_sent = row.state is State.PLANNED and not row.may_have_left and not row.asked
        return never_sent and row.administration == case.administration and case.parks in row.subjects

    def _bury_waiting(self, division: int) -> None:
        for each in sorted(self.tables.waiting):
            row = self.tables.rows[each]
            awaited = self.tables.rows[row.waits_for or 0]
            waits = row.state is State.PLANNED and row.division == division
            if waits and awaited.cause is not None and self._has_ended(awaited, awaited.cause):
                given_up = awaited.cause.code == UNKNOWN_OUTCOME
                self.tables.bury([row], replace(awaited.cause, code="awaited_given_up") if given_up else awaited.cause, self._owner)

    def _has_ended(self, awaited: Row, cause: Cause) -> bool:
        return awaited.state is State.DISMISSED or (awaited.state is State.DEAD_LETTER and cause.code != UNKNOWN_OUTCOME)

    def next_due_s(self, division: int) -> float | None:
        moment = self.tables.clock()
        waits = [at - moment for each in self.tables.planned[division] if (at := self.tables.rows[each].not_before) > moment]
        return min(waits) if waits else None

    def endpoint(self, mutation_id: int) -> str:
        return self.tables.rows[mutation_id].endpoint

    def lock(self, mutation_id: int) -> bool:
        holder, times = self.tables.locks.get(mutation_id, (self.session, 0))
        if holder == self.session:
            self.tables.locks[mutation_id] = (holder, times + 1)
        return holder == self.session

    def unlock(self, mutation_id: int) -> None:
        holder, times = self.tables.locks.get(mutation_id, (0, 0))
        if holder == self.session and times > 1:
            self.tables.locks[mutation_id] = (holder, times - 1)
        elif holder == self.session:
            del self.tables.locks[mutation_id]

    def claim(self, mutation_id: int, owner: str) -> Mutation | None:
        row = self.tables.rows[mutation_id]
        moment = self.tables.clock()
        claimable = row.state is State.PLANNED and row.not_before <= moment and self._is_mapped(row)
        if not claimable or (row.business_entity, row.division) in self.tables.in_flight:
            return None
        row.attempt += 1
        row.owner = owner
        row.sent_at = moment
        row.looks = 0
        row.next_look_at = None
        self.tables.move(row, State.SENDING, owner)
        return self._whole(row)

    def _whole(self, row: Row) -> Mutation:
        if row.undoes is None:
            return row.mutation()
        undone = self.tables.rows[row.undoes]
        return replace(row.mutation(), target_id=undone.exact_id, written=undone.payload)

    def settle(self, mutation: Mutation, outcome: Outcome, receipt: Receipt | None = None) -> bool:
        if receipt is not None:
            self.tables.give_back(receipt)
            division = mutation.division
            self.tables.streak[division] = self.tables.streak[division] + 1 if receipt.answer_class == "unknown" else 0
        row = self.tables.rows[mutation.mutation_id]
        if row.attempt != mutation.attempt:
            return False
        late = outcome.state is State.POSTED
        if late and row.state is State.PLANNED:
            self.tables.move(row, State.SENDING, self._owner, "late answer")
        if row.state not in (IN_FLIGHT if late else {mutation.state}):
            return False
        self._write(row, outcome)
        if row.undoes is not None:
            self._follow_deletion(self.tables.rows[row.undoes], row.because, outcome)
        return True

    def _follow_deletion(self, row: Row, because: str, outcome: Outcome) -> None:
        by_others = outcome.cause is not None and outcome.cause.code == DELETED
        if outcome.state is State.POSTED or by_others:
            self.tables.move(row, State.GONE, self._owner)
        if outcome.state is State.POSTED:
            self.tables.recause(row, Cause(because))
            self.tables.move(row, State.DISMISSED, self._owner)

    def _write(self, row: Row, outcome: Outcome) -> None:
        moment = self.tables.clock()
        before = row.state
        if outcome.state is State.DEAD_LETTER:
            self.tables.recause(row, outcome.cause)
        row.exact_id = outcome.exact_id or row.exact_id
        row.looks += before is State.UNKNOWN
        row.resends += outcome.resend
        row.may_have_left = outcome.may_have_left
        row.asked = row.asked and outcome.state is State.PLANNED
        row.unrecognised = outcome.unrecognised if outcome.state is State.UNKNOWN else None
        row.next_look_at = moment + (outcome.next_look_s or 0.0) if outcome.state is State.UNKNOWN else None
        if outcome.state is State.PLANNED:
            row.not_before = moment + outcome.not_before_s
        if outcome.state is State.POSTED:
            row.posted_at = moment
        if outcome.state is State.POSTED and before is State.UNKNOWN:
            row.late_by_s = moment - (row.sent_at if row.sent_at is not None else moment)
        self.tables.move(row, outcome.state, self._owner, " ".join(f"{name}={value}" for name, value in outcome.facts.items()))

    def abandoned(self, division: int) -> Sequence[Mutation]:
        sending = [row for row in self._in_flight(division) if row.state is State.SENDING]
        snapshot = [(self._whole(row), self._is_over(row)) for row in sending]
        return [mutation for mutation, is_over in snapshot if is_over or self._nobody_holds(mutation.mutation_id)]

    def _nobody_holds(self, mutation_id: int) -> bool:
        self._between()
        if not self.lock(mutation_id):
            return False
        self._between()
        self.unlock(mutation_id)
        self._between()
        return self.tables.rows[mutation_id].state is State.SENDING

    def _in_flight(self, division: int) -> list[Row]:
        return [self.tables.rows[each] for each in sorted(self.tables.in_flight.values()) if self.tables.rows[each].division == division]

    def _is_over(self, row: Row) -> bool:
        return self.tables.clock() - (row.sent_at or 0.0) > self._times.lease_s

    def due_looks(self, division: int) -> Sequence[Mutation]:
        moment = self.tables.clock()
        unknown = [row for row in self._in_flight(division) if row.state is State.UNKNOWN]
        due = [row for row in unknown if (row.next_look_at or 0.0) <= moment]
        return [self._whole(row) for row in sorted(due, key=lambda row: row.next_look_at or 0.0)]

    def unknown_for_s(self, mutation: Mutation) -> float:
        return self.tables.clock() - (self.tables.rows[mutation.mutation_id].sent_at or 0.0)

    def pulled_since(self, mutation: Mutation, quarantine_s: float) -> bool:
        began_at = self.tables.mirrors[mutation.division, mutation.endpoint].began_at
        return began_at is not None and mutation.sent_at is not None and began_at > seconds_of(mutation.sent_at) + quarantine_s

    def mirrored(self, mutation: Mutation) -> Sequence[Found]:
        mirror = self.tables.mirrors[mutation.division, mutation.endpoint]
        ids = {*mirror.by_token.get(mutation.token, ()), *mirror.by_reference.get(mutation.your_ref, ())}
        return [Found(each) for each in sorted(ids, key=str)]

    def posts_stopped(self, division: int) -> bool:
        return self.tables.streak[division] >= UNKNOWNS_BEFORE_STOP or self.tables.is_away()

    def posts_may_go_on(self, division: int) -> None:
        self.tables.streak[division] = 0
        self.tables.posts_go_on()

    def same_cause(self, division: int, cause: Cause) -> int:
        return sum(self._died_of(row, division, cause) for row in self.tables.rows.values())

    def _died_of(self, row: Row, division: int, cause: Cause) -> bool:
        same = row.cause is not None and (row.cause.code, row.cause.subject) == (cause.code, cause.subject)
        return same and row.division == division and row.state is State.DEAD_LETTER

    def park(self, division: int, cause: Cause, subject: str) -> int:
        dead = {row.administration for row in self.tables.rows.values() if self._died_of(row, division, cause)}
        for (administration, code, about), case in self.tables.cases.items():
            if (code, about) == (cause.code, cause.subject) and administration in dead:
                case.parks = subject
        self.tables.unscanned.update(self.tables.planned[division])
        return self._bury_parked(division)


def _fate(draft: Draft) -> str:
    return "adopted" if draft.state is State.POSTED else draft.state.value
