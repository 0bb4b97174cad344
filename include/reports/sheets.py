"""Tables as files: CSV for programs, XLSX for people. What a text begins with never makes it a formula.

A spreadsheet takes a cell that begins with = + - @, a tab or a line break for something to reckon or to run. Texts come from customers,
so in CSV such a text gets an apostrophe before it, and in XLSX it is a text by its type, marked so that it stays one.
Numbers are numbers, days are days; only texts are touched.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Value = str | int | Decimal | date | datetime | None
BYTE_ORDER_MARK = "\ufeff"
# What spreadsheets reckon with, full-width forms included, and blanks that they skip before it.
_RECKONED = re.compile(r"^[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20|]|^[\t\r\n]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
CELL_MAX = 32_767
ROWS_MAX = 1_000_000
AMOUNT, DAY, MOMENT = "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    """A table with a name and headings; `widths` in characters, by column."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    widths: Sequence[int] = ()


def is_reckoned(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula."""
    return bool(_RECKONED.match(text))


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """The table line by line: UTF-8 with its mark, commas, points in numbers, days as ISO 8601."""
    yield BYTE_ORDER_MARK + _line(sheet.headings)
    for row in sheet.rows:
        yield _line(row)


def _line(values: Sequence[Value]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([_plain(value) for value in values])
    return written.getvalue()


def _plain(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if is_reckoned(value) else value.replace("\x00", "\ufffd")
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
    return str(value)


def write_xlsx(sheets: Iterable[Sheet], file: BinaryIO) -> None:
    """A workbook with these sheets, written row by row."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(_cut(sheet.name, 31))
        page.freeze_panes = "A2"
        for place, width in enumerate(sheet.widths, start=1):
            page.column_dimensions[get_column_letter(place)].width = min(width, WIDEST)
        page.append([_heading(page, heading) for heading in sheet.headings])
        for number, row in enumerate(sheet.rows):
            if number == ROWS_MAX:
                break
            page.append([_cell(page, value) for value in row])
    book.save(file)


def _heading(page: object, text: str) -> Cell:
    cell = _text(page, text)
    cell.font = Font(bold=True)
    return cell


def _cell(page: object, value: Value) -> Cell | None:
    match value:
        case None:
            return None
        case str():
            return _text(page, value)
    cell: Cell = WriteOnlyCell(page, value.replace(tzinfo=None) if isinstance(value, datetime) else value)
    match value:
        case Decimal():
            cell.number_format = AMOUNT
        case datetime():
            cell.number_format = MOMENT
        case date():
            cell.number_format = DAY
    return cell


def _text(page: object, text: str) -> Cell:
    """A text by its type: no reader works it out, and one that is copied stays what it is."""
    cell: Cell = WriteOnlyCell(page)
    cell.value = _cut(_NOT_IN_XML.sub("\ufffd", text), CELL_MAX)
    cell.data_type = "s"
    if is_reckoned(text):
        cell.quotePrefix = True
    return cell


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
