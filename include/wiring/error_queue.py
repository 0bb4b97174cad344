"""Acts of the error queue at a terminal: through Airflow where it is reached, so that it is audited there and the square follows at once.

Without Airflow the outbox is worked on directly, and the next sweep mends the square.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from include.errors import ExactlyError, RetryableError
from include.flows.attention import CaseOpenError, settle_case
from include.store.cases import Case, CaseStore
from include.store.database import Database
from include.store.deeds import TERMINAL, Doer
from include.store.retries import Wish
from include.wiring.airflow_rest import AirflowRest, AwayError
from include.wiring.terminal import command_run

PATIENCE_S = 300.0


@dataclass(frozen=True)
class Retried:
    """What came of a retry. `airflow`: empty when it went through Airflow, else why it did not."""

    case_id: str
    closed: bool
    left: int
    airflow: str = ""
    ended: bool = True


def retry(database: Database, case: Case, by: str) -> Retried:
    """Send the case's records again on behalf of this person, and wait for what comes of it."""
    cases = CaseStore(database)
    asked = cases.retries.ask(case.case_id, Wish(doer=Doer(by, TERMINAL)))
    try:
        rest = AirflowRest()
        _clear(rest, case, f"errors retry by {by}")
        ended, why = rest.ended(case.run_id, within_s=PATIENCE_S), ""
    except AwayError as away:
        ended, why = True, str(away)
        _retry_here(cases, case)
    except ExactlyError:
        if asked.is_new and asked.retry is not None:
            cases.retries.finish(asked.retry, "withdrawn")
        raise
    now = cases.get(case.case_id)
    return Retried(case.case_id, now is not None and not now.is_open, cases.waiting(case.case_id), why, ended)


def _clear(rest: AirflowRest, case: Case, note: str) -> None:
    # Whoever is at work on the case takes up what was asked for meanwhile.
    with suppress(RetryableError):
        rest.clear(case.run_id, note)


def _retry_here(cases: CaseStore, case: Case) -> None:
    with command_run(case.administration) as run:
        try:
            settle_case(run, case.case_id)
        except CaseOpenError:
            return
    cases.redraw(case.case_id)


def turn_green(database: Database, case: Case, note: str) -> None:
    """Clear the square of a case whose last record was decided about; the next sweep does it when Airflow is away."""
    now = CaseStore(database).get(case.case_id)
    # The decision stands whatever Airflow says.
    with suppress(AwayError, ExactlyError):
        AirflowRest().clear(now.run_id if now else case.run_id, note)
