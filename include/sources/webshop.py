"""The readers of the webshop: pages of orders, returns and customers through the contract views.

A page is a list of records in the order of their last change, each document with all its lines. A record that cannot be read is a
`BadRecord` among the good ones, so that one bad row stops nobody; those without a readable moment of change come in every window, since
none would hold them. Windows include `since` and exclude `until`, and may overlap to find rows that were written late: a record that is
read twice is the same one, and its `version` tells whether it changed.

Errors: `RetryableError`, `SetupError` (see `session.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from psycopg import Connection, Cursor
from psycopg.rows import DictRow
from psycopg.sql import Composed

from include.sources import queries
from include.sources.contract import ORDERS, RETURNS, View
from include.sources.documents import CUSTOMER_SOURCE, LINES_MAX, ORDER_SOURCE, RETURN_SOURCE, Source, assemble
from include.sources.records import BadRecord, Customer, DayTotal, ShopOrder, ShopReturn
from include.sources.rows import EARLIEST, LATEST
from include.sources.session import Session

PAGE_SIZE = 200
BUSINESS_DAY = ZoneInfo("Europe/Amsterdam")
_STAND_IN = re.compile(r"\?[0-9a-f]{32}$")

R = TypeVar("R", ShopOrder, ShopReturn, Customer)
Query = Callable[[View, frozenset[str]], Composed]


class Webshop:
    """Give a DSN, or an open connection, which then stays the caller's to close."""

    def __init__(self, source: str | Connection[Any]) -> None:
        self._session = Session(source)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, if it was opened here."""
        self._session.close()

    def orders(self, since: datetime, until: datetime, *, page_size: int = PAGE_SIZE) -> Iterator[list[ShopOrder | BadRecord]]:
        """Yield the orders that changed in the window, page after page."""
        return self._pages(ORDER_SOURCE, (since, until), page_size)

    def returns(self, since: datetime, until: datetime, *, page_size: int = PAGE_SIZE) -> Iterator[list[ShopReturn | BadRecord]]:
        """Yield the returns that changed in the window, page after page."""
        return self._pages(RETURN_SOURCE, (since, until), page_size)

    def customers(self, since: datetime, until: datetime, *, page_size: int = PAGE_SIZE) -> Iterator[list[Customer | BadRecord]]:
        """Yield the customers that changed in the window, page after page."""
        return self._pages(CUSTOMER_SOURCE, (since, until), page_size)

    def orders_by_number(self, numbers: Sequence[str]) -> list[ShopOrder | BadRecord]:
        """Return the orders with these numbers, by number; those that the shop does not know are left out."""
        return self._by_number(ORDER_SOURCE, numbers)

    def returns_by_number(self, numbers: Sequence[str]) -> list[ShopReturn | BadRecord]:
        """Return the returns with these numbers, by number; those that the shop does not know are left out."""
        return self._by_number(RETURN_SOURCE, numbers)

    def returns_of_orders(self, order_numbers: Sequence[str]) -> list[ShopReturn | BadRecord]:
        """Return all returns that name one of these orders, by number."""
        return self._found(RETURN_SOURCE, queries.of_orders, sorted(set(order_numbers)))

    def customers_by_number(self, numbers: Sequence[str]) -> list[Customer | BadRecord]:
        """Return the customers with these numbers, by number; those that the shop does not know are left out."""
        return self._by_number(CUSTOMER_SOURCE, numbers)

    def newest_change(self) -> datetime | None:
        """When the last order or return changed; None in an empty shop."""
        with self._session.page() as cursor:
            newest = [self._newest(cursor, view) for view in (ORDERS, RETURNS)]
        return max((moment for moment in newest if moment is not None), default=None)

    def counts_and_sums_per_day(self, since: datetime, until: datetime) -> list[DayTotal]:
        """Return documents and net sums per day, country, currency and kind (order, return), cancelled ones included.

        The day is that on which it was ordered, in Amsterdam; the window is one of ordering too. Prices incl. VAT are made net per line.
        """
        _check_window(since, until)
        with self._session.page() as cursor:
            totals = [total for source in (ORDER_SOURCE, RETURN_SOURCE) for total in self._totals(cursor, source, (since, until))]
        return sorted(totals, key=lambda total: (total.day, total.country or "", total.currency or "", total.kind))

    def _pages(self, source: Source[R], window: tuple[datetime, datetime], page_size: int) -> Iterator[list[R | BadRecord]]:
        _check_window(*window)
        since, until = max(window[0], EARLIEST), min(window[1], LATEST)
        yield from self._walk(source, queries.window, (since, until), page_size)
        yield from self._walk(source, queries.without_moment, (EARLIEST, LATEST), page_size)

    def _walk(self, source: Source[R], query: Query, window: tuple[datetime, datetime], page_size: int) -> Iterator[list[R | BadRecord]]:
        bound = {"since": window[0], "until": window[1], "last_key": None, "page_size": page_size}
        while True:
            with self._session.page() as cursor:
                headers = self._headers(cursor, source, query, bound)
                records = self._assembled(cursor, source, headers)
            if records:
                yield records
            if len(headers) < page_size:
                return
            bound["last_key"] = headers[-1]["key"]
            if query is queries.window:
                bound["since"] = headers[-1]["changed_at"]

    def _by_number(self, source: Source[R], numbers: Sequence[str]) -> list[R | BadRecord]:
        plain = sorted({number for number in numbers if not _STAND_IN.search(number)})
        stand_ins = sorted({number for number in numbers if _STAND_IN.search(number)})
        return self._found(source, queries.by_number, plain) + self._found(source, queries.by_stand_in, stand_ins)

    def _found(self, source: Source[R], query: Query, numbers: Sequence[str]) -> list[R | BadRecord]:
        records: list[R | BadRecord] = []
        for start in range(0, len(numbers), PAGE_SIZE):
            with self._session.page() as cursor:
                headers = self._headers(cursor, source, query, {"numbers": numbers[start : start + PAGE_SIZE]})
                records += self._assembled(cursor, source, headers)
        return records

    def _headers(self, cursor: Cursor[DictRow], source: Source[R], query: Query, bound: dict[str, Any]) -> list[DictRow]:
        present = self._session.present(cursor, source.view.name)
        return cursor.execute(query(source.view, present), bound).fetchall()

    def _assembled(self, cursor: Cursor[DictRow], source: Source[R], headers: Sequence[DictRow]) -> list[R | BadRecord]:
        bound = {"numbers": [header["key"] for header in headers], "lines_max": LINES_MAX + 1}
        lines = self._lines(cursor, source, bound)
        repeated = {row["number"] for row in cursor.execute(queries.repeated(source.view), bound)}
        # A number that the view holds twice is one bad record, not two.
        unique = {header["key"]: header for header in headers}
        return [assemble(source, header, lines.get(key, []), repeated=key in repeated) for key, header in unique.items()]

    def _lines(self, cursor: Cursor[DictRow], source: Source[R], bound: dict[str, Any]) -> dict[str, list[DictRow]]:
        found: dict[str, list[DictRow]] = {}
        if source.line_view is not None:
            present = self._session.present(cursor, source.line_view.name)
            for row in cursor.execute(queries.lines(source.line_view, present), bound):
                found.setdefault(row["document"], []).append(row)
        return found

    def _newest(self, cursor: Cursor[DictRow], view: View) -> datetime | None:
        self._session.present(cursor, view.name)
        row = cursor.execute(queries.newest_change(view), {"since": EARLIEST, "until": LATEST}).fetchone()
        return None if row is None else row["newest"]

    def _totals(self, cursor: Cursor[DictRow], source: Source[Any], window: tuple[datetime, datetime]) -> Iterator[DayTotal]:
        self._session.present(cursor, source.view.name)
        if source.line_view is None:
            return
        bound = {"since": window[0], "until": window[1], "time_zone": BUSINESS_DAY.key}
        for row in cursor.execute(queries.day_totals(source.view, source.line_view), bound):
            net = Decimal(row["net"])
            yield DayTotal(row["day"], row["country"], row["currency"], source.kind, row["documents"], net)


def _check_window(since: datetime, until: datetime) -> None:
    if since.tzinfo is None or until.tzinfo is None:
        raise ValueError("a window needs moments with a time zone")
