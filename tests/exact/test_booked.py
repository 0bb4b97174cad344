"""Documents put together from the rows of Exact's sync feeds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from include.exact.booked import booked_entries, booked_invoices, written_document

TYPES = {"1300": 20, "1500": 24, "8000": 110, "8010": 110}


def transaction(line: int, account: str, amount: str, **others: Any) -> dict[str, Any]:
    shared = {"EntryID": "e1", "EntryNumber": 26700001, "JournalCode": "70", "YourRef": "536389", "Currency": "GBP", "Type": 20}
    return {**shared, "ExternalLinkReference": "23RUD3TWH7PH", "LineNumber": line, "GLAccountCode": account, "AmountFC": amount, **others}


def test_an_entry_is_put_together_from_its_transaction_lines():
    rows = [
        transaction(0, "1300", "242.0"),
        transaction(1, "8000", "-100.0", VATCode="21 "),
        transaction(1, "1500", "-21.0", VATCode="21 "),
        transaction(2, "8010", "-100.0", VATCode="21 "),
        transaction(2, "1500", "-21.0", VATCode="21 "),
    ]

    (entry,) = booked_entries(rows, TYPES)

    assert (entry.net, entry.vat, entry.total) == (Decimal("200.00"), Decimal("42.00"), Decimal("242.00"))
    assert entry.net_by_vat == {"21": Decimal("200.00")}
    assert (entry.token, entry.your_ref, entry.number) == ("23RUD3TWH7PH", "536389", "26700001")


def test_lines_of_bank_and_memorial_journals_are_no_sales_entries():
    assert booked_entries([transaction(0, "1300", "10", Type=40), transaction(1, "8000", "-10", Type=40)], TYPES) == []


def test_a_draft_without_vat_amounts_has_none():
    header = {"InvoiceID": "i1", "LineNumber": 0, "Description": "NIJBGGLPYETC", "Currency": "GBP", "Type": 8020, "InvoiceNumber": None}
    line = {"InvoiceID": "i1", "LineNumber": 1, "Description": "HEART", "AmountFC": "15.3", "VATCode": "1"}

    (invoice,) = booked_invoices([line, header])

    assert (invoice.net, invoice.vat, invoice.total, invoice.number) == (Decimal("15.30"), None, None, None)
    assert (invoice.token, invoice.lines) == ("NIJBGGLPYETC", 1)


def test_lines_whose_header_did_not_come_make_no_document():
    assert booked_invoices([{"InvoiceID": "i1", "LineNumber": 1, "AmountFC": "1"}]) == []


def test_a_payload_is_added_up_as_exact_will():
    guid = "96bf94a8-d11e-48e4-b09c-b685529c01be"
    line = f'{{"GLAccount":"{guid}","Item":"{guid}","NetPrice":0.125,"Quantity":1,"VATCode":"1"}}'
    payload = (
        f'{{"Currency":"GBP","Journal":"70","OrderDate":"2026-11-17T00:00:00","OrderedBy":"{guid}","PaymentCondition":"30",'
        f'"SalesInvoiceLines":[{line},{line}],"Type":8020,"YourRef":"536365"}}'
    )

    written = written_document("salesinvoice/SalesInvoices", payload)

    assert written.net_by_vat == {"1": Decimal("0.26")}
    assert (written.currency, written.journal, written.lines) == ("GBP", "70", 2)


def test_vat_inside_an_amount_is_taken_out_line_by_line():
    including = {"I": Decimal("0.21")}
    header = {"InvoiceID": "i1", "LineNumber": 0, "Currency": "EUR", "Type": 8020, "AmountFC": "13", "VATAmountFC": "2.08"}
    lines = [
        {"InvoiceID": "i1", "LineNumber": 1, "AmountFC": "12", "VATAmountFC": "2.08", "VATCode": "I"},
        {"InvoiceID": "i1", "LineNumber": 2, "AmountFC": "1", "VATCode": "N"},
    ]

    (invoice,) = booked_invoices([header, *lines], including)

    assert invoice.net_by_vat == {"I": Decimal("9.92"), "N": Decimal("1.00")}
    assert invoice.net + invoice.vat == invoice.total


def test_a_payload_with_vat_inside_comes_to_the_net_that_exact_books():
    guid = "96bf94a8-d11e-48e4-b09c-b685529c01be"
    line = f'{{"AmountFC":100,"GLAccount":"{guid}","Quantity":1,"VATCode":"I"}}'
    payload = (
        f'{{"Currency":"EUR","Customer":"{guid}","EntryDate":"2026-11-17T00:00:00","Journal":"70","PaymentCondition":"30",'
        f'"SalesEntryLines":[{line}],"YourRef":"1"}}'
    )

    assert written_document("salesentry/SalesEntries", payload, {"I": Decimal("0.21")}).net_by_vat == {"I": Decimal("82.64")}


@pytest.mark.parametrize(("quantity", "net"), [("-2", "-0.26"), ("2", "-0.26")])
def test_a_credit_is_negative_whichever_way_its_quantities_are_written(quantity: str, net: str) -> None:
    guid = "96bf94a8-d11e-48e4-b09c-b685529c01be"
    line = f'{{"GLAccount":"{guid}","Item":"{guid}","NetPrice":0.13,"Quantity":{quantity},"VATCode":"1"}}'
    payload = (
        f'{{"Currency":"GBP","Journal":"70","OrderDate":"2026-11-17T00:00:00","OrderedBy":"{guid}","PaymentCondition":"30",'
        f'"SalesInvoiceLines":[{line}],"Type":8021,"YourRef":"R-1"}}'
    )

    assert written_document("salesinvoice/SalesInvoices", payload).net == Decimal(net)
