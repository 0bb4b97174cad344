"""A return while the invoice is still a draft changes the draft, once, whatever happens in between."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest

from include.feeds import returns_feed
from include.flows.orders_to_invoices import book_orders
from include.flows.unknown_outcomes import settle
from include.run import Window
from tests.flows.returning import book, bring_back, configure, credit, in_exact, only, the, total
from tests.flows.test_unknown_outcomes import QUICK, SETTLED_S

BRITISH = "536402"
# What the order holds: 40 x 22086 at 2.55, 40 x 22910 at 2.55, 36 x 22837 at 4.25.
WHOLE = Decimal("357.00")


@pytest.fixture
def draft(world, tmp_path):
    """An order that is a draft invoice in Exact, seen there by now."""
    configure(world, tmp_path / "strict")
    book(world, "UK", BRITISH)
    seen(world)
    assert the(world, BRITISH)["amount_net"] == WHOLE
    return world


def seen(world) -> None:
    """Let what is posted be some minutes old, so that Exact surely shows it."""
    with psycopg.connect(world.store_dsn) as connection:
        connection.execute("update mutation set posted_at = posted_at - interval '10 minutes' where state = 'posted'")


def drain(world) -> None:
    """What the orders' hourly run sends."""
    with world.run("UK", window=Window(datetime.now(UTC), datetime.now(UTC))) as run:
        book_orders(run)


def sales(world) -> list[tuple[int, str]]:
    return [(row["effect_number"], row["state"]) for row in world.mutations("source_id = %s and effect = 'sale'", BRITISH)]


def test_a_return_takes_what_comes_back_off_the_draft_and_has_no_document_of_its_own(draft) -> None:
    returned = bring_back(draft, "R-1", BRITISH, a22086=3)
    credit(draft, "UK", returned)

    assert (the(draft, returned)["state"], the(draft, returned)["cause_code"]) == ("dismissed", "taken_from_draft")
    assert sales(draft) == [(1, "dismissed"), (2, "posted")]
    assert total(draft, BRITISH) == (WHOLE - 3 * Decimal("2.55")) * Decimal("1.2")
    assert (len(in_exact(draft, BRITISH)), in_exact(draft, returned)) == (1, [])


def test_a_draft_of_which_everything_comes_back_is_deleted(draft) -> None:
    returned = bring_back(draft, "R-1", BRITISH)
    credit(draft, "UK", returned)

    assert in_exact(draft, BRITISH) == in_exact(draft, returned) == []
    assert [(row["state"], row["cause_code"]) for row in draft.mutations("source_id = %s and effect = 'sale'", BRITISH)] == [
        ("dismissed", "all_taken_back")
    ]


def test_later_runs_of_orders_and_returns_leave_the_changed_draft_alone_and_cost_no_call(draft) -> None:
    returned = bring_back(draft, "R-1", BRITISH, a22086=3)
    credit(draft, "UK", returned)
    seen(draft)
    calls = len(draft.sandbox.calls())
    book(draft, "UK", BRITISH)
    credit(draft, "UK", returned)

    assert sales(draft) == [(1, "dismissed"), (2, "posted")]
    assert len(draft.sandbox.calls()) == calls


def test_an_order_that_changes_later_keeps_what_came_back_off_its_draft(draft) -> None:
    credit(draft, "UK", bring_back(draft, "R-1", BRITISH, a22086=3))
    seen(draft)
    draft.shop("update webshop.sale_items set qty = 41 where sale_no = %s and sku = '22910'", BRITISH)
    draft.shop("update webshop.sales set updated_at = clock_timestamp() where sale_no = %s", BRITISH)
    book(draft, "UK", BRITISH)

    assert total(draft, BRITISH) == (WHOLE - 3 * Decimal("2.55") + Decimal("2.55")) * Decimal("1.2")
    assert len(in_exact(draft, BRITISH)) == 1


def test_several_returns_are_taken_off_one_after_the_other_and_at_once(draft) -> None:
    credit(draft, "UK", bring_back(draft, "R-1", BRITISH, a22086=3))
    seen(draft)
    credit(draft, "UK", bring_back(draft, "R-2", BRITISH, a22086=2), bring_back(draft, "R-3", BRITISH, a22837=6))

    assert total(draft, BRITISH) == (WHOLE - 5 * Decimal("2.55") - 6 * Decimal("4.25")) * Decimal("1.2")
    assert len(in_exact(draft, BRITISH)) == 1
    much = bring_back(draft, "R-4", BRITISH, a22086=36)
    credit(draft, "UK", much)
    assert the(draft, much)["cause_code"] == "returned_more_than_sold"


def test_a_return_that_is_cancelled_gives_the_draft_back_what_it_took(draft) -> None:
    returned = bring_back(draft, "R-1", BRITISH, a22086=3)
    credit(draft, "UK", returned)
    seen(draft)
    draft.shop("update webshop.refunds set voided = true, updated_at = clock_timestamp() where refund_no = 'R-1'")
    credit(draft, "UK", returned)
    drain(draft)

    assert total(draft, BRITISH) == WHOLE * Decimal("1.2")
    assert the(draft, returned)["cause_code"] == "cancelled_in_source"


