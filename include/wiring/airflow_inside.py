"""Airflow's REST API from within its own web server, as the person who asks: what the console does is audited under that name.

For routes that run in a thread (`def`, not `async def`): the call itself runs on the server's loop.
"""

from __future__ import annotations

from typing import Any

import httpx
from anyio import from_thread
from starlette.requests import Request

from include.wiring.case_clears import AwayError, CaseClears, judge
from include.wiring.web_access import airflow_path

TIMEOUT_S = 20
COOKIE = "_token"
# The app of Airflow that the console is mounted in: noted by the plugin.
MOUNTED_IN = "airflow_app"


class AirflowInside(CaseClears):
    """Airflow as this request's person may use it. Raises `AwayError` when the console runs outside of Airflow."""

    def __init__(self, request: Request) -> None:
        app = request.scope.get(MOUNTED_IN)
        if app is None:
            raise AwayError("the console does not run inside Airflow")
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._base_url = f"http://{request.url.netloc}"
        self._headers = _credentials(request)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer: httpx.Response = from_thread.run(self._send, method, airflow_path() + path.lstrip("/"), body)
        judge(answer.status_code, f"{method} {path}", cure="ask somebody who may edit task instances of the Dag attention in Airflow")
        found: dict[str, Any] = answer.json()
        return found

    async def _send(self, method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, base_url=self._base_url, headers=self._headers) as client:
            return await client.request(method, path, json=body, timeout=TIMEOUT_S)


def _credentials(request: Request) -> dict[str, str]:
    """What the person came with; a bearer token counts before the cookie, as in Airflow."""
    bearer = request.headers.get("authorization", "")
    if bearer.lower().startswith("bearer "):
        return {"Authorization": bearer}
    token = request.cookies.get(COOKIE)
    return {"Cookie": f"{COOKIE}={token}"} if token else {}


def clear_case(request: Request, run_id: str, note: str) -> None:
    """Clear the case's square as this request's person. Raises `AwayError`, `RetryableError` while it runs, `SetupError` when refused."""
    AirflowInside(request).clear(run_id, note)
