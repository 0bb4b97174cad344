"""Another try of a case's records: one goes first, the others follow at the pace that was asked for, and each step is noted.

What is noted is enough for another worker to go on where one was killed: nothing is sent twice, and nothing is left out.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from include.errors import RetryableError
from include.feeds import drafts_by_number, drafts_of_relations
from include.outbox.causes import Language
from include.outbox.model import Cause, Draft, Method, Mutation, Tally
from include.outbox.ports import Clock, Purpose
from include.outbox.states import UNKNOWN_OUTCOME, State
from include.run import Run, require_booking
from include.store.cases import Case
from include.store.retries import Next, Retry

log = logging.getLogger(__name__)

# So many records are a person's own errand; what goes beyond leaves the flows their calls of the day.
PEOPLE_MAX = 50
STEP_MAX = 50
STEPS_A_MINUTE = 6
MINUTE_S = 60.0

_ENDINGS_NL = {
    "canary_refused": "; het eerste document werd weer geweigerd, de andere zijn daarom niet verzonden",
    "stopped": "; iemand heeft dit gestopt",
    "rests": "; de limieten van Exact laten niet meer toe, de rest gaat vanzelf verder",
}
_ENDINGS_EN = {
    "canary_refused": "; the first one was refused again, so that the others were not sent",
    "stopped": "; somebody stopped it",
    "rests": "; Exact's limits allow no more now, the others go on by themselves",
}


@dataclass
class Pacer:
    """Holds a pace: what was sent so far says how long to wait before more may be."""

    clock: Clock
    per_minute: int
    _began: float | None = None
    _sent: int = 0

    @property
    def step(self) -> int:
        """How many records go in one step, so that there is something to see every ten seconds."""
        return min(STEP_MAX, math.ceil(self.per_minute / STEPS_A_MINUTE))

    def wait(self) -> None:
        """Wait until more may be sent."""
        if self._began is None:
            self._began = self.clock.elapsed()
        self.clock.sleep(max(0.0, self._began + self._sent * MINUTE_S / self.per_minute - self.clock.elapsed()))

    def sent(self, count: int) -> None:
        self._sent += count


@dataclass
class Trial:
    """One try of a case: `retry` says who asked and how far it is, `tally` counts what becomes of its records."""

    run: Run
    case: Case
    retry: Retry
    pacer: Pacer
    tally: Tally = field(default_factory=Tally)

    @property
    def by(self) -> str:
        return self.retry.by


def work_off(trial: Trial) -> Retry:
    """Try the records of `trial` until each was tried, or its canary was refused, or somebody stops it; returns how it ended.

    Raises what keeps it from going on: it has then failed, unless it is a `RetryableError`, after which the sweep takes it up again.
    """
    retries = trial.run.cases.retries
    try:
        outcome = _steps(trial)
    except RetryableError as away:
        retries.rest(trial.retry, trial.run.administration.division, str(away))
        raise
    except Exception as error:
        trial.retry = retries.finish(trial.retry, "failed", str(error))
        raise
    trial.retry = retries.finish(trial.retry, outcome) if outcome else _rested(trial)
    return trial.retry


def _rested(trial: Trial) -> Retry:
    return trial.run.cases.retries.rest(trial.retry, trial.run.administration.division, "Exact's limits")


def told(retry: Retry, language: Language) -> str:
    """How far a try is, and what it waits for, in a sentence."""
    elsewhere = retry.done - retry.posted - retry.refused
    if language == "nl":
        counts = f"{retry.posted} geboekt, {retry.refused} weer geweigerd, {elsewhere} anders verder, {retry.left} niet geprobeerd"
        return f"({retry.asked_by} vroeg om {retry.total} opnieuw te proberen: {counts}{_ending(retry, _ENDINGS_NL)})"
    counts = f"{retry.posted} booked, {retry.refused} refused again, {elsewhere} went another way, {retry.left} not tried"
    return f"({retry.asked_by} asked for another try of {retry.total}: {counts}{_ending(retry, _ENDINGS_EN)})"


def _ending(retry: Retry, endings: Mapping[str, str]) -> str:
    return endings.get(retry.outcome or "rests", "")


def _steps(trial: Trial) -> str:
    """Step by step; returns the outcome, or nothing when Exact's limits make it rest."""
    require_booking(trial.run.administration)
    step = _look_again if trial.case.code == UNKNOWN_OUTCOME else _send_again
    while not _is_stopped(trial):
        if not (found := trial.run.cases.retries.next_of(trial.retry, at_most=trial.pacer.step)):
            if trial.retry.whole and trial.run.cases.retries.join(trial.retry):
                continue
            return "done"
        waiting = trial.tally["waiting"]
        got_through = _take_over(trial, found)
        fresh = [each.record for each in found if not each.sent_since and each.record.state is State.DEAD_LETTER]
        if got_through and fresh and trial.tally["waiting"] == waiting:
            trial.pacer.wait()
            got_through = step(trial, fresh)
        if not got_through:
            return "canary_refused"
        if trial.tally["waiting"] > waiting:
            return ""
    return "stopped"


def _is_stopped(trial: Trial) -> bool:
    now = trial.run.cases.retries.get(trial.retry.retry_id)
    return now is None or now.stop_asked_by is not None or now.finished_at is not None


