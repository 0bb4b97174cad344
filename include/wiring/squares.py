"""The squares of the Dag `attention`, as a task sees them, and which of them are to be drawn."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import DagRunState, Variable, get_current_context
from airflow.sdk.exceptions import AirflowRuntimeError

from include.errors import SetupError
from include.flows.attention import LANGUAGES
from include.flows.attention_sweep import Square, last_morning, sweep
from include.outbox.causes import explain
from include.store.cases import Case, CaseStore
from include.store.database import Database
from include.wiring.cases import ATTENTION
from include.wiring.connections import STORE, dsn_of
from include.wiring.defaults import TIMEZONE

log = logging.getLogger(__name__)

# More new causes than this at one time is most likely one mistake, a wrong configuration: the oldest show it, the others follow.
CASES_MAX = 200
# So many run ids fit into the address of one question.
ASKED_AT_ONCE = 50
# What Airflow takes as the note of a run.
NOTE_MAX = 1000
CASE_TASK = "case_0"
NOT_FOUND = 404
MORNING = "exactly_morning_hour"
USUAL_MORNING = 6


def due_cases() -> list[dict[str, str]]:
    """The cases whose square is to be drawn now: `CASES_MAX` at one time, the others at the next."""
    with _cases() as cases:
        return _told(cases.take_due(at_most=CASES_MAX))


def swept_cases() -> list[dict[str, str]]:
    """The cases that Airflow shows otherwise than they stand, and those that are due."""
    morning = last_morning(datetime.now(UTC), _morning_hour(), ZoneInfo(TIMEZONE))
    with _cases() as cases:
        return _told(sweep(cases, _squares, morning, at_most=CASES_MAX))


def _told(cases: Sequence[Case]) -> list[dict[str, str]]:
    if len(cases) == CASES_MAX:
        log.error("configuration: %s new causes at one time; look for the one mistake behind them, such as %s", CASES_MAX, cases[0].case_id)
    return [{"case_run": case.run_id, "note": _note(case)} for case in cases]


def _note(case: Case) -> str:
    """Cause and cure in both languages, for the page of the run."""
    told = [" ".join([f"{language.upper()}:", *explain(case.code, case.subject, language)]) for language in LANGUAGES]
    return "\n\n".join(told)[:NOTE_MAX]


def _squares(run_ids: Sequence[str]) -> dict[str, Square]:
    ti: Any = get_current_context()["ti"]
    found: dict[str, Square] = {}
    for first in range(0, len(run_ids), ASKED_AT_ONCE):
        asked = list(run_ids[first : first + ASKED_AT_ONCE])
        tasks = ti.get_task_states(dag_id=ATTENTION, run_ids=asked)
        found |= {run_id: Square(_run_state(ti, run_id), tasks.get(run_id, {}).get(CASE_TASK)) for run_id in asked}
    return found


def _run_state(ti: Any, run_id: str) -> str | None:
    try:
        return DagRunState(ti.get_dagrun_state(ATTENTION, run_id)).value
    except AirflowRuntimeError as error:
        if (error.error.detail or {}).get("status_code") == NOT_FOUND:
            return None
        raise


def _morning_hour() -> int:
    text = str(Variable.get(MORNING, default=USUAL_MORNING))
    if not text.isdecimal() or int(text) > 23:
        raise SetupError("morning_hour", text, cure=f"set the Airflow variable {MORNING} to an hour from 0 to 23")
    return int(text)


@contextmanager
def _cases() -> Iterator[CaseStore]:
    database = Database(dsn_of(STORE), name="exactly cases")
    try:
        yield CaseStore(database)
    finally:
        database.close()
