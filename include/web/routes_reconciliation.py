"""Do the shop and Exact agree? One light, the differences with their acts, totals of both sides, files; and days to be compared."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from include.console.reconciliation import Picture, cause_and_cure, chosen, differences_sheet, look, newest, sentence, sheets, span_of
from include.errors import RetryableError, SetupError
from include.reports.reconciliation_charts import STANDINGS, chart_table, days_chart
from include.reports.reconciliation_kinds import Kind
from include.reports.sheets import csv_lines, write_xlsx
from include.store.database import Database
from include.store.reconciliation_pages import ReconciliationPages, Shown
from include.web.access import Operator, Person, Viewer
from include.web.companies import administrations
from include.web.formats import MONTHS
from include.web.language import language_of, words_in
from include.web.pages import Tab, page
from include.web.places import Store
from include.web.routes_charts import plotly_version
from include.wiring.case_clears import AwayError
from include.wiring.reconciliation_starts import Comparisons

TABS = (Tab("reconciliation", "nav.reconciliation", 50),)
router = APIRouter()

AT_ONCE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 65_536
ONE_DAY = timedelta(days=1)
DIGITS = re.compile(r"[0-9]{1,17}")


class Asked:
    """What of which comparison is looked at; `last_day` is shown too. Without `run`: the newest that holds these days."""

    def __init__(self, request: Request) -> None:
        given = request.query_params
        run, skipped = given.get("run", ""), given.get("skipped", "")
        self.run = int(run) if DIGITS.fullmatch(run) else None
        self.skipped = int(skipped) if DIGITS.fullmatch(skipped) else 0
        self.kind = next((kind for kind in Kind if kind.value == given.get("kind")), None)
        self.administration = next((each.name for each in administrations() if each.name == given.get("administration")), "")
        self.first_day = _parsed(given.get("first_day", ""))
        self.last_day = _parsed(given.get("last_day", ""))

    def shown(self, database: Database) -> Shown | None:
        """The days to show; None when no comparison holds them."""
        days = self.first_day, self.last_day + ONE_DAY if self.last_day else None
        if days[0] and days[1] and days[0] >= days[1]:
            return None
        found = chosen(database, self.run, self.administration, days) if self.run else newest(database, self.administration, days)
        return found if found is not None and found.since < found.until else None

    def address(self, shown: Shown) -> dict[str, Any]:
        """What addresses of the same picture carry."""
        days = {"first_day": shown.since, "last_day": shown.until - ONE_DAY}
        return {"run": self.run, "administration": self.administration or None, **days}


def _parsed(text: str) -> date | None:
    """A day of a form, which may be empty; nothing for what is none."""
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None


Wanted = Annotated[Asked, Depends()]


@router.get("/reconciliation")
def reconciliation(request: Request, person: Viewer, store: Store, asked: Wanted) -> HTMLResponse:
    """The newest comparison, or the one that was asked for."""
    shown = asked.shown(store)
    picture = look(store, shown) if shown else None
    return page(
        request,
        person,
        "reconciliation/reconciliation.html",
        picture=picture,
        asked=asked,
        address=asked.address(shown) if shown else {},
        names=[each.name for each in administrations()],
        runs=ReconciliationPages(store).runs(),
        at_once=AT_ONCE,
        plotly=plotly_version(),
        **(_seen(request, store, picture, asked) if picture else {}),
    )


def _seen(request: Request, store: Database, picture: Picture, asked: Asked) -> dict[str, Any]:
    """What the page says of a comparison: its sentence, its chart, what the kinds mean, the documents of the kind that was asked for."""
    language = language_of(request)
    t = words_in(language)
    names = {standing: t(f"reconciliation.standing.{standing}") for standing in STANDINGS}
    figure = days_chart(picture.days, (picture.shown.since, picture.shown.until), names)
    subject = span_of(picture.shown.since, picture.last_day, t, lambda day: _day(day, language))
    found = (
        ReconciliationPages(store).differences(picture.shown, kind=asked.kind, at_most=AT_ONCE, skipped=asked.skipped) if asked.kind else []
    )
    return {
        "says": sentence(picture, t, lambda day: _day(day, language)),
        "chart": figure,
        "table": chart_table(figure),
        "differences": found,
        "meaning": {line.kind: cause_and_cure(line.kind, subject, language) for line in picture.kinds},
    }


def _day(day: date, language: str) -> str:
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"


@router.get("/reconciliation.csv")
def reconciliation_csv(request: Request, person: Viewer, store: Store, asked: Wanted) -> Response:
    """The differences, one line each."""
    shown = asked.shown(store)
    if shown is None:
        return Response(status_code=404)
    sheet = differences_sheet(ReconciliationPages(store), shown, language_of(request))
    # Read to its end within the request: the connection goes back to the others then.
    return _file((line.encode() for line in list(csv_lines(sheet))), "text/csv; charset=utf-8", shown, "csv")


@router.get("/reconciliation.xlsx")
def reconciliation_xlsx(request: Request, person: Viewer, store: Store, asked: Wanted) -> Response:
    """Summary, differences, per day and per VAT code, as a workbook."""
    shown = asked.shown(store)
    picture = look(store, shown) if shown else None
    if shown is None or picture is None:
        return Response(status_code=404)
    book = tempfile.TemporaryFile()  # noqa: SIM115  closed by whoever reads it to its end
    write_xlsx(sheets(store, picture, language_of(request)), book)
    book.seek(0)
    return _file(iter(lambda: book.read(CHUNK), b""), XLSX, shown, "xlsx")


def _file(content: Iterator[bytes], kind: str, shown: Shown, ending: str) -> StreamingResponse:
    name = f"reconciliation-{shown.since}-{shown.until - ONE_DAY}.{ending}"
    return StreamingResponse(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.post("/reconciliation")
def compare_days(request: Request, person: Operator, first_day: Annotated[date, Form()], last_day: Annotated[date, Form()]) -> HTMLResponse:
    """Have Airflow compare these days, as the person who asks."""
    language = language_of(request)
    t = words_in(language)
    if first_day > last_day:
        return _told(request, person, t("reconciliation.compare.wrong"), went=False)
    try:
        Comparisons(request).start(first_day, last_day + ONE_DAY)
    except (AwayError, RetryableError, SetupError) as error:
        return _told(request, person, t("reconciliation.compare.refused", why=str(error)), went=False)
    span = span_of(first_day, last_day, t, lambda day: _day(day, language))
    return _told(request, person, t("reconciliation.compare.asked", span=span), went=True)


def _told(request: Request, person: Person, says: str, *, went: bool) -> HTMLResponse:
    return page(request, person, "reconciliation/_told.html", says=says, went=went)
