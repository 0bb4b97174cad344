"""The queue: what is open, by cause."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from include.console.error_queue import open_lines
from include.store.cases import CaseStore
from include.web.access import Viewer
from include.web.language import language_of
from include.web.pages import Tab, page
from include.web.places import Store

TABS = (Tab("open_cases", "nav.open", 10),)
router = APIRouter()


@router.get("/")
def open_cases(request: Request, person: Viewer, store: Store) -> HTMLResponse:
    """All open cases, oldest first."""
    lines = open_lines(CaseStore(store), language_of(request))
    return page(request, person, "queue/open.html", lines=lines)
