"""Find out what became of a POST whose outcome nobody knows.

Looks at +1 s, +30 s and +Q. Found is posted. Absent counts only when two witnesses agree after Q: the look by token, and the mirror,
pulled to its last page by a pull that began after `sent_at` + Q. A change or a deletion may be repeated: there one look after Q is enough.
"""

from __future__ import annotations

import logging

from include.errors import RetryableError
from include.outbox.drain import Parts, settled_by
from include.outbox.model import Cause, Method, Mutation, Outcome, Tally
from include.outbox.states import UNKNOWN_OUTCOME, State

log = logging.getLogger(__name__)

FAILED_LOOKS_MAX = 3
RESENDS_MAX = 2
SECOND_RESEND_QUARANTINES = 4
NOT_LOOKED = "not_looked"


class Unknowns:
    """Settles the abandoned and unknown mutations of one division. `planned_again`: those that it found absent, to be sent again."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._store = parts.store
        self._times = parts.times
        self.planned_again: set[int] = set()

    def settle(self) -> Tally:
        """Take over what dead workers left, then look at what is due. Returns the counts by resulting state.

        The pass ends when several looks in a row fail, so that dead workers are noticed although Exact does not answer.
        """
        tally: Tally = Tally()
        self._take_over(tally)
        due = self._store.due_looks(self._parts.division)
        failed = 0
        for number, mutation in enumerate(due):
            ended = self._locked(mutation)
            failed = failed + 1 if ended == NOT_LOOKED else 0
            if ended is not None:
                tally[ended] += 1
            if failed == FAILED_LOOKS_MAX:
                tally[NOT_LOOKED] += len(due) - number - 1
                break
        return tally

    def _locked(self, mutation: Mutation) -> str | None:
        if not self._store.lock(mutation.mutation_id):
            return None
        try:
            return self._settle_one(mutation)
        except RetryableError as away:
            log.warning("cannot look for mutation %s: %s", mutation.mutation_id, away)
            # To the end of the line: one that cannot be looked for must not keep the others waiting.
            self._store.settle(mutation, self._look_again(mutation, max(away.retry_after_s, self._times.second_look_s)))
            return NOT_LOOKED
        finally:
            self._store.unlock(mutation.mutation_id)

    def _take_over(self, tally: Tally) -> None:
        for mutation in self._store.abandoned(self._parts.division):
            outcome = Outcome(State.UNKNOWN, next_look_s=self._times.first_look_s, may_have_left=True, facts={"answer": "worker gone"})
            if self._store.settle(mutation, outcome):
                log.warning("mutation %s was left by a worker that is gone", mutation.mutation_id)
                tally["taken_over"] += 1

    def _settle_one(self, mutation: Mutation) -> str:
        waited_s = self._store.unknown_for_s(mutation)
        outcome = self._outcome(mutation, waited_s)
        if outcome.state is State.POSTED and waited_s > self._times.quarantine_s / 2:
            log.warning(
                "mutation %s was found only %.0f s after it was sent: the quarantine is %.0f s",
                mutation.mutation_id,
                waited_s,
                self._times.quarantine_s,
            )
        if not self._store.settle(mutation, outcome):
            return "moved_on"
        if outcome.state is State.PLANNED:
            self.planned_again.add(mutation.mutation_id)
        return outcome.state.value

    def _outcome(self, mutation: Mutation, waited_s: float) -> Outcome:
        found = list(self._parts.wire.look(mutation))
        if found:
            return settled_by(mutation, found[0])
        needed_s = self._quarantine_s(mutation)
        if waited_s < needed_s:
            return self._look_again(mutation, self._next_look_s(mutation, waited_s, needed_s))
        if mutation.method is not Method.POST:
            return self._absent(mutation)
        return self._by_second_witness(mutation, needed_s)

    def _by_second_witness(self, mutation: Mutation, needed_s: float) -> Outcome:
        if not self._store.pulled_since(mutation, needed_s):
            self._parts.wire.pull(mutation.endpoint)
        found = list(self._store.mirrored(mutation))
        if found:
            return settled_by(mutation, found[0])
        if not self._store.pulled_since(mutation, needed_s):
            return self._look_again(mutation, self._times.second_look_s)
        return self._absent(mutation)

    def _quarantine_s(self, mutation: Mutation) -> float:
        return self._times.quarantine_s * (SECOND_RESEND_QUARANTINES if mutation.resends else 1)

    def _next_look_s(self, mutation: Mutation, waited_s: float, needed_s: float) -> float:
        if mutation.looks == 0 and waited_s < self._times.second_look_s:
            return self._times.second_look_s - waited_s
        return min(moment - waited_s for moment in (self._times.quarantine_s, needed_s) if moment > waited_s)

    def _look_again(self, mutation: Mutation, seconds: float) -> Outcome:
        return Outcome(State.UNKNOWN, next_look_s=seconds, may_have_left=True, unrecognised=mutation.unrecognised)

    def _absent(self, mutation: Mutation) -> Outcome:
        if mutation.unrecognised is not None:
            cause = Cause("unrecognised_answer", mutation.your_ref, {"text": mutation.unrecognised})
            return Outcome(State.DEAD_LETTER, cause=cause, may_have_left=True)
        if mutation.resends >= RESENDS_MAX:
            return Outcome(State.DEAD_LETTER, cause=Cause(UNKNOWN_OUTCOME, mutation.your_ref), may_have_left=True)
        witnesses = "token and mirror" if mutation.method is Method.POST else "the record itself"
        log.info("mutation %s is not in Exact by %s: it is planned again", mutation.mutation_id, witnesses)
        return Outcome(State.PLANNED, may_have_left=True, resend=True, facts={"absent_by": witnesses})
