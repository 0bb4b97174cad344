"""The console's door in Airflow's web server: declares it, and imports nothing of it before its first request.

Every process of Airflow loads this file, those of tasks included.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

ROOT = "/exactly"
CALLBACK = "/connections/callback"
# As browsers see it: Airflow's pages may lie below a path of their own.
ADDRESS = urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/") + ROOT


class LazyConsole:
    """The console, built when somebody first asks for it; tells it which app of Airflow it is mounted in."""

    def __init__(self) -> None:
        self._app: Callable[..., Awaitable[None]] | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: object, send: object) -> None:
        if self._app is None:
            self._app = await asyncio.to_thread(_build)
        ours = {**scope, "airflow_app": scope.get("app")}
        if scope.get("path", "").endswith(CALLBACK):
            # Airflow's log of requests names the query, and this one carries the code of a sign-in with Exact.
            scope["query_string"] = b""
        await self._app(ours, receive, send)


def _build() -> Callable[..., Awaitable[None]]:
    from include.web.app import create_app

    return create_app()


class ExactlyPlugin(AirflowPlugin):
    """Mounts the console and puts it into Airflow's navigation."""

    name = "exactly"
    fastapi_apps = [{"name": "exactly", "app": LazyConsole(), "url_prefix": ROOT}]
    external_views = [
        {
            "name": "Exact",
            "href": f"{ADDRESS}/",
            "url_route": "exactly",
            "destination": "nav",
            "nav_top_level": True,
            "icon": f"{ADDRESS}/static/icon.svg",
        },
        {
            "name": "Exact",
            "href": f"{ADDRESS}/task?dag_id={{DAG_ID}}&run_id={{RUN_ID}}&task_id={{TASK_ID}}&map_index={{MAP_INDEX}}",
            "url_route": "exactly-task",
            "destination": "task_instance",
            "icon": f"{ADDRESS}/static/icon.svg",
        },
    ]
