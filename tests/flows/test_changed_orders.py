"""Orders that change after their document exists, with a bookkeeper at work in Exact meanwhile."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from include.errors import SetupError
from include.flows.attention import CaseOpenError, settle_case
from include.outbox.ports import Purpose
from include.rebooking import credit_and_rebook
from tests.flows.returning import book, in_exact, total

BRITISH, IRISH = "536402", "536890"


@pytest.fixture
def sold(world):
    """Two orders that are in Exact: a draft invoice, and an entry in the books. What was made is seen at once."""
    world.times = replace(world.times, second_look_s=0.0)
    assert book(world, "UK", BRITISH)["posted"] >= 1
    assert book(world, "BE", IRISH)["posted"] >= 1
    return world


def change(world, number: str, quantity: int = 7) -> None:
    """The customer wants another quantity of the first article."""
    world.shop("update webshop.sale_items set qty = %s where sale_no = %s and line_no = 1", quantity, number)
    world.shop("update webshop.sales set updated_at = now() where sale_no = %s", number)


def cancel(world, number: str) -> None:
    world.shop("update webshop.sales set voided = true, updated_at = now() where sale_no = %s", number)


def story(world, number: str) -> list[str]:
    rows = world.mutations("source_id = %s and key_division = 0", number)
    return [f"{row['effect']} {row['effect_number']} {row['state']}" for row in rows]


def the_document(world, number: str) -> dict[str, Any]:
    (document,) = in_exact(world, number)
    return document


def at_the_desk(world, verb: str, number: str, path: str = "", **body: Any) -> None:
    """The bookkeeper does something with the order's document in Exact."""
    world.sandbox.control(verb, f"documents/{the_document(world, number)['id']}{path}", body or None)


def work_off(world, name: str, case_id: str):
    with world.run(name, purpose=Purpose.OPERATOR) as run:
        return settle_case(run, case_id)


def cleared(world, name: str, case_id: str):
    """The case is shown, and its task cleared."""
    with pytest.raises(CaseOpenError):
        work_off(world, name, case_id)
    return work_off(world, name, case_id)


def test_a_changed_order_takes_its_draft_away_and_writes_a_new_one(sold) -> None:
    before, net = the_document(sold, BRITISH), sold.mutations("source_id = %s", BRITISH)[-1]["amount_net"]
    change(sold, BRITISH)
    tally = book(sold, "UK", BRITISH)

    assert tally["posted"] == 2
    assert story(sold, BRITISH) == ["sale 1 dismissed", "delete_sale 1 posted", "sale 2 posted"]
    after = the_document(sold, BRITISH)
    assert after["id"] != before["id"]
    assert sold.mutations("source_id = %s", BRITISH)[-1]["amount_net"] != net
    assert total(sold, BRITISH) == Decimal(str(after["amount_fc"]))
    assert book(sold, "UK", BRITISH)["posted"] == 0


def test_a_change_costs_two_reads_a_deletion_and_a_post(sold) -> None:
    change(sold, BRITISH)
    began = len(sold.sandbox.calls())
    book(sold, "UK", BRITISH)
    calls = [call for call in sold.sandbox.calls()[began:] if "SalesInvoices" in call["path"] or "SalesInvoiceLines" in call["path"]]

    assert [call["method"] for call in calls] == ["GET", "GET", "DELETE", "POST"]


def test_a_change_that_exact_would_not_see_costs_nothing(sold) -> None:
    sold.shop("update webshop.sales set updated_at = now() where sale_no = %s", BRITISH)
    began = len(sold.sandbox.calls())
    book(sold, "UK", BRITISH)

    assert story(sold, BRITISH) == ["sale 1 posted"]
    assert len(sold.sandbox.calls()) == began


def test_a_cancelled_order_takes_its_draft_away(sold) -> None:
    cancel(sold, BRITISH)
    book(sold, "UK", BRITISH)

    assert story(sold, BRITISH) == ["sale 1 dismissed", "delete_sale 1 posted"]
    assert sold.mutations("source_id = %s", BRITISH)[0]["cause_code"] == "cancelled_in_source"
    assert in_exact(sold, BRITISH) == []


def test_an_order_that_is_open_again_is_booked_again(sold) -> None:
    cancel(sold, BRITISH)
    book(sold, "UK", BRITISH)
    sold.shop("update webshop.sales set voided = false, updated_at = now() where sale_no = %s", BRITISH)
    book(sold, "UK", BRITISH)

    assert story(sold, BRITISH) == ["sale 1 dismissed", "delete_sale 1 posted", "sale 2 posted"]
    assert len(in_exact(sold, BRITISH)) == 1


@pytest.mark.parametrize(
    ("path", "body"), [("", {"Description": "checked by Ann"}), ("/lines/1", {"Quantity": 3})], ids=["the header", "a line"]
)
def test_a_draft_that_a_person_touched_is_left_alone_until_somebody_decides(sold, path: str, body: dict[str, Any]) -> None:
    at_the_desk(sold, "PATCH", BRITISH, path, **body)
    touched = the_document(sold, BRITISH)
    change(sold, BRITISH)
    book(sold, "UK", BRITISH)

    assert story(sold, BRITISH) == ["sale 1 posted", "delete_sale 1 dead_letter", "sale 2 dead_letter"]
    assert {row["cause_code"] for row in sold.mutations("source_id = %s and state = 'dead_letter'", BRITISH)} == {"changed_in_exact"}
    assert the_document(sold, BRITISH)["id"] == touched["id"]
    deletion = sold.mutations("source_id = %s and method = 'DELETE'", BRITISH)[0]
    assert [name.rpartition(".")[2] for name in deletion["cause_facts"]] == list(body)


