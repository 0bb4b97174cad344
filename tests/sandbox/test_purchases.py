"""Purchase entries and their documents (FACTS 6.4, 6.10)."""

from __future__ import annotations

import base64

import pytest

from tests.sandbox.company import balances, changed, deleted, keys, made, path, purchase, row_of, sale
from tests.sandbox.driver import error_text

PURCHASES, LINES = "purchaseentry/PurchaseEntries", "purchaseentry/PurchaseEntryLines"
DOCUMENTS, FILES = "documents/Documents", "documents/DocumentAttachments"


def test_6_4_a_purchase_is_in_the_books_at_once_with_an_automatic_document(client):
    body = purchase(client, {"AmountFC": 100, "VATCode": "E21", "Description": "Paper"}, YourRef="INV-1")
    row = row_of(client, PURCHASES, made(client, PURCHASES, body)["EntryID"])
    assert (row["Type"], row["Status"], row["AmountDC"], row["VATAmountDC"], row["SupplierName"]) == (30, 20, 121, 21, "Supplier B.V.")
    assert row["EntryNumber"] == row["InvoiceNumber"]
    assert balances(client) == {"1520": 21, "1600": -121, "4000": 100}
    document = row_of(client, DOCUMENTS, row["Document"])
    assert (document["Type"], document["FinancialTransactionEntryID"], document["AmountFC"]) == (20, row["EntryID"], 121)
    assert (row["DocumentNumber"], row["DocumentSubject"]) == (document["HID"], document["Subject"])


def test_6_4_a_negative_total_makes_a_credit_note(client):
    row = row_of(client, PURCHASES, made(client, PURCHASES, purchase(client, {"AmountFC": -50, "VATCode": "E21"}))["EntryID"])
    assert (row["Type"], row["AmountDC"]) == (31, -60.5)
    assert balances(client) == {"1520": -10.5, "1600": 60.5, "4000": -50}


def test_6_4_vat_inside_an_amount_and_lines_on_many_accounts(client):
    lines = (
        {"AmountFC": 121, "VATCode": "I21"},
        {"AmountFC": 10, "VATCode": "N0", "GLAccount": keys(client)["gl:4010"], "CostCenter": "SHOP"},
    )
    row = row_of(client, PURCHASES, made(client, PURCHASES, purchase(client, *lines))["EntryID"])
    assert (row["AmountDC"], row["VATAmountDC"]) == (131, 21)
    assert balances(client) == {"1520": 21, "1600": -131, "4000": 100, "4010": 10}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Supplier": None}, "Verplicht: Leverancier"),
        ({"Supplier": "account:1"}, "Ongeldig: Leverancier (Type)"),
        ({"Journal": "70"}, "Ongeldig: Dagboek (Type)"),
        ({"PurchaseEntryLines": []}, "Verplicht: Regels"),
        ({"EntryDate": "1999-12-31T00:00:00"}, "Verplicht: Boekjaar"),
        ({"Document": "00000000-0000-0000-0000-000000000001"}, "Ongeldige referentie: Document"),
        ({"Currency": "USD"}, "Niet actief: Valuta"),
    ],
)
def test_6_4_a_purchase_is_refused_and_nothing_is_booked(client, change, text):
    named = {name: keys(client).get(value, value) if isinstance(value, str) else value for name, value in change.items()}
    refused = client.post(path(PURCHASES), {**purchase(client), **named})
    assert (refused.status_code, error_text(refused)) == (500, text)
    assert balances(client) == {}
    assert client.all_rows(path("sync/Documents/Documents"), "Timestamp gt 1L", select="ID") == []


@pytest.mark.parametrize(("code", "text"), [("gl:4999", "Geblokkeerd: Grootboekrekening"), ("gl:1600", "Ongeldig: Grootboekrekeningtype")])
def test_6_4_costs_are_not_booked_on_a_blocked_account_or_on_creditors(client, code, text):
    assert error_text(client.post(path(PURCHASES), purchase(client, {"AmountFC": 1, "GLAccount": keys(client)[code]}))) == text


def test_6_4_a_purchase_changes_with_its_lines_and_goes(client):
    key = made(client, PURCHASES, purchase(client))["EntryID"]
    line = made(client, LINES, {"EntryID": key, "GLAccount": keys(client)["gl:4010"], "AmountFC": 20})
    assert balances(client) == {"1520": 21, "1600": -141, "4000": 100, "4010": 20}
    assert changed(client, LINES, line["ID"], {"AmountFC": 30}).status_code == 204
    assert changed(client, PURCHASES, key, {"YourRef": "changed"}).status_code == 204
    assert (row_of(client, PURCHASES, key)["AmountDC"], row_of(client, PURCHASES, key)["YourRef"]) == (151, "changed")
    document = row_of(client, PURCHASES, key)["Document"]
    assert error_text(deleted(client, DOCUMENTS, document)) == "Kan niet verwijderen: Document - In gebruik"
    assert deleted(client, PURCHASES, key).status_code == 204
    assert balances(client) == {}
    assert deleted(client, DOCUMENTS, document).status_code == 204


