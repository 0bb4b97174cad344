"""Loads the real orders of `data/online_retail.csv` into the demo's webshop, and lays the contract views over it.

The file tells number, article, description, quantity, moment, price, customer and country. All else that a shop knows is made up by rules,
which `RULES` (in `retail.py`) states. In short: the days become those of last week, prices are in GBP, excl. VAT or (where the goods come
from the Netherlands) incl. VAT; documents whose number starts with C are returns; product groups, VAT, totals as paid, payment methods,
customers' names are derived. One order is added, which is dated in a month whose books are closed.

A webshop that is loaded already is left exactly as it is, whatever day it is: no order is new, and none has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection, sql

from include.demo.buyers import Buyer
from include.demo.retail import CURRENCY, RULES, Document, buyers_of, forgotten_order, read_documents
from include.sources.contract_text import comments

__all__ = ["RULES", "Loaded", "lay_out", "load"]

_DATA = Path(__file__).parent / "data"
# Two loaders at once: the second waits, and finds the work done.
_LOCK = 8020_2010_12

_BUYERS = (
    "buyer_no company_name contact_person email phone street zip town country_code delivery_street language trade_buyer"
    " vat_id vat_id_checked updated_at"
)
_SALES = (
    "sale_no buyer_no ship_to currency gross_prices placed_at billed_at updated_at pay_method amount_paid trade_buyer vat_id vat_id_checked"
)
_REFUNDS = (
    "refund_no buyer_no ship_to currency gross_prices asked_at credited_at updated_at pay_method amount_refunded trade_buyer"
    " vat_id vat_id_checked"
)
_SALE_ITEMS = "sale_no line_no sku title qty price vat_pct category"
_REFUND_ITEMS = "refund_no line_no sku title qty price vat_pct category"
_COUNTS = """
    SELECT (SELECT count(*) FROM webshop.buyers), (SELECT count(*) FROM webshop.sales), (SELECT count(*) FROM webshop.sale_items),
           (SELECT count(*) FROM webshop.refunds), (SELECT count(*) FROM webshop.refund_items), first_day, last_day
    FROM webshop.loads
"""

Values = Sequence[object]


@dataclass(frozen=True)
class Loaded:
    """What the webshop holds, and the first and last day of the orders from the file."""

    customers: int
    orders: int
    order_lines: int
    returns: int
    return_lines: int
    first_day: date
    last_day: date


def load(dsn: str, *, today: date, path: Path | None = None) -> Loaded:
    """Make the webshop's tables and views in an empty database and fill them from the file; a second time nothing is done."""
    with psycopg.connect(dsn) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        if not _is_loaded(connection):
            lay_out(connection)
            _fill(connection, read_documents(path or _DATA / "online_retail.csv", today=today), today)
        return _loaded(connection)


def lay_out(connection: Connection[Any]) -> None:
    """Make the webshop's tables, empty, and the contract views over them."""
    connection.execute((_DATA / "webshop.sql").read_bytes())
    for statement in comments():
        connection.execute(statement)


def _is_loaded(connection: Connection[Any]) -> bool:
    found = connection.execute("SELECT to_regclass('webshop.loads') IS NOT NULL").fetchone()
    return bool(found and found[0])


def _loaded(connection: Connection[Any]) -> Loaded:
    counts = connection.execute(_COUNTS).fetchone()
    if counts is None:
        raise ValueError("the webshop's tables are there, but not its orders: empty the database and load again")
    return Loaded(*counts)


def _fill(connection: Connection[Any], documents: Sequence[Document], today: date) -> None:
    orders = [*(document for document in documents if not document.is_return), forgotten_order(documents, today=today)]
    returns = [document for document in documents if document.is_return]
    _copy(connection, "buyers", _BUYERS, map(_buyer, buyers_of(documents)))
    _copy(connection, "sales", _SALES, map(_header, orders))
    _copy(connection, "sale_items", _SALE_ITEMS, _items(orders))
    _copy(connection, "refunds", _REFUNDS, map(_header, returns))
    _copy(connection, "refund_items", _REFUND_ITEMS, _items(returns))
    days = [document.ordered_at.date() for document in documents]
    connection.execute("INSERT INTO webshop.loads VALUES (%s, %s)", (min(days), max(days)))
    connection.execute("ANALYZE webshop.sales, webshop.sale_items, webshop.refunds, webshop.refund_items, webshop.buyers")


def _buyer(buyer: Buyer) -> Values:
    address = (buyer.street, buyer.postcode, buyer.town, buyer.country, buyer.delivery_street)
    return (
        buyer.number,
        buyer.name,
        buyer.contact,
        buyer.email,
        buyer.phone,
        *address,
        buyer.language,
        buyer.is_business,
        buyer.vat_number,
        buyer.vat_number_checked_on,
        buyer.first_seen_at,
    )


def _header(document: Document) -> Values:
    return (
        document.number,
        document.buyer,
        document.country,
        CURRENCY,
        document.prices_include_vat,
        document.ordered_at,
        document.invoiced_at,
        document.changed_at,
        "account" if document.buyer else "card",
        document.total_paid,
        document.is_business,
        document.vat_number,
        document.ordered_at.date() if document.vat_number else None,
    )


def _items(documents: Iterable[Document]) -> Iterable[Values]:
    for document in documents:
        for number, item in enumerate(document.items, start=1):
            yield (document.number, number, item.sku, item.title, item.quantity, item.price, document.vat_rate, item.group)


def _copy(connection: Connection[Any], table: str, columns: str, rows: Iterable[Values]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns.split()))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier("webshop", table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
