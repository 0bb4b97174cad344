"""Master data for mappings: from the mirror, and one read more for what it misses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from include.adapters.master import MirroredMaster, check_company
from include.adapters.pulls import Pulls
from include.errors import SetupError
from include.exact.entities import MASTER_DATA
from include.mappings.master_data import Journal
from include.store.mirror import MirrorRow, MirrorStore
from tests.exact.conftest import OpenGuard
from tests.sandbox.driver import ExactClient as PlainClient
from tests.sandbox.driver import SandboxProcess

ENTITIES = {entity.name: entity for entity in MASTER_DATA}


@pytest.fixture
def master(mirror: MirrorStore, pulls: Pulls) -> MirroredMaster:
    return MirroredMaster(mirror, pulls, "EUR")


@pytest.fixture
def new_master(mirror: MirrorStore, pulls: Pulls) -> Callable[[], MirroredMaster]:
    """As a later run has it: it knows only what the mirror knows."""
    return lambda: MirroredMaster(mirror, pulls, "EUR")


def test_codes_are_found_whatever_their_padding_and_case(master: MirroredMaster, books: PlainClient) -> None:
    account = books.rows("100/crm/Accounts", "Code eq '                 1'", select="ID,Code")[0]
    item = books.rows("100/logistics/Items", "Code eq 'A1'", select="ID,Code")[0]

    assert str(master.account_id("1")) == account["ID"]
    assert account["Code"] == "1".rjust(18)
    assert str(master.item_id("a1")) == str(master.item_id("A1")) == item["ID"]
    assert master.gl_account("8000") is not None


def test_what_is_known_costs_one_read_of_each_entity(master: MirroredMaster, guard: OpenGuard) -> None:
    for _ in range(3):
        assert all(
            [master.account_id("1"), master.account_id("25"), master.gl_account("8000"), master.journal("70"), master.vat_code("E21")]
        )

    assert sorted(endpoint for _, endpoint, _ in guard.calls) == [
        "financial/Journals",
        "sync/CRM/Accounts",
        "sync/Financial/GLAccounts",
        "vat/VATCodes",
    ]


@pytest.mark.parametrize(
    ("ask", "endpoint"),
    [
        (lambda master: master.account_id("4711"), "crm/Accounts"),
        (lambda master: master.item_id("NO SUCH"), "logistics/Items"),
        (lambda master: master.gl_account("9999"), "financial/GLAccounts"),
    ],
    ids=["account", "item", "GL account"],
)
def test_a_miss_costs_one_targeted_read_and_is_then_missing(
    new_master: Callable[[], MirroredMaster], guard: OpenGuard, ask: Callable[[MirroredMaster], Any], endpoint: str
) -> None:
    master = new_master()
    ask(master)
    guard.calls.clear()

    assert [ask(master) for _ in range(3)] == [None, None, None]
    assert guard.calls == []
    assert ask(new_master()) is None
    assert guard.calls == [("GET", endpoint, 200)]


@pytest.mark.parametrize("ask", [lambda master: master.vat_code("ZZ"), lambda master: master.journal("99")], ids=["VAT code", "journal"])
def test_a_missing_entry_of_a_short_list_reads_the_list_once_more(
    master: MirroredMaster, guard: OpenGuard, ask: Callable[[MirroredMaster], Any]
) -> None:
    assert [ask(master) for _ in range(3)] == [None, None, None]
    assert len(guard.calls) == 2


def test_what_was_added_in_exact_a_moment_ago_is_found(master: MirroredMaster, sandbox: SandboxProcess) -> None:
    assert master.account_id("1") is not None
    sandbox.control("POST", "accounts", {"division": 100, "Code": "4711", "Name": "New"})
    sandbox.control("POST", "rows", {"endpoint": "vat/VATCodes", "division": 100, "Code": "E6", "Description": "6 %", "Percentage": 0.06})

    assert master.account_id("4711") is not None
    assert master.vat_code("E6") is not None


def test_a_relation_that_was_given_another_number_is_found_under_it(
    master: MirroredMaster, new_master: Callable[[], MirroredMaster], sandbox: SandboxProcess
) -> None:
    known = master.account_id("25")
    sandbox.control("POST", "rows", {"endpoint": "crm/Accounts", "division": 100, "ID": str(known), "Code": "26"})

    assert new_master().account_id("26") == known


def test_a_vat_code_comes_with_its_exact_percentage(master: MirroredMaster) -> None:
    code, old = master.vat_code("E21"), master.vat_code("OLD")

    assert code is not None
    assert old is not None
    assert (code.code, code.percentage, code.type, code.blocked) == ("E21", Decimal("0.21"), "E", False)
    assert old.blocked


def test_a_journal_comes_with_its_type(master: MirroredMaster) -> None:
    assert [master.journal("70"), master.journal("20"), master.journal("71")] == [
        Journal("70", 20, False),
        Journal("20", 12, False),
        Journal("71", 20, True),
    ]


def test_a_payment_condition_is_there_or_not(master: MirroredMaster) -> None:
    assert [master.payment_condition("14"), master.payment_condition("15")] == [True, False]


@pytest.mark.parametrize(
    ("currency", "on", "rate"),
    [
        ("GBP", date(2020, 1, 1), Decimal("1.15")),
        ("GBP", date(2026, 5, 31), Decimal("1.15")),
        ("GBP", date(2026, 6, 1), Decimal("1.17")),
        ("GBP", date(2019, 12, 31), None),
        ("EUR", date(2026, 6, 1), None),
        ("USD", date(2026, 6, 1), None),
    ],
)
def test_the_newest_rate_that_had_begun_counts(mirror: MirrorStore, pulls: Pulls, currency: str, on: date, rate: Decimal | None) -> None:
    pulls.pull(ENTITIES["ExchangeRates"])
    # 1 June 2026; and the inverse pair, which is never turned round.
    later = {"SourceCurrency": "GBP", "TargetCurrency": "EUR", "Rate": "1.17", "StartDate": "/Date(1780272000000)/"}
    inverse = {"SourceCurrency": "EUR", "TargetCurrency": "USD", "Rate": "1.08", "StartDate": "/Date(1577836800000)/"}
    mirror.save("ExchangeRates", [MirrorRow("x1", later), MirrorRow("x2", inverse)])

    assert MirroredMaster(mirror, pulls, "EUR").exchange_rate(currency, on) == rate


# The company


REGISTERED = {"registration": "11111111", "vat_number": "NL001234567B01"}


def test_the_company_that_the_file_means_is_accepted_and_named(mirror: MirrorStore, pulls: Pulls) -> None:
    pulls.pull(ENTITIES["Divisions"])

    assert check_company(mirror, 100, **REGISTERED) == "First company"
    assert check_company(mirror, 100, registration="1111 1111", vat_number="nl 0012.34.567.B.01") == "First company"


@pytest.mark.parametrize(
    ("division", "expected", "code", "words"),
    [
        (100, {**REGISTERED, "registration": "11111112"}, "wrong_company", "ChamberOfCommerceNumber"),
        (100, {**REGISTERED, "vat_number": "NL001234567B02"}, "wrong_company", "VATNumber"),
        (200, REGISTERED, "wrong_company", "ChamberOfCommerceNumber"),
        (300, REGISTERED, "division_not_granted", "grant it"),
        (999, REGISTERED, "division_not_granted", "grant it"),
    ],
)
def test_another_company_is_refused_with_what_differs(
    mirror: MirrorStore, pulls: Pulls, division: int, expected: dict[str, str], code: str, words: str
) -> None:
    pulls.pull(ENTITIES["Divisions"])

    with pytest.raises(SetupError) as refusal:
        check_company(mirror, division, **expected)

    assert (refusal.value.code, refusal.value.subject) == (code, str(division))
    assert words in refusal.value.cure


def test_a_company_without_numbers_is_never_taken_for_the_right_one(mirror: MirrorStore, pulls: Pulls, sandbox: SandboxProcess) -> None:
    sandbox.control("POST", "divisions", {"division": 100, "ChamberOfCommerceNumber": None, "VATNumber": None})
    pulls.pull(ENTITIES["Divisions"])

    with pytest.raises(SetupError, match="wrong_company"):
        check_company(mirror, 100, **REGISTERED)
