"""What all our Dags have in common. Cheap to import: every Dag file does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import CronDataIntervalTimetable

from include.wiring.retry import ByWhoCanPutItRight

TIMEZONE = "Europe/Amsterdam"
# A tag that is not here is a typing mistake: a test refuses it.
TAGS = frozenset({"exact", "orders", "customers", "upkeep", "errors", "impact:high", "impact:medium", "impact:low"})

TASK: dict[str, Any] = {
    "owner": "exactly",
    # A task whose worker was killed goes on after seconds; five minutes of trouble are bridged as before, half an hour at most.
    "retries": 8,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "retry_policy": ByWhoCanPutItRight(),
    # Longer than any day's quota takes to spend at 60 calls a minute; a task that hangs must end some day.
    "execution_timeout": timedelta(hours=3),
}
DAG: dict[str, Any] = {
    # Far enough back for a backfill of any past window; nothing older than an administration's `book_from` is booked.
    "start_date": datetime(2020, 1, 1, tzinfo=ZoneInfo(TIMEZONE)),
    "catchup": False,
    "max_active_runs": 1,
    "default_args": TASK,
}


def windows(cron: str) -> CronDataIntervalTimetable:
    """Runs whose data interval reaches from one moment of the cron expression to the next (a plain cron string gives empty ones)."""
    return CronDataIntervalTimetable(cron, timezone=TIMEZONE)


def pool_of(administration: str) -> str:
    """The pool that bounds how many tasks call Exact for this administration at one time; `airflow_settings.yaml` makes it."""
    return f"exact_{administration.lower()}"
