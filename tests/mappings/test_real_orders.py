"""The real orders of the demo, mapped one and all: counts and sums are those of the file, by a query of its own."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

import include
from include.administrations.countries import EUROPEAN_UNION
from include.demo import buyers
from include.mappings.master_data import VatCode
from include.mappings.orders_to_invoices import not_a_sale, sales_document
from include.sources.records import ShopOrder
from tests.mappings.books import Books
from tests.mappings.companies import ADMINISTRATIONS
from tests.mappings.orders import ORDERED_AT, line, order

FILE = Path(include.__file__).parent / "demo" / "data" / "online_retail.csv"
COUNTRIES = {
    "United Kingdom": "GB",
    "Germany": "DE",
    "EIRE": "IE",
    "France": "FR",
    "Lithuania": "LT",
    "Australia": "AU",
    "Netherlands": "NL",
    "Norway": "NO",
    "Switzerland": "CH",
    "Spain": "ES",
    "Poland": "PL",
    "Portugal": "PT",
    "Italy": "IT",
    "Belgium": "BE",
    "Japan": "JP",
}
# Standard rates; goods for the Dutch countries leave from the Netherlands, at prices that include VAT.
RATES = {"GB": "20", "BE": "21", "NL": "21"}
DUTCH = {"NL": "21", "DE": "19", "PL": "23", "LT": "21", "NO": "0"}
CENT = Decimal("0.01")
GROUPS = {"POST": "shipping", "DOT": "shipping", "C2": "shipping", "D": "discount", "M": "manual", "BANK CHARGES": "bank_charges"}
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def documents() -> dict[str, Rows]:
    """The rows of the file by document, without the credit documents."""
    found: dict[str, Rows] = defaultdict(list)
    with FILE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["InvoiceNo"].startswith("C"):
                found[row["InvoiceNo"]].append(row)
    return found


@pytest.fixture(scope="module")
def books(documents: dict[str, Rows]) -> Books:
    """Books that know every customer and article of the file."""
    rows = [row for rows in documents.values() for row in rows]
    items = Books().items | {row["StockCode"].upper() for row in rows}
    codes = {**Books().vat_codes, "PL23": VatCode("PL23", Decimal("0.23"), "I")}
    return replace(Books(), items=items, vat_codes=codes, accounts=frozenset({"90000", *(row["CustomerID"] for row in rows)}))


def shop_order(number: str, rows: Rows) -> ShopOrder:
    country, customer = COUNTRIES[rows[0]["Country"]], rows[0]["CustomerID"] or None
    vat_number = buyers.vat_number(country, customer)
    abroad = "0" if vat_number or country not in EUROPEAN_UNION else DUTCH.get(country, RATES["BE"])
    rate = RATES.get(country, abroad)
    lines = [
        line(
            position,
            article_code=row["StockCode"].upper(),
            description=row["Description"],
            quantity=row["Quantity"],
            unit_price=str(price(row, country, rate)),
            vat_rate=rate,
            product_group=GROUPS.get(row["StockCode"].upper(), "gifts"),
        )
        for position, row in enumerate(rows, 1)
    ]
    return order(
        *lines,
        number=number,
        country=country,
        prices_include_vat=country in DUTCH,
        customer_number=customer,
        payment_method="account" if customer else "card",
        kind_of_buyer="business" if buyers.is_business(country, customer) else "consumer",
        vat_number=vat_number,
        vat_number_checked_on=ORDERED_AT.date() if vat_number else None,
    )


def price(row: dict[str, str], country: str, rate: str) -> Decimal:
    """What the shop shows: the file's price, with VAT where the goods leave from the Netherlands."""
    net = Decimal(row["UnitPrice"])
    return (net * (100 + Decimal(rate)) / 100).quantize(CENT, ROUND_HALF_UP) if country in DUTCH else net


def shown(order: ShopOrder) -> Decimal:
    """The sum of the lines at the prices that the shop shows."""
    return sum(((line.quantity * line.unit_price).quantize(CENT, ROUND_HALF_UP) for line in order.lines), Decimal(0))


def net(rows: Rows) -> Decimal:
    """What the file says that a document costs."""
    amounts = (Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows)
    return sum((amount.quantize(Decimal("0.01"), ROUND_HALF_UP) for amount in amounts), Decimal(0))


def test_every_sale_of_the_file_is_mapped_to_the_cent(documents: dict[str, Rows], books: Books) -> None:
    sales = {number: rows for number, rows in documents.items() if any(Decimal(row["UnitPrice"]) for row in rows)}
    mapped: Counter[str] = Counter()
    for number, rows in sales.items():
        wanted = shop_order(number, rows)
        administration = ADMINISTRATIONS.route(wanted.country)
        document = sales_document(wanted, administration, books)
        found, expected = (document.total_fc, shown(wanted)) if wanted.prices_include_vat else (document.net_fc, net(rows))
        assert (found, document.record.your_ref) == (expected, number)
        mapped[administration.name] += 1

    abroad = sum(1 for rows in sales.values() if rows[0]["Country"] != "United Kingdom")
    dutch = sum(1 for rows in sales.values() if COUNTRIES[rows[0]["Country"]] in DUTCH)
    assert mapped == {"UK": len(sales) - abroad, "BE": abroad - dutch, "NL": dutch}
    assert len(sales) == 424


def test_the_documents_that_cost_nothing_are_no_sales(documents: dict[str, Rows]) -> None:
    expected = {number for number, rows in documents.items() if not any(Decimal(row["UnitPrice"]) for row in rows)}

    assert {number for number, rows in documents.items() if not_a_sale(shop_order(number, rows))} == expected
    assert len(expected) == 45
