"""Each code of a file beside what Exact has of it: every mistake is found under its name, and nothing else is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.checks.mapping_expectations import judge
from include.checks.mapping_findings import MappingFinding
from include.checks.mapping_page import Checked, page
from include.checks.mapping_pairs import Mirrored, named_codes, pairs
from include.exact.types import NO_SALES
from tests.house.tree import ROOT
from tests.mappings.companies import BE, NL_INVOICES, UK, variation

TODAY = date(2026, 11, 22)
LAST_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
MONTHS = [(date(2026, number, 1), date(2026, number, last), False) for number, last in enumerate(LAST_DAYS, 1)]
JOURNAL = {"Code": "70", "Type": 20, "IsBlocked": False, "Currency": "EUR", "AllowVariableCurrency": True}
COMPANY = {"Code": 820202, "ChamberOfCommerceNumber": "0123456749", "VATNumber": "BE 0123.456.749", "Currency": "EUR", "BlockingStatus": 0}
RIGHT: dict[str, list[dict[str, Any]]] = {
    "Divisions": [COMPANY],
    "Journals": [JOURNAL],
    "GLAccounts": [{"Code": code, "Type": 110, "IsBlocked": False} for code in sorted(named_codes(BE, "gl_accounts"))],
    "Items": [],
    "VATCodes": [
        {"Code": "21", "Type": "E", "IsBlocked": False, "Percentage": "0.21"},
        {"Code": "I0", "Type": "E", "IsBlocked": False, "Percentage": "0"},
        {"Code": "X0", "Type": "N", "IsBlocked": False, "Percentage": "0.0"},
    ],
    "PaymentConditions": [{"Code": "PP"}, {"Code": "30"}],
    "Accounts": [{"Code": "90000", "Status": "C", "Blocked": False}],
}
BOOKS = Mirrored(RIGHT, MONTHS, {"GBP": Decimal("1.15")}.get)


def found(mirrored: Mirrored = BOOKS, **others: Any) -> dict[str, bool]:
    """The findings about BE, and whether each stops it."""
    return {str(finding): finding.stops for finding in judge(pairs(BE, mirrored, TODAY, **others))}


def but(*changes: tuple[str, str, dict[str, object]]) -> dict[str, list[dict[str, Any]]]:
    """The right records, but for some rows (entity, code, changes); a row without changes is missing."""
    records = {entity: [dict(row) for row in rows] for entity, rows in RIGHT.items()}
    for entity, code, changed in changes:
        row = next(row for row in records[entity] if str(row["Code"]) == code)
        row.update(changed)
        if not changed:
            records[entity].remove(row)
    return records


def test_of_books_that_are_right_nothing_is_said() -> None:
    assert found() == {}


MISSING = replace(
    BOOKS,
    records=but(
        ("Divisions", "820202", {}),
        ("Journals", "70", {}),
        ("GLAccounts", "8020", {}),
        ("VATCodes", "I0", {}),
        ("PaymentConditions", "30", {}),
        ("Accounts", "90000", {}),
    ),
    periods=[each for each in MONTHS if each[0].month not in {3, 11}],
    rate_of=lambda currency: None,
)
BLOCKED = replace(
    BOOKS,
    records=but(
        ("Divisions", "820202", {"BlockingStatus": 1}),
        ("Journals", "70", {"IsBlocked": True}),
        ("GLAccounts", "8020", {"IsBlocked": True}),
        ("VATCodes", "I0", {"IsBlocked": True}),
        ("Accounts", "90000", {"Blocked": True}),
    ),
    periods=[(*each[:2], each[0].month == 11) for each in MONTHS],
)
WRONG = replace(
    BOOKS,
    records=but(
        ("Divisions", "820202", {"VATNumber": "BE0987654394", "Currency": "GBP"}),
        ("Journals", "70", {"Type": 22, "AllowVariableCurrency": False}),
        ("GLAccounts", "8020", {"Type": 20}),
        ("VATCodes", "21", {"Type": "N"}),
        ("VATCodes", "I0", {"Percentage": "0.06"}),
        ("Accounts", "90000", {"Status": "A"}),
    ),
)
STOPPING = {
    "missing": {
        "division_not_granted:820202",
        "unknown_journal:70",
        "missing_exchange_rate:GBP",
        "missing_period:2026-03",
        "missing_period:2026-11",
    },
    "blocked": {"division_blocked:820202", "journal_blocked:70", "current_period_closed:2026-11"},
    "wrong": {"wrong_company:820202", "wrong_division_currency:820202", "journal_wrong_type:70", "journal_wrong_currency:70"},
}
PER_DOCUMENT = {
    "missing": {"missing_gl_account:8020", "vat_code_missing:I0", "unknown_payment_condition:30", "unknown_relation:90000"},
    "blocked": {"gl_account_blocked:8020", "vat_code_blocked:I0", "blocked_account:90000"},
    "wrong": {"gl_account_refused:8020", "vat_code_wrong_type:21", "vat_code_wrong_rate:I0", "account_not_customer:90000"},
}


@pytest.mark.parametrize(("kind", "mirrored"), [("missing", MISSING), ("blocked", BLOCKED), ("wrong", WRONG)])
def test_each_mistake_is_found_and_says_whether_it_stops_the_administration(kind: str, mirrored: Mirrored) -> None:
    assert found(mirrored) == dict.fromkeys(STOPPING[kind], True) | dict.fromkeys(PER_DOCUMENT[kind], False)


def test_closed_months_before_the_current_one_are_nobodys_mistake() -> None:
    assert found(replace(BOOKS, periods=[(*each[:2], each[0].month < 11) for each in MONTHS])) == {}


def test_months_before_book_from_need_no_period() -> None:
    begun = variation(BE, book_from=date(2026, 6, 15))
    tables = pairs(begun, replace(BOOKS, periods=MONTHS[5:]), TODAY)

    assert [row["code"] for row in tables["periods"]] == [f"2026-{month:02}" for month in range(6, 12)]
    assert judge(tables) == []


def test_a_journal_in_another_currency_fits_where_it_takes_any() -> None:
    assert found(replace(BOOKS, records=but(("Journals", "70", {"Currency": "USD"})))) == {}


def test_a_currency_that_only_waiting_documents_have_stops_nothing() -> None:
    assert found(asked=["CHF", "GBP"]) == {"missing_exchange_rate:CHF": False}


def test_every_code_that_a_file_names_is_asked_about_with_its_keys() -> None:
    rows = pairs(NL_INVOICES, replace(BOOKS, records={name: [] for name in RIGHT}), TODAY)
    named = {name: {row["code"]: row["keys"] for row in table} for name, table in rows.items()}

    assert named["gl_accounts"]["8130"] == "gl_accounts.bank_charges, kinds.payment_cost.gl_account"
    assert named["gl_accounts"]["8190"] == "rounding.gl_account"
    assert named["vat_codes"]["DE7"] == "vat_codes.one_stop_shop.DE.7"
    assert named["vat_codes"]["NONE"] == "kinds.voucher.vat_code, rounding.vat_code"
    assert {"SHIPPING", "ROUNDING", "VOUCHER"} <= named["items"].keys()
    assert "items" not in pairs(BE, BOOKS, TODAY)
    assert {row["code"] for row in pairs(UK, replace(BOOKS, records={name: [] for name in RIGHT}), TODAY)["relations"]} == {"90000"}


ACCOUNTS = st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from([110, 90, 20, 24])), max_size=40)
CODES = st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from("EIBNX"), st.sampled_from(["0", "0.06", "0.21"])), max_size=40)
# Great Expectations takes half a second for each example.
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(accounts=ACCOUNTS, codes=CODES)
def test_what_is_found_is_what_was_planted_and_nothing_else(
    accounts: list[tuple[bool, bool, int]], codes: list[tuple[bool, bool, str, str]]
) -> None:
    named = variation(
        BE,
        gl_accounts={f"g{number}": f"G{number}" for number in range(max(1, len(accounts)))},
        vat_codes={"domestic": {str(number): f"V{number}" for number in range(len(codes))}},
    )
    there = [
        {"Code": f"G{number}", "Type": kind, "IsBlocked": blocked}
        for number, (exists, blocked, kind) in enumerate(accounts or [(True, False, 110)])
        if exists
    ]
    vat = [
        {"Code": f"V{number}", "Type": kind, "IsBlocked": blocked, "Percentage": percentage}
        for number, (exists, blocked, kind, percentage) in enumerate(codes)
        if exists
    ]
    answer = judge(pairs(named, replace(BOOKS, records={**RIGHT, "GLAccounts": there, "VATCodes": vat}), TODAY))

    assert {str(finding) for finding in answer} == planted(accounts, codes)


def planted(accounts: list[tuple[bool, bool, int]], codes: list[tuple[bool, bool, str, str]]) -> set[str]:
    """What is wrong, reckoned another way."""
    wrong: set[str] = set()
    for number, (exists, blocked, kind) in enumerate(accounts):
        found = {"missing_gl_account"} if not exists else set()
        found |= {"gl_account_blocked"} if exists and blocked else set()
        found |= {"gl_account_refused"} if exists and kind in NO_SALES else set()
        wrong |= {f"{code}:G{number}" for code in found}
    for number, (exists, blocked, kind, percentage) in enumerate(codes):
        found = {"vat_code_missing"} if not exists else set()
        found |= {"vat_code_blocked"} if exists and blocked else set()
        found |= {"vat_code_wrong_type"} if exists and kind not in ("EI" if number else "EIBN") else set()
        found |= {"vat_code_wrong_rate"} if exists and Decimal(percentage) * 100 != number else set()
        wrong |= {f"{code}:V{number}" for code in found}
    return wrong


# What it costs, and whom it speaks to


ALONE = """
import json, sys
from tests.loopback.sitecustomize import address_of, stays_here
heard = []

