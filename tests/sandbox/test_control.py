"""The control door: books, log, clock, switches, the bookkeeper's hand."""

from __future__ import annotations

import json

import requests

from tests.sandbox.books import DIVISION, ENTRIES, INVOICES, entry, invoice
from tests.sandbox.driver import error_text


def test_books_tell_everything_of_every_document(sandbox, client):
    lines = ({"Quantity": 3, "NetPrice": 1.99, "VATCode": "E21"}, {"Quantity": 1, "NetPrice": 5, "VATCode": "N0"})
    client.post(INVOICES, invoice(client, *lines, YourRef="R1", Description="TOK1"))
    client.post(ENTRIES, entry(client, YourRef="R2", ExternalLinkReference="TOK2", Currency="GBP"))
    first, second = sandbox.documents()
    assert (first["kind"], first["division"], first["your_ref"], first["description"], first["account_code"]) == (
        "sales_invoice",
        100,
        "R1",
        "TOK1",
        "1",
    )
    assert (first["currency"], first["amount_fc"], first["amount_dc"], first["vat_fc"], first["lines"]) == (
        "EUR",
        "12.22",
        "12.22",
        "1.25",
        2,
    )
    assert first["vat_by_code"] == {"E21": {"amount_fc": "5.97", "vat_fc": "1.25"}, "N0": {"amount_fc": "5.00", "vat_fc": "0.00"}}
    assert (first["status"], first["number"]) == (20, None)
    assert (second["kind"], second["external_link_reference"], second["amount_fc"], second["amount_dc"]) == (
        "sales_entry",
        "TOK2",
        "121.00",
        "139.15",
    )
    assert abs(first["created_ms"] - sandbox.control("GET", "clock")["now_ms"]) < 10_000
    assert sandbox.documents(your_ref="R2") == [second]


def test_books_come_in_pages_as_well(sandbox, client):
    for number in range(3):
        client.post(ENTRIES, entry(client, YourRef=str(number)))
    page = sandbox.control("GET", "books", kind="sales_entry", after=0)
    assert ([document["your_ref"] for document in page["documents"]], page["next"]) == (["0", "1", "2"], None)


def test_the_trial_balance_adds_up_to_zero(sandbox, client):
    client.post(ENTRIES, entry(client, {"AmountFC": 33.33, "VATCode": "E21"}, Currency="GBP"))
    balance = next(each for each in sandbox.control("GET", "trial-balance")["divisions"] if each["division"] == DIVISION)
    assert balance["sum_dc"] == "0.00"
    assert {each["code"] for each in balance["balances"]} == {"1300", "1500", "8000"}


def test_calls_are_logged_with_what_they_did(sandbox, client):
    key = client.post(ENTRIES, entry(client)).json()["d"]["EntryID"]
    client.get(ENTRIES, "Nonsense eq 1")
    posted, refused = sandbox.calls()[-2:]
    assert (posted["method"], posted["endpoint"], posted["status"], posted["committed"], posted["row_key"]) == (
        "POST",
        "salesentry/SalesEntries",
        201,
        1,
        key,
    )
    assert (posted["client_id"], posted["division"], posted["counted"], posted["error_counted"]) == ("app-one", 100, 1, 0)
    assert posted["received"] <= posted["answered"]
    assert (refused["status"], refused["error_counted"]) == (400, 1)
    summary = sandbox.control("GET", "calls/summary")
    assert summary["errors_counted"] == 1
    assert (summary["http_429"], summary["http_429_injected"]) == (0, 0)


def test_429s_are_told_apart(sandbox, client):
    sandbox.fault("too_many_requests")
    client.get(ENTRIES, "Journal eq '70'")
    client.post(ENTRIES, {})
    sandbox.control("POST", "limits", {"minutely": 0})
    client.post(ENTRIES, {})
    summary = sandbox.control("GET", "calls/summary")
    assert (summary["http_429"], summary["http_429_injected"]) == (1, 1)


