"""What a bookkeeper refuses, in three languages, and what OData refuses before him (FACTS 3.15, 3.16)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from include.sandbox import texts
from tests.sandbox.books import DIVISION, ENTRIES, INVOICES, entry, invoice, keys
from tests.sandbox.driver import error_text

NOBODY = "00000000-0000-0000-0000-000000000001"
TOP_LEVEL = "Error processing request stream. The request should be a valid top-level resource object."


def relation(code):
    return lambda client: {"Customer": keys(client)[code]}


def line(**fields):
    return lambda client: {"SalesEntryLines": [{"GLAccount": keys(client)["8000"], "AmountFC": 1, **fields}]}


def account_line(code):
    return lambda client: {"SalesEntryLines": [{"GLAccount": keys(client)[code], "AmountFC": 1}]}


ENTRY_REFUSALS = {
    "no customer": ({"Customer": None}, "Verplicht: Factuur voor"),
    "unknown customer": ({"Customer": NOBODY}, "Ongeldige referentie: Factuur voor"),
    "supplier": (relation("40"), "Ongeldig: Factuur voor (Type)"),
    "blocked customer": (relation("30"), "Geblokkeerd: Factuur voor"),
    "no journal": ({"Journal": None}, "Verplicht: Dagboek"),
    "unknown journal": ({"Journal": "99"}, "Ongeldige referentie: Dagboek"),
    "bank journal": ({"Journal": "20"}, "Ongeldig: Dagboek (Type)"),
    "blocked journal": ({"Journal": "71"}, "Geblokkeerd: Dagboek"),
    "no lines": ({"SalesEntryLines": []}, "Verplicht: Regels"),
    "no ledger account": (line(GLAccount=None), "Verplicht: Grootboekrekening"),
    "unknown ledger account": (line(GLAccount=NOBODY), "Ongeldige referentie: Grootboekrekening"),
    "blocked ledger account": (account_line("8999"), "Geblokkeerd: Grootboekrekening"),
    "debtors as revenue": (account_line("1300"), "Ongeldig: Grootboekrekeningtype"),
    "no amount": (line(AmountFC=None), "Verplicht: Bedrag"),
    "unknown VAT code": (line(VATCode="ZZ"), "Ongeldige referentie: Btw-code"),
    "blocked VAT code": (line(VATCode="OLD"), "Geblokkeerd: Btw-code"),
    "unknown currency": ({"Currency": "XXX"}, "Ongeldige referentie: Valuta"),
    "inactive currency": ({"Currency": "USD"}, "Niet actief: Valuta"),
    "currency without a rate": ({"Currency": "CHF"}, "Verplicht: Wisselkoers"),
    "no financial year": ({"EntryDate": "1999-12-31T00:00:00"}, "Verplicht: Boekjaar"),
    "unknown payment condition": ({"PaymentCondition": "99"}, "Ongeldige referentie: Betalingsconditie"),
}


def books_of(sandbox):
    return sandbox.documents(), sandbox.control("GET", "trial-balance")


@pytest.mark.parametrize("case", ENTRY_REFUSALS)
def test_an_entry_is_refused_with_500_and_the_books_stay_as_they_were(sandbox, client, case):
    change, text = ENTRY_REFUSALS[case]
    client.post(ENTRIES, entry(client))
    before = books_of(sandbox)
    refused = client.post(ENTRIES, {**entry(client), **(change(client) if callable(change) else change)})
    assert (refused.status_code, error_text(refused)) == (500, text)
    assert books_of(sandbox) == before


def test_an_invoice_without_anything_names_all_that_is_missing(client):
    refused = client.post(INVOICES, {})
    assert error_text(refused) == "Verplicht: Besteld door\r\nVerplicht: Factuur voor\r\nVerplicht: Regels"


def test_a_contact_instead_of_a_relation_is_refused_in_the_words_that_were_seen(client):
    refused = client.post(INVOICES, {**invoice(client), "OrderedBy": NOBODY})
    assert error_text(refused).split("\r\n") == [
        "Ongeldige referentie: Besteld door",
        "Ongeldige referentie: Factuur voor",
        "Ongeldige referentie: Leveren aan",
    ]


def test_an_invoice_wants_known_items(client):
    assert error_text(client.post(INVOICES, invoice(client, {"Item": None}))) == "Verplicht: Artikel"
    assert error_text(client.post(INVOICES, invoice(client, {"Item": NOBODY}))) == "Ongeldige referentie: Artikel"


def test_a_closed_period_is_refused_when_an_entry_is_booked_or_an_invoice_printed(sandbox, client):
    year, month = (int(part) for part in sandbox.control("GET", "clock")["now"][:7].split("-"))
    key = client.post(INVOICES, invoice(client)).json()["d"]["InvoiceID"]
    sandbox.control("POST", "periods", {"division": DIVISION, "year": year, "period": month, "closed": True})
    assert error_text(client.post(ENTRIES, entry(client))) == "Afgesloten: Periode"
    assert error_text(client.post(f"{DIVISION}/salesinvoice/PrintedSalesInvoices", {"InvoiceID": key})) == "Afgesloten: Periode"
    sandbox.control("POST", "periods", {"division": DIVISION, "year": year, "period": month, "closed": False})
    assert client.post(ENTRIES, entry(client)).status_code == 201


@pytest.mark.parametrize(
    ("language", "text"), [("NL", "Verplicht: Dagboek"), ("EN", "Mandatory: Journal"), ("FR", "Obligatoire : Journal")]
)
def test_3_15_the_language_is_the_users(sandbox, client, language, text):
    sandbox.control("POST", "users", {"name": "tester", "language": language})
    assert error_text(client.post(ENTRIES, {**entry(client), "Journal": None})) == text


def test_every_text_exists_in_three_languages_and_says_whether_it_is_real():
    book = json.loads((Path(texts.__file__).parent / "texts.json").read_text("utf-8"))
    for words in book["texts"].values():
        assert set(words) == {"nl", "en", "fr", "real"}
        assert set(words["real"]) <= {"nl", "en", "fr"}
    assert all(set(words) == {"nl", "en", "fr"} for words in book["fields"].values())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"1",
        b"{",
        b"\xff\xfe",
        b'{"YourRef": "\\ud800"}',
        b"[" * 100_000,
        b'{"YourRef": NaN}',
        b'{"YourRef": ' + b"1" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_object_is_refused_with_400(sandbox, client, body):
    refused = client.call("POST", ENTRIES, body)
    assert (refused.status_code, error_text(refused)) in {(400, TOP_LEVEL), (400, error_text(refused))}
    assert sandbox.documents() == []


@pytest.mark.parametrize("lines", [{"GLAccount": NOBODY, "AmountFC": 1}, "x", 1, [1], [None], {"results": []}])
def test_3_19_lines_must_be_an_array_of_objects(client, lines):
    refused = client.post(ENTRIES, {**entry(client), "SalesEntryLines": lines})
    assert (refused.status_code, error_text(refused)) == (400, TOP_LEVEL)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Customer", "not a guid"),
        ("Customer", 5),
        ("YourRef", True),
        ("YourRef", ["x"]),
        ("EntryDate", "yesterday"),
        ("EntryDate", 5),
        ("EntryDate", "99999-01-01"),
        ("Rate", "much"),
        ("Rate", True),
        ("Rate", {}),
        ("Rate", "NaN"),
        ("Rate", 10**400),
        ("ReportingPeriod", 1.5),
        ("ReportingPeriod", 70_000),
        ("Reversal", "yes"),
        ("EntryNumber", 2**31),
    ],
)
def test_3_16_a_value_of_the_wrong_type_is_refused_with_400(sandbox, client, name, value):
    sandbox.switch(error_block=False)
    refused = client.post(ENTRIES, {**entry(client), name: value})
    assert refused.status_code == 400
    assert f"'{name}'" in error_text(refused)
    assert sandbox.documents() == []


def test_3_16_an_unknown_property_is_named(client):
    refused = client.post(ENTRIES, {**entry(client), "NotAField": 1})
    expected = (
        "Error processing request stream. The property name 'NotAField' specified for type 'Exact.Web.Api.Models.SalesEntry' is not valid."
    )
    assert (refused.status_code, error_text(refused)) == (400, expected)


def test_2_9_more_than_ten_megabytes_are_refused(client):
    assert client.call("POST", ENTRIES, b'{"YourRef": "' + b"x" * (10 * 1024 * 1024) + b'"}').status_code == 413


def test_doubtful_lengths_are_enforced_by_switch(sandbox, client):
    assert client.post(INVOICES, invoice(client, Description="x" * 61)).status_code == 201
    sandbox.switch(enforce_doubtful_lengths=True)
    assert error_text(client.post(INVOICES, invoice(client, Description="x" * 61))) == "Te lang: Omschrijving"
    assert client.post(f"{DIVISION}/logistics/Items", {"Code": "L", "Description": "x" * 61}).status_code == 500


def test_negative_prices_are_refused_by_switch(sandbox, client):
    assert client.post(INVOICES, invoice(client, {"NetPrice": -1})).status_code == 201
    sandbox.switch(refuse_negative_price=True)
    assert error_text(client.post(INVOICES, invoice(client, {"NetPrice": -1}))) == "Niet toegestaan: Negatieve prijs"


def test_an_absurd_amount_is_refused(client):
    assert client.post(ENTRIES, entry(client, {"AmountFC": 1e200})).status_code == 500
    assert client.post(INVOICES, invoice(client, {"Quantity": 1e200, "NetPrice": 1e200})).status_code == 500


def test_6_7_relations_items_and_addresses(client):
    accounts = f"{DIVISION}/crm/Accounts"
    made = client.post(accounts, {"Name": "New B.V.", "Code": "77", "Status": "C"}).json()["d"]
    assert made["Code"] == "77".rjust(18)
    assert error_text(client.post(accounts, {"Name": "Again", "Code": "77"})) == "Gegeven bestaat reeds."
    assert error_text(client.post(accounts, {"Code": "78"})) == "Verplicht: Naam"
    client.post(ENTRIES, {**entry(client), "Customer": made["ID"]})
    refused = client.call("DELETE", f"{accounts}(guid'{made['ID']}')")
    assert error_text(refused) == "Kan niet verwijderen: Relatie - Gebruikt in: Documenten"
    address = {"Account": made["ID"], "Type": 4, "AddressLine1": "Dorpsstraat 1", "City": "Delft", "Country": "NL"}
    first = client.post(f"{DIVISION}/crm/Addresses", address).json()["d"]["ID"]
    assert client.post(f"{DIVISION}/crm/Addresses", address).json()["d"]["ID"] == first
    assert client.post(f"{DIVISION}/crm/Contacts", {"Account": made["ID"], "FirstName": "A", "LastName": "B"}).status_code == 201
    assert client.post(f"{DIVISION}/financial/ExchangeRates", {"SourceCurrency": "CHF", "Rate": 1.05}).status_code == 201
    assert client.post(ENTRIES, entry(client, Currency="CHF")).status_code == 201
