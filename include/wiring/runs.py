"""A run opened inside an Airflow task: window, connections and purpose come from the task's context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import get_current_context

from include.errors import SetupError
from include.outbox.ports import Purpose
from include.run import Run, Window, open_run
from include.store.database import Database
from include.store.desk import note_worker
from include.wiring.connections import settings_of

TIMEZONE = ZoneInfo("Europe/Amsterdam")
OPERATORS_DAG = "attention"
TASK_INSTANCE = ("dag_id", "run_id", "task_id", "map_index", "try_number")


@contextmanager
def airflow_run(administration: str) -> Iterator[Run]:
    """Open the run of an administration for the running task."""
    context = get_current_context()
    params: Mapping[str, Any] = context.get("params") or {}
    window = window_of(context, params)
    settings = settings_of(administration, window, purpose=purpose_of(context, params), dry_run=bool(params.get("dry_run")))
    with open_run(settings) as run:
        _note_worker(settings.store_dsn, run.owner, context["ti"])
        yield run


def _note_worker(dsn: str, owner: str, ti: Any) -> None:
    """Events and calls carry the worker's name: from there people find the log of its task."""
    database = Database(dsn, name="exactly worker")
    try:
        note_worker(database, owner, {name: getattr(ti, name) for name in TASK_INSTANCE})
    finally:
        database.close()


def purpose_of(context: Mapping[str, Any], params: Mapping[str, Any]) -> Purpose:
    """Who waits for the run.

    Works of the Dag `attention`: an operator. A past window, given by hand or by a backfill: nobody, so it is bulk; but single orders are
    not, since somebody asked for just these.
    """
    if context["dag"].dag_id == OPERATORS_DAG:
        return Purpose.OPERATOR
    past = any(_moment(params, name) is not None for name in ("since", "until")) or run_type(context) == "backfill"
    return Purpose.BULK if past and not params.get("order_numbers") else Purpose.NEAR_TIME


def window_of(context: Mapping[str, Any], params: Mapping[str, Any]) -> Window:
    """The run's own data interval, or what `since` and `until` say; such a window, given by hand, moves no cursor."""
    numbers = tuple(str(number) for number in params.get("order_numbers") or ())
    since, until = _moment(params, "since"), _moment(params, "until")
    begin, end = context.get("data_interval_start"), context.get("data_interval_end")
    if begin is None or end is None:
        end = context["dag_run"].run_after
        begin = end
    by_hand = since is not None or until is not None
    scheduled = run_type(context) == "scheduled"
    if (since or begin) > (until or end):
        raise SetupError("empty_window", f"{since or begin}..{until or end}", cure="`since` must lie before `until`")
    return Window(since or begin, until or end, numbers, follows_cursor=scheduled and not by_hand)


def run_type(context: Mapping[str, Any]) -> str:
    """Who started the run: scheduled, manual, backfill."""
    return str(context["dag_run"].run_type).rpartition(".")[2].lower()


def _moment(params: Mapping[str, Any], name: str) -> datetime | None:
    text = params.get(name)
    if text is None or text == "":
        return None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise SetupError("no_moment", name, cure="write a moment such as 2026-11-01T00:00:00+01:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=TIMEZONE)
