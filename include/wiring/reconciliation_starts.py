"""Starting a comparison of some days in Airflow, as the person who asks."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from starlette.requests import Request

from include.wiring.airflow_inside import AirflowInside
from include.wiring.defaults import TIMEZONE

DAG = "nightly_reconciliation"


class Comparisons(AirflowInside):
    """Airflow as this request's person may use it."""

    def start(self, since: date, until: date) -> str:
        """Start a run of the Dag for these days; returns its id. Raises `AwayError`, or `SetupError` when Airflow refuses this person."""
        days = {name: datetime.combine(day, time.min, ZoneInfo(TIMEZONE)).isoformat() for name, day in (("since", since), ("until", until))}
        return str(self._ask("POST", f"/api/v2/dags/{DAG}/dagRuns", {"logical_date": None, "conf": days})["dag_run_id"])


def start_comparison(request: Request, since: date, until: date) -> str:
    """Have Airflow compare these days; `until` is the day after the last one. Raises `AwayError`, `SetupError`, `RetryableError`."""
    return Comparisons(request).start(since, until)
