"""An order becomes what the bookkeeper expects, or a refusal that says what is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from include.administrations.model import Administration, ItemPolicy
from include.errors import RecordError
from include.exact.models.base import canonical_json
from include.mappings.master_data import Journal, VatCode
from include.mappings.orders_to_invoices import not_a_sale, sales_document
from include.sources.records import ShopOrder
from tests.mappings.books import Books
from tests.mappings.companies import BE, UK, variation, with_items
from tests.mappings.orders import french, line, order
from tests.mappings.returns import RETURNS
from tests.mappings.samples import MIXED_LINES, SAMPLES
from tests.mappings.what_exact_gets import GOLDEN, PAGE, page, payload


def refusal(shop_order: ShopOrder, administration: Administration = UK, books: Books | None = None) -> RecordError:
    with pytest.raises(RecordError) as caught:
        sales_document(shop_order, administration, books or Books())
    return caught.value


def lines_of(shop_order: ShopOrder, administration: Administration, books: Books | None = None) -> list[dict[str, object]]:
    sent = json.loads(sales_document(shop_order, administration, books or Books()).record.payload(), parse_float=Decimal)
    lines: list[dict[str, object]] = sent.get("SalesInvoiceLines") or sent["SalesEntryLines"]
    return lines


@pytest.mark.parametrize("name", SAMPLES)
def test_an_order_becomes_its_golden_payload(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)

    assert payload(SAMPLES[name]) == canonical_json(golden)


def test_what_a_bookkeeper_reads_is_what_exact_gets() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_each_golden_payload_belongs_to_a_sample() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {*SAMPLES, *RETURNS}


def test_a_document_names_the_master_data_that_it_needs() -> None:
    invoice = sales_document(order(), UK, Books())
    entry = sales_document(french(), BE, Books())

    assert invoice.subjects == {
        *("account:17850", "journal:70", "currency:GBP", "payment_condition:30"),
        *("item:85123A", "gl_account:8000", "vat_code:1"),
    }
    assert entry.subjects == {
        *("account:12583", "journal:70", "currency:GBP", "payment_condition:30"),
        *("gl_account:8000", "vat_code:I0", "period:2026-11"),
    }


def test_net_and_vat_are_those_of_the_rounded_lines() -> None:
    document = sales_document(order(*MIXED_LINES), UK, Books())

    assert document.net_fc == Decimal("54.80")
    assert document.vat_fc == {"1": Decimal("10.96")}
    assert document.currency == "GBP"


def test_vat_is_rounded_line_by_line_as_exact_does() -> None:
    pennies = [line(position, quantity="1", unit_price="0.03") for position in (1, 2, 3)]

    assert sales_document(order(*pennies), UK, Books()).vat_fc == {"1": Decimal("0.03")}


def test_lines_keep_the_order_of_their_positions() -> None:
    shuffled = order(line(2, description="second"), line(1, description="first"))

    assert [each["Description"] for each in lines_of(shuffled, UK)] == ["first", "second"]


def test_an_entry_has_one_line_per_ledger_account_and_vat_code() -> None:
    accounts = {**BE.gl_accounts, "home": "8000"}
    shop_order = french(line(1), line(2, product_group="home"), line(3, product_group="kitchen"))

    lines = lines_of(shop_order, variation(BE, gl_accounts=accounts))

    assert [(each["AmountFC"], each["Description"], each["Quantity"]) for each in lines] == [
        (Decimal("30.6"), "gifts, home", 12),
        (Decimal("15.3"), "kitchen", 6),
    ]


def test_an_account_with_two_rates_gets_a_line_of_each() -> None:
    administration = variation(BE, vat_codes={"domestic": {"21": "21", "6": "6"}})
    shop_order = order(line(1, vat_rate="21"), line(2, vat_rate="6", quantity="1"), country="BE")

    lines = lines_of(shop_order, administration, Books().with_vat_code(VatCode("6", Decimal("0.06"), "E")))

    assert [(each["VATCode"], each["AmountFC"]) for each in lines] == [("21", Decimal("15.3")), ("6", Decimal("2.55"))]


def test_the_shop_number_reaches_exact_untouched() -> None:
    assert sales_document(order(number="WEB-000123 "), UK, Books()).record.your_ref == "WEB-000123 "


def test_an_article_is_found_whatever_its_capitals() -> None:
    assert len(lines_of(order(line(article_code="85123a")), UK)) == 1


def test_a_generic_item_stands_for_its_product_group() -> None:
    lines = lines_of(order(line(article_code="no article at all")), with_items(ItemPolicy.GENERIC, gifts="MISC"))

    assert lines[0]["Item"] == str(Books().item_id("MISC"))


@pytest.mark.parametrize(
    ("ordered_at", "administration", "day"),
    [
        (datetime(2026, 7, 31, 22, 30, tzinfo=UTC), BE, "2026-08-01"),
        (datetime(2026, 7, 31, 22, 30, tzinfo=UTC), UK, "2026-07-31"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), BE, "2027-01-01"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), UK, "2026-12-31"),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), BE, "2026-10-25"),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), BE, "2026-03-29"),
    ],
)
def test_a_document_belongs_to_the_day_that_it_was_in_its_company(ordered_at: datetime, administration: Administration, day: str) -> None:
    checked = {"ordered_at": ordered_at, "vat_number_checked_on": ordered_at.date()}
    shop_order = french(**checked) if administration is BE else order(**checked)

    assert sales_document(shop_order, administration, Books()).entry_date.isoformat() == day


def test_the_day_of_the_invoice_comes_before_delivery_and_order() -> None:
    ordered, delivered, invoiced = (datetime(2026, 11, day, 12, tzinfo=UTC) for day in (16, 17, 18))

    assert sales_document(french(ordered_at=ordered, delivered_at=delivered), BE, Books()).entry_date.day == 17
    document = sales_document(french(ordered_at=ordered, delivered_at=delivered, invoiced_at=invoiced), BE, Books())
    assert document.entry_date.day == 18


def test_only_the_existence_of_an_exchange_rate_is_asked() -> None:
    few = sales_document(french(), BE, replace(Books(), rates={"GBP": Decimal("0.0001")}))
    many = sales_document(french(), BE, replace(Books(), rates={"GBP": Decimal(9999)}))

    assert few == many


@pytest.mark.parametrize("type_in_exact", ["E", "B", "N"])
def test_a_code_without_vat_fits_a_rate_of_nothing(type_in_exact: str) -> None:
    books = Books().with_vat_code(VatCode("I0", Decimal(0), type_in_exact))

    assert lines_of(french(), BE, books)[0]["VATCode"] == "I0"


@pytest.mark.parametrize(
    ("lines", "is_gift"),
    [
        ([line(unit_price="0")], True),
        ([line(unit_price="0"), line(2, unit_price="0.00", quantity="-5")], True),
        ([line(quantity="0")], True),
        ([line(unit_price="0"), line(2)], False),
        ([line(unit_price="-1")], False),
        ([line(unit_price="NaN")], False),
        ([line(quantity="NaN", unit_price="0")], True),
    ],
)
def test_an_order_that_charges_nothing_is_no_sale(lines: list[object], is_gift: bool) -> None:
    assert not_a_sale(order(*lines)) is is_gift


def test_an_order_without_lines_is_a_mistake_and_no_gift() -> None:
    empty = replace(order(), lines=())

    assert not not_a_sale(empty)
    assert refusal(empty).code == "order_without_lines"


REFUSALS: dict[str, tuple[ShopOrder, Administration, Books]] = {
    "not_a_sale": (order(line(unit_price="0")), UK, Books()),
    "reference_invalid": (order(number=" "), UK, Books()),
    "reference_too_long:" + "9" * 40: (order(number="9" * 41), UK, Books()),
    "unknown_currency:gbp": (order(currency="gbp"), UK, Books()),
    "currency_without_cents:JPY": (order(currency="JPY"), UK, Books()),
    "missing_exchange_rate:USD": (order(currency="USD"), UK, Books()),
    "missing_exchange_rate:GBP": (french(), BE, replace(Books(), rates={"GBP": Decimal(0)})),
    "unknown_journal:70": (order(), UK, replace(Books(), journals={})),
    "journal_wrong_type:70": (order(), UK, replace(Books(), journals={"70": Journal("70", 22)})),
    "journal_blocked:70": (order(), UK, replace(Books(), journals={"70": Journal("70", 20, blocked=True)})),
    "no_customer_number": (order(customer_number=None), variation(UK, guests="refuse"), Books()),
    "customer_number_invalid": (order(customer_number="jan@example.org"), UK, Books()),
    "unknown_relation:1": (order(customer_number="1"), UK, Books()),
    "unknown_relation:90000": (order(customer_number=None), UK, replace(Books(), accounts=frozenset({"17850"}))),
    "missing_payment_condition:gift card": (order(payment_method="gift card"), UK, Books()),
    "unknown_payment_condition:30": (order(), UK, replace(Books(), payment_conditions=frozenset({"PP"}))),
    "not_a_number:unit_price": (order(line(unit_price="NaN")), UK, Books()),
    "not_a_number:quantity": (order(line(quantity="Infinity")), UK, Books()),
    "not_a_number:vat_rate": (order(line(vat_rate="NaN")), UK, Books()),
    "too_many_digits:unit_price": (order(line(unit_price="2.5512345678901234")), UK, Books()),
    "too_many_digits:amount": (order(line(quantity="99999999", unit_price="999999.99")), UK, Books()),
    "number_out_of_range:quantity": (order(line(quantity="1E+30")), UK, Books()),
    "number_out_of_range:unit_price": (order(line(unit_price="1E-30")), UK, Books()),
    "number_out_of_range:amount": (order(line(quantity="1E+11", unit_price="10")), UK, Books()),
    "unknown_item:NEW1": (order(line(article_code="new1")), UK, Books()),
    "unknown_item:SHIPPING": (order(*MIXED_LINES), UK, replace(Books(), items=Books().items - {"SHIPPING"})),
    "generic_item_not_mapped:gifts": (order(), with_items(ItemPolicy.GENERIC, home="MISC"), Books()),
    "item_refused:85123A": (order(), with_items(ItemPolicy.REFUSE, shipping="SHIPPING"), Books()),
    "product_group_not_mapped:toys": (order(line(product_group="toys")), UK, Books()),
    "missing_gl_account:8000": (order(), UK, replace(Books(), gl_accounts={})),
    "gl_account_blocked:8000": (order(), UK, Books().with_gl_account("8000", 110, blocked=True)),
    "gl_account_refused:8000": (order(), UK, Books().with_gl_account("8000", 20)),
    "vat_rate_not_mapped:domestic/5.5": (order(line(vat_rate="5.50")), UK, Books()),
    "vat_rate_not_mapped:eu/20": (order(country="FR"), UK, Books()),
    "vat_rate_not_mapped:export/20": (order(country="NO"), UK, Books()),
    "unknown_country:UK": (order(country="UK"), UK, Books()),
    "vat_code_missing:1": (order(), UK, replace(Books(), vat_codes={})),
    "vat_code_blocked:1": (order(), UK, Books().with_vat_code(VatCode("1", Decimal("0.2"), "E", blocked=True))),
    "vat_code_wrong_type:1": (order(), UK, Books().with_vat_code(VatCode("1", Decimal("0.2"), "I"))),
    "vat_code_wrong_type:21": (order(line(vat_rate="21"), country="BE"), BE, Books().with_vat_code(VatCode("21", Decimal("0.21"), "N"))),
    "vat_code_wrong_rate:1": (order(), UK, Books().with_vat_code(VatCode("1", Decimal("0.175"), "E"))),
    "sale_is_negative": (order(line(1), line(2, unit_price="-20")), UK, Books()),
}


@pytest.mark.parametrize("cause", REFUSALS)
def test_what_cannot_be_booked_is_refused_with_code_and_subject(cause: str) -> None:
    error = refusal(*REFUSALS[cause])

    assert (error.code, error.subject) == (cause.partition(":")[0], cause.partition(":")[2])
    assert "order" in error.facts


def test_a_refusal_names_everything_else_that_has_to_be_mended() -> None:
    error = refusal(order(line(1, article_code="new1"), line(2, product_group="toys"), line(3, article_code="new1"), customer_number="1"))

    assert error.code == "unknown_relation"
    assert error.facts["others"] == "2"
    assert error.facts["other_causes"] == "unknown_item:NEW1 product_group_not_mapped:toys"


def test_the_cause_does_not_depend_on_the_order_of_the_lines() -> None:
    bad = [line(1, article_code="new1"), line(2, product_group="toys")]

    assert str(refusal(order(*bad))) == str(refusal(order(*reversed(bad))))


def test_a_refusal_holds_no_personal_data() -> None:
    assert "jan" not in str(refusal(order(customer_number="jan@example.org")))


ODD_TEXTS: dict[str, str] = {
    "formula": '=HYPERLINK("http://example.org";"x")',
    "html": "<script>alert(1)</script><b>Mug</b>",
    "emoji": "👩‍👩‍👧‍👦" * 20,
    "cut in the middle of an emoji": "x" * 58 + "😀😀",
    "control characters": "Mug\x00\x01\x1f\r\n\twith handle",
    "right to left override": "Mug \u202egnihton",
    "combining": "e\u0301" * 80,
    "quotes and backslash": "Mug \"blue\" \\ 'red'",
    "only blanks": " \t\u2003 ",
    "noncharacter": "Mug \ufffe\uffff",
    "a megabyte": "x" * 1_000_000,
    "chinese": "礼品杯" * 30,
}


@pytest.mark.parametrize("name", ODD_TEXTS)
def test_an_odd_description_is_cleaned_and_cut_and_never_stops_a_sale(name: str) -> None:
    (sent,) = lines_of(order(line(description=ODD_TEXTS[name])), UK)
    description = str(sent.get("Description", ""))

    assert len(description.encode("utf-16-le")) // 2 <= 60
    assert not any(ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in description)
    assert "\u202e" not in description


def test_a_cut_description_shows_that_it_was_cut() -> None:
    (sent,) = lines_of(order(line(description="x" * 61)), UK)

    assert sent["Description"] == "x" * 59 + "…"
