"""A case of refused records, as a person works it off: shown first, tried again when cleared, closed when nothing is left."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.errors import ExactlyError, SetupError
from include.feeds import drafts_by_number, drafts_of_relations
from include.outbox.causes import Language, explain
from include.outbox.model import Cause, Draft, Method, Mutation, Tally
from include.outbox.states import UNKNOWN_OUTCOME, State
from include.run import Run, require_booking
from include.store.cases import Case

log = logging.getLogger(__name__)

LANGUAGES: tuple[Language, ...] = ("nl", "en")
RECORDS_LOGGED_MAX = 50
# Payloads are for whoever looks deeper: a few show what all look like.
PAYLOADS_LOGGED_MAX = 3
PAYLOAD_CHARACTERS_MAX = 4000


class CaseOpenError(ExactlyError):
    """Records of the case still wait for a person: the reason why its task is red."""


class CaseInWorkError(ExactlyError):
    """Somebody else sends the case's records at this moment."""


def settle_case(run: Run, case_id: str) -> Tally:
    """Show a new case; when somebody asked for it, try its records again, one first, and close the case when none is left."""
    case = run.cases.get(case_id)
    if case is None:
        raise SetupError("unknown_case", case_id, cure="there is no such case; `exactly errors list` names the open ones")
    with run.cases.hold(case_id) as held:
        if not held:
            raise CaseInWorkError(f"{case_id}: NL: Iemand anders verwerkt dit geval nu. EN: Somebody else works on this case right now.")
        if run.cases.show(case_id):
            raise _open(run, case)
        tally = _retry(run, case) if _sendable(run, case) else Tally()
        if not run.cases.close(case_id):
            raise _open(run, case)
    log.info("%s is closed: %s", case_id, dict(tally) or "nothing was left in it")
    return tally


@dataclass(frozen=True)
class _Trial:
    """One try of a case: `by` asked for it, `tally` counts what becomes of its records."""

    run: Run
    case: Case
    by: str
    tally: Tally


def _retry(run: Run, case: Case) -> Tally:
    """Try each record once, those that join meanwhile included; what somebody deleted in Exact is not for us to book again."""
    require_booking(run.administration)
    trial = _Trial(run, case, run.cases.take_asker(case.case_id) or f"case by {run.owner}", Tally())
    again = _look_again if case.code == UNKNOWN_OUTCOME else _send_again
    tried: set[int] = set()
    while fresh := [record for record in _sendable(run, case) if record.mutation_id not in tried]:
        tried |= {record.mutation_id for record in fresh}
        if not again(trial, fresh):
            break
    return trial.tally


def _sendable(run: Run, case: Case) -> list[Mutation]:
    return [record for record in run.cases.records(case.case_id) if record.state is State.DEAD_LETTER]


def _look_again(trial: _Trial, records: list[Mutation]) -> bool:
    for record in records:
        trial.run.outbox.store.back_to_unknown(record, trial.by)
    trial.tally.update(trial.run.outbox.settle_unknown())
    return True


def _send_again(trial: _Trial, records: list[Mutation]) -> bool:
    """Map the records anew and send them, a canary first; False when it did not get through, and the others stay where they are."""
    drafts = drafts_of(trial.run, records)
    tried = {str(record.key) for record in records}
    # Relations that these documents have to wait for, and that nobody planned yet.
    trial.run.outbox.plan([draft for name, draft in drafts.items() if draft.key.division and name not in tried])
    to_send = [record for record in records if (draft := drafts.get(str(record.key))) is not None and draft.state is State.PLANNED]
    sendable = {record.mutation_id for record in to_send}
    for record in records:
        if record.mutation_id not in sendable:
            _judge_anew(trial, record, drafts.get(str(record.key)))
    canary, others = to_send[:1], to_send[1:]
    _send(trial, canary, drafts, asked=True)
    if any(_remains(trial, record) for record in canary):
        return False
    trial.run.cases.unpark(trial.case.case_id)
    # Not asked for, so that they stop where a second cause turns up and is parked.
    _send(trial, others, drafts, asked=False)
    return True


