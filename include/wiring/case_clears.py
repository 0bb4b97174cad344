"""Clearing a case's square by Airflow's own REST API, whoever speaks to it: Airflow audits it under the caller's name."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import Any

from include.errors import RetryableError, SetupError
from include.wiring.cases import ATTENTION

POLL_S = 0.5
BUSY_RETRY_S = 20.0
NOTE_MAX = 1000
CASE_TASK_ID = "case"
ENDED = frozenset({"success", "failed"})


class AwayError(Exception):
    """Airflow cannot do it; the message says why."""


class CaseClears(ABC):
    """What is asked of Airflow about a case. Raises `AwayError` when Airflow cannot, `SetupError` when it refuses this caller."""

    def clear(self, run_id: str, note: str) -> None:
        """Clear the square, and name who did it in the note. Raises `AwayError` when there is none, or its Dag is paused."""
        if self._ask("GET", f"/api/v2/dags/{ATTENTION}")["is_paused"]:
            raise AwayError(f"the Dag {ATTENTION} is paused")
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": [CASE_TASK_ID],
            "only_failed": False,
            "prevent_running_task": True,
            "note": note[:NOTE_MAX],
        }
        cleared = self._ask("POST", f"/api/v2/dags/{ATTENTION}/clearTaskInstances", body)
        if not cleared.get("task_instances"):
            raise AwayError("the case has no square in Airflow")

    def ended(self, run_id: str, *, within_s: float) -> bool:
        """Wait for the run to end, up to `within_s`."""
        give_up = time.monotonic() + within_s
        while self._ask("GET", f"/api/v2/dags/{ATTENTION}/dagRuns/{run_id}")["state"] not in ENDED:
            if time.monotonic() > give_up:
                return False
            time.sleep(POLL_S)
        return True

    @abstractmethod
    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send one request and return what Airflow answers; `path` is below its root."""


def judge(status: int, what: str, *, cure: str) -> None:
    """Raise for an answer that is no success; `cure`: who may do it instead."""
    if status in {401, 403}:
        raise SetupError("airflow_refuses", status, cure=cure)
    if status == 409:
        raise RetryableError("the case is being worked on in Airflow", retry_after_s=BUSY_RETRY_S)
    if status >= 300:
        raise AwayError(f"Airflow answers {status} to {what}")
