"""The shop beside the outbox beside Exact, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from include.checks.completeness import (
    MISSING,
    Completeness,
    SourceRecord,
    all_were_read,
    fates_of,
    records_have_a_fate,
    sums_are_the_shops,
)
from include.checks.findings import Level
from include.checks.invariants import Belongings
from tests.checks.written import NOW, OTHER_ID, WRITTEN, document, mutation


def record(**changes: Any) -> SourceRecord:
    whole = {
        "number": "536365",
        "effect": "sale",
        "day": date(2026, 11, 17),
        "currency": "GBP",
        "net": Decimal("139.12"),
        "version": "one",
        "changed_at": NOW - timedelta(days=5),
    }
    return SourceRecord(**{**whole, **changes})


def completeness(records, mutations, documents) -> Completeness:
    return Completeness(records, Belongings(mutations, documents), WRITTEN)


def test_a_day_that_agrees_adds_up_from_the_shop_to_exact():
    (day,) = completeness([record()], [mutation()], [document()]).days(set())

    assert day.agrees
    assert day.source == day.fates["posted"] == day.written == day.exact


def test_a_record_without_a_mutation_is_lost():
    (day,) = completeness([record()], [], []).days(set())

    assert not day.agrees
    assert day.fates[MISSING].documents == 1


def test_a_record_that_the_outbox_keeps_under_another_day_is_not_lost():
    assert completeness([record()], [], []).days({("536365", "sale")}) == []


def test_fates_are_counted_over_all_days():
    days = completeness([record(), record(number="2", day=date(2026, 11, 18))], [mutation()], [document()]).days(set())

    assert fates_of(days) == {"posted": 1, MISSING: 1}
    assert fates_of([*days, *days]) == {"posted": 2, MISSING: 2}


def test_a_double_makes_the_day_differ():
    (day,) = completeness([record()], [mutation()], [document(), document(exact_id=OTHER_ID)]).days(set())

    assert not day.agrees
    assert day.exact.documents == 2


def test_a_return_and_an_order_of_the_same_number_are_two_records():
    days = completeness([record(), record(effect="credit", net=Decimal(5))], [mutation()], [document()]).days(set())

    assert [(day.effect, day.source.documents) for day in days] == [("credit", 1), ("sale", 1)]


def test_an_unreadable_record_counts_under_the_day_that_the_outbox_gave_it():
    bad = mutation(state="dead_letter", exact_id=None)

    (day,) = completeness([record(day=None, net=None, currency="")], [bad], []).days(set())

    assert (day.day, day.fates["dead_letter"].documents) == (date(2026, 11, 17), 1)


@pytest.mark.parametrize(
    ("changed_ago", "read_up_to_ago", "level"),
    [
        (timedelta(hours=1), timedelta(hours=2), Level.WARNING),
        (timedelta(hours=3), timedelta(hours=2), Level.FAILURE),
        (timedelta(days=2), timedelta(days=3), Level.FAILURE),
    ],
)
def test_what_nobody_read_is_new_or_lost(changed_ago, read_up_to_ago, level):
    unplanned = [record(changed_at=NOW - changed_ago)]

    (finding,) = records_have_a_fate(unplanned, set(), read_up_to=NOW - read_up_to_ago, now=NOW)

    assert finding.level is level


def test_a_shop_that_nobody_ever_read_is_lost_after_a_day():
    late, lost = record(number="1", changed_at=NOW - timedelta(hours=1)), record(number="2", changed_at=NOW - timedelta(days=2))

    found = records_have_a_fate([late, lost], set(), read_up_to=None, now=NOW)

    assert [finding.level for finding in found] == [Level.FAILURE, Level.WARNING]


def test_a_sum_that_differs_is_a_failure_unless_the_shop_changed_it_since():
    booked = Belongings([mutation()], [document()])

    (mapped_wrong,) = sums_are_the_shops([record(net=Decimal("140.00"))], booked, routed_elsewhere=set())
    (changed,) = sums_are_the_shops([record(net=Decimal("140.00"), version="two")], booked, routed_elsewhere=set())

    assert (mapped_wrong.level, changed.level) == (Level.FAILURE, Level.WARNING)


def test_cents_that_rounding_leaves_are_no_difference():
    near, far = record(net=Decimal("139.14"), net_off_by=Decimal("0.02")), record(net=Decimal("139.15"), net_off_by=Decimal("0.02"))

    assert list(sums_are_the_shops([near], Belongings([mutation()], []), routed_elsewhere=set())) == []
    assert [finding.level for finding in sums_are_the_shops([far], Belongings([mutation()], []), routed_elsewhere=set())] == [Level.FAILURE]


@pytest.mark.parametrize(
    ("routed_elsewhere", "says"), [(set(), "does not list it in these days"), ({("536365", "sale")}, "belongs to another administration")]
)
def test_a_booked_order_that_the_shop_does_not_list_here_is_worth_a_look(routed_elsewhere, says):
    (finding,) = sums_are_the_shops([], Belongings([mutation()], [document()]), routed_elsewhere=routed_elsewhere)

    assert finding.level is Level.WARNING
    assert says in finding.says


def test_a_booked_order_that_the_shop_does_not_list_here_counts_on_its_day():
    (day,) = completeness([], [mutation()], [document()]).days(set())

    assert not day.agrees
    assert (day.source.documents, day.fates["posted"].documents, day.exact.documents) == (0, 1, 1)


def test_documents_that_could_not_be_read_one_by_one_are_a_failure():
    assert [finding.level for finding in all_were_read(513, 512)] == [Level.FAILURE]
    assert list(all_were_read(512, 512)) == []
