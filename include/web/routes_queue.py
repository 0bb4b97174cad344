"""The queue: what waits for a person, what is on its way, what is done, and the box that finds any of it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from include.console import desk
from include.console.desk_done import STATES, done_days
from include.console.desk_search import search
from include.console.desk_waiting import NextRun, Waiting
from include.store.cases import CaseStore, case_of
from include.store.desk import DeskStore
from include.web.access import Viewer
from include.web.case_view import case_values, reader_of
from include.web.companies import administrations
from include.web.formats import HOME
from include.web.pages import Tab, page
from include.web.places import Store
from include.wiring.dag_runs import last_runs


class Asked(BaseModel):
    """What the lists can be narrowed to, in which order, and where they go on; what is not known is left aside."""

    model_config = ConfigDict(extra="ignore")

    administration: str = ""
    code: str = ""
    flow: str = ""
    kind: str = ""
    state: str = ""
    day: str = ""
    sort: str = ""
    after: str = ""


Wanted = Annotated[Asked, Query()]
TABS = (Tab("open_cases", "nav.open", 10, covers=("case",)), Tab("waiting", "nav.waiting", 20), Tab("done", "nav.done", 30))
router = APIRouter()


@router.get("/")
def open_cases(request: Request, person: Viewer, store: Store, asked: Wanted) -> HTMLResponse:
    """What waits for a person, by cause."""
    board, reader = DeskStore(store), reader_of(request, person)
    wanted = desk.narrowed(asked.administration, asked.code, asked.sort, asked.after)
    found = desk.open_causes(board, wanted, reader)
    places, causes = desk.choices(board, reader)
    midnight = datetime.combine(board.now().astimezone(HOME).date(), time.min, HOME)
    return page(
        request,
        person,
        "queue/open.html",
        found=found,
        counts=board.counts(midnight),
        places=places,
        causes=causes,
        sorts=desk.CAUSE_SORTS,
        wanted=wanted,
        after=asked.after,
    )


@router.get("/cases/{case_run}")
def case(request: Request, person: Viewer, store: Store, case_run: str, asked: Wanted) -> HTMLResponse:
    """One cause: what is the matter, what helps, and its records."""
    known = CaseStore(store).get(case_of(case_run))
    if known is None:
        raise HTTPException(404)
    return page(request, person, "queue/case.html", **case_values(request, person, store, known, (asked.sort, asked.after)))


@router.get("/waiting")
def waiting(request: Request, person: Viewer, store: Store, asked: Wanted) -> HTMLResponse:
    """What is on its way, and what happens when."""
    runs = {each.dag_id: NextRun(each.due_at, each.is_paused) for each in last_runs()}
    told = Waiting(store, administrations(), runs, reader_of(request, person))
    found = told.records(asked.model_dump()) if asked.flow or asked.kind else None
    return page(request, person, "queue/waiting.html", groups=told.groups(None), found=found, wanted=asked)


@router.get("/done")
def done(request: Request, person: Viewer, store: Store, asked: Wanted) -> HTMLResponse:
    """What is booked, dismissed, or gone from Exact, by day."""
    found = done_days(DeskStore(store), reader_of(request, person), asked.model_dump(), HOME)
    places = [each.name for each in administrations()]
    return page(request, person, "queue/done.html", found=found, wanted=asked, states=STATES, places=places, zone=HOME.key)


@router.get("/search")
def find(request: Request, person: Viewer, store: Store, q: str = "") -> HTMLResponse:
    """Records by whatever a person has in hand."""
    reader = reader_of(request, person)
    return page(request, person, "queue/search.html", found=search(DeskStore(store), q, reader), by_name=reader.eyes.whole)
