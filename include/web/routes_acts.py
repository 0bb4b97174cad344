"""What a person does about what waits: the acts, and how far another try is.

Each act stands in our database first; then Airflow is asked to clear the case's square, as the person who acts. When Airflow cannot,
the act is kept, and the page says what happens next.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from include.console import acts
from include.console.adopting import adopt, beside, document_id
from include.console.error_queue import known_case
from include.errors import SetupError
from include.store.cases import Case, CaseStore
from include.store.retries import Retry, RetryStore, Wish
from include.web.access import Operator, Person, Viewer
from include.web.acts_told import CHANGED, Told, act, doer_of, progress_values, refusal, say_asked, say_closed, say_dismissed, texts_in
from include.web.language import language_of
from include.web.pages import page
from include.web.places import Store
from include.web.routes_act_dialogs import adopt_dialog, beside_dialog
from include.wiring.terminal import command_run

TABS = ()
router = APIRouter()


class Given(BaseModel):
    """What the form of an act may send: `record` names the chosen ones, none means all; `seen`: how many the person was shown."""

    model_config = ConfigDict(extra="ignore")

    record: list[int] = []
    reason: str = ""
    note: str = ""
    exact_id: str = ""
    confirmed: str = ""
    pace_per_minute: int | None = None
    seen: int | None = None

    @property
    def chosen(self) -> tuple[int, ...] | None:
        return tuple(dict.fromkeys(self.record)) or None


Sent = Annotated[Given, Form()]


@router.get("/retries/{retry_id}")
def retry_progress(request: Request, person: Viewer, store: Store, retry_id: int) -> Response:
    """How far another try is; the page asks every two seconds while it goes on."""
    return _progress(request, person, RetryStore(store).get(retry_id))


@router.get("/cases/{case_run}/progress")
def case_progress(request: Request, person: Viewer, store: Store, case_run: str) -> Response:
    """How far the try of a case is that is under way; empty where there is none."""
    unfinished = RetryStore(store).unfinished(known_case(CaseStore(store), case_run).case_id)
    return _progress(request, person, unfinished[0] if unfinished else None)


def _progress(request: Request, person: Person, retry: Retry | None) -> Response:
    if retry is None:
        return HTMLResponse("")
    answer = page(request, person, "acts/_progress.html", **progress_values(retry))
    if retry.finished_at is not None:
        answer.headers.update(CHANGED)
    return answer


@router.post("/cases/{case_run}/retry")
def retry_case(request: Request, person: Operator, store: Store, case_run: str, given: Sent) -> Response:
    """Send the chosen records of a case again, or all of them."""

    def do(told: Told) -> None:
        case = known_case(CaseStore(store), case_run)
        wish = Wish(doer=doer_of(person), records=given.chosen, pace_per_minute=given.pace_per_minute)
        say_asked(told, case, acts.ask_again(store, case, wish))

    return act(request, person, store, do)


@router.post("/cases/{case_run}/stop")
def stop_case(request: Request, person: Operator, store: Store, case_run: str) -> Response:
    """End the try that is under way."""

    def do(told: Told) -> None:
        told.retry = acts.stop(store, known_case(CaseStore(store), case_run), doer_of(person))
        told.say("acts.stop.asked" if told.retry else "acts.stop.nothing")

    return act(request, person, store, do)


@router.post("/cases/{case_run}/dismiss")
def dismiss_case(request: Request, person: Operator, store: Store, case_run: str, given: Sent) -> Response:
    """Do without the chosen records of a case, or all of it."""

    def do(told: Told) -> None:
        cases = CaseStore(store)
        case = known_case(cases, case_run)
        if given.chosen is not None:
            done = acts.dismiss_chosen(store, case, given.chosen, given.reason, doer_of(person))
        else:
            seen = cases.waiting(case.case_id) if given.seen is None else given.seen
            done = acts.dismiss_case(store, case, given.reason, doer_of(person), seen=seen)
        say_dismissed(told, done, given.reason)

    return act(request, person, store, do)


@router.post("/cases/{case_run}/note")
def note_case(request: Request, person: Operator, store: Store, case_run: str, given: Sent) -> Response:
    """Keep a note with a case."""

    def do(told: Told) -> None:
        acts.note_case(store, known_case(CaseStore(store), case_run), given.note, doer_of(person))
        told.say("acts.note.done")

    return act(request, person, store, do)


@router.post("/cases/{case_run}/current-period")
def book_case_today(request: Request, person: Operator, store: Store, case_run: str, given: Sent) -> Response:
    """Book the chosen documents of a closed period today, or all of the case."""

    def do(told: Told) -> None:
        case = known_case(CaseStore(store), case_run)
        day = acts.book_in_current_period(store, case, doer_of(person), chosen=given.chosen)
        told.say("acts.period.done", day=texts_in(language_of(request))(day))
        say_asked(told, case, acts.ask_again(store, case, Wish(doer=doer_of(person), records=given.chosen)))

    return act(request, person, store, do)


@router.post("/records/{mutation_id}/retry")
def retry_record(request: Request, person: Operator, store: Store, mutation_id: int) -> Response:
    """Send one record again; the others of its case stay as they are."""

    def do(told: Told) -> None:
        case = _case_of(store, mutation_id)
        say_asked(told, case, acts.ask_again(store, case, Wish(doer=doer_of(person), records=(mutation_id,))))

    return act(request, person, store, do)


@router.post("/records/{mutation_id}/dismiss")
def dismiss_record(request: Request, person: Operator, store: Store, mutation_id: int, given: Sent) -> Response:
    """Do without one record."""

    def do(told: Told) -> None:
        record = acts.known_record(store, mutation_id)
        say_dismissed(told, acts.dismiss_records(store, [record], given.reason, doer_of(person)), given.reason)

    return act(request, person, store, do)


@router.post("/records/{mutation_id}/note")
def note_record(request: Request, person: Operator, store: Store, mutation_id: int, given: Sent) -> Response:
    """Keep a note with a record, whatever became of it."""

    def do(told: Told) -> None:
        acts.note_record(store, acts.known_record(store, mutation_id), given.note, doer_of(person))
        told.say("acts.note.done")

    return act(request, person, store, do)


@router.post("/records/{mutation_id}/rebook")
def rebook_record(request: Request, person: Operator, store: Store, mutation_id: int) -> Response:
    """Credit what stands in Exact, and book anew what the shop says now."""

    def do(told: Told) -> None:
        asked = acts.ask_rebooking(store, acts.known_record(store, mutation_id), doer_of(person))
        say_asked(told, _case_of(store, mutation_id), asked)

    return act(request, person, store, do)


@router.post("/records/{mutation_id}/book-again")
def book_record_again(request: Request, person: Operator, store: Store, mutation_id: int) -> Response:
    """Book once more what somebody deleted in Exact."""

    def do(told: Told) -> None:
        asked = acts.ask_booking_again(store, acts.known_record(store, mutation_id), doer_of(person))
        say_asked(told, _case_of(store, mutation_id), asked)

    return act(request, person, store, do)


@router.post("/records/{mutation_id}/adopt")
def adopt_record(request: Request, person: Operator, store: Store, mutation_id: int, given: Sent) -> Response:
    """Lay a document of Exact beside the record; match the two when the person confirmed it."""
    try:
        record = acts.known_record(store, mutation_id)
        acts.case_of_record(store, record)
        with command_run(record.administration) as run:
            compared = beside(run, record, document_id(run, record, given.exact_id))
    except SetupError as error:
        return adopt_dialog(request, person, mutation_id, said=given.exact_id, problem=refusal(request, error))
    if not given.confirmed:
        return beside_dialog(request, person, compared)

    def do(told: Told) -> None:
        adopt(store, compared, doer_of(person))
        told.say("acts.adopt.done", ref=record.your_ref, document=compared.document.number or compared.document.exact_id)
        say_closed(told, acts.close_emptied(store, [record]), doer_of(person).doing("adopt"))

    return act(request, person, store, do)


def _case_of(store: Store, mutation_id: int) -> Case:
    return acts.case_of_record(store, acts.known_record(store, mutation_id))
