"""One record, whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from include.adapters.links import Links
from include.console.desk_lines import Reader
from include.console.desk_record import RecordStory, record_story
from include.console.desk_waiting import NextRun, Says, Waiting
from include.console.words.record import WORDS
from include.errors import ExactlyError
from include.sources.webshop import Webshop
from include.store.database import Database
from include.store.desk import DeskStore
from include.web.access import Viewer
from include.web.case_view import reader_of
from include.web.companies import administrations
from include.web.pages import page
from include.web.places import Store
from include.wiring.connections import SOURCE
from include.wiring.dag_runs import last_runs
from include.wiring.terminal import dsn
from include.wiring.web_links import known_links

TABS = ()
LINES_SHOWN = 200
ON_ITS_WAY = frozenset({"planned", "sending", "unknown"})
# What stands in Exact can be credited and booked anew.
REBOOKED = frozenset({"changed_after_processing"})
router = APIRouter()


@router.get("/records/{mutation_id}")
def record(request: Request, person: Viewer, store: Store, mutation_id: int) -> HTMLResponse:
    """What a record is, why it stands as it does, and what helps."""
    reader = reader_of(request, person)
    with _shop() as shop:
        story = record_story(store, mutation_id, reader, links=_links(store, mutation_id), shop=shop)
    if story is None:
        raise HTTPException(404)
    waits = _waits(store, story, reader) if story.line.state in ON_ITS_WAY else None
    return page(
        request,
        person,
        "queue/record.html",
        story=story,
        waits=waits,
        known_facts={name.removeprefix("fact.") for name in WORDS if name.startswith("fact.")},
        answers={name.removeprefix("answered.") for name in WORDS if name.startswith("answered.")},
        lines_shown=LINES_SHOWN,
        rebooks=story.code in REBOOKED,
        whole=reader.eyes.whole,
    )


def _waits(store: Database, story: RecordStory, reader: Reader) -> Says | None:
    runs: Mapping[str, NextRun] = {each.dag_id: NextRun(each.due_at, each.is_paused) for each in last_runs()}
    return Waiting(store, administrations(), runs, reader).of(story.line.mutation_id)


def _links(store: Database, mutation_id: int) -> Links:
    """Templates of addresses by the connections; without them, the address that the last run noted."""
    board = DeskStore(store)
    row = board.record(mutation_id)
    if row is None:
        return Links()
    connection = next((each.connection for each in administrations() if each.name == row["administration"]), "")
    found = known_links(connection)
    return Links(found.source, found.document or board.document_address(row["division"]))


@contextmanager
def _shop() -> Iterator[Webshop | None]:
    """The shop, opened when first asked; None where it is not to be reached."""
    try:
        address = dsn(SOURCE)
    except ExactlyError:
        yield None
        return
    with Webshop(address) as shop:
        yield shop
