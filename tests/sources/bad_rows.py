"""The corpus of rows as bad as rows get: each spoils one order or return in one way, and says what the reader must make of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

INFINITE = ("infinity", "-infinity")
MOMENTS = (*INFINITE, "20000-01-01 00:00+00", "0044-03-15 BC", "1200-06-01 00:00+00", "2200-01-01 00:00+00")
NO_NUMBERS = ("NaN", "Infinity", "-Infinity")
HUGE = ("1000000000", "-1000000000", "1e20", "-1e20", "1e131071", "0.0000000000000000001")
CONTROLS = {
    "newline": "\n",
    "tab": "\t",
    "bell": "\x07",
    "escape": "\x1b",
    "next line": "\x85",
    "line separator": "\u2028",
    "override": "\u202e",
}
WRONG_COUNTRIES = {"UK": "UK", "EL": "EL", "XX": "XX", "EU": "EU", "G": "G", "GBR": "GBR", "Belgium": "BELGIUM", "00": "00"}
UNSHOWN_COUNTRIES = ("<script>alert(1)</script>", "=1+1", "G B", "ΑΒ", "ＧＢ", "🇬🇧", "';DROP TABLE orders;--")
WRONG_CURRENCIES = {"XXX": "XXX", "EURO": "EURO", "NLG": "NLG", "US": "US", "123": "123", "BTC": "BTC"}
UNSHOWN_CURRENCIES = ("€", "£", "<b>EUR</b>", "=EUR", "EUR GBP", "ＥＵＲ")
WRONG_CHOICES = ("Open", "OPEN", "offen", "1", "true", "open;", "<i>open</i>", "=open", "øpen")


@dataclass
class BadRow:
    """`header` and `line` are what the good record and its line are overwritten with."""

    name: str
    code: str
    column: str
    subject: str = ""
    header: dict[str, Any] = field(default_factory=dict)
    line: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] | None = None

    def __post_init__(self) -> None:
        self.subject = self.subject or self.column

    def rows(self) -> list[dict[str, Any]]:
        return [self.line] if self.lines is None else self.lines


def corpus(view: str, lines: str) -> list[BadRow]:
    """All cases for orders (`orders`, `order_lines`) or returns (`returns`, `return_lines`)."""
    return [*_headers(view), *_codes(view, lines), *_choices(view, lines), *_line_values(lines), *_whole(view, lines)]


def _numeric(text: str) -> sql.Composable:
    return sql.SQL("{}::numeric").format(sql.Literal(text))


def _headers(view: str) -> Iterator[BadRow]:
    for column in ("country", "currency", "status", "payment_method"):
        for empty in (None, "", "   "):
            yield BadRow(f"{column} {empty!r}", "value_missing", f"{view}.{column}", header={column: empty})
    for column in ("prices_include_vat", "ordered_at"):
        yield BadRow(f"{column} empty", "value_missing", f"{view}.{column}", header={column: None})
    for column in ("ordered_at", "delivered_at", "invoiced_at"):
        for moment in MOMENTS:
            code = "value_not_allowed" if moment[:4] in {"1200", "2200"} else "value_unreadable"
            yield BadRow(f"{column} {moment}", code, f"{view}.{column}", header={column: moment})
    for day in (*INFINITE, "20000-01-01", "0044-03-15 BC", "1200-06-01", "2200-01-01"):
        code = "value_not_allowed" if day[:4] in {"1200", "2200"} else "value_unreadable"
        yield BadRow(f"checked on {day}", code, f"{view}.vat_number_checked_on", header={"vat_number_checked_on": day})
    yield from _numbers(f"{view}.total_paid", "header")
    yield BadRow("negative total paid", "value_not_allowed", f"{view}.total_paid", header={"total_paid": -1})


def _numbers(column: str, where: str) -> Iterator[BadRow]:
    name = column.split(".")[1]
    for text in NO_NUMBERS:
        yield BadRow(f"{name} {text}", "not_a_number", column, **{where: {name: _numeric(text)}})
    for text in HUGE:
        yield BadRow(f"{name} {text}", "value_too_large", column, **{where: {name: _numeric(text)}})


def _codes(view: str, lines: str) -> Iterator[BadRow]:
    for text, subject in WRONG_COUNTRIES.items():
        yield BadRow(f"country {text}", "unknown_country", f"{view}.country", subject, header={"country": text})
    for text in UNSHOWN_COUNTRIES:
        yield BadRow(f"country {text}", "unknown_country", f"{view}.country", header={"country": text})
    for text, subject in WRONG_CURRENCIES.items():
        yield BadRow(f"currency {text}", "unknown_currency", f"{view}.currency", subject, header={"currency": text})
    for text in UNSHOWN_CURRENCIES:
        yield BadRow(f"currency {text}", "unknown_currency", f"{view}.currency", header={"currency": text})
    header = ("customer_number", "country", "currency", "status", "payment_method", "kind_of_buyer", "vat_number")
    line = ("article_code", "product_group", "kind", "supply")
    for column, where, table in [*((c, "header", view) for c in header), *((c, "line", lines) for c in line)]:
        for name, character in CONTROLS.items():
            planted: Any = {where: {column: f"A{character}B"}}
            yield BadRow(f"{column} with a {name}", "value_unreadable", f"{table}.{column}", **planted)
        planted = {where: {column: "A" * 101}}
        yield BadRow(f"{column} of 101 characters", "value_too_long", f"{table}.{column}", **planted)
    ten_megabytes = sql.SQL("repeat('x', 10 * 1024 * 1024)")
    yield BadRow("description of 10 MB", "value_too_long", f"{lines}.description", line={"description": ten_megabytes})
    yield BadRow("description of 4,001 characters", "value_too_long", f"{lines}.description", line={"description": "é" * 4001})
    yield BadRow("payment method of 10 MB", "value_too_long", f"{view}.payment_method", header={"payment_method": ten_megabytes})


def _choices(view: str, lines: str) -> Iterator[BadRow]:
    for text in WRONG_CHOICES:
        yield BadRow(f"status {text}", "value_not_allowed", f"{view}.status", header={"status": text})
        yield BadRow(f"buyer {text}", "value_not_allowed", f"{view}.kind_of_buyer", header={"kind_of_buyer": text})
        yield BadRow(f"kind {text}", "value_not_allowed", f"{lines}.kind", line={"kind": text})
        yield BadRow(f"supply {text}", "value_not_allowed", f"{lines}.supply", line={"supply": text})


def _line_values(lines: str) -> Iterator[BadRow]:
    for column in ("article_code", "product_group", "kind"):
        for empty in (None, "", "   "):
            yield BadRow(f"{column} {empty!r}", "value_missing", f"{lines}.{column}", line={column: empty})
    for column in ("position", "quantity", "unit_price", "vat_rate"):
        yield BadRow(f"{column} empty", "value_missing", f"{lines}.{column}", line={column: None})
    for column in ("quantity", "unit_price", "vat_rate"):
        yield from _numbers(f"{lines}.{column}", "line")
    for rate in ("-1", "-0.01", "100.01", "2100"):
        yield BadRow(f"vat rate {rate}", "value_not_allowed", f"{lines}.vat_rate", line={"vat_rate": _numeric(rate)})
    for kind in ("article", "shipping", "payment_cost"):
        for price in ("-0.01", "-2.55", "-999999999"):
            spoilt = {"kind": kind, "unit_price": _numeric(price)}
            yield BadRow(f"{kind} at {price}", "negative_price", f"{lines}.unit_price", line=spoilt)


def _whole(view: str, lines: str) -> Iterator[BadRow]:
    parent = "order_number" if view == "orders" else "return_number"
    yield BadRow("no lines", "no_lines", f"{lines}.{parent}", lines=[])
    for times in (2, 3):
        yield BadRow(f"a position {times} times", "duplicate_position", f"{lines}.position", lines=[{}] * times)
    too_many = [{"position": position} for position in range(2001)]
    yield BadRow("2,001 lines", "too_many_lines", f"{lines}.position", lines=too_many)
    yield BadRow("negative quantity in sum", "negative_total", f"{lines}.unit_price", line={"quantity": -1})
    discount = [{}, {"position": 2, "kind": "discount", "quantity": 1, "unit_price": -100}]
    yield BadRow("discount above the rest", "negative_total", f"{lines}.unit_price", lines=discount)
    large = {"quantity": 999_999, "unit_price": 999_999}
    yield BadRow("an amount too large", "value_too_large", f"{lines}.unit_price", line=large)
    two_large = [{"position": place, "quantity": 1, "unit_price": 600_000_000} for place in (1, 2)]
    yield BadRow("a sum too large", "value_too_large", f"{lines}.unit_price", lines=two_large)
    spoilt_twice = {"country": "UK"}
    yield BadRow("two faults", "unknown_country", f"{view}.country", "UK", header=spoilt_twice, line={"quantity": None})
