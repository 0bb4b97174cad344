"""The nightly comparison: books that agree are said to agree; each thing that a person or a bug does gets its one kind, and its case."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from include.flows.nightly_reconciliation import LOOKS_BACK, days_of
from include.run import Window
from include.store.audit import Days
from include.store.cases import CaseStore
from include.store.database import Database
from include.store.deeds import DESK, Doer
from include.store.migrate import upgrade
from tests.flows.conftest import World, copied
from tests.flows.reconciling import DAYS, Reconciling

# Drafts of the United Kingdom, entries of Belgium, prices with VAT of the Netherlands; a return; one that nobody pays for.
UK_ORDERS = ("536371", "536374", "536376", "536380", "536385", "536386", "536387", "536393")
BE_ORDERS = ("536389", "536852", "536803")
NL_ORDERS = ("536403", "536527")
OTHERS = ("C536379", "536414", "536365")


@pytest.fixture(scope="module")
def books(postgres, loaded_shop: str, flow_sandbox, without_customers) -> Reconciling:
    """Booked, and agreeing but for one dead letter."""
    flow_sandbox.reset(keep_tokens=False)
    store_dsn = postgres.create_database("exactly")
    upgrade(store_dsn, environment="test")
    world = World(copied(postgres, loaded_shop), store_dsn, flow_sandbox, configuration=without_customers)
    for name in ("UK", "BE", "NL"):
        world.sign_in(name)
    made = Reconciling(world)
    made.keep_only((*UK_ORDERS, *BE_ORDERS, *NL_ORDERS, *OTHERS))
    made.book()
    made.refresh()
    return made


def test_books_that_agree_are_said_to_agree_to_the_cent(books: Reconciling) -> None:
    tally = books.reconcile()

    posted = len(books.world.mutations("state = 'posted'"))
    assert posted >= 12
    assert tally["expected"] == posted + 1
    assert tally["agreeing"] == tally["booked"] == posted
    assert books.found() == {"536365": "not_sent"}
    assert books.cases() == {}


def test_the_totals_of_both_sides_are_those_of_the_shop_and_of_the_books(books: Reconciling) -> None:
    rows = books.rows("select * from reporting.reconciliation_totals")
    amounts = books.rows("select sum(amount_net) as net from mutation where state = 'posted'")
    without_rounding = sum(row["booked_net"] for row in rows if row["vat_code"] != "NONE")

    assert {row["administration"] for row in rows} == {"UK", "BE", "NL"}
    assert without_rounding == amounts[0]["net"]
    assert sum(row["difference_gross"] for row in rows) == sum(
        row["difference_gross"] for row in books.rows("select * from reporting.reconciliation_differences")
    )
    assert all(row["booked_vat"] == row["expected_vat"] for row in rows if row["administration"] == "NL")


def test_each_thing_that_happens_to_the_books_gets_its_one_kind(books: Reconciling) -> None:
    books.change("PATCH", "536371", "/lines/1", Quantity=999)
    books.change("DELETE", "536376")
    books.world.shop("update webshop.sale_items set price = price + 0.01 where sale_no = '536380' and line_no = 1")
    books.world.shop("update webshop.sale_items set vat_pct = 0 where sale_no = '536389'")
    books.world.shop("update webshop.sales set ship_to = 'FR', vat_id = null, trade_buyer = false where sale_no = '536389'")
    books.world.shop("update webshop.sale_items set vat_pct = 21 where sale_no = '536389'")
    books.enter_by_hand("BE", like="536852")
    by_hand = books.enter_by_hand("BE", like="536803", YourRef="MET DE HAND", ExternalLinkReference=None)
    books.enter_by_hand("BE", like="536803", YourRef="536374", ExternalLinkReference=None)
    books.world.add_order("540001", like="536386", changed_at=datetime.now(UTC) - timedelta(days=3))
    books.world.add_order("540002", like="536386", changed_at=datetime.now(UTC) - timedelta(minutes=1))
    books.refresh()

    tally = books.reconcile()

    assert books.found() == {
        "536365": "not_sent",
        "536371": "edited",
        "536376": "edited",
        "536380": "amount",
        "536389": "vat",
        "536852": "duplicate",
        "536374": "wrong_administration",
        f"~{by_hand}": "by_hand",
        "540001": "missing",
        "540002": "not_sent",
    }
    assert tally["edited"] == 2


def test_the_sums_of_the_kinds_are_the_whole_difference(books: Reconciling) -> None:
    whole = books.rows("select currency, sum(difference_gross) as gap from reporting.reconciliation_totals group by currency having true")
    kinds = books.rows("select currency, sum(difference_gross) as gap from reporting.reconciliation_differences group by currency")

    assert {row["currency"]: row["gap"] for row in whole if row["gap"]} == {row["currency"]: row["gap"] for row in kinds if row["gap"]}


def test_a_difference_names_its_documents_and_both_sums(books: Reconciling) -> None:
    (row,) = books.rows("select * from reporting.reconciliation_differences where number = '536852'")

    assert len(row["documents"]) == 2
    assert {each["marked"] for each in row["documents"]} == {True}
    assert (row["expected_net"], row["booked_net"]) == (Decimal("89.14"), Decimal("178.28"))


def test_what_needs_a_person_is_a_case_by_kind_administration_and_day(books: Reconciling) -> None:
    cases = books.cases()
    kinds = Counter(case.split(":")[1] for case in cases)

    # What was deleted, is dead or stands there twice under our token has a case of its own.
    assert kinds.keys() == {f"reconciliation_{kind}" for kind in ("amount", "vat", "edited", "missing", "wrong_administration", "by_hand")}
    assert all(date.fromisoformat(case.split(":")[2]) in DAYS for case in cases)


def test_the_same_differences_open_no_second_case(books: Reconciling) -> None:
    before = books.rows("select finding_id from case_finding where number <> ''")
    books.reconcile()

    assert books.rows("select finding_id from case_finding where number <> ''") == before


def test_what_somebody_decided_about_stays_decided_until_it_changes(books: Reconciling) -> None:
    (case,) = [case for case in books.cases() if "by_hand" in case]
    database = Database(books.world.store_dsn)
    CaseStore(database).settle_findings(case, "sold at the fair", Doer("an operator", DESK))
    database.close()

    books.reconcile()
    assert case not in books.cases()
    books.memory("update case_finding set facts = '{}' where code = 'reconciliation_by_hand'")
    books.reconcile()
    assert case in books.cases()


def test_a_case_closes_when_both_sides_agree_again(books: Reconciling) -> None:
    before = books.cases()
    books.world.shop("update webshop.sale_items set price = price - 0.01 where sale_no = '536380' and line_no = 1")
    books.world.shop("delete from webshop.sale_items where sale_no = '540001'")
    books.world.shop("delete from webshop.sales where sale_no = '540001'")

    tally = books.reconcile()

    closed = before.keys() - books.cases().keys()
    assert {case.split(":")[1] for case in closed} == {"reconciliation_amount", "reconciliation_missing"}
    assert tally["settled"] == 2


def test_days_that_were_not_asked_for_are_left_as_they_are(books: Reconciling) -> None:
    before = books.cases()
    tally = books.reconcile(Days(date(2021, 1, 1), date(2021, 2, 1)))

    assert (tally["expected"], tally["booked"]) == (0, 0)
    assert books.cases() == before
    assert books.rows("select count(*) as n from reporting.reconciliation_differences")[0]["n"] >= 8


def test_a_night_looks_back_a_month_and_to_the_oldest_difference_that_is_open() -> None:
    night = Window(datetime(2026, 11, 21, 2, 30, tzinfo=UTC), datetime(2026, 11, 22, 2, 30, tzinfo=UTC), follows_cursor=True)

    assert days_of(night, None) == Days(date(2026, 11, 21) - LOOKS_BACK, date(2026, 11, 22))
    assert days_of(night, date(2026, 3, 1)).since == date(2026, 3, 1)
    assert days_of(night, date(2020, 3, 1)).since > date(2025, 1, 1)


def test_a_past_window_is_compared_as_it_was_asked_for() -> None:
    nights = [datetime(2026, 3, day, 1, 30, tzinfo=UTC) for day in range(1, 5)]

    days = [days_of(Window(begin, end), date(2026, 1, 1)) for begin, end in pairwise(nights)]

    assert days == [Days(date(2026, 3, day), date(2026, 3, day + 1)) for day in range(1, 4)]
