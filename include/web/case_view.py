"""What the view of a case shows, on a page of its own and in the tab of its task in Airflow: the values of `queue/_case.html`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from include.console import desk
from include.console.desk_lines import Reader
from include.console.masking import Eyes
from include.outbox.causes import explain
from include.store.cases import Case, CaseStore
from include.store.database import Database
from include.store.deeds import DeedStore
from include.store.desk import DeskStore
from include.web.access import Person, Role
from include.web.language import language_of

# Only these documents have a day that can be another one.
CLOSED_PERIOD = "closed_period"


def reader_of(request: Request, person: Person) -> Reader:
    """In which language, and with which eyes, this person reads."""
    return Reader(language_of(request), Eyes(whole=person.may(Role.OPERATOR)))


def case_values(request: Request, person: Person, store: Database, case: Case, place: tuple[str, str]) -> dict[str, Any]:
    """The values of `queue/_case.html`; `place`: how the records are sorted, and where the list goes on."""
    board, reader, cases = DeskStore(store), reader_of(request, person), CaseStore(store)
    says, cure = (reader.eyes.text(text) for text in explain(case.code, case.subject, reader.language))
    sort, after = place
    return {
        "case": case,
        "says": says,
        "cure": cure,
        "line": desk.case_line(board, case, reader),
        "records": desk.case_records(board, case, sort, after),
        "findings": [] if after else cases.findings(case.case_id),
        "facts_of": reader.eyes.facts,
        "deeds": DeedStore(store).of_case(case.case_id),
        "sorts": desk.RECORD_SORTS,
        "sort": sort if sort in desk.RECORD_SORTS else desk.RECORD_SORTS[0],
        "after": after,
        "closed_period": case.code == CLOSED_PERIOD,
    }
