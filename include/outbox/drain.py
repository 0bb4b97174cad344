"""Send what is planned: one attempt is permit, lock, claim, look, guard, one POST, outcome, in this order and no other."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from include.errors import RetryableError, SetupError
from include.outbox.classify import Answer, Verdict, classify, refusal
from include.outbox.model import Cause, Found, Method, Mutation, Outcome, Tally
from include.outbox.ports import Clock, Gate, Permit, Purpose, Receipt, Store, Wire
from include.outbox.states import State
from include.outbox.times import Times

log = logging.getLogger(__name__)

BATCH = 50
EQUAL_CAUSES_BEFORE_PARKING = 2


@dataclass(frozen=True)
class Parts:
    """What the outbox works with, for one division."""

    division: int
    owner: str
    store: Store
    gate: Gate
    wire: Wire
    clock: Clock
    times: Times


@dataclass(frozen=True)
class Guard:
    """G: how old the permit and the knowledge are that a POST is about to act upon.

    Both moments are taken *before* what they stand for: the machine may be suspended while an answer already waits in its socket, and
    wake when the mutation and the permit have long been another's.
    """

    started: float
    looked: float

    def lets_go(self, moment: float, times: Times) -> bool:
        """Tell whether the first byte may leave now; a permit must be used while its lease still covers the minute after the call."""
        return moment - self.looked <= times.guard_s and moment - self.started <= times.lease_s - times.cooldown_s


class Drain:
    """Sends the planned mutations of one division; as many may run at once as there are workers."""

    def __init__(self, parts: Parts, purpose: Purpose = Purpose.NEAR_TIME) -> None:
        self._parts = parts
        self._store = parts.store
        self._times = parts.times
        self._purpose = purpose

    def run(self, *, only: frozenset[int] | None = None) -> Tally:
        """Send what is due and return the counts by state. Ends green with `waiting` when nothing moves for a minute or two."""
        tally: Tally = Tally()
        moved, waited_s = 0, 0.0
        while True:
            ready = self._store.ready(self._parts.division, BATCH, only)
            try:
                if ready:
                    self._send_each(ready, tally)
                elif not self._wait_for_next(only):
                    return tally
            except RetryableError as pause:
                waited_s = pause.retry_after_s + (waited_s if tally.total() == moved else 0.0)
                moved = tally.total()
                if pause.retry_after_s > self._times.longest_wait_s or waited_s > 2 * self._times.longest_wait_s:
                    log.warning("division %s waits %.0f s: %s", self._parts.division, pause.retry_after_s, pause.reason)
                    tally["waiting"] = len(ready)
                    return tally
                self._parts.clock.sleep(pause.retry_after_s)

    def _send_each(self, ready: Sequence[int], tally: Tally) -> None:
        ended = [state for mutation_id in ready if (state := self._counted(mutation_id, tally)) is not None]
        if not ended:
            # Others hold all of them: there is nothing to do but wait for what becomes of them.
            self._parts.clock.sleep(self._times.first_look_s)

    def _counted(self, mutation_id: int, tally: Tally) -> str | None:
        ended = self.attempt(mutation_id)
        if ended is not None:
            tally[ended] += 1
        return ended

    def _wait_for_next(self, only: frozenset[int] | None) -> bool:
        due_s = self._store.next_due_s(self._parts.division)
        if only is not None or due_s is None or due_s > self._times.longest_wait_s:
            return False
        self._parts.clock.sleep(max(due_s, self._times.retry_s / 100))
        return True

    def attempt(self, mutation_id: int) -> str | None:
        """One attempt; returns the state that it ended in, or None when another worker has it. Raises `RetryableError`, `SetupError`."""
        self._let_posts_go_on()
        self._parts.wire.prepare()
        started = self._parts.clock.elapsed()
        permit = self._parts.gate.take(self._store.endpoint(mutation_id), self._purpose)
        if not self._store.lock(mutation_id):
            self._parts.gate.give_back_unused(permit)
            return None
        try:
            return self._locked_attempt(mutation_id, permit, started)
        finally:
            self._store.unlock(mutation_id)

    def _let_posts_go_on(self) -> None:
        if not self._store.posts_stopped(self._parts.division):
            return
        if not self._parts.wire.ping():
            raise RetryableError("Exact does not answer", retry_after_s=self._times.retry_s)
        self._store.posts_may_go_on(self._parts.division)

    def _locked_attempt(self, mutation_id: int, permit: Permit, started: float) -> str | None:
        mutation = self._store.claim(mutation_id, self._parts.owner)
        if mutation is None:
            self._parts.gate.give_back_unused(permit)
            return None
        looked = started
        if mutation.may_have_left or mutation.method is not Method.POST:
            found = self._look_before(mutation, permit)
            if found:
                return self._settle(mutation, settled_by(mutation, found[0]), None)
            looked = self._parts.clock.elapsed()
        return self._send(mutation, permit, Guard(started, looked))

    def _look_before(self, mutation: Mutation, permit: Permit) -> list[Found]:
        try:
            found = list(self._parts.wire.look(mutation))
        except RetryableError as away:
            self._parts.gate.give_back_unused(permit)
            self._settle(mutation, not_sent(mutation, away.retry_after_s), None)
            raise
        if found:
            self._parts.gate.give_back_unused(permit)
        return found

    def _send(self, mutation: Mutation, permit: Permit, guard: Guard) -> str:
        def still_in_time() -> bool:
            return guard.lets_go(self._parts.clock.elapsed(), self._times)

        sending = self._parts.wire.send(mutation, permit, still_in_time)
        verdict = classify(sending.answer)
        outcome = self._outcome(mutation, sending.answer, verdict)
        ended = self._settle(mutation, outcome, replace(sending.receipt, answer_class=verdict.value))
        if outcome.cause is not None:
            self._park(outcome.cause, sending.answer)
        self._raise_if_stopped(verdict, sending.answer)
        return ended

    def _outcome(self, mutation: Mutation, answer: Answer, verdict: Verdict) -> Outcome:
        match verdict:
            case Verdict.POSTED:
                return Outcome(State.POSTED, exact_id=answer.exact_id, facts=answer.facts)
            case Verdict.REFUSED:
                cause = refusal(answer, mutation.subjects, mutation.your_ref)
                return Outcome(State.DEAD_LETTER, cause=cause, may_have_left=mutation.may_have_left)
            case Verdict.NOT_PROCESSED | Verdict.SET_UP:
                return not_sent(mutation, self._again_in_s(answer))
            case _:
                text = answer.error if verdict is Verdict.UNRECOGNISED else None
                facts = {"answer": str(answer.status or answer.reason)}
                return Outcome(State.UNKNOWN, next_look_s=self._times.first_look_s, may_have_left=True, unrecognised=text, facts=facts)

    def _again_in_s(self, answer: Answer) -> float:
        if answer.reason == "too_late":
            return self._times.guard_s
        return answer.wait_s if answer.wait_s is not None else self._times.retry_s

    def _settle(self, mutation: Mutation, outcome: Outcome, receipt: Receipt | None) -> str:
        if self._store.settle(mutation, outcome, receipt):
            return outcome.state.value
        log.warning("mutation %s had moved on when its attempt %s ended as %s", mutation.mutation_id, mutation.attempt, outcome.state)
        return "moved_on"

    def _park(self, cause: Cause, answer: Answer) -> None:
        kind = answer.known_cause.subject_kind if answer.known_cause else ""
        if not kind or "," in cause.subject:
            return
        if self._store.same_cause(self._parts.division, cause) >= EQUAL_CAUSES_BEFORE_PARKING:
            parked = self._store.park(self._parts.division, cause, f"{kind}:{cause.subject}")
            log.warning("%s: %s more need it and are parked unsent", cause, parked)

    def _raise_if_stopped(self, verdict: Verdict, answer: Answer) -> None:
        if verdict is Verdict.SET_UP:
            raise SetupError(f"exact_{answer.status}", self._parts.division, cure=SET_UP_CURES[answer.status or 0] + answer.reason)
        if verdict is Verdict.NOT_PROCESSED and answer.reason != "too_late":
            raise RetryableError(answer.reason or f"answer {answer.status}", retry_after_s=self._again_in_s(answer))


SET_UP_CURES = {
    403: "check the rights, licence and scope of the Exact user and the app, then clear the task. Exact says: ",
    404: "check the division and that its Exact package contains this module, then clear the task. ",
}


def settled_by(mutation: Mutation, found: Found) -> Outcome:
    """The outcome of a look: it is in Exact, or it must not be done any more."""
    if found.objection is not None:
        return Outcome(State.DEAD_LETTER, cause=found.objection, may_have_left=mutation.may_have_left)
    return Outcome(State.POSTED, exact_id=found.exact_id, exact_number=found.number, facts={"found_by": "look"})


def not_sent(mutation: Mutation, again_in_s: float) -> Outcome:
    """Back to planned: this attempt surely did not reach Exact; what an earlier one may have done stays remembered."""
    return Outcome(State.PLANNED, not_before_s=again_in_s, may_have_left=mutation.may_have_left)
