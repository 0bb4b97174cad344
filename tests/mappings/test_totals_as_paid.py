"""The total as paid is Exact's total: a thousand orders in both targets, added up by a running sandbox over HTTP."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.administrations.model import Administration
from include.errors import RecordError
from include.mappings.master_data import VatCode
from include.mappings.orders_to_invoices import sales_document
from include.sources.records import OrderLine, ShopOrder
from tests.mappings.books import Books
from tests.mappings.companies import NL, NL_INVOICES, ROUNDING, variation
from tests.mappings.orders import dutch, line
from tests.mappings.sandbox_books import SandboxBooks
from tests.sandbox.conftest import AMPLE, application_one
from tests.sandbox.driver import ExactClient, SandboxProcess

DIVISION = 100
ZERO, CENT = Decimal(0), Decimal("0.01")
# The small books of the sandbox: one company with VAT codes of both types.
SMALL = {
    "division": DIVISION,
    "guests": "1",
    "gl_accounts": {"gifts": "8000", "home": "8010"},
    "payment_conditions": {"card": "14"},
    "without_vat_number": "refuse",
}
ROUNDED = {"tolerance": "0.10", "gl_account": "8010", "vat_code": "N0"}
INSIDE = {"domestic": {"21": "I21", "9": "E9", "0": "N0"}}
ON_TOP = {"domestic": {"21": "E21", "9": "E9", "0": "N0"}}
KINDS = {"voucher": {"gl_account": "8010", "vat_code": "N0"}}


def companies(vat_codes: dict[str, dict[str, str]]) -> tuple[Administration, Administration]:
    """The company booking entries, and booking draft invoices."""
    with_items = {"voucher": {**KINDS["voucher"], "item": "B2"}}
    return (
        variation(NL, **SMALL, vat_codes=vat_codes, rounding=ROUNDED, kinds=KINDS),
        variation(NL_INVOICES, **SMALL, vat_codes=vat_codes, rounding={**ROUNDED, "item": "B2"}, kinds=with_items),
    )


LINES = st.tuples(
    st.integers(1, 40_000).map(lambda number: number if number % 5 == 0 else number % 50 * 1000 + 1000),  # thousandths of a unit
    st.integers(0, 999_999).map(lambda number: number if number % 3 == 0 else number // 100 * 100),  # ten-thousandths of a euro
    st.sampled_from(["21", "21", "9", "0"]),
    st.sampled_from(["gifts", "home"]),
    st.sampled_from(["article", "article", "article", "shipping", "discount"]),
)


def shop_lines(drawn: list[tuple[int, int, str, str, str]], voucher: int) -> tuple[OrderLine, ...]:
    lines = [
        replace(
            line(position, article_code="A1", product_group=group, kind=kind, vat_rate=rate),
            quantity=Decimal(quantity).scaleb(-3),
            unit_price=Decimal(-price // 10 if kind == "discount" else price).scaleb(-4),
        )
        for position, (quantity, price, rate, group, kind) in enumerate(drawn, 1)
    ]
    if voucher:
        price = str(Decimal(-voucher).scaleb(-2))
        lines.append(line(len(lines) + 1, quantity="1", unit_price=price, vat_rate="0", kind="voucher", product_group="vouchers"))
    return tuple(lines)


def amount_of(one: OrderLine) -> Decimal:
    return (one.quantity * one.unit_price).quantize(CENT, ROUND_HALF_UP)


def paid_for(lines: tuple[OrderLine, ...], *, include_vat: bool) -> Decimal:
    """What a shop charges: the lines, and where its prices exclude VAT, VAT on the sum of each rate."""
    sums: dict[Decimal, Decimal] = defaultdict(Decimal)
    for one in lines:
        sums[one.vat_rate] += amount_of(one)
    vat = ((net * rate / 100).quantize(CENT, ROUND_HALF_UP) for rate, net in sums.items())
    return sum(sums.values(), ZERO) + (ZERO if include_vat else sum(vat, ZERO))


def orders(*, include_vat: bool) -> st.SearchStrategy[ShopOrder]:
    """Orders of up to nine lines, at several rates, some with a discount or a voucher; only those that a sale can be."""

    def made(drawn: list[tuple[int, int, str, str, str]], voucher: int) -> ShopOrder:
        lines = shop_lines(drawn, voucher)
        return dutch(*lines, prices_include_vat=include_vat, total_paid=paid_for(lines, include_vat=include_vat))

    drawn = st.builds(made, st.lists(LINES, min_size=1, max_size=8), st.sampled_from([0, 0, 500, 1999]))
    return drawn.filter(lambda each: (each.total_paid or ZERO) > 1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    process = SandboxProcess("--seed", "small", "--seed", "7", "--auto-consent", *AMPLE)
    process.switch(post_totals="computed", refuse_negative_price=True)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def client(sandbox: SandboxProcess) -> ExactClient:
    return application_one(sandbox).sign_in()


@pytest.fixture(scope="module")
def books(client: ExactClient) -> SandboxBooks:
    return SandboxBooks(client, DIVISION)


def total_in_exact(
    client: ExactClient, shop_order: ShopOrder, administration: Administration, books: SandboxBooks
) -> tuple[Decimal, Decimal]:
    """What the sandbox adds a document up to, and what we said that it would."""
    document = sales_document(shop_order, administration, books)
    record = document.record
    answer = client.post(f"{DIVISION}/{record.endpoint}", json.loads(record.payload()))
    assert answer.status_code == 201, answer.text
    return Decimal(str(answer.json()["d"]["AmountFC"])), document.total_fc


@pytest.mark.parametrize(
    ("vat_codes", "include_vat"),
    [(INSIDE, True), (ON_TOP, True), (ON_TOP, False)],
    ids=["prices with VAT under codes that include it", "prices with VAT under codes that exclude it", "prices without VAT"],
)
@pytest.mark.timeout(300)
def test_the_total_in_exact_is_the_total_as_paid(
    client: ExactClient, books: SandboxBooks, vat_codes: dict[str, dict[str, str]], include_vat: bool
) -> None:
    both = companies(vat_codes)

    @settings(max_examples=1_000 if include_vat and vat_codes is INSIDE else 500, deadline=None, database=None)
    @given(shop_order=orders(include_vat=include_vat))
    def check(shop_order: ShopOrder) -> None:
        for administration in both:
            total, foretold = total_in_exact(client, shop_order, administration, books)
            assert total == foretold == shop_order.total_paid

    check()


@settings(max_examples=1_000, deadline=None)
@given(shop_order=orders(include_vat=True))
def test_prices_that_include_vat_leave_at_most_a_cent_to_round(shop_order: ShopOrder) -> None:
    vat_codes = {"domestic": {"21": "21", "9": "NL9", "0": "NL0"}}
    kinds = {"voucher": {"gl_account": "1600", "vat_code": "NONE", "item": "VOUCHER"}}
    invoices = variation(NL_INVOICES, vat_codes=vat_codes, without_vat_number="refuse", items={"policy": "match"}, kinds=kinds)
    known = replace(Books(), items=Books().items | {"A1"})

    document = sales_document(shop_order, invoices, known)

    assert abs(document.rounding_fc) <= CENT
    assert document.total_fc == shop_order.total_paid


def test_a_code_that_includes_vat_needs_no_rounding() -> None:
    document = sales_document(dutch(line(quantity="3", unit_price="0.01", vat_rate="21"), total_paid=Decimal("0.03")), NL, Books())

    assert (document.rounding_fc, document.total_fc) == (0, Decimal("0.03"))


def test_a_total_that_no_net_amount_makes_gets_a_rounding_line_of_a_cent() -> None:
    on_top = variation(NL, vat_codes={"domestic": {"21": "21"}}, without_vat_number="refuse")
    shop_order = dutch(line(quantity="1", unit_price="0.03", vat_rate="21"), total_paid=Decimal("0.03"))

    document = sales_document(shop_order, on_top, Books())

    assert (document.net_fc, document.vat_fc, document.rounding_fc) == (Decimal("0.02"), {"21": 0}, CENT)
    assert {"gl_account:8190", "vat_code:NONE"} < document.subjects
    assert document.total_fc == Decimal("0.03")


@pytest.mark.parametrize("administration", [NL, NL_INVOICES])
@pytest.mark.parametrize(("paid", "rounding"), [("121.05", "0.05"), ("120.95", "-0.05"), ("121.00", "0"), (None, "0")])
def test_a_difference_within_the_tolerance_becomes_a_line(administration: Administration, paid: str | None, rounding: str) -> None:
    document = sales_document(dutch(total_paid=Decimal(paid) if paid else None), administration, Books())

    assert document.rounding_fc == Decimal(rounding)
    assert document.total_fc == Decimal(paid or 121)


@pytest.mark.parametrize(("rounding", "paid"), [(ROUNDING, "121.06"), (ROUNDING, "120.94"), ("refuse", "121.01")])
def test_a_difference_beyond_the_tolerance_is_refused_with_both_totals(rounding: object, paid: str) -> None:
    with pytest.raises(RecordError) as caught:
        sales_document(dutch(total_paid=Decimal(paid)), variation(NL, rounding=rounding), Books())

    assert (caught.value.code, caught.value.subject) == ("total_differs", "EUR")
    assert (caught.value.facts["paid"], caught.value.facts["in_exact"]) == (paid, "121.00")


def test_without_a_rule_nothing_is_compared() -> None:
    assert sales_document(dutch(total_paid=Decimal(7)), variation(NL, rounding=None), Books()).total_fc == 121


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"gl_accounts": {"8000": Books().gl_accounts["8000"]}}, "missing_gl_account:8190"),
        ({"vat_codes": {"NL21": VatCode("NL21", Decimal("0.21"), "I")}}, "vat_code_missing:NONE"),
        ({"items": frozenset({"85123A"})}, "unknown_item:ROUNDING"),
    ],
)
def test_what_a_rounding_line_needs_is_asked_for(changes: dict[str, object], cause: str) -> None:
    with pytest.raises(RecordError, match=cause):
        sales_document(dutch(total_paid=Decimal("121.01")), NL_INVOICES, replace(Books(), **changes))


def test_another_currency_is_converted_by_exact_and_its_rate_is_read_back(client: ExactClient, books: SandboxBooks) -> None:
    entries, _ = companies(INSIDE)
    shop_order = dutch(line(quantity="1", unit_price="121", vat_rate="21"), currency="GBP", total_paid=Decimal(121))
    record = sales_document(shop_order, entries, books).record

    booked = client.post(f"{DIVISION}/{record.endpoint}", json.loads(record.payload())).json()["d"]

    assert "Rate" not in json.loads(record.payload())
    assert Decimal(str(booked["AmountFC"])) == 121
    assert Decimal(str(booked["AmountDC"])) / Decimal(str(booked["AmountFC"])) == Decimal("1.15")
