"""Poison: 200 orders that cannot be booked, of few causes, among 1,000 that can, through the whole flow."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.flows.orders_to_invoices import book_orders
from include.run import Window
from tests.flows.conftest import World

UK = 820101
GOOD, BAD = 1000, 200
BLOCKED = {"91001": 80, "91002": 60}
UNKNOWN_RELATION = {"91003": 40}
UNKNOWN_ITEM = {"NO-SUCH-ITEM": 20}
CAUSES = {
    **{f"blocked_account:{code}": count for code, count in BLOCKED.items()},
    **{f"unknown_relation:{code}": count for code, count in UNKNOWN_RELATION.items()},
    **{f"unknown_item:{code}": count for code, count in UNKNOWN_ITEM.items()},
}
POSTS_PER_CAUSE_MAX = 2
ERRORS_MAX = 5
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def poisoned(world: World) -> World:
    """Every sixth order of the last minute is bad."""
    for code in BLOCKED:
        world.sandbox.control("POST", "accounts", {"division": UK, "Code": code, "Name": "A blocked relation", "Blocked": True})
    for code in (*BLOCKED, *UNKNOWN_RELATION):
        world.shop(
            "insert into webshop.buyers select (jsonb_populate_record(b, jsonb_build_object('buyer_no', %s::text))).*"
            " from webshop.buyers b where b.buyer_no = '17511'",
            code,
        )
    first = "(select s.sale_no from webshop.sales s join webshop.sale_items i using (sale_no) where s.buyer_no = '17511'"
    first += " group by 1 having bool_and(i.price > 0) order by count(*) limit 1)"
    for table in ("sales", "sale_items"):
        world.shop(
            f"insert into webshop.{table} select (jsonb_populate_record(o, jsonb_build_object('sale_no', 'P' || lpad(n::text, 5, '0')))).*"
            f" from webshop.{table} o, generate_series(1, {GOOD + BAD}) n where o.sale_no = {first}"
        )
    world.shop("update webshop.sales set updated_at = now() where sale_no like 'P%%'")
    numbers = iter(range(6, GOOD + BAD + 1, 6))
    for code, count in {**BLOCKED, **UNKNOWN_RELATION}.items():
        spoil(world, "sales", "buyer_no", code, [next(numbers) for _ in range(count)])
    for code, count in UNKNOWN_ITEM.items():
        spoil(world, "sale_items", "sku", code, [next(numbers) for _ in range(count)])
    return world


def spoil(world: World, table: str, column: str, value: str, numbers: list[int]) -> None:
    chosen = [f"P{number:05}" for number in numbers]
    world.shop(f"update webshop.{table} set {column} = %s where sale_no = any(%s)", value, chosen)


def book(world: World) -> None:
    now = datetime.now(UTC)
    with world.run("UK", window=Window(now - timedelta(minutes=5), now + timedelta(minutes=1))) as run:
        book_orders(run)


def test_bad_orders_stop_no_good_one_and_cost_two_requests_a_cause(poisoned: World) -> None:
    calls_before = len(poisoned.sandbox.calls())
    book(poisoned)
    rows = poisoned.mutations("your_ref like 'P%%'")
    calls = poisoned.sandbox.calls()[calls_before:]
    spent = posts_by_cause(rows)

    assert Counter(row["state"] for row in rows) == {"posted": GOOD, "dead_letter": BAD}
    assert Counter(f"{row['cause_code']}:{row['cause_subject']}" for row in rows if row["state"] == "dead_letter") == CAUSES
    assert all(spent[f"blocked_account:{code}"] == POSTS_PER_CAUSE_MAX for code in BLOCKED)
    assert spent.total() == POSTS_PER_CAUSE_MAX * len(BLOCKED)
    assert len([call for call in calls if call["method"] == "POST"]) == GOOD + spent.total()
    refused = Counter(call["status"] for call in calls if call["status"] >= 400)
    # Refusals by validation are no errors that Exact counts; they stay below its limit nevertheless.
    assert refused == {500: spent.total()}
    assert refused.total() <= ERRORS_MAX


def test_running_again_sends_none_of_the_bad_orders_again(poisoned: World) -> None:
    book(poisoned)
    before = sum(call["method"] == "POST" for call in poisoned.sandbox.calls())
    book(poisoned)

    assert sum(call["method"] == "POST" for call in poisoned.sandbox.calls()) == before


def posts_by_cause(rows: list[dict[str, Any]]) -> Counter[str]:
    dead = [row for row in rows if row["state"] == "dead_letter"]
    return Counter(
        {cause: sum(row["attempt"] for row in dead if f"{row['cause_code']}:{row['cause_subject']}" == cause) for cause in CAUSES}
    )
