"""Airflow's REST API, for what a person at a terminal does there: clear a case's square. Airflow audits it under the user's name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import requests
from airflow.configuration import conf

from include.wiring.case_clears import AwayError, CaseClears, judge

__all__ = ["AirflowRest", "AwayError"]

TOKEN, USER, PASSWORD = "EXACTLY_AIRFLOW_TOKEN", "EXACTLY_AIRFLOW_USER", "EXACTLY_AIRFLOW_PASSWORD"
TIMEOUT_S = 20


class AirflowRest(CaseClears):
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
        answer = self._ask("POST", "/auth/token", {"username": user, "password": password})
        return str(answer["access_token"])

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self._session.request(method, self._url + path, json=body, timeout=TIMEOUT_S)
        except requests.RequestException as error:
            raise AwayError(f"Airflow does not answer at {self._url}") from error
        judge(answer.status_code, f"{method} {path}", cure=f"sign in as a user who may clear tasks: {USER}, {PASSWORD}")
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
