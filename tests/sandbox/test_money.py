"""Bank, cash and general journal entries, and the receivables that follow them (FACTS 6.5, 6.9)."""

from __future__ import annotations

import pytest

from tests.sandbox.company import balances, bank, changed, deleted, keys, made, path, row_of, sale
from tests.sandbox.driver import error_text

BANK, BANK_LINES, CASH = "financialtransaction/BankEntries", "financialtransaction/BankEntryLines", "financialtransaction/CashEntries"
JOURNAL, JOURNAL_LINES = "generaljournalentry/GeneralJournalEntries", "generaljournalentry/GeneralJournalEntryLines"
RECEIVABLES, TERMS = "cashflow/Receivables", "sync/Cashflow/PaymentTerms"
TERM = "ID,AmountDC,TransactionAmountDC,Status,IsFullyPaid,InvoiceNumber,LastPaymentDate,TransactionID"


def receivables(client, where=""):
    rows = client.rows(path(RECEIVABLES), where, select=TERM)
    return sorted((row["Status"], row["AmountDC"], row["IsFullyPaid"]) for row in rows)


def journal(client, *lines, **header):
    whole = [{"GLAccount": keys(client)[f"gl:{code}"], "AmountFC": amount} for code, amount in lines]
    return {"JournalCode": "90", **header, "GeneralJournalEntryLines": whole}


def test_6_9_a_bank_entry_books_its_lines_and_leads_to_its_closing_balance(client):
    body = bank(client, {"AmountFC": 121}, {"AmountFC": -21, "GLAccount": keys(client)["gl:4000"], "Account": None}, OpeningBalanceFC=1000)
    row = row_of(client, BANK, made(client, BANK, body)["EntryID"])
    assert (row["OpeningBalanceFC"], row["ClosingBalanceFC"], row["Status"], row["JournalDescription"]) == (1000, 1100, 20, "Bank")
    assert balances(client) == {"1100": 100, "1300": -121, "4000": 21}
    lines = client.rows(path(BANK_LINES), f"EntryID eq guid'{row['EntryID']}'", select="LineNumber,AmountDC,GLAccountCode,AccountName")
    assert [(line["LineNumber"], line["AmountDC"]) for line in sorted(lines, key=lambda line: line["LineNumber"])] == [(1, 121), (2, -21)]
    booked = client.all_rows(path("sync/Financial/TransactionLines"), "Timestamp gt 1L", select="Type,EntryNumber")
    assert {(line["Type"], line["EntryNumber"]) for line in booked} == {(40, row["EntryNumber"])}


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ({"JournalCode": None}, "Verplicht: Dagboek"),
        ({"JournalCode": "70"}, "Ongeldig dagboek. Het dagboek moet een bankdagboek zijn"),
        ({"ClosingBalanceFC": 9}, "Beginsaldo plus alle regels moet het eindsaldo opleveren"),
        ({"BankEntryLines": []}, "Verplicht: Regels"),
        ({"FinancialYear": 1999, "FinancialPeriod": 1}, "Verplicht: Boekjaar"),
    ],
)
def test_6_9_a_bank_entry_is_refused_and_nothing_is_booked(client, header, text):
    refused = client.post(path(BANK), {**bank(client, {"AmountFC": 10}), **header})
    assert (refused.status_code, error_text(refused)) == (500, text)
    assert balances(client) == {}


def test_6_9_lines_on_debtors_want_a_relation_and_none_is_on_the_bank_itself(client):
    assert error_text(client.post(path(BANK), bank(client, {"AmountFC": 1, "Account": None}))) == "Verplicht: Relatie"
    on_itself = bank(client, {"AmountFC": 1, "GLAccount": keys(client)["gl:1100"]})
    assert error_text(client.post(path(BANK), on_itself)) == "Ongeldig: Grootboekrekeningtype"


def test_6_9_the_opening_balance_follows_the_last_closing_balance(sandbox, client):
    made(client, BANK, bank(client, {"AmountFC": 50}, OpeningBalanceFC=100))
    stale = bank(client, {"AmountFC": 5}, OpeningBalanceFC=100, ClosingBalanceFC=105)
    assert error_text(client.post(path(BANK), stale)) == "Ongeldig: Beginsaldo"
    follows = row_of(client, BANK, made(client, BANK, bank(client, {"AmountFC": 5}))["EntryID"])
    assert (follows["OpeningBalanceFC"], follows["ClosingBalanceFC"]) == (150, 155)
    sandbox.switch(opening_balance_follows=False)
    assert client.post(path(BANK), stale).status_code == 201


def test_6_9_cash_has_journals_of_its_own_and_amounts_may_include_vat(client):
    line = {"GLAccount": keys(client)["gl:4000"], "AmountFC": -12.1, "VATCode": "E21"}
    wrong = client.post(path(CASH), {"JournalCode": "20", "CashEntryLines": [line]})
    assert error_text(wrong) == "Ongeldig dagboek. Het dagboek moet een kasdagboek zijn"
    assert client.post(path(CASH), {"Journal": "10", "CashEntryLines": [line]}).status_code == 400
    made(client, CASH, {"JournalCode": "10", "OpeningBalanceFC": 100, "ClosingBalanceFC": 87.9, "CashEntryLines": [line]})
    assert balances(client) == {"1000": -12.1, "1500": 2.1, "4000": 10}


