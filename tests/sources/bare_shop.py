"""A shop whose contract views accept whatever a test plants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg import Connection, sql

import include.sources
from include.sources.webshop import Webshop

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2027, 1, 1, tzinfo=UTC)
TEMPLATE = Path(include.sources.__file__).with_name("contract.sql").read_text(encoding="utf-8")

HEADER: dict[str, Any] = {
    "customer_number": "17850",
    "country": "GB",
    "currency": "GBP",
    "prices_include_vat": False,
    "ordered_at": datetime(2026, 11, 16, 9, 0, tzinfo=UTC),
    "changed_at": datetime(2026, 11, 16, 9, 0, tzinfo=UTC),
    "status": "open",
    "payment_method": "card",
}
LINE: dict[str, Any] = {
    "position": 1,
    "article_code": "85123A",
    "description": "LANTERN",
    "quantity": 2,
    "unit_price": "2.55",
    "vat_rate": 20,
    "product_group": "home",
    "kind": "article",
}
CUSTOMER: dict[str, Any] = {"name": "Customer", "country": "GB", "changed_at": HEADER["changed_at"]}


@dataclass
class BareShop:
    """Tables in the shape of the contract, without a single constraint."""

    dsn: str
    connection: Connection[Any]

    def order(self, number: str | None, *, lines: Sequence[Mapping[str, Any]] | None = None, **header: Any) -> None:
        self._document("orders", "order_lines", "order_number", number, lines, header)

    def refund(self, number: str | None, *, lines: Sequence[Mapping[str, Any]] | None = None, **header: Any) -> None:
        self._document("returns", "return_lines", "return_number", number, lines, header)

    def customer(self, number: str | None, **columns: Any) -> None:
        self.insert("customers", {"number": number, **CUSTOMER, **columns})

    def insert(self, view: str, values: Mapping[str, Any]) -> None:
        """A value may be a piece of SQL."""
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier("exactly_contract", view),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(v if isinstance(v, sql.Composable) else sql.Literal(v) for v in values.values()),
        )
        self.connection.execute(statement)

    def _document(self, view, line_view, parent, number, lines, header) -> None:
        self.insert(view, {"number": number, **HEADER, **header})
        for line in [{}] if lines is None else lines:
            self.insert(line_view, {parent: number, **LINE, **line})

    def reader(self) -> Webshop:
        return Webshop(self.connection)

    def orders(self, since: datetime = SINCE, until: datetime = UNTIL, page_size: int = 200) -> list[Any]:
        return [record for page in self.reader().orders(since, until, page_size=page_size) for record in page]

    def returns(self) -> list[Any]:
        return [record for page in self.reader().returns(SINCE, UNTIL) for record in page]

    def customers(self) -> list[Any]:
        return [record for page in self.reader().customers(SINCE, UNTIL) for record in page]


def make_bare(connection: Connection[Any]) -> None:
    """Turn the template's views into tables of the same shape."""
    connection.execute(TEMPLATE)
    for view in ("customers", "orders", "order_lines", "returns", "return_lines"):
        connection.execute(f"CREATE TABLE exactly_contract.made AS TABLE exactly_contract.{view} WITH NO DATA")
        connection.execute(f"DROP VIEW exactly_contract.{view}")
        connection.execute(f"ALTER TABLE exactly_contract.made RENAME TO {view}")


def minutes(number: int) -> datetime:
    return HEADER["changed_at"] + timedelta(minutes=number)