def test_after_the_changed_draft_was_processed_a_return_is_credited_beside_it(draft) -> None:
    credit(draft, "UK", bring_back(draft, "R-1", BRITISH, a22086=3))
    draft.sandbox.control("POST", f"documents/{in_exact(draft, BRITISH)[0]['id']}/process")
    later = bring_back(draft, "R-2", BRITISH, a22086=2)
    credit(draft, "UK", later)

    assert total(draft, later) == -2 * Decimal("2.55") * Decimal("1.2")
    assert total(draft, BRITISH) == (WHOLE - 3 * Decimal("2.55")) * Decimal("1.2")


def test_a_draft_that_somebody_touched_is_left_alone_and_the_return_is_credited(draft) -> None:
    invoice = in_exact(draft, BRITISH)[0]["id"]
    draft.sandbox.control("PATCH", f"documents/{invoice}", {"YourRef": "changed by hand"})
    returned = bring_back(draft, "R-1", BRITISH, a22086=3)
    credit(draft, "UK", returned)

    assert the(draft, returned)["state"] == "posted"
    assert sales(draft) == [(1, "posted")]


def test_a_return_at_a_lower_price_is_credited_beside_the_draft(draft) -> None:
    returned = bring_back(draft, "R-1", BRITISH, a22086=3)
    draft.shop("update webshop.refund_items set price = 1 where refund_no = 'R-1'")
    credit(draft, "UK", returned)

    assert the(draft, returned)["amount_net"] == -3
    assert sales(draft) == [(1, "posted")]


def test_a_draft_that_is_processed_before_it_could_be_deleted_is_kept_and_the_return_is_credited(draft) -> None:
    with psycopg.connect(draft.store_dsn) as connection:
        connection.execute("update mutation set posted_at = clock_timestamp() where state = 'posted'")
    returned = bring_back(draft, "R-1", BRITISH, a22086=3)
    credit(draft, "UK", returned)
    assert the(draft, returned)["cause_code"] == "taken_from_draft"
    assert sales(draft) == [(1, "posted"), (2, "planned")]

    draft.sandbox.control("POST", f"documents/{in_exact(draft, BRITISH)[0]['id']}/process")
    seen(draft)
    drain(draft)
    assert [row["cause_code"] for row in draft.mutations("effect = 'delete_sale'")] == ["changed_after_processing"]
    for _ in range(2):
        credit(draft, "UK", returned)

    assert sales(draft) == [(1, "posted"), (2, "dismissed")]
    assert total(draft, returned) == -3 * Decimal("2.55") * Decimal("1.2")
    assert total(draft, BRITISH) == WHOLE * Decimal("1.2")
    with draft.run("UK") as run:
        assert [row["case_id"] for row in run.cases.open() if row["records"]] == []


@pytest.mark.parametrize("kind", ["reset_after_commit", "reset_before_commit"])
def test_a_crash_between_deleting_and_writing_anew_leaves_one_draft_in_the_end(draft, kind: str) -> None:
    draft.times = QUICK
    returned = bring_back(draft, "R-1", BRITISH, a22086=3)
    draft.sandbox.fault(kind, endpoint="salesinvoice/SalesInvoices", method="POST")
    credit(draft, "UK", returned)
    assert sales(draft) == [(1, "dismissed"), (2, "unknown")]
    until = time.monotonic() + SETTLED_S
    while sales(draft)[-1][1] != "posted" and time.monotonic() < until:
        with draft.run("UK") as run:
            settle(run)
        time.sleep(0.3)

    assert sales(draft) == [(1, "dismissed"), (2, "posted")]
    assert (len(in_exact(draft, BRITISH)), in_exact(draft, returned)) == (1, [])
    assert total(draft, BRITISH) == (WHOLE - 3 * Decimal("2.55")) * Decimal("1.2")


def test_a_return_that_ended_with_its_order_is_taken_off_the_draft_when_the_order_stands_again(world, tmp_path) -> None:
    configure(world, tmp_path / "strict")
    world.shop("update webshop.sales set voided = true, updated_at = clock_timestamp() where sale_no = %s", BRITISH)
    book(world, "UK", BRITISH)
    returned = bring_back(world, "R-1", BRITISH, a22086=3)
    credit(world, "UK", returned)
    assert the(world, returned)["cause_code"] == "sale_dismissed"

    world.shop("update webshop.sales set voided = false, updated_at = clock_timestamp() where sale_no = %s", BRITISH)
    book(world, "UK", BRITISH)
    seen(world)
    credit(world, "UK", returned)
    assert the(world, returned)["cause_code"] == "taken_from_draft"
    assert total(world, BRITISH) == (WHOLE - 3 * Decimal("2.55")) * Decimal("1.2")


def test_a_return_whose_draft_nobody_came_to_change_is_taken_up_again(draft) -> None:
    returned = bring_back(draft, "R-1", BRITISH, a22086=3)
    with draft.run("UK", window=only(returned)) as run:
        drafts = returns_feed(run).drafts(run.sources.returns_by_number([returned]))
        run.outbox.plan([each for each in drafts if each.key.source_id == returned])
    assert (the(draft, returned)["cause_code"], sales(draft)) == ("taken_from_draft", [(1, "posted")])
    credit(draft, "UK", returned)

    assert sales(draft) == [(1, "dismissed"), (2, "posted")]
    assert total(draft, BRITISH) == (WHOLE - 3 * Decimal("2.55")) * Decimal("1.2")
