"""Money to the cent, over a thousand made-up orders."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.administrations.model import Administration
from include.exact.models.sales_entry import SalesEntry
from include.exact.models.sales_invoice import SalesInvoice
from include.mappings.money import cents, plain, product
from include.mappings.orders_to_invoices import not_a_sale, sales_document
from include.sources.records import OrderLine, ShopOrder
from tests.mappings.books import Books
from tests.mappings.companies import BE, UK, variation
from tests.mappings.orders import HEART, french, line, order

GROUPS = sorted(UK.gl_accounts)
ARTICLES = ["85123A", "71053", "22423"]
# The same company, booking entries instead of invoices: both must come to the same amounts.
UK_ENTRIES = variation(UK, target="sales_entry", items=None, credits={})


# Quantity in thousandths, price in ten-thousandths, ledger account and article, as plain numbers: quick to draw.
DRAWN = st.tuples(
    st.integers(-20_000, 9_999_999).map(lambda number: number if number % 3 else number // 1000 * 1000),
    st.integers(0, 49_999_999).map(lambda number: number if number % 3 else number // 100 * 100),
    st.integers(0, len(GROUPS) - 1),
    st.integers(0, len(ARTICLES) - 1),
)
DISCOUNTS = st.none() | st.integers(10, 50_000)


def lines_of(drawn: list[tuple[int, int, int, int]], discount: int | None) -> tuple[OrderLine, ...]:
    lines = [
        replace(
            HEART,
            quantity=Decimal(quantity).scaleb(-3),
            unit_price=Decimal(price).scaleb(-4),
            product_group=GROUPS[group],
            article_code=ARTICLES[article],
        )
        for quantity, price, group, article in drawn
    ]
    if discount is not None:
        price = Decimal(-discount).scaleb(-3)
        lines.append(replace(HEART, quantity=Decimal(1), unit_price=price, product_group="discount", article_code="D"))
    return tuple(replace(one, position=number) for number, one in enumerate(lines, 1))


def order_lines() -> st.SearchStrategy[tuple[OrderLine, ...]]:
    """Up to a dozen lines, some free, some taken back, perhaps a discount; only those that a sale can have."""
    return st.builds(lines_of, st.lists(DRAWN, min_size=1, max_size=12), DISCOUNTS).filter(lambda lines: sales(lines) is not None)


def exact_cents(quantity: Decimal, price: Decimal) -> Decimal:
    """The line's amount by another way: whole numbers only."""
    value = Fraction(quantity) * Fraction(price) * 100
    whole, rest = divmod(abs(value.numerator), value.denominator)
    rounded = whole + (2 * rest >= value.denominator)
    return Decimal(rounded if value >= 0 else -rounded).scaleb(-2)


def sales(lines: tuple[OrderLine, ...]) -> ShopOrder | None:
    """The order of the lines, if it is one that is booked."""
    total = sum((exact_cents(one.quantity, one.unit_price) for one in lines), Decimal(0))
    shop_order = order(*lines)
    return None if total < 0 or not_a_sale(shop_order) else shop_order


@settings(max_examples=1_000, deadline=None)
@given(lines=order_lines())
def test_the_lines_of_an_invoice_come_to_its_total_to_the_cent(lines: tuple[OrderLine, ...]) -> None:
    shop_order = order(*lines)
    document = sales_document(shop_order, UK, Books())
    assert isinstance(document.record, SalesInvoice)

    sent = json.loads(document.record.payload(), parse_float=Decimal, parse_int=Decimal)["SalesInvoiceLines"]

    assert sum(exact_cents(one["Quantity"], one["NetPrice"]) for one in sent) == document.net_fc
    assert document.net_fc == sum(exact_cents(one.quantity, one.unit_price) for one in lines)
    assert len(sent) == len([one for one in lines if one.quantity != 0])


@settings(max_examples=1_000, deadline=None)
@given(lines=order_lines())
def test_the_lines_of_an_entry_come_to_the_total_of_the_invoice_to_the_cent(lines: tuple[OrderLine, ...]) -> None:
    shop_order = order(*lines)
    entry, invoice = (sales_document(shop_order, each, Books()) for each in (UK_ENTRIES, UK))
    assert isinstance(entry.record, SalesEntry)

    sent = json.loads(entry.record.payload(), parse_float=Decimal, parse_int=Decimal)["SalesEntryLines"]

    assert sum(one["AmountFC"] for one in sent) == entry.net_fc == invoice.net_fc
    assert entry.total_fc == entry.net_fc + sum(exact_cents(one["AmountFC"], Decimal("0.2")) for one in sent)
    assert len({(one["GLAccount"], one["VATCode"]) for one in sent}) == len(sent)


@settings(max_examples=1_000, deadline=None)
@given(lines=order_lines(), administration=st.sampled_from([UK, UK_ENTRIES]))
def test_a_payload_read_back_is_the_same_payload_without_any_float(lines: tuple[OrderLine, ...], administration: Administration) -> None:
    shop_order = order(*lines)
    record = sales_document(shop_order, administration, Books()).record
    written: list[str] = []

    json.loads(record.payload(), parse_float=lambda text: written.append(text) or Decimal(text))

    assert type(record).from_payload(record.payload()).payload() == record.payload()
    assert not any("e" in text.lower() or Decimal(repr(float(text))) != Decimal(text) for text in written)


@settings(max_examples=1_000)
@given(
    quantity=st.decimals(-(10**6), 10**6, places=3, allow_nan=False),
    price=st.decimals(-(10**6), 10**6, places=4, allow_nan=False),
)
def test_a_credit_is_exactly_the_negative_of_its_sale(quantity: Decimal, price: Decimal) -> None:
    assert product(-quantity, price) == -product(quantity, price) == product(quantity, -price)
    assert product(quantity, price) == exact_cents(quantity, price)


@settings(max_examples=1_000)
@given(lines=order_lines())
def test_vat_is_the_percentage_of_each_line_rounded_for_itself(lines: tuple[OrderLine, ...]) -> None:
    shop_order = order(*lines)
    mixed = replace(shop_order, country="FR", lines=tuple(replace(one, vat_rate=Decimal(0)) for one in lines))
    vat = sum((exact_cents(exact_cents(one.quantity, one.unit_price), Decimal("0.2")) for one in lines), Decimal(0))

    assert sales_document(shop_order, UK, Books()).vat_fc == {"1": vat}
    assert sales_document(mixed, UK, Books()).vat_fc == {"4": 0}


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049", "0.00"), ("2.675", "2.68"), ("1.0049999999999999999999999999999", "1.00")],
)
def test_half_a_cent_is_rounded_away_from_zero(amount: str, rounded: str) -> None:
    assert cents(Decimal(amount)) == Decimal(rounded)


def test_a_product_is_rounded_once() -> None:
    # 0.005 less a little: rounded to 28 digits on the way, it would become half a cent, and then a cent.
    assert product(Decimal("0.99999999999999"), Decimal("0.00500000000000005")) == Decimal("0.00")
    assert product(Decimal("999999.99"), Decimal("999999.99")) == Decimal("999999980000.00")


@pytest.mark.parametrize(("number", "text"), [("20", "20"), ("5.50", "5.5"), ("0.00", "0"), ("1E+2", "100")])
def test_a_rate_is_written_as_people_write_it(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_the_demo_books_foreign_orders_in_their_own_currency() -> None:
    document = sales_document(french(line(quantity="3", unit_price="0.335")), BE, Books())

    assert (document.currency, document.net_fc) == ("GBP", Decimal("1.01"))