def test_a_processed_purchase_stays(sandbox, client):
    key = made(client, PURCHASES, purchase(client))["EntryID"]
    assert sandbox.control("POST", f"documents/{key}/process")["Status"] == 50
    assert error_text(deleted(client, PURCHASES, key)) == "Reeds verwerkt"


def test_6_10_a_document_and_its_scan_are_two_posts(client):
    content = base64.b64encode(b"%PDF-1.4 scan").decode()
    document = made(client, DOCUMENTS, {"Subject": "Scan of INV-1", "Type": 20, "Account": keys(client)["account:40"]})
    file = made(client, FILES, {"Document": document["ID"], "FileName": "scan.pdf", "Attachment": content})
    assert (file["FileSize"], file["FileName"]) == (13, "scan.pdf")
    assert "SysAttachment.aspx" in file["Url"]
    assert client.http.get(file["Url"], headers=client.headers(), timeout=5).content == b"%PDF-1.4 scan"
    assert client.http.get(file["Url"], timeout=5).status_code == 401
    assert client.http.get(file["Url"].replace(file["ID"], document["ID"]), headers=client.headers(), timeout=5).status_code == 404
    entry = row_of(client, PURCHASES, made(client, PURCHASES, purchase(client, Document=document["ID"]))["EntryID"])
    assert (entry["Document"], entry["DocumentSubject"]) == (document["ID"], "Scan of INV-1")
    read = row_of(client, DOCUMENTS, document["ID"])
    assert (read["FinancialTransactionEntryID"], read["AccountName"]) == (entry["EntryID"], "Supplier B.V.")
    assert len(client.rows(path(DOCUMENTS), "Subject eq 'Scan of INV-1'", select="ID")) == 1


def test_6_10_documents_want_a_subject_a_known_type_and_content(client):
    assert set(error_text(client.post(path(DOCUMENTS), {})).split("\r\n")) == {"Verplicht: Onderwerp", "Verplicht: Type"}
    assert error_text(client.post(path(DOCUMENTS), {"Subject": "x", "Type": 9999})) == "Ongeldige referentie: Type"
    document = made(client, DOCUMENTS, {"Subject": "x", "Type": 55})["ID"]
    bad = {"Document": document, "FileName": "x.pdf", "Attachment": "no base64!"}
    assert error_text(client.post(path(FILES), bad)) == "Ongeldig: Bijlage"
    assert deleted(client, DOCUMENTS, document).status_code == 204


def test_6_10_an_orphan_document_keeps_its_relation(client):
    account = made(client, "crm/Accounts", {"Name": "Short-lived", "IsSupplier": True})["ID"]
    document = made(client, DOCUMENTS, {"Subject": "left alone", "Type": 55, "Account": account})["ID"]
    assert error_text(deleted(client, "crm/Accounts", account)) == "Kan niet verwijderen: Relatie - Gebruikt in: Documenten"
    deleted(client, DOCUMENTS, document)
    assert deleted(client, "crm/Accounts", account).status_code == 204


def test_6_5_creditors_are_open_items_too(client):
    entry = row_of(client, PURCHASES, made(client, PURCHASES, purchase(client, YourRef="INV-9"))["EntryID"])
    sale(client)
    term = client.rows(path("cashflow/Payments"), "YourRef eq 'INV-9'", select="AmountDC,TransactionAmountDC,Status,EntryNumber")[0]
    assert (term["AmountDC"], term["TransactionAmountDC"], term["Status"]) == (121, -121, 20)
    assert term["EntryNumber"] == entry["EntryNumber"]
    feed = client.all_rows(path("sync/Cashflow/PaymentTerms"), "Timestamp gt 1L", select="LineType,AmountDC")
    assert sorted((row["LineType"], row["AmountDC"]) for row in feed) == [(20, -121), (22, 121)]


def test_the_books_of_a_checker_and_the_pages_show_purchases(sandbox, client):
    key = made(client, PURCHASES, purchase(client, YourRef="INV-7"))["EntryID"]
    shown = sandbox.control("GET", "books", your_ref="INV-7")["documents"]
    assert [(each["kind"], each["id"], each["amount_dc"], each["account_code"]) for each in shown] == [
        ("purchase_entry", key, "121.00", "40")
    ]
    assert shown[0]["line_amounts"][0]["gl_account_code"] == "4000"
    page = client.http.get(f"{sandbox.url}/documents/{key}", timeout=5)
    assert (page.status_code, "Purchase entry" in page.text, "INV-7" in page.text) == (200, True, True)
    assert "INV-7" in client.http.get(f"{sandbox.url}/companies/200", timeout=5).text
