"""Which periods are open for which journal (read/financial/JournalStatusList)."""

from __future__ import annotations

FIELDS = "Journal,Year,Period,Status"


def test_each_journal_has_each_period_and_all_are_open_at_first(client):
    rows = client.all_rows("100/read/financial/JournalStatusList", "JournalType eq 20", select=FIELDS)
    keys = [(row["Journal"], row["Year"], row["Period"]) for row in rows]

    assert len(keys) == len(set(keys)) == 2 * 36
    assert {row["Status"] for row in rows} == {0}


def test_a_closed_period_is_closed_for_its_journals(sandbox, client):
    year = client.rows("100/financial/FinancialPeriods", "FinPeriod eq 3", select="FinYear")[1]["FinYear"]
    sandbox.control("POST", "periods", {"division": 100, "year": year, "period": 3, "closed": True})
    closed = client.rows("100/read/financial/JournalStatusList", f"Journal eq '70' and Year ge {year} and Status eq 1", select=FIELDS)

    assert [(row["Year"], row["Period"]) for row in closed] == [(year, 3)]


def test_a_period_may_be_closed_for_one_journal_alone(sandbox, client):
    year = client.rows("100/financial/FinancialPeriods", "FinPeriod eq 3", select="FinYear")[1]["FinYear"]
    sandbox.control("POST", "periods", {"division": 100, "year": year, "period": 3, "journal": "71", "closed": True})
    closed = client.rows("100/read/financial/JournalStatusList", "Status eq 1", select=FIELDS)

    assert [(row["Journal"], row["Year"], row["Period"]) for row in closed] == [("71", year, 3)]