def _judge_anew(trial: _Trial, record: Mutation, draft: Draft | None) -> None:
    """What cannot be sent: dismissed or dead under the cause found now; a record that the shop no longer has joins those of its kind."""
    store = trial.run.outbox.store
    if draft is not None:
        store.replan(record, draft, trial.by)
    elif not _known_to_source(trial.run, record):
        store.bury_anew(record, Cause("vanished_from_source"), trial.by)
    else:
        log.warning("%s %s is no longer this administration's, or older than its book_from: dismiss it with a reason", *_named(record)[:2])


def _send(trial: _Trial, records: list[Mutation], drafts: dict[str, Draft], *, asked: bool) -> None:
    """Plan these records and send them."""
    planned = frozenset(record.mutation_id for record in records if _planned(trial, record, drafts[str(record.key)], asked=asked))
    if planned:
        trial.tally.update(trial.run.outbox.drain(only=planned))


def _planned(trial: _Trial, record: Mutation, draft: Draft, *, asked: bool) -> bool:
    store = trial.run.outbox.store
    if draft.method is Method.POST or draft.key.division:
        return store.replan(record, draft, trial.by, asked=asked)
    return store.again(record, trial.by)


def _remains(trial: _Trial, record: Mutation) -> bool:
    """Whether a record still stands under the case's cause: another trouble of its own says nothing about the others."""
    now = trial.run.outbox.store.get(record.mutation_id)
    cause = now.cause
    return now.state is State.DEAD_LETTER and cause is not None and (cause.code, cause.subject) == (trial.case.code, trial.case.subject)


def drafts_of(run: Run, records: list[Mutation]) -> dict[str, Draft]:
    """Read the source again and map again; a record that the source does not know any more gets no draft."""
    documents = sorted({record.key.source_id for record in records if not record.key.division})
    relations = [record for record in records if record.key.division]
    return {str(draft.key): draft for draft in (*drafts_by_number(run, documents), *drafts_of_relations(run, relations))}


def _known_to_source(run: Run, record: Mutation) -> bool:
    number = [record.key.source_id]
    if record.key.division:
        return bool(run.sources.customers_by_number(number))
    return bool(run.sources.returns_by_number(number) if record.key.effect == "credit" else run.sources.orders_by_number(number))


def _open(run: Run, case: Case) -> CaseOpenError:
    """Log the records, then cause and cure, which also are the error's text: the end of a log is what people see first."""
    records, findings = run.cases.records(case.case_id), run.cases.findings(case.case_id)
    for finding in findings:
        log.info("%s", _about(run, finding))
    for record in records[:RECORDS_LOGGED_MAX]:
        log.info("%s", " ".join([*_named(record), _details(record), *_links(run, record)]))
    for record in records[:PAYLOADS_LOGGED_MAX]:
        if record.payload is not None:
            log.info(
                "payload of %s %s, version %s: %.*s", *_named(record)[:2], record.payload_version, PAYLOAD_CHARACTERS_MAX, record.payload
            )
    if len(records) > RECORDS_LOGGED_MAX:
        log.info("and %s more records: exactly errors show %s", len(records) - RECORDS_LOGGED_MAX, case.case_id)
    told = [" ".join([language.upper() + ":", *explain(case.code, case.subject, language)]) for language in LANGUAGES]
    for text in told:
        log.error("%s", text)
    return CaseOpenError(f"{case.case_id}, {len(records) + len(findings)} waiting. {' '.join(told)} Then clear this task.")


def _about(run: Run, finding: Mapping[str, Any]) -> str:
    """A document in Exact that the case is about beside those that records call their own."""
    facts = ", ".join(f"{name}: {fact}" for name, fact in finding["facts"].items())
    link = run.links.of_document(finding["division"], finding["exact_id"])
    return " ".join(filter(None, (finding["effect"], finding["your_ref"], f"({facts})", link)))


def _named(record: Mutation) -> tuple[str, str, str]:
    return record.key.effect, record.your_ref, record.endpoint


def _details(record: Mutation) -> str:
    """The version, how often it was sent, and the facts of its cause: what Exact answered is among them."""
    facts = record.cause.facts if record.cause else {}
    told = [f"version {record.payload_version}", f"attempt {record.attempt}", *(f"{name}: {fact}" for name, fact in facts.items())]
    return f"({', '.join(told)})"


def _links(run: Run, record: Mutation) -> list[str]:
    found = run.links.of_source(record.key.source_id, record.key.effect), run.links.of_document(record.division, record.exact_id)
    return [link for link in found if link is not None]