def test_6_5_a_sale_is_to_be_received_until_the_bank_says_so(client):
    entry = sale(client, YourRef="S-1")
    term = client.rows(path(RECEIVABLES), "YourRef eq 'S-1'", select=f"{TERM},AccountCode,DueDate,RateFC,Journal,EntryID")[0]
    assert (term["AmountDC"], term["TransactionAmountDC"], term["Status"], term["IsFullyPaid"]) == (-121, 121, 20, False)
    assert (term["InvoiceNumber"], term["Journal"], term["DueDate"]) == (entry["InvoiceNumber"], "70", entry["DueDate"])
    made(client, BANK, bank(client, {"AmountFC": 121, "OurRef": entry["InvoiceNumber"]}))
    assert receivables(client) == [(50, -121, True)]
    assert client.rows(path(RECEIVABLES), "IsFullyPaid eq true", select="LastPaymentDate")[0]["LastPaymentDate"]
    assert balances(client) == {"1100": 121, "1500": -21, "8000": -100}


def test_6_5_a_part_payment_splits_the_item_and_too_much_stays_open(client):
    entry = sale(client)
    made(client, BANK, bank(client, {"AmountFC": 100, "OurRef": entry["InvoiceNumber"]}))
    assert receivables(client) == [(20, -21, False), (50, -100, True)]
    made(client, BANK, bank(client, {"AmountFC": 30, "OurRef": entry["InvoiceNumber"]}))
    assert receivables(client) == [(20, 9, False), (50, -100, True), (50, -21, True)]


def test_6_5_what_is_settled_keeps_its_invoice_until_the_payment_goes(client):
    entry = sale(client)
    payment = made(client, BANK, bank(client, {"AmountFC": 100, "OurRef": entry["InvoiceNumber"]}))["EntryID"]
    sales = "salesentry/SalesEntries"
    assert error_text(deleted(client, sales, entry["EntryID"])) == "Niet toegestaan: Reeds afgeletterd"
    assert error_text(changed(client, sales, entry["EntryID"], {"YourRef": "x"})) == "Niet toegestaan: Reeds afgeletterd"
    assert deleted(client, BANK, payment).status_code == 204
    assert receivables(client) == [(20, -121, False)]
    assert deleted(client, sales, entry["EntryID"]).status_code == 204
    assert (receivables(client), balances(client)) == ([], {})
    gone = client.rows(path("sync/Deleted"), "Timestamp gt 1L")
    assert 10 in {row["EntityType"] for row in gone}


def test_6_9_matching_by_our_ref_is_a_switch(sandbox, client):
    sandbox.switch(match_by_our_ref=False)
    entry = sale(client)
    made(client, BANK, bank(client, {"AmountFC": 121, "OurRef": entry["InvoiceNumber"]}))
    assert receivables(client) == [(20, -121, False), (20, 121, False)]


def test_6_5_of_a_receivable_only_method_description_and_reference_change(client):
    sale(client)
    row = client.rows(path(RECEIVABLES), select=TERM)[0]
    assert changed(client, RECEIVABLES, row["ID"], {"Description": "by hand", "PaymentMethod": "I", "AmountDC": 1}).status_code == 204
    after = row_of(client, RECEIVABLES, row["ID"])
    assert (after["Description"], after["PaymentMethod"], after["AmountDC"]) == ("by hand", "I", -121)
    assert client.post(path(RECEIVABLES), {}).status_code == 405
    bulk = client.rows(path("bulk/Cashflow/Receivables"), select="ID,Description")
    assert [line["Description"] for line in bulk] == ["by hand"]


def test_6_5_lists_of_open_items_and_ageing(sandbox, client):
    sale(client, 100)
    sale(client, 200, EntryDate=f"{sandbox.control('GET', 'clock')['now'][:4]}-01-01T00:00:00")
    items = client.rows(path("read/financial/ReceivablesList"))
    assert sorted(row["Amount"] for row in items) == [121, 242]
    account = keys(client)["account:1"]
    by_account = path("read/financial/ReceivablesListByAccount")
    assert len(results(client.call("GET", by_account, query=f"accountId=guid'{account}'"))) == 2
    assert results(client.call("GET", by_account, query=f"accountId=guid'{keys(client)['account:25']}'")) == []
    assert client.call("GET", by_account).status_code == 400
    by_age = path("read/financial/ReceivablesListByAgeGroup")
    counts = [len(results(client.call("GET", by_age, query=f"ageGroup={group}"))) for group in range(1, 5)]
    assert (sum(counts), counts[0] >= 1) == (2, True)
    ageing = client.rows(path("read/financial/AgingReceivablesList"))[0]
    assert (ageing["TotalAmount"], ageing["AccountName"]) == (363, "First customer B.V.")
    assert sum(ageing[f"AgeGroup{number}Amount"] for number in range(1, 5)) == 363
    assert ageing["AgeGroup1Amount"] >= 121
    overview = client.rows(path("read/financial/OutstandingInvoicesOverview"))[0]
    assert (overview["OutstandingReceivableInvoiceAmount"], overview["OutstandingReceivableInvoiceCount"]) == (363, 2)
    assert sum(row["AmountReceivable"] for row in client.rows(path("read/financial/AgingOverview"))) == 363
    sandbox.switch(open_items_negative=True)
    assert sorted(row["Amount"] for row in client.rows(path("read/financial/ReceivablesList"))) == [-242, -121]


