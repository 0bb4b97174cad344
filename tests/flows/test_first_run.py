"""First run: what stands in Exact already under the shop's numbers is taken, and what only looks alike is asked about."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from include.exact.entities import DOCUMENTS
from include.feeds import orders_feed
from include.flows.attention import CaseOpenError, settle_case
from include.flows.orders_to_invoices import book_orders
from include.outbox.model import Tally
from include.run import Window
from tests.flows.conftest import World

ORDER, OTHER = "536852", "536389"


def typed_in(world: World, **changes: Any) -> str:
    """Somebody booked the order by hand before we came: what we would write, without our token, and with these changes."""
    payload = {**json.loads(would_write(world)), **changes}
    del payload["ExternalLinkReference"]
    with world.run("BE") as run:
        run.exact.prepare()
        reply = run.exact.post("salesentry/SalesEntries", json.dumps(payload), lambda: True)
    assert reply.status == 201, reply.body
    return str(json.loads(reply.body)["d"]["EntryID"])


def would_write(world: World) -> str:
    """The payload of the order."""
    with world.run("BE") as run:
        orders = orders_feed(run)
        [draft] = [each for each in orders.drafts(orders.by_number([ORDER])) if each.key.effect == "sale"]
    return str(draft.payload)


def only(*numbers: str) -> Window:
    now = datetime.now(UTC)
    return Window(now - timedelta(days=9), now, order_numbers=numbers)


def book(world: World, *numbers: str) -> Tally:
    with world.run("BE", window=only(*numbers)) as run:
        return book_orders(run)


def of_order(world: World, number: str = ORDER) -> dict[str, Any]:
    [row] = world.mutations("source_id = %s", number)
    return row


def posts(world: World) -> int:
    return sum(call["method"] == "POST" and "SalesEntries" in call["path"] for call in world.sandbox.calls())


def test_what_stands_there_under_our_number_is_taken_and_not_booked_again(world: World) -> None:
    by_hand = typed_in(world)
    before = posts(world)
    tally = book(world, ORDER, OTHER)

    assert (tally["adopted"], tally["posted"]) == (1, 1)
    assert posts(world) == before + 1, "the other order"
    row = of_order(world)
    assert (row["state"], str(row["exact_id"]), row["attempt"]) == ("posted", by_hand, 0)
    assert row["event_facts"] == {"adopted": by_hand, "on": "first run"}
    assert book(world, ORDER, OTHER)["posted"] == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"Customer": None}, "relation"),
        ({"Currency": "EUR"}, "currency"),
        ({"SalesEntryLines": None}, "net amount"),
    ],
)
def test_what_only_carries_our_number_is_asked_about(world: World, changes: dict[str, Any], named: str) -> None:
    by_hand = typed_in(world, **altered(world, changes))
    tally = book(world, ORDER)
    row = of_order(world)

    assert tally["dead_letter"] == 1
    assert (row["state"], row["cause_code"], row["cause_subject"]) == ("dead_letter", "already_in_exact", ORDER)
    assert row["cause_facts"]["ours"].startswith(str(row["amount_net"].normalize()))
    assert row["cause_facts"]["in Exact 1"].endswith(f"id {by_hand}; otherwise than ours: {named}")


def altered(world: World, changes: dict[str, Any]) -> dict[str, Any]:
    """Another customer, and half of each amount, where the changes leave them open."""
    payload = json.loads(would_write(world), parse_float=Decimal)
    if "Customer" in changes:
        code = {"endpoint": "crm/Accounts", "division": 820202, "Code": "777", "Name": "Somebody else", "Status": "C"}
        return {"Customer": world.sandbox.control("POST", "rows", code)["ID"]}
    if "SalesEntryLines" in changes:
        first, *others = payload["SalesEntryLines"]
        return {"SalesEntryLines": json.loads(json.dumps([{**first, "AmountFC": 1}, *others], default=float))}
    return changes


def test_a_dead_letter_of_the_first_run_is_booked_when_the_document_gets_another_number(world: World) -> None:
    by_hand = typed_in(world, **altered(world, {"Customer": None}))
    book(world, ORDER)
    case_id = f"BE:already_in_exact:{ORDER}"
    for _ in range(2):
        with world.run("BE") as run, pytest.raises(CaseOpenError, match="stands in Exact already"):
            settle_case(run, case_id)
    world.sandbox.control("PATCH", f"documents/{by_hand}", {"YourRef": "by hand"})

    with world.run("BE") as run:
        assert settle_case(run, case_id)["posted"] == 1
    assert of_order(world)["state"] == "posted"


def test_a_credit_of_the_same_number_is_no_sale(world: World) -> None:
    payload = json.loads(would_write(world), parse_float=Decimal)
    lines = [{**line, "AmountFC": -line["AmountFC"], "Quantity": -line["Quantity"]} for line in payload["SalesEntryLines"]]
    typed_in(world, SalesEntryLines=json.loads(json.dumps(lines, default=float)))

    assert book(world, ORDER)["posted"] == 1


def test_the_first_run_compares_all_that_stands_there_in_one_pull(world: World) -> None:
    typed_in(world)
    began = len(world.sandbox.calls())
    with world.run("BE") as run:
        book_orders(run)
    pulls = [call for call in world.sandbox.calls()[began:] if call["endpoint"] in {"sync/Financial/TransactionLines", "sync/Deleted"}]

    assert len(pulls) == 2


def test_what_was_sold_after_the_first_run_is_booked_whatever_carries_its_number(world: World) -> None:
    book(world, OTHER)
    typed_in(world)
    with psycopg.connect(world.store_dsn) as connection:
        connection.execute("update first_booking set began_at = began_at - interval '90 days'")
    with world.run("BE") as run:
        run.pulls.pull(DOCUMENTS["TransactionLines"])

    assert book(world, ORDER)["posted"] == 1
