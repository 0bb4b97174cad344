"""The dialogs that ask before an act: what is about to happen, to how many, and what the person has to say about it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from include.console import acts
from include.console.adopting import Beside
from include.console.error_queue import known_case
from include.store.cases import CaseStore
from include.store.database import Database
from include.store.retries import RetryStore
from include.web.access import Operator, Person
from include.web.acts_told import texts_in
from include.web.language import language_of, words_in
from include.web.pages import linker, page
from include.web.places import Store

TABS = ()
router = APIRouter()

CaseAct = Literal["retry", "dismiss", "note", "current-period"]
RecordAct = Literal["retry", "dismiss", "note", "adopt", "rebook", "book-again"]
# The route of each act, and the word that is its title.
OF_CASE: dict[str, tuple[str, str]] = {
    "retry": ("retry_case", "acts.retry"),
    "dismiss": ("dismiss_case", "acts.dismiss"),
    "note": ("note_case", "acts.note"),
    "current-period": ("book_case_today", "acts.period"),
}
OF_RECORD: dict[str, tuple[str, str]] = {
    "retry": ("retry_record", "acts.retry"),
    "dismiss": ("dismiss_record", "acts.dismiss"),
    "note": ("note_record", "acts.note"),
    "adopt": ("adopt_record", "acts.adopt"),
    "rebook": ("rebook_record", "acts.rebook"),
    "book-again": ("book_record_again", "acts.book_again"),
}


@router.get("/cases/{case_run}/dialog/{act}")
def case_dialog(request: Request, person: Operator, store: Store, case_run: str, act: CaseAct) -> HTMLResponse:
    """Ask before an act on a case, or on its records that the query names as `record`."""
    t, cases = words_in(language_of(request)), CaseStore(store)
    case = known_case(cases, case_run)
    chosen = [text for text in request.query_params.getlist("record") if text.isdecimal()]
    count = len(chosen) or cases.waiting(case.case_id)
    route, word = OF_CASE[act]
    return page(
        request,
        person,
        f"acts/{act}.html",
        title=t(word),
        where=linker(request)(route, case_run=case_run),
        records=chosen,
        count=count,
        what=t("acts.number" if chosen else "acts.all", number=count),
        pace=_pace(store, case.case_id),
        paced=count > 1,
    )


@router.get("/records/{mutation_id}/dialog/{act}")
def record_dialog(request: Request, person: Operator, store: Store, mutation_id: int, act: RecordAct) -> HTMLResponse:
    """Ask before an act on a record."""
    record = acts.known_record(store, mutation_id)
    if act == "adopt":
        return adopt_dialog(request, person, mutation_id)
    route, word = OF_RECORD[act]
    return page(
        request,
        person,
        f"acts/{act}.html",
        title=words_in(language_of(request))(word),
        where=linker(request)(route, mutation_id=mutation_id),
        records=(),
        count=1,
        what=record.your_ref,
        ref=record.your_ref,
        pace=0,
        paced=False,
    )


def _pace(store: Database, case_id: str) -> int:
    return RetryStore(store).usual_pace(case_id)


def adopt_dialog(request: Request, person: Person, mutation_id: int, *, said: str = "", problem: str = "") -> HTMLResponse:
    """Ask which document in Exact; `problem`: why the one that was named will not do."""
    t, route = words_in(language_of(request)), OF_RECORD["adopt"][0]
    where = linker(request)(route, mutation_id=mutation_id)
    return page(request, person, "acts/adopt.html", title=t("acts.adopt"), where=where, records=(), said=said, problem=problem)


def beside_dialog(request: Request, person: Person, compared: Beside) -> HTMLResponse:
    """Show the document beside what we would book, and ask whether it is the same."""
    language, route = language_of(request), OF_RECORD["adopt"][0]
    return page(
        request,
        person,
        "acts/beside.html",
        title=words_in(language)("acts.adopt.beside"),
        where=linker(request)(route, mutation_id=compared.record.mutation_id),
        records=(),
        compared=compared,
        shown=texts_in(language),
        unequal=any(pair.differs for pair in compared.pairs if pair.name in {"total", "vat", "currency"}),
    )
