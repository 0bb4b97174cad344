"""A case of refused records, as a person works it off: shown first, tried again when cleared, closed when nothing is left."""

from __future__ import annotations

import logging

from include.adapters.drafts import Drafting
from include.errors import ExactlyError, SetupError
from include.outbox.causes import Language, explain
from include.outbox.model import Draft, Mutation, Tally
from include.outbox.states import UNKNOWN_OUTCOME, State
from include.run import Run, require_booking
from include.store.cases import Case

log = logging.getLogger(__name__)

LANGUAGES: tuple[Language, ...] = ("nl", "en")
RECORDS_LOGGED_MAX = 50


class CaseOpenError(ExactlyError):
    """Records of the case still wait for a person: the reason why its task is red."""


def settle_case(run: Run, case_id: str) -> Tally:
    """Show a new case; when somebody cleared its task, try its records again, one first, and close the case when none is left."""
    case = run.cases.get(case_id)
    if case is None:
        raise SetupError("unknown_case", case_id, cure="there is no such case; `exactly status` lists the open ones")
    if run.cases.show(case_id):
        raise _open(case, run.cases.records(case_id))
    require_booking(run.administration)
    tally = _retry(run, case)
    if run.cases.close(case_id):
        log.info("%s is closed: %s", case_id, dict(tally))
        return tally
    raise _open(case, run.cases.records(case_id))


def _retry(run: Run, case: Case) -> Tally:
    records = run.cases.records(case.case_id)
    if case.code == UNKNOWN_OUTCOME:
        return _look_again(run, records)
    drafts = _drafts(run, records)
    known = [record for record in records if str(record.key) in drafts]
    if len(known) < len(records):
        log.warning("%s of %s records are no longer in the source, or another administration's", len(records) - len(known), len(records))
    tally: Tally = Tally()
    canary, others = known[:1], known[1:]
    _send(run, canary, drafts, tally)
    if any(_remains(run, case, record) for record in canary):
        return tally
    run.cases.unpark(case.case_id)
    _send(run, others, drafts, tally)
    return tally


def _send(run: Run, records: list[Mutation], drafts: dict[str, Draft], tally: Tally) -> None:
    """Plan these records anew and send them."""
    by = f"case by {run.owner}"
    planned = {record.mutation_id for record in records if run.outbox.store.replan(record, drafts[str(record.key)], by)}
    tally += run.outbox.drain(only=frozenset(planned))


def _remains(run: Run, case: Case, record: Mutation) -> bool:
    """Whether a record still stands under the case's cause: another trouble of its own says nothing about the others."""
    now = run.outbox.store.get(record.mutation_id)
    cause = now.cause
    return now.state is State.DEAD_LETTER and cause is not None and (cause.code, cause.subject) == (case.code, case.subject)


def _drafts(run: Run, records: list[Mutation]) -> dict[str, Draft]:
    """Read the source again and map again; a record that the source does not know any more gets no draft."""
    drafting = Drafting(run.administration, run.administrations, run.master, "orders_to_invoices", run.window.until)
    numbers = sorted({record.key.source_id for record in records})
    found = [*run.sources.orders_by_number(numbers), *run.sources.returns_by_number(numbers)]
    drafts = [draft for record in found if (draft := drafting.draft(record)) is not None]
    return {str(draft.key): draft for draft in drafts}


def _look_again(run: Run, records: list[Mutation]) -> Tally:
    for record in records:
        run.outbox.store.back_to_unknown(record)
    return run.outbox.settle_unknown()


def _open(case: Case, records: list[Mutation]) -> CaseOpenError:
    """Log the records, then cause and cure, which also are the error's text: the end of a log is what people see first."""
    for record in records[:RECORDS_LOGGED_MAX]:
        facts = record.cause.facts if record.cause else {}
        details = ", ".join(f"{name}: {fact}" for name, fact in facts.items())
        log.info("%s %s (%s, version %s, attempt %s) %s", *_named(record), record.payload_version, record.attempt, details)
    if len(records) > RECORDS_LOGGED_MAX:
        log.info("and %s more records", len(records) - RECORDS_LOGGED_MAX)
    told = [" ".join([language.upper() + ":", *explain(case.code, case.subject, language)]) for language in LANGUAGES]
    for text in told:
        log.error("%s", text)
    return CaseOpenError(f"{case.case_id}, {len(records)} waiting. {' '.join(told)} Then clear this task.")


def _named(record: Mutation) -> tuple[str, str, str]:
    return record.key.effect, record.your_ref, record.endpoint
