"""The page of the reconciliation: its light tells the truth, each difference leads to its case, and its files are safe to open."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import psycopg
import pytest
from openpyxl import load_workbook

from tests.web.airflow_server import AirflowServer
from tests.web.reconciled import HOSTILE, plant_comparison

KINDS = ("missing", "duplicate", "amount", "vat", "by_hand", "rounding")


@pytest.fixture
def nothing_compared(airflow_server: AirflowServer) -> Iterator[str]:
    """Our database without comparisons; what a test plants is gone afterwards, its cases as well."""
    yield airflow_server.dsn
    with psycopg.connect(airflow_server.dsn) as connection:
        connection.execute("delete from reconciliation_run")
        connection.execute("delete from case_finding where number <> ''")
        connection.execute("delete from attention_case where code like 'reconciliation%'")


def test_before_the_first_comparison_the_page_says_so(visitor, nothing_compared: str) -> None:
    assert "Not compared yet" in visitor("viewer").page("/reconciliation").text


def test_books_that_agree_are_green_to_the_cent(visitor, nothing_compared: str) -> None:
    plant_comparison(nothing_compared, differ=False)
    text = visitor("viewer").page("/reconciliation").text

    assert "light-ok" in text
    assert "All 40 documents of 14 Nov 2026 to 20 Nov 2026 agree, to the cent." in text


def test_differences_are_red_and_lead_to_their_cases(visitor, nothing_compared: str) -> None:
    plant_comparison(nothing_compared)
    seen = visitor("viewer")
    text = seen.page("/reconciliation").text

    assert "light-failure" in text
    # What has another sum under the same code differs in its amount; one cent of VAT is rounding.
    assert "40 of 46 documents" in text
    assert "6 differences need a person" in text
    missing = seen.page("/reconciliation?kind=missing").text
    assert "700001" in missing
    assert "/cases/UK:reconciliation_missing:2026-11-20" in missing


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_shows_its_documents_and_nothing_that_runs(visitor, nothing_compared: str, kind: str) -> None:
    plant_comparison(nothing_compared)
    text = visitor("viewer").page(f"/reconciliation?kind={kind}").text

    assert 'id="documents"' in text
    assert "<b>" not in text
    assert "<i>fair" not in text


@pytest.mark.parametrize(
    "query",
    [
        "run=x",
        "run=999999",
        "kind=none",
        "first_day=2026-13-01",
        "skipped=-1",
        "administration=%27%3B--",
        "first_day=2026-11-21&last_day=2026-11-01",
    ],
)
def test_what_makes_no_sense_in_an_address_is_no_error(visitor, nothing_compared: str, query: str) -> None:
    plant_comparison(nothing_compared)

    assert visitor("viewer").page(f"/reconciliation?{query}").status_code == 200


def test_some_days_and_one_company_are_a_picture_of_their_own(visitor, nothing_compared: str) -> None:
    plant_comparison(nothing_compared)
    text = visitor("viewer").page("/reconciliation?first_day=2026-11-19&last_day=2026-11-19&administration=UK").text

    assert "19 Nov 2026" in text
    assert "820202" not in text
    assert re.search(r"of \d+ documents of 19 Nov 2026 agree", text)


def test_the_csv_is_safe_to_open_and_complete(visitor, nothing_compared: str) -> None:
    plant_comparison(nothing_compared)
    answer = visitor("viewer").page("/reconciliation.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert answer.headers["content-type"].startswith("text/csv")
    assert len(rows) == 1 + 7
    assert f"'{HOSTILE}" in [row[3] for row in rows]
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "@"}]


def test_the_workbook_has_four_sheets_with_numbers_and_days(visitor, nothing_compared: str) -> None:
    plant_comparison(nothing_compared)
    book = load_workbook(io.BytesIO(visitor("viewer").page("/reconciliation.xlsx").content))

    assert book.sheetnames == ["Summary", "Differences", "Per day", "Per VAT code"]
    (hostile,) = [row for row in book["Differences"].iter_rows(min_row=2) if row[3].value == HOSTILE]
    assert (hostile[3].data_type, hostile[0].is_date, hostile[8].data_type) == ("s", True, "n")
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_an_operator_has_days_compared_in_airflow(visitor, airflow_server: AirflowServer) -> None:
    airflow_server.serialise("nightly_reconciliation")
    days = {"first_day": "2026-11-01", "last_day": "2026-11-03"}
    answer = visitor("user").act("/reconciliation", days)

    assert answer.status_code == 200
    assert "was started" in answer.text, answer.text
    refused = visitor("user").act("/reconciliation", {"first_day": "2026-11-03", "last_day": "2026-11-01"})
    assert "must lie before" in refused.text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_is_drawn_without_complaint(window, nothing_compared: str, language: str) -> None:
    plant_comparison(nothing_compared)
    page = window("user", language=language)
    page.goto("/exactly/reconciliation?kind=amount")
    page.locator(".chart .main-svg").first.wait_for()

    assert page.locator("h2#kinds").inner_text() == {"nl": "Verschillen naar soort", "en": "Differences by kind"}[language]
