"""The way back: what people do in Exact with our documents is seen, told to the shop, and asked about where it must be."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from include.adapters.links import Links
from include.flows.attention import CaseOpenError, settle_case
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.outbox.model import Tally
from include.run import Window
from include.store.acts import ActStore
from include.store.cases import CaseStore
from include.store.database import Database
from include.store.deeds import DESK, Doer
from tests.flows.conftest import World

UK_ORDER, BE_ORDER = "536365", "536852"
ADDRESS = Links(document="https://start.exactonline.co.uk/docs/SalesInvoice.aspx?_Division_={division}&ID={id}")
READ_ONLY = "select * from document_links where source_id = %s order by effect_number"
BE_ACCOUNT = {"endpoint": "crm/Accounts", "division": 820101, "Code": "17850", "Name": "A relation of 536365", "Status": "C"}


def links(world: World, number: str) -> list[dict[str, Any]]:
    """What the shop reads."""
    with psycopg.connect(world.store_dsn, row_factory=dict_row) as connection:
        return connection.execute(READ_ONLY, (number,)).fetchall()


def booked(world: World, name: str, number: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    with world.run(name, window=Window(now, now, order_numbers=(number,)), links=ADDRESS) as run:
        book_orders(run)
    return world.mutations("source_id = %s", number)[-1]


def refreshed(world: World, name: str) -> Tally:
    with world.run(name, links=ADDRESS) as run:
        return refresh(run)


def open_cases(world: World) -> dict[str, int]:
    database = Database(world.store_dsn)
    found = {row["case_id"]: row["records"] for row in CaseStore(database).open()}
    database.close()
    return found


def by_hand(world: World, method: str, document: object, act: str = "", **body: Any) -> dict[str, Any]:
    """What the bookkeeper does with a document."""
    return world.sandbox.control(method, f"documents/{document}{act}", body)


@pytest.fixture
def uk(world: World) -> tuple[World, dict[str, Any]]:
    """An order of the United Kingdom that is a draft invoice, and that the mirror has seen."""
    world.sandbox.control("POST", "rows", BE_ACCOUNT)
    mutation = booked(world, "UK", UK_ORDER)
    assert mutation["state"] == "posted", mutation["cause_code"]
    refreshed(world, "UK")
    return world, mutation


@pytest.fixture
def be(world: World) -> tuple[World, dict[str, Any]]:
    """An order of Belgium that is an entry in the books, and that the mirror has seen."""
    mutation = booked(world, "BE", BE_ORDER)
    assert mutation["state"] == "posted", mutation["cause_code"]
    refreshed(world, "BE")
    return world, mutation


def test_the_shop_learns_the_document_before_the_mirror_has_seen_it(world: World) -> None:
    mutation = booked(world, "BE", BE_ORDER)
    [link] = links(world, BE_ORDER)

    assert (link["document_id"], link["status"], link["division"], link["administration"]) == (mutation["exact_id"], "open", 820202, "BE")
    assert (link["net"], link["link"]) == (mutation["amount_net"], None)


def test_a_draft_becomes_processed_and_the_shop_learns_its_number(uk) -> None:
    world, mutation = uk
    [draft] = links(world, UK_ORDER)
    assert (draft["status"], draft["number"], draft["edited"], draft["total"]) == ("draft", None, False, draft["net"] + sum_of(mutation))
    assert draft["link"] == f"https://start.exactonline.co.uk/docs/SalesInvoice.aspx?_Division_=820101&ID={mutation['exact_id']}"

    number = by_hand(world, "POST", mutation["exact_id"], "/process")["InvoiceNumber"]
    refreshed(world, "UK")
    [processed] = links(world, UK_ORDER)

    assert (processed["status"], processed["number"], processed["edited"]) == ("processed", str(number), False)
    assert processed["changed_at"] > draft["changed_at"]


def sum_of(mutation: dict[str, Any]) -> Any:
    return sum(type(mutation["amount_net"])(amount) for amount in mutation["vat"].values())


def test_what_nobody_touched_keeps_its_moment_of_change(uk) -> None:
    world, _ = uk
    [before] = links(world, UK_ORDER)
    refreshed(world, "UK")

    assert links(world, UK_ORDER) == [before]


def test_a_document_that_somebody_changed_is_shown_as_edited_until_it_is_changed_back(uk) -> None:
    world, mutation = uk
    line = by_hand(world, "GET", mutation["exact_id"])["lines"][0]
    by_hand(world, "PATCH", mutation["exact_id"], "/lines/1", Quantity=int(line["Quantity"]) + 1)
    assert refreshed(world, "UK")["edited"] == 1
    assert links(world, UK_ORDER)[0]["edited"]
    assert open_cases(world) == {}

    by_hand(world, "PATCH", mutation["exact_id"], "/lines/1", Quantity=int(line["Quantity"]))
    refreshed(world, "UK")
    assert not links(world, UK_ORDER)[0]["edited"]


def test_an_entry_that_somebody_changed_is_edited_and_not_deleted_although_exact_writes_its_lines_anew(be) -> None:
    world, mutation = be
    by_hand(world, "PATCH", mutation["exact_id"], YourRef="by hand")
    tally = refreshed(world, "BE")

    assert (tally["edited"], tally["gone"]) == (1, 0)
    [link] = links(world, BE_ORDER)
    assert (link["status"], link["edited"]) == ("open", True)


@pytest.mark.parametrize(("fixture", "name", "number"), [("uk", "UK", UK_ORDER), ("be", "BE", BE_ORDER)])
def test_a_document_that_somebody_deleted_is_gone_and_a_case(request: pytest.FixtureRequest, fixture: str, name: str, number: str) -> None:
    world, mutation = request.getfixturevalue(fixture)
    by_hand(world, "DELETE", mutation["exact_id"])

    assert refreshed(world, name)["gone"] == 1
    assert [(row["state"], row["cause_code"], row["cause_subject"]) for row in world.mutations("source_id = %s", number)] == [
        ("gone", "deleted_in_exact", number)
    ]
    assert [(link["status"], link["link"]) for link in links(world, number)] == [("deleted", None)]
    assert open_cases(world) == {f"{name}:deleted_in_exact:{number}": 1}


def test_the_case_of_a_deleted_document_stays_red_and_books_nothing_until_somebody_decides(uk) -> None:
    world, mutation = uk
    by_hand(world, "DELETE", mutation["exact_id"])
    refreshed(world, "UK")
    case_id = f"UK:deleted_in_exact:{UK_ORDER}"
    for _ in range(2):
        with world.run("UK") as run, pytest.raises(CaseOpenError, match="book it once more"):
            settle_case(run, case_id)
    with world.run("UK") as run:
        book_orders(run)
    assert [row["state"] for row in world.mutations("source_id = %s", UK_ORDER)] == ["gone"]

    with world.run("UK") as run:
        acts = ActStore(Database(world.store_dsn))
        [record] = acts.waiting(UK_ORDER)
        assert acts.dismiss([record.mutation_id], "a test order", Doer("an operator", DESK))
        assert settle_case(run, case_id) == Tally()
    assert case_id not in open_cases(world)
    assert links(world, UK_ORDER)[0]["status"] == "deleted"


def test_what_we_delete_ourselves_is_no_case(uk) -> None:
    world, _ = uk
    with psycopg.connect(world.store_dsn) as connection:
        connection.execute("update mutation set posted_at = posted_at - interval '1 hour'")
    now = datetime.now(UTC)
    world.shop("update webshop.sales set voided = true, updated_at = %s where sale_no = %s", now, UK_ORDER)
    with world.run("UK", window=Window(now, now, order_numbers=(UK_ORDER,))) as run:
        book_orders(run)
    assert refreshed(world, "UK")["gone"] == 0
    [row, deletion] = world.mutations("source_id = %s", UK_ORDER)

    assert (deletion["state"], row["state"], row["cause_code"]) == ("posted", "dismissed", "cancelled_in_source"), deletion
    assert f"UK:deleted_in_exact:{UK_ORDER}" not in open_cases(world)
    assert links(world, UK_ORDER)[0]["status"] == "deleted"


def test_a_row_that_shows_late_is_no_deletion(world: World) -> None:
    world.sandbox.switch(late_visible_rate=1.0, late_visible_s=400)
    mutation = booked(world, "BE", BE_ORDER)
    assert refreshed(world, "BE")["gone"] == 0
    passed = timedelta(hours=2)
    with psycopg.connect(world.store_dsn) as connection:
        connection.execute("update mutation set posted_at = posted_at - %s", (passed,))

    assert refreshed(world, "BE")["gone"] == 0, "the mirror does not show it, but Exact has it"
    world.sandbox.control("POST", "clock", {"advance_s": 450})
    assert refreshed(world, "BE")["followed"] == 1
    assert [(link["document_id"], link["status"]) for link in links(world, BE_ORDER)] == [(mutation["exact_id"], "open")]


def test_what_was_deleted_before_the_mirror_ever_saw_it_is_gone_after_a_look(world: World) -> None:
    mutation = booked(world, "BE", BE_ORDER)
    by_hand(world, "DELETE", mutation["exact_id"])
    assert refreshed(world, "BE")["gone"] == 0, "it may only be late"
    with psycopg.connect(world.store_dsn) as connection:
        connection.execute("update mutation set posted_at = posted_at - interval '2 hours'")

    assert refreshed(world, "BE")["gone"] == 1


def test_after_a_move_of_the_division_all_is_read_anew_and_nothing_is_called_deleted(be) -> None:
    world, _ = be
    documents = len(links(world, BE_ORDER))
    with psycopg.connect(world.store_dsn) as connection:
        connection.execute("update mirror_position set at = at - interval '2 hours'")
    assert refreshed(world, "BE")["Accounts"] == 0, "only what is new is read"
    world.sandbox.control("POST", "moves", {"division": 820202})
    after = refreshed(world, "BE")

    assert after["Accounts"] > 10, "all of them"
    assert (after["gone"], len(links(world, BE_ORDER))) == (0, documents)


def test_what_was_deleted_while_the_division_moved_is_gone(be) -> None:
    world, mutation = be
    by_hand(world, "DELETE", mutation["exact_id"])
    world.sandbox.switch(forget_deleted_days=0)
    world.sandbox.control("POST", "moves", {"division": 820202})

    assert refreshed(world, "BE")["gone"] == 1


def test_after_two_months_without_a_pull_all_is_read_anew(be) -> None:
    world, mutation = be
    by_hand(world, "DELETE", mutation["exact_id"])
    world.sandbox.switch(forget_deleted_days=0)
    assert refreshed(world, "BE")["gone"] == 0
    with psycopg.connect(world.store_dsn) as connection:
        connection.execute(
            "update mirror_cursor set began_at = began_at - interval '60 days', finished_at = finished_at - interval '60 days'"
        )

    assert refreshed(world, "BE")["gone"] == 1


def test_two_documents_with_one_token_are_a_case_until_one_is_deleted(be) -> None:
    world, mutation = be
    second = posted_again(world, mutation)
    assert refreshed(world, "BE")["doubled"] == 1
    case_id = f"BE:two_documents:{BE_ORDER}"
    assert open_cases(world) == {case_id: 1}
    for _ in range(2):
        with world.run("BE") as run, pytest.raises(CaseOpenError, match="Two documents"):
            settle_case(run, case_id)

    by_hand(world, "DELETE", second)
    refreshed(world, "BE")
    with world.run("BE") as run:
        settle_case(run, case_id)
    assert open_cases(world) == {}
    assert [row["state"] for row in world.mutations("source_id = %s", BE_ORDER)] == ["posted"]


def posted_again(world: World, mutation: dict[str, Any]) -> str:
    """The same payload once more, as by a client that does not remember."""
    with world.run("BE") as run:
        run.exact.prepare()
        reply = run.exact.post(mutation["endpoint"], mutation["payload"], lambda: True)
    assert reply.status == 201
    return str(json.loads(reply.body)["d"]["EntryID"])
