"""A tester plays the bookkeeper through the control door: drafts edited, processed, opened again, deleted; periods closed."""

from __future__ import annotations

import requests

from tests.sandbox.books import DIVISION, ENTRIES, INVOICES, PRINTED, entry, invoice
from tests.sandbox.driver import error_text


def this_month(sandbox):
    return tuple(int(part) for part in sandbox.control("GET", "clock")["now"][:7].split("-"))


def test_a_draft_is_edited_line_by_line_and_printed(sandbox, client):
    key = client.post(INVOICES, invoice(client, YourRef="R")).json()["d"]["InvoiceID"]
    sandbox.control("PATCH", f"documents/{key}", {"Description": "by hand"})
    changed = sandbox.control("PATCH", f"documents/{key}/lines/1", {"Quantity": 3})
    assert (changed["Description"], changed["AmountDC"], changed["lines"][0]["AmountFC"]) == ("by hand", 36.3, 30)
    more = sandbox.control("POST", f"documents/{key}/lines", {"Item": changed["lines"][0]["Item"], "NetPrice": 5, "VATCode": "N0"})
    assert (len(more["lines"]), more["AmountDC"]) == (2, 41.3)
    assert sandbox.control("DELETE", f"documents/{key}/lines/2")["AmountDC"] == 36.3
    printed = sandbox.control("POST", f"documents/{key}/process")
    assert (printed["Status"], printed["InvoiceNumber"]) == (50, 20000001)
    assert error_text(client.call("PUT", f"{INVOICES}(guid'{key}')", {"YourRef": "x"})) == "Reeds verwerkt"
    assert error_text(client.call("DELETE", f"{INVOICES}(guid'{key}')")) == "Reeds verwerkt"
    assert error_text(client.post(PRINTED, {"InvoiceID": key})) == "Reeds verwerkt"


def test_an_entry_is_processed_opened_again_changed_and_deleted(sandbox, client):
    key = client.post(ENTRIES, entry(client)).json()["d"]["EntryID"]
    assert sandbox.control("POST", f"documents/{key}/process")["Status"] == 50
    assert error_text(client.call("PUT", f"{ENTRIES}(guid'{key}')", {"YourRef": "x"})) == "Reeds verwerkt"
    assert sandbox.control("POST", f"documents/{key}/reopen")["Status"] == 20
    assert sandbox.control("PATCH", f"documents/{key}/lines/1", {"AmountFC": 200})["AmountDC"] == 242
    assert sandbox.control("DELETE", f"documents/{key}") == {"deleted": key}
    assert sandbox.documents() == []


def test_acts_that_make_no_sense_are_refused(sandbox, client):
    key = client.post(INVOICES, invoice(client)).json()["d"]["InvoiceID"]
    door = f"{sandbox.url}/control/documents/{key}"
    assert requests.post(f"{door}/reopen", timeout=5).status_code == 400
    assert requests.patch(f"{door}/lines/9", data='{"Quantity": 1}', timeout=5).status_code == 400
    assert requests.put(door, data="{}", timeout=5).status_code == 400


def test_a_closed_period_takes_no_entry_and_lets_none_go(sandbox, client):
    year, month = this_month(sandbox)
    key = client.post(ENTRIES, entry(client)).json()["d"]["EntryID"]
    close = {"division": DIVISION, "year": year, "period": month}
    sandbox.control("POST", "periods", {**close, "closed": True})
    for refused in (
        client.post(ENTRIES, entry(client)),
        client.call("PUT", f"{ENTRIES}(guid'{key}')", {"YourRef": "x"}),
        client.call("DELETE", f"{ENTRIES}(guid'{key}')"),
    ):
        assert (refused.status_code, error_text(refused)) == (500, "Afgesloten: Periode")
    sandbox.control("POST", "periods", {**close, "closed": False})
    assert client.call("DELETE", f"{ENTRIES}(guid'{key}')").status_code == 204


def test_a_period_is_closed_for_one_journal_only(sandbox, client):
    year, month = this_month(sandbox)
    close = {"division": DIVISION, "year": year, "period": month, "closed": True}
    sandbox.control("POST", "periods", {**close, "journal": "20"})
    assert client.post(ENTRIES, entry(client)).status_code == 201
    sandbox.control("POST", "periods", {**close, "journal": "70"})
    assert error_text(client.post(ENTRIES, entry(client))) == "Afgesloten: Periode"
    listed = sandbox.control("GET", "periods", division=DIVISION)["periods"]
    assert [row["closed_journals"] for row in listed if (row["year"], row["period"]) == (year, month)] == [["20", "70"]]


def test_a_year_that_is_missing_is_opened(sandbox, client):
    old = {"EntryDate": "1999-12-31T00:00:00"}
    assert error_text(client.post(ENTRIES, entry(client, **old))) == "Verplicht: Boekjaar"
    assert sandbox.control("POST", "periods", {"division": DIVISION, "year": 1999, "closed": False}) == {"changed": 12}
    assert client.post(ENTRIES, entry(client, **old)).status_code == 201
    sandbox.control("POST", "periods", {"division": DIVISION, "year": 1999, "closed": True})
    assert error_text(client.post(ENTRIES, entry(client, **old))) == "Afgesloten: Periode"


def test_a_credit_invoice_reads_as_the_switch_says(sandbox, client):
    def amount(quantity: int, how: str) -> float:
        sandbox.switch(credit_sign=how)
        body = invoice(client, {"Quantity": quantity, "NetPrice": 10, "VATCode": "E21"}, {"Quantity": -quantity, "NetPrice": 1}, Type=8021)
        key = client.post(INVOICES, body).json()["d"]["InvoiceID"]
        return client.get(f"{INVOICES}(guid'{key}')").json()["d"]["AmountDC"]

    assert [amount(quantity, "either") for quantity in (2, -2)] == [-21.78, -21.78]
    assert [amount(quantity, "positive") for quantity in (2, -2)] == [-21.78, 21.78]
    assert [amount(quantity, "negative") for quantity in (2, -2)] == [21.78, -21.78]
