"""Airflow's REST API, for what a person at a terminal does there: clear a case's square. Airflow audits it under the user's name."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import requests
from airflow.configuration import conf

from include.errors import RetryableError, SetupError
from include.wiring.cases import ATTENTION

TOKEN, USER, PASSWORD = "EXACTLY_AIRFLOW_TOKEN", "EXACTLY_AIRFLOW_USER", "EXACTLY_AIRFLOW_PASSWORD"
TIMEOUT_S = 20
POLL_S = 0.5
BUSY_RETRY_S = 20.0
NOTE_MAX = 1000
CASE_TASK_ID = "case"
ENDED = frozenset({"success", "failed"})


class AwayError(Exception):
    """Airflow cannot do it; the message says why."""


class AirflowRest:
    """A signed-in user of Airflow's REST API. Raises `AwayError` when Airflow is not reached or nobody can sign in."""

    def __init__(self) -> None:
        self._url = str(conf.get("api", "base_url", fallback="") or "").rstrip("/")
        if not self._url:
            raise AwayError("Airflow's address is not known ([api] base_url)")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {os.environ.get(TOKEN) or self._token()}"

    def _token(self) -> str:
        user, password = os.environ.get(USER, ""), os.environ.get(PASSWORD, "")
        if not password:
            user, password = _simple_user()
        answer = self._call("POST", "/auth/token", {"username": user, "password": password})
        return str(answer["access_token"])

    def clear(self, run_id: str, note: str) -> None:
        """Clear the square, and name who did it in the note. Raises `AwayError` when there is none, or its Dag is paused."""
        if self._call("GET", f"/api/v2/dags/{ATTENTION}")["is_paused"]:
            raise AwayError(f"the Dag {ATTENTION} is paused")
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": [CASE_TASK_ID],
            "only_failed": False,
            "prevent_running_task": True,
            "note": note[:NOTE_MAX],
        }
        cleared = self._call("POST", f"/api/v2/dags/{ATTENTION}/clearTaskInstances", body)
        if not cleared.get("task_instances"):
            raise AwayError("the case has no square in Airflow")

    def ended(self, run_id: str, *, within_s: float) -> bool:
        """Wait for the run to end, up to `within_s`."""
        give_up = time.monotonic() + within_s
        while self._call("GET", f"/api/v2/dags/{ATTENTION}/dagRuns/{run_id}")["state"] not in ENDED:
            if time.monotonic() > give_up:
                return False
            time.sleep(POLL_S)
        return True

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self._session.request(method, self._url + path, json=body, timeout=TIMEOUT_S)
        except requests.RequestException as error:
            raise AwayError(f"Airflow does not answer at {self._url}") from error
        if answer.status_code in {401, 403}:
            raise SetupError("airflow_refuses", answer.status_code, cure=f"sign in as a user who may clear tasks: {USER}, {PASSWORD}")
        if answer.status_code == 409:
            raise RetryableError("the case is being worked on in Airflow", retry_after_s=BUSY_RETRY_S)
        if not answer.ok:
            raise AwayError(f"Airflow answers {answer.status_code} to {method} {path}")
        found: dict[str, Any] = answer.json()
        return found


def _simple_user() -> tuple[str, str]:
    """The user of Airflow's simple auth manager, whose password lies in a file that only the installation's own user reads."""
    usual = Path(conf.get("core", "simple_auth_manager_passwords_file", fallback="") or _generated())
    try:
        known = json.loads(usual.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AwayError(f"nobody signed in with Airflow: set {TOKEN}, or {USER} and {PASSWORD}") from error
    user, password = next(iter(known.items()))
    return str(user), str(password)


def _generated() -> Path:
    return Path(os.environ.get("AIRFLOW_HOME", "")) / "simple_auth_manager_passwords.json.generated"