def listen(event, arguments):
    host = address_of(event, arguments) if event.startswith("socket.") else None
    if event in {"socket.connect", "socket.getaddrinfo"} or (host is not None and not stays_here(host)):
        heard.append([event, str(host)])

sys.addaudithook(listen)
import include.run
light = sorted({name.partition(".")[0] for name in sys.modules} & {"great_expectations", "pandas"})
from pathlib import Path
from tests.checks.test_mapping_checks import BE, BOOKS, TODAY, judge, pairs
findings = judge(pairs(BE, BOOKS, TODAY), Path(sys.argv[1]))
import atexit
atexit.register(lambda: print(json.dumps({"light": light, "heard": heard, "findings": len(findings)})))
"""


def test_a_check_speaks_to_nobody_and_whoever_does_not_check_imports_nothing_of_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ALONE, str(tmp_path / "docs")]
    done = subprocess.run(command, cwd=ROOT, env=os.environ.copy(), capture_output=True, text=True, check=False, timeout=240)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"light": [], "heard": [], "findings": 0}
    assert (tmp_path / "docs" / "index.html").exists()


# The page


def test_the_page_escapes_what_it_shows_and_needs_no_other_file() -> None:
    finding = MappingFinding("missing_gl_account", "<script>", stops=False, keys="gl_accounts.gifts")
    shown = page([Checked("UK", datetime(2026, 11, 22, tzinfo=UTC), (finding,)), Checked("BE", datetime(2026, 11, 22, tzinfo=UTC), ())])

    assert "<script>" not in shown
    assert "missing_gl_account:&lt;script&gt;" in shown
    assert "Nothing is wrong." in shown
    assert not [word for word in ("http://", "https://", "src=", "<link", "@import") if word in shown]


def test_a_finding_is_stored_and_comes_back_the_same_and_speaks_both_languages() -> None:
    finding = MappingFinding("journal_blocked", "70", stops=True, keys="journals.sales", in_exact="True")

    assert MappingFinding.from_stored(json.loads(json.dumps(finding.stored()))) == finding
    assert finding.told("nl")[0] == "Dagboek 70 is geblokkeerd in Exact."
    assert finding.told("en")[0] == "Journal 70 is blocked in Exact."