def results(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["d"]["results"]


def test_6_9_the_balance_of_reports_has_revenue_negative(client):
    sale(client, 100)
    rows = client.rows(path("financial/ReportingBalance"), "GLAccountCode eq '8000'")
    assert [(row["Amount"], row["AmountCredit"], row["AmountDebit"], row["BalanceType"], row["Count"]) for row in rows] == [
        (-100, 100, 0, "W", 1)
    ]
    year = rows[0]["ReportingYear"]
    revenue = path("read/financial/RevenueListByYear")
    assert [row["Amount"] for row in results(client.call("GET", revenue, query=f"year={year}"))] == [100]
    assert client.call("GET", revenue).status_code == 400


def test_6_9_a_general_journal_entry_balances(client):
    refused = client.post(path(JOURNAL), journal(client, ("4000", 10), ("2990", -9)))
    assert (refused.status_code, error_text(refused)) == (500, "Boeking niet in balans")
    key = made(client, JOURNAL, journal(client, ("4000", 10), ("2990", -10)))["EntryID"]
    row = row_of(client, JOURNAL, key)
    assert (row["Type"], row["Status"], row["JournalCode"]) == (90, 20, "90")
    assert balances(client) == {"2990": -10, "4000": 10}
    alone = {"EntryID": key, "GLAccount": keys(client)["gl:4000"], "AmountFC": 1}
    assert error_text(client.post(path(JOURNAL_LINES), alone)) == "Boeking niet in balans"
    assert changed(client, JOURNAL, key, {}).status_code == 405
    assert deleted(client, JOURNAL, key).status_code == 204
    assert balances(client) == {}


def test_6_9_a_journal_without_vat_takes_none_and_amounts_of_the_division_are_taken(client):
    body = journal(client, ("4000", 10), ("2990", -10))
    body["GeneralJournalEntryLines"][0]["VATCode"] = "E21"
    assert error_text(client.post(path(JOURNAL), body)) == "Niet toegestaan: Btw-code"
    assert client.post(path(JOURNAL), {**journal(client, ("4000", 1), ("2990", -1)), "Description": "x"}).status_code == 400
    lines = [{"GLAccount": keys(client)[f"gl:{code}"], "AmountDC": amount} for code, amount in (("4000", 7), ("2990", -7))]
    made(client, JOURNAL, {"JournalCode": "90", "GeneralJournalEntryLines": lines})
    assert balances(client) == {"2990": -7, "4000": 7}


def test_a_line_added_to_a_bank_entry_moves_its_closing_balance(client):
    key = made(client, BANK, bank(client, {"AmountFC": 10}))["EntryID"]
    made(client, BANK_LINES, {"EntryID": key, "GLAccount": keys(client)["gl:2990"], "AmountFC": 5})
    assert row_of(client, BANK, key)["ClosingBalanceFC"] == 15
    assert balances(client) == {"1100": 15, "1300": -10, "2990": -5}


def test_a_processed_bank_entry_stays_until_it_is_opened_again(sandbox, client):
    key = made(client, BANK, bank(client, {"AmountFC": 10}))["EntryID"]
    sandbox.control("POST", f"documents/{key}/process")
    assert error_text(deleted(client, BANK, key)) == "Reeds verwerkt"
    sandbox.control("POST", f"documents/{key}/reopen")
    assert deleted(client, BANK, key).status_code == 204


def test_6_7_a_vat_code_comes_with_its_rate_and_is_used_at_once(client):
    body = {"Code": "E6", "Description": "6 % on top", "Type": "E", "VATPercentages": [{"Percentage": 0.06}]}
    code = made(client, "vat/VATCodes", body)["ID"]
    assert row_of(client, "vat/VATCodes", code)["Percentage"] == 0.06
    rates = client.rows(path("vat/VatPercentages"), f"VATCodeID eq guid'{code}'", select="Percentage,LineNumber")
    assert [(row["Percentage"], row["LineNumber"]) for row in rates] == [(0.06, 1)]
    line = {"GLAccount": keys(client)["gl:8000"], "AmountFC": 100, "VATCode": "E6"}
    made(client, "salesentry/SalesEntries", {"Customer": keys(client)["account:1"], "Journal": "70", "SalesEntryLines": [line]})
    assert balances(client) == {"1300": 106, "1500": -6, "8000": -100}
    assert client.post(path("vat/VATCodes"), {**body, "Code": "E7", "VATPercentages": [{"Percentage": "x"}]}).status_code == 400
