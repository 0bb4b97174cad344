"""What becomes of a document whose POST was not answered, against the sandbox with its faults, in a quarantine of seconds."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from include.flows.orders_to_invoices import book_orders
from include.flows.unknown_outcomes import settle
from include.outbox.times import Times
from include.run import Window

# A quarantine of six seconds: three times the deadline, and longer than the slowest commit below.
QUICK = Times(deadline_s=1.5, guard_s=1.0, first_look_s=0.2, second_look_s=0.6, quarantine_s=5.0, lease_s=4.0, cooldown_s=1.0, retry_s=0.5)
FRENCH = "536370"
SETTLED_S = 25.0


@pytest.fixture
def quick(world):
    world.times = QUICK
    return world


def book_one(world) -> Counter[str]:
    window = Window(datetime.now(UTC), datetime.now(UTC), order_numbers=(FRENCH,))
    world.shop("update webshop.sales set buyer_no = null where sale_no = %s", FRENCH)
    with world.run("BE", window=window) as run:
        return book_orders(run)


def settle_all(world) -> dict[str, object]:
    """Run the upkeep as its Dag does until the document is settled; returns its row."""
    until = time.monotonic() + SETTLED_S
    while time.monotonic() < until:
        with world.run("BE") as run:
            settle(run)
        row = world.mutations()[0]
        if row["state"] in {"posted", "dead_letter"}:
            return row
        time.sleep(0.3)
    return world.mutations()[0]


@pytest.mark.parametrize("kind", ["timeout_after_commit", "reset_after_commit", "unavailable_after_commit", "truncated_after_commit"])
def test_a_document_that_was_booked_without_an_answer_is_found_and_never_sent_again(quick, kind: str) -> None:
    quick.sandbox.fault(kind, endpoint="salesentry/SalesEntries", seconds=3)
    first = book_one(quick)
    row = settle_all(quick)

    assert first["unknown"] == 1
    assert row["state"] == "posted"
    assert row["attempt"] == 1
    assert [each["id"] for each in quick.sandbox.documents()] == [str(row["exact_id"])]


def test_a_document_that_exact_books_after_our_deadline_is_found_and_never_sent_again(quick) -> None:
    quick.sandbox.fault("late_commit", endpoint="salesentry/SalesEntries", seconds=3)
    book_one(quick)
    row = settle_all(quick)

    assert (row["state"], row["attempt"]) == ("posted", 1)
    assert len(quick.sandbox.documents()) == 1
    assert row["late_by_s"] is not None


def test_a_document_that_was_never_booked_is_sent_again_only_after_the_quarantine(quick) -> None:
    quick.sandbox.fault("reset_before_commit", endpoint="salesentry/SalesEntries")
    began = time.monotonic()
    book_one(quick)
    row = settle_all(quick)

    assert (row["state"], row["attempt"], row["resends"]) == ("posted", 2, 1)
    assert len(quick.sandbox.documents()) == 1
    assert time.monotonic() - began >= QUICK.quarantine_s


def test_an_error_text_that_nobody_knows_is_a_dead_letter_after_one_look(quick) -> None:
    quick.sandbox.fault("unknown_text", endpoint="salesentry/SalesEntries")
    book_one(quick)
    row = settle_all(quick)

    assert (row["state"], row["cause_code"], row["attempt"]) == ("dead_letter", "unrecognised_answer", 1)
    assert "VRK-4711" in row["cause_facts"]["text"]
    assert quick.sandbox.documents() == []


def test_a_429_was_not_processed_and_waits_for_the_reset_without_a_look(quick) -> None:
    quick.times = replace(QUICK, longest_wait_s=0.0)
    quick.sandbox.fault("too_many_requests", endpoint="salesentry/SalesEntries")
    tally = book_one(quick)
    row = quick.mutations()[0]

    looks = [call for call in quick.sandbox.calls() if call["method"] == "GET" and call["endpoint"] == "salesentry/SalesEntries"]
    assert tally["waiting"] == 1
    assert (row["state"], row["attempt"], row["may_have_left"]) == ("planned", 1, False)
    assert looks == []
