"""The promises, each broken once by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from include.checks.findings import Level
from include.checks.invariants import (
    Belongings,
    documents_are_as_written,
    documents_are_single,
    documents_arrive,
    documents_belong,
    payload_is_whole,
    strangers_are_ours,
)
from tests.checks.written import ID, NOW, OTHER_ID, WRITTEN, document, mutation


def findings(mutations, documents):
    belongings = Belongings(mutations, documents)
    found = [
        *documents_belong(belongings),
        *documents_are_single(belongings),
        *documents_are_as_written(belongings, WRITTEN, seen_at=NOW),
    ]
    return [(finding.part, finding.level.value) for finding in found]


def test_a_mutation_and_its_document_that_agree_yield_nothing():
    assert findings([mutation()], [document()]) == []


@pytest.mark.parametrize("state", ["planned", "sending", "unknown"])
def test_a_document_of_a_mutation_on_its_way_is_no_finding(state):
    assert findings([mutation(state=state, exact_id=None)], [document()]) == []


@pytest.mark.parametrize("state", ["dead_letter", "dismissed"])
def test_a_document_that_the_outbox_has_given_up_is_a_failure(state):
    assert findings([mutation(state=state, exact_id=None)], [document()]) == [("I1", "failure")]


def test_a_second_document_under_our_mark_is_a_failure():
    assert findings([mutation()], [document(), document(exact_id=OTHER_ID)]) == [("I2", "failure")]


def test_a_second_document_with_our_number_alone_is_a_failure():
    assert findings([mutation()], [document(), document(exact_id=OTHER_ID, token=None)]) == [("I2", "failure")]


def test_a_credit_by_hand_with_our_number_is_no_double():
    assert findings([mutation()], [document(), document(exact_id=OTHER_ID, token=None, is_credit=True)]) == []


def test_our_document_whose_mark_somebody_overwrote_is_no_stranger():
    assert findings([mutation()], [document(token="by hand")]) == []


def test_a_document_that_is_gone_is_a_failure():
    assert findings([mutation()], []) == [("I4", "failure")]


def test_what_was_booked_just_before_exact_was_read_is_not_called_gone():
    assert findings([mutation(posted_at=NOW - timedelta(seconds=5))], []) == []


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "EUR"},
        {"net_by_vat": {"1": Decimal("139.13")}, "total": Decimal("166.95")},
        {"net_by_vat": {"4": Decimal("139.12")}},
        {"total": Decimal("166.95")},
        {"vat": Decimal("27.90"), "total": Decimal("167.02")},
    ],
)
def test_any_difference_of_money_is_a_failure(change):
    assert {part for part, _ in findings([mutation()], [document(**change)])} == {"I4"}


def test_vat_that_exact_rounds_per_line_is_no_difference():
    assert findings([mutation()], [document(vat=Decimal("27.86"), total=Decimal("166.98"))]) == []


def test_a_draft_whose_vat_exact_has_not_reckoned_is_compared_by_its_lines():
    assert findings([mutation()], [document(vat=None, total=None)]) == []


def test_a_mark_of_ours_that_the_outbox_does_not_know_is_worth_a_look():
    belongings = Belongings([mutation()], [document(token="ABCDEFGH2345", your_ref="7"), document(token="BY HAND TEXT", your_ref="8")])

    found = [*strangers_are_ours(belongings.strangers(), set())]

    assert [finding.level for finding in found] == [Level.WARNING]
    assert [*strangers_are_ours(belongings.strangers(), {"ABCDEFGH2345"})] == []


def test_what_is_planned_for_hours_is_worth_a_look_only_where_something_is_sent():
    waiting = [mutation(state="planned", exact_id=None, created_at=NOW - timedelta(hours=3))]

    assert len([*documents_arrive(waiting, now=NOW, sends=True)]) == 1
    assert [*documents_arrive(waiting, now=NOW, sends=False)] == []


def test_a_payload_is_whole_while_its_hash_fits():
    assert payload_is_whole(mutation())
    assert payload_is_whole(mutation(payload=None, payload_sha256=None))
    assert not payload_is_whole(mutation(payload='{"a":1}'))


def test_a_cure_names_the_command_that_helps():
    belongings = Belongings([mutation()], [document(currency="EUR")])

    (finding,) = documents_are_as_written(belongings, WRITTEN, seen_at=NOW)

    assert "exactly trace 536365 --live" in finding.cure
    assert ID not in finding.says