def _take_over(trial: Trial, found: Sequence[Next]) -> bool:
    """Note what a worker that is gone sent and could not note, and send what it planned; False when its canary was refused."""
    planned = frozenset(each.record.mutation_id for each in found if each.record.state is State.PLANNED)
    if planned:
        _drain(trial, planned)
    ended = [each.record for each in found if each.sent_since or each.record.state is not State.DEAD_LETTER]
    _note(trial, {record.mutation_id for record in ended})
    if trial.retry.canary_passed or trial.case.code == UNKNOWN_OUTCOME:
        return True
    return not any(_stands(trial, record) for record in ended)


def _look_again(trial: Trial, records: Sequence[Mutation]) -> bool:
    for record in records:
        trial.run.outbox.store.back_to_unknown(record, trial.by)
    trial.tally.update(trial.run.outbox.settle_unknown())
    trial.pacer.sent(len(records))
    _note(trial, {record.mutation_id for record in records})
    return True


def _send_again(trial: Trial, records: Sequence[Mutation]) -> bool:
    """Map the records anew and send them, the first of all as a canary; False when that did not get through: the others stay untouched."""
    drafts = drafts_of(trial.run, records)
    tried = {str(record.key) for record in records}
    # Relations that these documents have to wait for, and that nobody planned yet.
    trial.run.outbox.plan([draft for name, draft in drafts.items() if draft.key.division and name not in tried])
    to_send = [record for record in records if (draft := drafts.get(str(record.key))) is not None and draft.state is State.PLANNED]
    sendable = {record.mutation_id for record in to_send}
    others = [record for record in records if record.mutation_id not in sendable]
    for record in others:
        _judge_anew(trial, record, drafts.get(str(record.key)))
    _note(trial, {record.mutation_id for record in others})
    if to_send and not trial.retry.canary_passed:
        canary, to_send = to_send[0], to_send[1:]
        _send(trial, [canary], drafts, asked=True)
        if _stands(trial, canary):
            return False
        if trial.tally["waiting"]:
            return True
        trial.run.cases.unpark(trial.case.case_id)
        trial.retry = trial.run.cases.retries.pass_canary(trial.retry)
    # Not asked for, so that they stop where a second cause turns up and is parked.
    _send(trial, to_send, drafts, asked=False)
    return True


def _judge_anew(trial: Trial, record: Mutation, draft: Draft | None) -> None:
    """What cannot be sent: dismissed or dead under the cause found now; a record that the shop no longer has joins those of its kind."""
    store = trial.run.outbox.store
    if draft is not None:
        store.replan(record, draft, trial.by)
    elif not _known_to_source(trial.run, record):
        store.bury_anew(record, Cause("vanished_from_source"), trial.by)
    else:
        log.warning("%s %s is no longer this administration's, or older than its book_from: dismiss it", record.key.effect, record.your_ref)


def _send(trial: Trial, records: Sequence[Mutation], drafts: dict[str, Draft], *, asked: bool) -> None:
    """Plan these records, send them, and note what became of them."""
    planned = frozenset(record.mutation_id for record in records if _planned(trial, record, drafts[str(record.key)], asked=asked))
    if planned:
        _drain(trial, planned)
    if records:
        _note(trial, {record.mutation_id for record in records})


def _planned(trial: Trial, record: Mutation, draft: Draft, *, asked: bool) -> bool:
    store = trial.run.outbox.store
    if draft.method is Method.POST or draft.key.division:
        return store.replan(record, draft, trial.by, asked=asked)
    return store.again(record, trial.by)


def _drain(trial: Trial, planned: frozenset[int]) -> None:
    purpose = None if trial.retry.done < PEOPLE_MAX else Purpose.NEAR_TIME
    trial.tally.update(trial.run.outbox.drain(only=planned, purpose=purpose))
    trial.pacer.sent(len(planned))


def _note(trial: Trial, mutation_ids: set[int]) -> None:
    if mutation_ids:
        trial.retry = trial.run.cases.retries.note(trial.retry, mutation_ids, rests=bool(trial.tally["waiting"]))


def _stands(trial: Trial, record: Mutation) -> bool:
    """Whether a record still stands under the case's cause: another trouble of its own says nothing about the others."""
    now = trial.run.outbox.store.get(record.mutation_id)
    cause = now.cause
    return now.state is State.DEAD_LETTER and cause is not None and (cause.code, cause.subject) == (trial.case.code, trial.case.subject)


def drafts_of(run: Run, records: Sequence[Mutation]) -> dict[str, Draft]:
    """Read the source again and map again; a record that the source does not know any more gets no draft."""
    documents = sorted({record.key.source_id for record in records if not record.key.division})
    relations = [record for record in records if record.key.division]
    return {str(draft.key): draft for draft in (*drafts_by_number(run, documents), *drafts_of_relations(run, relations))}


def _known_to_source(run: Run, record: Mutation) -> bool:
    number = [record.key.source_id]
    if record.key.division:
        return bool(run.sources.customers_by_number(number))
    return bool(run.sources.returns_by_number(number) if record.key.effect == "credit" else run.sources.orders_by_number(number))
