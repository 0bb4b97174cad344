"""The console as an app: its routes by subject, what browsers load, what every answer carries."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from include.web import (
    routes_act_dialogs,
    routes_acts,
    routes_charts,
    routes_connections,
    routes_health,
    routes_queue,
    routes_reconciliation,
    routes_record,
    routes_task,
)
from include.web.failures import add_failures
from include.web.pages import STATIC
from include.web.security import SecurityHeaders, own_request

# Each has a `router`, and `TABS` for the navigation.
SUBJECTS = (
    routes_queue,
    routes_reconciliation,
    routes_record,
    routes_charts,
    routes_connections,
    routes_health,
    routes_task,
    routes_acts,
    routes_act_dialogs,
)
ROUTERS = tuple(subject.router for subject in SUBJECTS)


class Files(StaticFiles):
    """Files that browsers may keep for a year: their addresses change with their contents."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code in {200, 304} and b"v=" in scope["query_string"]:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


def create_app() -> FastAPI:
    """Build the console. Airflow's plugin mounts it; `scope["airflow_app"]` is Airflow's own app."""
    app = FastAPI(
        title="Exactly",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(own_request)],
        default_response_class=HTMLResponse,
        redirect_slashes=False,
    )
    app.state.tabs = sorted((tab for subject in SUBJECTS for tab in subject.TABS), key=lambda tab: tab.order)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", Files(directory=STATIC), name="static")
    app.add_middleware(SecurityHeaders)
    add_failures(app)
    return app
