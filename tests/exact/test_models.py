"""Records for Exact: names, numbers and the canonical text."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from include.exact.models.base import canonical_json, significant_digits, utf16_length, wire_name
from include.exact.models.sales_entry import SalesEntry, SalesEntryLine
from include.exact.models.sales_invoice import SalesInvoice, SalesInvoiceLine, SalesInvoiceType

ID = UUID("3d579e98-3eb5-52f8-99f4-9faf6d25fe4d")
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12).filter(
    lambda number: significant_digits(number) <= 15
)
CENTS = st.integers(-(10**13), 10**13).map(lambda cents: Decimal(cents).scaleb(-2))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def invoice(*lines: SalesInvoiceLine, **changes: object) -> SalesInvoice:
    fields = {
        "type": SalesInvoiceType.INVOICE,
        "journal": "70",
        "ordered_by": ID,
        "currency": "GBP",
        "order_date": date(2026, 11, 16),
        "your_ref": "536365",
        "payment_condition": "30",
        "sales_invoice_lines": lines or (invoice_line(),),
    }
    return SalesInvoice.model_validate({**fields, **changes})


def invoice_line(**changes: object) -> SalesInvoiceLine:
    fields = {"item": ID, "quantity": Decimal(6), "net_price": Decimal("2.55"), "vat_code": "1", "gl_account": ID}
    return SalesInvoiceLine.model_validate({**fields, **changes})


def entry(*lines: SalesEntryLine, **changes: object) -> SalesEntry:
    fields = {
        "customer": ID,
        "journal": "70",
        "entry_date": date(2026, 11, 16),
        "currency": "EUR",
        "your_ref": "536370",
        "payment_condition": "PP",
        "sales_entry_lines": lines or (entry_line(),),
    }
    return SalesEntry.model_validate({**fields, **changes})


def entry_line(**changes: object) -> SalesEntryLine:
    fields = {"gl_account": ID, "amount_fc": Decimal("15.30"), "vat_code": "I0", "quantity": Decimal(6)}
    return SalesEntryLine.model_validate({**fields, **changes})


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("vat_code", "VATCode"),
        ("gl_account", "GLAccount"),
        ("amount_fc", "AmountFC"),
        ("your_ref", "YourRef"),
        ("sales_invoice_lines", "SalesInvoiceLines"),
        ("external_link_reference", "ExternalLinkReference"),
    ],
)
def test_a_field_is_spelled_on_the_wire_as_exact_spells_it(ours: str, theirs: str) -> None:
    assert wire_name(ours) == theirs


@pytest.mark.parametrize(("record", "metadata"), [(invoice(), "SalesInvoices"), (entry(), "SalesEntries")])
def test_the_token_goes_into_the_field_that_people_do_not_read(record: SalesInvoice | SalesEntry, metadata: str) -> None:
    sent = json.loads(record.with_token("ABCDEFGH").payload())

    assert sent[record.token_field] == "ABCDEFGH"
    assert record.endpoint.endswith(metadata)
    assert "ABCDEFGH" not in record.payload()


def test_a_payload_is_sorted_without_blanks_and_without_what_is_none() -> None:
    text = invoice().payload()

    assert list(json.loads(text)) == sorted(json.loads(text))
    assert "null" not in text
    assert not re.search(r"[:,] ", text)


def test_a_day_goes_over_the_wire_without_a_time_zone() -> None:
    assert json.loads(entry().payload())["EntryDate"] == "2026-11-16T00:00:00"


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E+2", "100"), ("2.50", "2.5"), ("0E+5", "0"), ("-0.00", "0"), ("1E-7", "0.0000001"), ("-12.00", "-12"), ("100", "100")],
)
def test_a_number_is_written_without_exponent_and_without_needless_zeros(number: str, text: str) -> None:
    assert canonical_json(Decimal(number)) == text


@pytest.mark.parametrize("value", [1.5, {1, 2}, object(), None])
def test_what_has_no_exact_form_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", 1.5),
        ("quantity", Decimal("NaN")),
        ("net_price", Decimal("Infinity")),
        ("net_price", Decimal("1234567890.123456")),
        ("net_price", Decimal("-0.01")),
        ("description", "x" * 61),
        ("description", "😀" * 31),
        ("vat_code", ""),
        ("item", "no guid"),
        ("colour", "red"),
    ],
)
def test_a_line_refuses_what_would_not_reach_exact_unchanged(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        invoice_line(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"), [("your_ref", "x" * 41), ("currency", "gbp"), ("sales_invoice_lines", ()), ("journal", "x" * 11)]
)
def test_an_invoice_refuses_what_exact_would_cut_or_refuse(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        invoice(**{field: value})


def test_an_entry_line_has_an_amount_in_cents() -> None:
    with pytest.raises(ValidationError):
        entry_line(amount_fc=Decimal("1.001"))


def test_an_emoji_takes_two_places_in_exact() -> None:
    assert utf16_length("é😀") == 3


@settings(max_examples=300)
@given(quantity=NUMBERS, price=NUMBERS, text=TEXTS)
def test_an_invoice_read_back_from_its_payload_makes_the_same_payload(quantity: Decimal, price: Decimal, text: str) -> None:
    payload = invoice(invoice_line(quantity=quantity, net_price=abs(price), description=text)).with_token("ABCDEFGH").payload()

    assert SalesInvoice.from_payload(payload).payload() == payload
    assert json.loads(payload, parse_float=Decimal)["SalesInvoiceLines"][0]["Quantity"] == quantity


@settings(max_examples=300)
@given(amount=CENTS, text=TEXTS)
def test_an_entry_read_back_from_its_payload_makes_the_same_payload(amount: Decimal, text: str) -> None:
    payload = entry(entry_line(amount_fc=amount, description=text)).with_token("ABCDEFGH").payload()

    assert SalesEntry.from_payload(payload).payload() == payload
    assert json.loads(payload, parse_float=Decimal)["SalesEntryLines"][0]["AmountFC"] == amount


@settings(max_examples=300)
@given(number=NUMBERS)
def test_no_number_is_written_with_an_exponent(number: Decimal) -> None:
    text = canonical_json(number)

    assert re.fullmatch(r"-?\d+(\.\d*[1-9])?", text)
    assert Decimal(text) == number
    assert Decimal(repr(float(text))) == number