def test_a_touched_draft_that_is_set_back_is_replaced_when_its_case_is_cleared(sold) -> None:
    at_the_desk(sold, "PATCH", BRITISH, "/lines/1", Quantity=3)
    quantity = sold.mutations("source_id = %s", BRITISH)[0]["payload"]
    change(sold, BRITISH)
    book(sold, "UK", BRITISH)
    case_id = f"UK:changed_in_exact:{BRITISH}"
    with pytest.raises(CaseOpenError):
        cleared(sold, "UK", case_id)
    assert '"Quantity":40' in quantity
    at_the_desk(sold, "PATCH", BRITISH, "/lines/1", Quantity=40)

    assert work_off(sold, "UK", case_id)["posted"] == 2
    assert story(sold, BRITISH) == ["sale 1 dismissed", "delete_sale 1 posted", "sale 2 posted"]


def test_a_document_that_was_processed_is_credited_and_rebooked_when_a_person_says_so(sold) -> None:
    at_the_desk(sold, "POST", BRITISH, "/process")
    change(sold, BRITISH)
    book(sold, "UK", BRITISH)
    assert {row["cause_code"] for row in sold.mutations("source_id = %s and state = 'dead_letter'", BRITISH)} == {
        "changed_after_processing"
    }
    with sold.run("UK", purpose=Purpose.OPERATOR) as run:
        tally = credit_and_rebook(run, BRITISH, "Ann")

    assert tally["posted"] == 2
    assert story(sold, BRITISH) == ["sale 1 posted", "delete_sale 1 dismissed", "sale 2 posted", "reverse_sale 1 posted"]
    sale, _, newer, reversal = sold.mutations("source_id = %s and key_division = 0", BRITISH)
    assert reversal["amount_net"] == -sale["amount_net"]
    assert total(sold, BRITISH) == next(
        Decimal(str(each["amount_fc"])) for each in in_exact(sold, BRITISH) if each["id"] == str(newer["exact_id"])
    )


def test_a_processed_document_of_a_cancelled_order_is_credited_by_itself(sold) -> None:
    at_the_desk(sold, "POST", BRITISH, "/process")
    cancel(sold, BRITISH)
    book(sold, "UK", BRITISH)

    assert story(sold, BRITISH) == ["sale 1 posted", "delete_sale 1 dismissed", "reverse_sale 1 posted"]
    assert total(sold, BRITISH) == 0
    assert book(sold, "UK", BRITISH)["posted"] == 0


def test_an_entry_of_a_cancelled_order_is_credited_to_the_cent(sold) -> None:
    cancel(sold, IRISH)
    book(sold, "BE", IRISH)

    assert story(sold, IRISH) == ["sale 1 posted", "reverse_sale 1 posted"]
    assert len(in_exact(sold, IRISH)) == 2
    assert total(sold, IRISH) == 0


def test_an_entry_of_a_changed_order_waits_for_a_person(sold) -> None:
    change(sold, IRISH)
    book(sold, "BE", IRISH)
    assert story(sold, IRISH) == ["sale 1 posted", "sale 2 dead_letter"]
    with sold.run("BE", purpose=Purpose.OPERATOR) as run:
        assert credit_and_rebook(run, IRISH, "Ann")["posted"] == 2

    assert story(sold, IRISH) == ["sale 1 posted", "sale 2 posted", "reverse_sale 1 posted"]


def test_rebooking_is_refused_where_nothing_is_to_be_credited_and_harmless_when_it_was_done(sold) -> None:
    change(sold, IRISH)
    book(sold, "BE", IRISH)
    with sold.run("BE", purpose=Purpose.OPERATOR) as run:
        credit_and_rebook(run, IRISH, "Ann")
        before = story(sold, IRISH)
        with pytest.raises(SetupError, match="as_the_shop_says"):
            credit_and_rebook(run, IRISH, "Ann")
        with pytest.raises(SetupError, match="nothing_to_credit"):
            credit_and_rebook(run, "no such order", "Ann")

    assert story(sold, IRISH) == before


def test_a_draft_that_a_person_deleted_is_not_written_anew_by_itself(sold) -> None:
    at_the_desk(sold, "DELETE", BRITISH)
    change(sold, BRITISH)
    book(sold, "UK", BRITISH)
    assert story(sold, BRITISH) == ["sale 1 gone", "delete_sale 1 dead_letter", "sale 2 dead_letter"]
    assert in_exact(sold, BRITISH) == []

    cleared(sold, "UK", f"UK:deleted_in_exact:{BRITISH}")
    assert story(sold, BRITISH) == ["sale 1 gone", "delete_sale 1 dismissed", "sale 2 posted"]
    assert len(in_exact(sold, BRITISH)) == 1
