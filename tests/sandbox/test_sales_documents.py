"""Sales invoices and entries: amounts, VAT, numbers, bookings, changes (FACTS 6.2, 6.3)."""

from __future__ import annotations

import pytest

from tests.sandbox.books import DIVISION, ENTRIES, ENTRY_LINES, INVOICE_LINES, INVOICES, LEDGER, PRINTED, entry, invoice, keys
from tests.sandbox.driver import error_text

LEDGER_FIELDS = "GLAccountCode,AmountDC,AmountFC,YourRef,ExternalLinkReference,EntryNumber,JournalCode,LineNumber,Type"


def created(client, path, body):
    answer = client.post(path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()["d"]


def read_invoice(client, key):
    return client.rows(INVOICES, f"InvoiceID eq guid'{key}'")[0]


def read_entry(client, key):
    return client.rows(ENTRIES, f"EntryID eq guid'{key}'")[0]


def bookings(client, where="Modified ge datetime'2000-01-01T00:00:00'"):
    return client.all_rows(LEDGER, where, select=LEDGER_FIELDS)


def balances(rows):
    sums: dict[str, float] = {}
    for row in rows:
        sums[row["GLAccountCode"]] = round(sums.get(row["GLAccountCode"], 0) + row["AmountDC"], 2)
    return sums


def test_6_2_a_fresh_invoice_is_a_draft_without_a_number(sandbox, client):
    row = read_invoice(client, created(client, INVOICES, invoice(client))["InvoiceID"])
    assert (row["Status"], row["InvoiceNumber"], row["Type"]) == (20, None, 8020)
    assert bookings(client) == []
    sandbox.switch(draft_status=10)
    assert read_invoice(client, created(client, INVOICES, invoice(client))["InvoiceID"])["Status"] == 10


@pytest.mark.parametrize(("how", "shown"), [("null", None), ("zero", 0), ("computed", 24.2)])
def test_6_2_totals_in_the_answer_of_a_post_are_a_switch(sandbox, client, how, shown):
    sandbox.switch(post_totals=how)
    row = created(client, INVOICES, invoice(client))
    assert row["AmountDC"] == shown
    assert read_invoice(client, row["InvoiceID"])["AmountDC"] == 24.2


def test_amounts_and_vat_on_top_and_inside(client):
    lines = (
        {"Quantity": 3, "NetPrice": 1.99, "VATCode": "E21"},
        {"Quantity": 1, "UnitPrice": 121, "VATCode": "I21"},
        {"Quantity": 1, "NetPrice": 5, "VATCode": "N0"},
    )
    key = created(client, INVOICES, invoice(client, *lines))["InvoiceID"]
    row = read_invoice(client, key)
    assert (row["AmountFC"], row["VATAmountFC"], row["AmountFCExclVat"]) == (133.22, 22.25, 110.97)
    shown = sorted(
        (line["LineNumber"], line["AmountFC"], line["VATAmountFC"]) for line in client.rows(INVOICE_LINES, f"InvoiceID eq guid'{key}'")
    )
    assert shown == [(1, 5.97, 1.25), (2, 121, 21), (3, 5, 0)]


def test_6_3_the_documented_example_of_vat_inside_and_on_top(client):
    inside = read_entry(client, created(client, ENTRIES, entry(client, {"AmountFC": 100, "VATCode": "I21"}))["EntryID"])
    on_top = read_entry(client, created(client, ENTRIES, entry(client, {"AmountFC": 100, "VATCode": "E21"}))["EntryID"])
    assert (inside["VATAmountFC"], inside["AmountFC"]) == (17.36, 100)
    assert (on_top["VATAmountFC"], on_top["AmountFC"]) == (21, 121)


def test_6_3_a_posted_vat_amount_overrides(client):
    row = read_entry(client, created(client, ENTRIES, entry(client, {"AmountFC": 100, "VATCode": "E21", "VATAmountFC": 20.99}))["EntryID"])
    assert row["AmountFC"] == 120.99


def test_6_2_printing_numbers_and_books_and_does_not_tell_the_number(client):
    key = created(client, INVOICES, invoice(client, YourRef="R1"))["InvoiceID"]
    printed = created(client, PRINTED, {"InvoiceID": key})
    assert "InvoiceNumber" not in printed
    row = read_invoice(client, key)
    assert row["Status"] == 50
    assert row["InvoiceNumber"] > 0
    assert row["DocumentNumber"] > 0
    assert balances(bookings(client)) == {"1300": 24.2, "1500": -4.2, "8000": -20.0}
    assert {line["YourRef"] for line in bookings(client)} == {"R1"}
    again = client.post(PRINTED, {"InvoiceID": key})
    assert (again.status_code, error_text(again)) == (500, "Reeds verwerkt")
    assert client.call("DELETE", f"{INVOICES}(guid'{key}')").status_code == 500
    assert client.call("PUT", f"{INVOICES}(guid'{key}')", {"YourRef": "x"}).status_code == 500


@pytest.mark.parametrize("quantity", [2, -2])
def test_6_2_a_credit_invoice_reads_negative_however_it_was_written(client, quantity):
    key = created(client, INVOICES, invoice(client, {"Quantity": quantity, "NetPrice": 10, "VATCode": "E21"}, Type=8021))["InvoiceID"]
    created(client, PRINTED, {"InvoiceID": key})
    assert read_invoice(client, key)["AmountDC"] == -24.2
    assert balances(bookings(client)) == {"1300": -24.2, "1500": 4.2, "8000": 20.0}


def test_6_2_a_draft_follows_its_lines(client):
    key = created(client, INVOICES, invoice(client))["InvoiceID"]
    line = created(client, INVOICE_LINES, {"InvoiceID": key, "Item": keys(client)["B2"], "Quantity": 1, "NetPrice": 100, "VATCode": "N0"})
    assert read_invoice(client, key)["AmountDC"] == 124.2
    assert client.call("PUT", f"{INVOICE_LINES}(guid'{line['ID']}')", {"Quantity": 2}).status_code == 204
    assert read_invoice(client, key)["AmountDC"] == 224.2
    assert client.call("DELETE", f"{INVOICE_LINES}(guid'{line['ID']}')").status_code == 204
    assert read_invoice(client, key)["AmountDC"] == 24.2


def test_6_3_an_entry_is_in_the_books_at_once_by_the_rate_of_the_books(client):
    body = entry(
        client,
        {"AmountFC": 10.01, "VATCode": "E21"},
        {"AmountFC": 3.33, "VATCode": "N0"},
        Currency="GBP",
        YourRef="R1",
        ExternalLinkReference="TOK",
    )
    row = read_entry(client, created(client, ENTRIES, body)["EntryID"])
    assert (row["Type"], row["Status"], row["Rate"]) == (20, 20, 1.15)
    assert (row["AmountFC"], row["AmountDC"]) == (15.44, 17.76)
    lines = bookings(client)
    assert balances(lines) == {"1300": 17.76, "1500": -2.42, "8000": -15.34}
    assert {(line["YourRef"], line["ExternalLinkReference"], line["EntryNumber"], line["JournalCode"]) for line in lines} == {
        ("R1", "TOK", row["EntryNumber"], "70")
    }


def test_6_11_the_reference_on_transaction_lines_is_a_switch(sandbox, client):
    sandbox.switch(external_link_on_lines=False)
    created(client, ENTRIES, entry(client, ExternalLinkReference="TOK"))
    assert {line["ExternalLinkReference"] for line in bookings(client)} == {None}


def test_6_3_a_negative_total_makes_a_credit_note(client):
    row = read_entry(client, created(client, ENTRIES, entry(client, {"AmountFC": -100, "VATCode": "E21"}))["EntryID"])
    assert (row["Type"], row["AmountDC"]) == (21, -121)
    assert balances(bookings(client)) == {"1300": -121.0, "1500": 21.0, "8000": 100.0}


def test_6_3_a_rate_of_ones_own_is_used(client):
    row = read_entry(client, created(client, ENTRIES, entry(client, {"AmountFC": 100}, Currency="GBP", Rate=2))["EntryID"])
    assert row["AmountDC"] == 200


def test_6_3_an_entry_number_can_be_chosen_once(client):
    assert read_entry(client, created(client, ENTRIES, entry(client, EntryNumber=26700500))["EntryID"])["EntryNumber"] == 26700500
    taken = client.post(ENTRIES, entry(client, EntryNumber=26700500))
    assert (taken.status_code, error_text(taken)) == (500, "In gebruik: Boekstuknummer.")


def test_entries_change_and_go_with_their_bookings(client):
    key = created(client, ENTRIES, entry(client, YourRef="1"))["EntryID"]
    assert client.call("PUT", f"{ENTRIES}(guid'{key}')", {"YourRef": "2"}).status_code == 204
    assert {line["YourRef"] for line in bookings(client)} == {"2"}
    line = created(client, ENTRY_LINES, {"EntryID": key, "GLAccount": keys(client)["8010"], "AmountFC": 50})
    assert balances(bookings(client)) == {"1300": 171.0, "1500": -21.0, "8000": -100.0, "8010": -50.0}
    client.call("PUT", f"{ENTRY_LINES}(guid'{line['ID']}')", {"AmountFC": 60})
    assert read_entry(client, key)["AmountDC"] == 181
    client.call("DELETE", f"{ENTRY_LINES}(guid'{line['ID']}')")
    assert read_entry(client, key)["AmountDC"] == 121
    assert client.call("DELETE", f"{ENTRIES}(guid'{key}')").status_code == 204
    assert bookings(client) == []


def test_6_11_a_posted_key_is_ignored_unless_switched(sandbox, client):
    mine = "12345678-1234-4234-8234-123456789012"
    assert created(client, INVOICES, invoice(client, InvoiceID=mine))["InvoiceID"] != mine
    sandbox.switch(client_given_ids=True)
    assert created(client, INVOICES, invoice(client, InvoiceID=mine))["InvoiceID"] == mine


def test_the_same_document_twice_is_two_documents(client):
    for _ in range(2):
        created(client, INVOICES, invoice(client, YourRef="same"))
    assert len(client.rows(INVOICES, "YourRef eq 'same'", select="InvoiceID")) == 2


def test_the_order_of_transaction_lines_is_header_first(client):
    created(client, ENTRIES, entry(client))
    assert client.rows(LEDGER, "LineNumber eq 0 and JournalCode eq '70'", select="GLAccountCode")[0]["GLAccountCode"] == "1300"
    assert client.get(f"{DIVISION}/financial/FinancialPeriods").status_code == 200
