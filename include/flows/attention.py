"""A case of refused records, as a person works it off: shown first, tried again when cleared, closed when nothing is left."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from include.adapters.calls import SystemClock
from include.errors import ExactlyError, SetupError
from include.outbox.causes import Language, explain
from include.outbox.model import Mutation, Tally
from include.outbox.ports import Clock
from include.rebooking import work_off_rebooking
from include.retrying import Pacer, Trial, told, work_off
from include.run import Run
from include.store.cases import Case
from include.store.deeds import AIRFLOW, Doer
from include.store.retries import AGAIN, Retry, Wish

log = logging.getLogger(__name__)

LANGUAGES: tuple[Language, ...] = ("nl", "en")
RECORDS_LOGGED_MAX = 50
# Payloads are for whoever looks deeper: a few show what all look like.
PAYLOADS_LOGGED_MAX = 3
PAYLOAD_CHARACTERS_MAX = 4000
_CLOCK = SystemClock()


class CaseOpenError(ExactlyError):
    """Records of the case still wait for a person: the reason why its task is red."""


class CaseInWorkError(ExactlyError):
    """Somebody else sends the case's records at this moment."""


def settle_case(run: Run, case_id: str, clock: Clock = _CLOCK) -> Tally:
    """Show a new case; when somebody asked for it, try its records again, one first, and close the case when none is left.

    What was asked for and is not through yet goes on, whoever was killed at it; a clear without any wish means the whole case.
    """
    case = run.cases.get(case_id)
    if case is None:
        raise SetupError("unknown_case", case_id, cure="there is no such case; `exactly errors list` names the open ones")
    with run.cases.hold(case_id) as held:
        if not held:
            raise CaseInWorkError(f"{case_id}: NL: Iemand anders verwerkt dit geval nu. EN: Somebody else works on this case right now.")
        is_new = run.cases.show(case_id)
        if not run.cases.retries.unfinished(case_id) and (is_new or not _cleared(run, case)):
            last, tally = None, Tally()
        else:
            last, tally = _try_again(run, case, clock)
        if not run.cases.close(case_id):
            raise _open(run, case, last)
    log.info("%s is closed: %s", case_id, dict(tally) or "nothing was left in it")
    return tally


def _cleared(run: Run, case: Case) -> bool:
    """A clear in Airflow's own grid, whose audit log knows by whom; False when nothing of the case can be sent."""
    return run.cases.retries.ask(case.case_id, Wish(doer=Doer("Airflow", AIRFLOW))).retry is not None


def _try_again(run: Run, case: Case, clock: Clock) -> tuple[Retry | None, Tally]:
    """Work off all that was asked for, the oldest wish first; what Exact's limits stop is taken up by the sweep."""
    tally: Tally = Tally()
    last = None
    while unfinished := run.cases.retries.unfinished(case.case_id):
        begun = run.cases.retries.begin(unfinished[0])
        if begun is None:
            continue
        last, done = _work_off(run, case, begun, clock)
        tally.update(done)
        log.info("%s", told(last, "en"))
        if last.finished_at is None:
            break
    return last, tally


def _work_off(run: Run, case: Case, retry: Retry, clock: Clock) -> tuple[Retry, Tally]:
    if retry.kind != AGAIN:
        return work_off_rebooking(run, retry)
    trial = Trial(run, case, retry, Pacer(clock, retry.pace_per_minute))
    return work_off(trial), trial.tally


def _open(run: Run, case: Case, last: Retry | None) -> CaseOpenError:
    """Log the records, then cause and cure, which also are the error's text: the end of a log is what people see first."""
    records, findings = run.cases.records(case.case_id, at_most=RECORDS_LOGGED_MAX), run.cases.findings(case.case_id)
    waiting = run.cases.waiting(case.case_id)
    for finding in findings:
        log.info("%s", _about(run, finding))
    for record in records:
        log.info("%s", " ".join([*_named(record), _details(record), *_links(run, record)]))
    for record in records[:PAYLOADS_LOGGED_MAX]:
        if record.payload is not None:
            log.info(
                "payload of %s %s, version %s: %.*s", *_named(record)[:2], record.payload_version, PAYLOAD_CHARACTERS_MAX, record.payload
            )
    if waiting > len(records) + len(findings):
        log.info("and %s more records: exactly errors show %s", waiting - len(records) - len(findings), case.case_id)
    tries = {language: f" {told(last, language)}" if last else "" for language in LANGUAGES}
    sentences = [
        " ".join([language.upper() + tries[language] + ":", *explain(case.code, case.subject, language)]) for language in LANGUAGES
    ]
    for text in sentences:
        log.error("%s", text)
    return CaseOpenError(f"{case.case_id}, {waiting} waiting. {' '.join(sentences)} Then clear this task.")


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
