"""Starting a comparison of some days in Airflow, as the person who asks."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from include.wiring.airflow_inside import AirflowInside
from include.wiring.defaults import TIMEZONE

DAG = "nightly_reconciliation"


class Comparisons(AirflowInside):
    """Airflow as this request's person may use it."""

    def start(self, since: date, until: date) -> str:
        """Start a run of the Dag for these days, `until` excluded; returns its id. Raises `AwayError`, `SetupError`, `RetryableError`."""
        days = {name: datetime.combine(day, time.min, ZoneInfo(TIMEZONE)).isoformat() for name, day in (("since", since), ("until", until))}
        return str(self._ask("POST", f"/api/v2/dags/{DAG}/dagRuns", {"logical_date": None, "conf": days})["dag_run_id"])
