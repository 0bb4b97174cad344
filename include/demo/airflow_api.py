"""What the local system asks of Airflow's REST API: who am I, run this Dag, how far is it; and all that a person may do to a run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

TIMEOUT_S = 20
POLL_S = 0.5
# Airflow starts waiting runs in the order of the moment after which they may run; schedules here are hourly.
BEFORE_SCHEDULED = timedelta(hours=2)
ENDED = frozenset({"success", "failed"})


class AirflowApiError(Exception):
    """Airflow answered something else than what was asked for."""


class AirflowAwayError(AirflowApiError):
    """Nobody answers: the API server ended, or is not there yet."""


@dataclass
class AirflowApi:
    """A signed-in user of Airflow at `url`."""

    url: str
    user: str
    password: str
    _session: requests.Session = field(default_factory=requests.Session, init=False)

    def sign_in(self) -> None:
        """Fetch a token; it lasts a day."""
        token = self._call("POST", "/auth/token", json={"username": self.user, "password": self.password})
        self._session.headers["Authorization"] = f"Bearer {token['access_token']}"

    def wait_for_dags(self, dag_ids: set[str], *, within_s: float) -> None:
        """Wait until Airflow has read these Dags' files; raises with the import errors when it could not."""
        deadline = time.monotonic() + within_s
        while missing := dag_ids - {dag["dag_id"] for dag in self._call("GET", "/api/v2/dags?limit=100")["dags"]}:
            errors = [error["stack_trace"] for error in self._call("GET", "/api/v2/importErrors")["import_errors"]]
            if errors or time.monotonic() > deadline:
                raise AirflowApiError("\n".join([f"Airflow does not know {', '.join(sorted(missing))}", *errors]))
            time.sleep(POLL_S)

    def unpause(self, dag_id: str) -> None:
        self._set_paused(dag_id, is_paused=False)

    def pause(self, dag_id: str) -> None:
        """Start no further run and no further task of it."""
        self._set_paused(dag_id, is_paused=True)

    def trigger(self, dag_id: str, **conf: object) -> str:
        """Start a run by hand, before any scheduled one; returns its run id."""
        now = datetime.now(UTC)
        run = {"dag_run_id": f"demo__{now:%Y-%m-%dT%H:%M:%S.%f}", "logical_date": None, "run_after": (now - BEFORE_SCHEDULED).isoformat()}
        answer = self._call("POST", f"/api/v2/dags/{dag_id}/dagRuns", json={**run, "conf": conf})
        self.unpause(dag_id)
        return str(answer["dag_run_id"])

    def state(self, dag_id: str, run_id: str) -> str:
        return str(self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")["state"])

    def run_states(self, dag_id: str) -> dict[str, str]:
        """The states of a Dag's newest runs by run id."""
        runs = self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns?limit=100&order_by=-run_after")["dag_runs"]
        return {run["dag_run_id"]: run["state"] for run in runs}

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str]:
        """The states of a run's tasks by task id."""
        tasks = self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances?limit=100")["task_instances"]
        return {task["task_id"]: str(task["state"]) for task in tasks}

    def clear(self, dag_id: str, run_id: str, *task_ids: str, prevent_running: bool = False) -> int:
        """Clear tasks of a run, all of them without names, running ones too; returns how many."""
        body: dict[str, object] = {"dry_run": False, "dag_run_id": run_id, "only_failed": False, "prevent_running_task": prevent_running}
        if task_ids:
            body["task_ids"] = list(task_ids)
        return len(self._call("POST", f"/api/v2/dags/{dag_id}/clearTaskInstances", json=body)["task_instances"])

    def mark_task(self, dag_id: str, run_id: str, task_id: str, state: str) -> None:
        self._call("PATCH", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}", json={"new_state": state})

    def mark_run(self, dag_id: str, run_id: str, state: str) -> None:
        self._call("PATCH", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}", json={"state": state})

    def delete_run(self, dag_id: str, run_id: str) -> None:
        self._call("DELETE", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")

    def backfill(self, dag_id: str, since: datetime, until: datetime) -> int:
        """Run a Dag anew for each of its intervals of a past window; returns the backfill's number."""
        body = {"dag_id": dag_id, "from_date": since.isoformat(), "to_date": until.isoformat(), "reprocess_behavior": "completed"}
        return int(self._call("POST", "/api/v2/backfills", json={**body, "max_active_runs": 4})["id"])

    def _set_paused(self, dag_id: str, *, is_paused: bool) -> None:
        self._call("PATCH", f"/api/v2/dags/{dag_id}?update_mask=is_paused", json={"is_paused": is_paused})

    def _call(self, method: str, path: str, **body: Any) -> Any:
        try:
            answer = self._session.request(method, self.url + path, timeout=TIMEOUT_S, **body)
        except requests.RequestException as error:
            raise AirflowAwayError(f"{method} {path}: nobody answers") from error
        if not answer.ok:
            raise AirflowApiError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None