def test_the_bookkeeper_processes_edits_and_deletes_by_hand(sandbox, client):
    key = client.post(INVOICES, invoice(client, YourRef="R")).json()["d"]["InvoiceID"]
    assert sandbox.control("PATCH", f"documents/{key}", {"YourRef": "by hand"})["YourRef"] == "by hand"
    assert sandbox.control("POST", f"documents/{key}/process")["InvoiceNumber"] == 20000001
    other = client.post(INVOICES, invoice(client)).json()["d"]["InvoiceID"]
    sandbox.control("DELETE", f"documents/{other}")
    assert client.get(f"{INVOICES}(guid'{other}')").status_code == 404
    entered = client.post(ENTRIES, entry(client)).json()["d"]["EntryID"]
    assert sandbox.control("POST", f"documents/{entered}/process")["Status"] == 50
    assert error_text(client.call("DELETE", f"{ENTRIES}(guid'{entered}')")) == "Reeds verwerkt"
    assert requests.get(f"{sandbox.url}/control/documents/{other}", timeout=5).status_code == 404
    assert requests.patch(f"{sandbox.url}/control/documents/{entered}", data='{"Colour": 1}', timeout=5).status_code == 400


def test_relations_and_other_rows_are_made_changed_and_blocked(sandbox, client):
    made = sandbox.control("POST", "accounts", {"division": DIVISION, "Code": "500", "Name": "Five hundred"})
    assert (made["Status"], made["Code"]) == ("C", "500".rjust(18))
    assert client.post(ENTRIES, {**entry(client), "Customer": made["ID"]}).status_code == 201
    sandbox.control("POST", "accounts", {"division": DIVISION, "Code": "500", "Blocked": True})
    assert error_text(client.post(ENTRIES, {**entry(client), "Customer": made["ID"]})) == "Geblokkeerd: Factuur voor"
    sandbox.control("POST", "rows", {"endpoint": "financial/GLAccounts", "division": DIVISION, "Code": "8000", "IsBlocked": True})
    assert error_text(client.post(ENTRIES, entry(client))) == "Geblokkeerd: Grootboekrekening"
    sandbox.control(
        "POST", "rows", {"endpoint": "vat/VATCodes", "division": DIVISION, "Code": "E6", "Description": "6 %", "Percentage": 0.06}
    )
    sandbox.control("DELETE", "rows", {"endpoint": "logistics/Items", "division": DIVISION, "Code": "B2"})
    assert client.rows(f"{DIVISION}/logistics/Items", "Code eq 'B2'") == []


def test_the_clock_can_be_moved_and_the_date_header_follows(sandbox, client):
    sandbox.control("POST", "clock", {"offset_s": 86_400 * 365})
    assert str(int(sandbox.control("GET", "clock")["now"][:4])) in requests.get(sandbox.url, timeout=5).headers["Date"]
    assert sandbox.control("POST", "clock", {"offset_s": 0})["offset_s"] == 0


def test_unknown_switches_and_routes_are_refused(sandbox):
    for path, body in (
        ("switches", {"colour": 1}),
        ("switches", {"rotation": 1}),
        ("rows", {"endpoint": "x/Y", "division": 1}),
        ("users", {"name": "tester", "language": "DE"}),
    ):
        assert requests.post(f"{sandbox.url}/control/{path}", data=json.dumps(body), timeout=5).status_code == 400
    assert "GET /control/health" in requests.get(f"{sandbox.url}/control/nothing", timeout=5).json()["routes"]


def test_a_reset_goes_back_to_the_beginning(sandbox, client):
    client.post(ENTRIES, entry(client))
    sandbox.switch(rotation="lenient")
    sandbox.reset()
    assert sandbox.documents() == []
    assert sandbox.calls() == []
    assert sandbox.control("GET", "switches")["rotation"] == "strict"
    assert client.post(ENTRIES, entry(client)).status_code == 201
