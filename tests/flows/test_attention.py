"""A case of refused records, from its first red square to its last."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from include.adapters.links import Links
from include.flows.attention import CaseInWorkError, CaseOpenError, settle_case
from include.flows.orders_to_invoices import book_orders
from include.outbox.ports import Purpose
from include.run import Window

FRENCH = "12583"


@pytest.fixture
def booked(world):
    """The thirty-odd documents of one administration, booked."""
    with world.run("BE") as run:
        book_orders(run)
    return world


def work_off(world, name: str, case_id: str) -> dict[str, int]:
    with world.run(name, purpose=Purpose.OPERATOR) as run:
        return dict(settle_case(run, case_id))


def raised(world, name: str = "BE") -> list[str]:
    with world.run(name) as run:
        return [case.case_id for case in run.cases.take_due(at_most=200)]


def cases(world) -> dict[str, int]:
    with world.run("BE") as run:
        return {row["case_id"]: row["records"] for row in run.cases.open()}


def test_each_cause_is_one_case_and_is_raised_once(booked) -> None:
    forgotten = datetime.now(UTC) - timedelta(days=60)
    assert sorted(raised(booked)) == [f"BE:closed_period:{forgotten:%Y-%m}", "BE:unknown_relation:12583"]
    assert raised(booked) == []


def test_the_first_try_only_shows_the_case_and_calls_nobody(booked, caplog) -> None:
    calls = len(booked.sandbox.calls())
    with pytest.raises(CaseOpenError) as red:
        work_off(booked, "BE", f"BE:unknown_relation:{FRENCH}")

    assert len(booked.sandbox.calls()) == calls
    for told in (caplog.text, str(red.value)):
        assert f"NL: Relatie {FRENCH}" in told
        assert f"EN: Relation {FRENCH}" in told


def test_clearing_after_the_cure_books_exactly_the_records_of_the_case(booked) -> None:
    case_id = f"BE:unknown_relation:{FRENCH}"
    with pytest.raises(CaseOpenError):
        work_off(booked, "BE", case_id)
    before = len(booked.sandbox.documents())
    booked.sandbox.control("POST", "accounts", {"division": 820202, "Code": FRENCH, "Name": "A new relation"})

    assert work_off(booked, "BE", case_id)["posted"] == 1
    assert len(booked.sandbox.documents()) == before + 1
    assert case_id not in cases(booked)


def test_clearing_without_a_cure_leaves_the_case_red(booked) -> None:
    case_id = f"BE:unknown_relation:{FRENCH}"
    for _ in range(2):
        with pytest.raises(CaseOpenError):
            work_off(booked, "BE", case_id)

    assert cases(booked)[case_id] == 1


def test_a_cause_that_exact_names_is_parked_after_two_refusals(world) -> None:
    busiest = "12748"
    world.sandbox.control("POST", "accounts", {"division": 820101, "Code": busiest, "Blocked": True})
    with world.run("UK") as run:
        book_orders(run)
    refused = world.mutations("cause_subject = %s", busiest)

    assert len(refused) > 2
    assert sum(row["attempt"] for row in refused) == 2
    assert {row["cause_code"] for row in refused} == {"blocked_account"}
    posts = [call for call in world.sandbox.calls() if call["method"] == "POST" and call["status"] == 500]
    assert len(posts) == 2 + 2, "two more for the relation that is blocked in these books anyway"


def test_after_the_cure_a_canary_goes_first_and_the_others_follow(world) -> None:
    busiest = "12748"
    world.sandbox.control("POST", "accounts", {"division": 820101, "Code": busiest, "Blocked": True})
    with world.run("UK") as run:
        book_orders(run)
    case_id = f"UK:blocked_account:{busiest}"
    with pytest.raises(CaseOpenError):
        work_off(world, "UK", case_id)
    with pytest.raises(CaseOpenError):
        work_off(world, "UK", case_id)
    refused = world.mutations("cause_subject = %s", busiest)
    assert sum(row["attempt"] for row in refused) == 3

    world.sandbox.control("POST", "accounts", {"division": 820101, "Code": busiest, "Blocked": False})
    assert work_off(world, "UK", case_id)["posted"] == len(refused)
    assert case_id not in cases(world)


def test_a_later_record_of_a_closed_cause_opens_the_case_again(world) -> None:
    french, case_id = {"division": 820202, "Code": "12686"}, "BE:blocked_account:12686"
    world.sandbox.control("POST", "accounts", {**french, "Blocked": True})
    with world.run("BE") as run:
        book_orders(run)
    assert case_id in raised(world)
    with pytest.raises(CaseOpenError):
        work_off(world, "BE", case_id)
    world.sandbox.control("POST", "accounts", {**french, "Blocked": False})
    work_off(world, "BE", case_id)
    assert case_id not in cases(world)

    world.sandbox.control("POST", "accounts", {**french, "Blocked": True})
    number = world.add_order("999003", like="536852")
    with world.run("BE", window=Window(datetime.now(UTC), datetime.now(UTC), order_numbers=(number,))) as run:
        book_orders(run)
    assert cases(world)[case_id] == 1
    assert raised(world) == [case_id]


def test_a_canary_with_another_trouble_of_its_own_leaves_the_case_and_the_others_follow(world) -> None:
    french, case_id = {"division": 820202, "Code": "12686"}, "BE:blocked_account:12686"
    for number in ("999004", "999005", "999006"):
        world.add_order(number, like="536852")
    world.sandbox.control("POST", "accounts", {**french, "Blocked": True})
    with world.run("BE") as run:
        book_orders(run)
    with pytest.raises(CaseOpenError):
        work_off(world, "BE", case_id)
    first = world.mutations("cause_code = 'blocked_account'")[0]["source_id"]
    world.shop("update webshop.sales set pay_method = 'pigeon' where sale_no = %s", first)
    world.sandbox.control("POST", "accounts", {**french, "Blocked": False})
    work_off(world, "BE", case_id)

    assert case_id not in cases(world)
    assert cases(world)["BE:missing_payment_condition:pigeon"] == 1


def test_a_record_that_the_shop_no_longer_has_leaves_the_case_to_the_others(booked) -> None:
    case_id = f"BE:unknown_relation:{FRENCH}"
    booked.add_order("999004", like=booked.mutations("cause_subject = %s", FRENCH)[0]["source_id"])
    with booked.run("BE", window=Window(datetime.now(UTC), datetime.now(UTC), order_numbers=("999004",))) as run:
        book_orders(run)
    for table in ("sale_items", "sales"):
        booked.shop(f"delete from webshop.{table} where sale_no = %s", booked.mutations("cause_subject = %s", FRENCH)[0]["source_id"])
    with pytest.raises(CaseOpenError):
        work_off(booked, "BE", case_id)
    booked.sandbox.control("POST", "accounts", {"division": 820202, "Code": FRENCH, "Name": "A new relation"})

    assert work_off(booked, "BE", case_id)["posted"] == 1
    assert cases(booked)["BE:vanished_from_source"] == 1
    with pytest.raises(CaseOpenError):
        work_off(booked, "BE", "BE:vanished_from_source")
    with pytest.raises(CaseOpenError, match="no longer in the shop"):
        work_off(booked, "BE", "BE:vanished_from_source")


def test_who_clears_a_case_that_somebody_works_on_is_told_so_and_sends_nothing(booked) -> None:
    case_id = f"BE:unknown_relation:{FRENCH}"
    with pytest.raises(CaseOpenError):
        work_off(booked, "BE", case_id)
    calls = len(booked.sandbox.calls())
    with booked.run("BE") as other, other.cases.hold(case_id) as held:
        assert held
        with pytest.raises(CaseInWorkError):
            work_off(booked, "BE", case_id)
        assert other.cases.close_empty() == []

    assert len(booked.sandbox.calls()) == calls


def test_two_clears_at_once_send_each_record_once(booked) -> None:
    case_id = f"BE:unknown_relation:{FRENCH}"
    with pytest.raises(CaseOpenError):
        work_off(booked, "BE", case_id)
    booked.sandbox.control("POST", "accounts", {"division": 820202, "Code": FRENCH, "Name": "A new relation"})
    before = len(booked.sandbox.documents())
    with ThreadPoolExecutor(2) as both:
        ended = [each.result() for each in [both.submit(work_off, booked, "BE", case_id) for _ in range(2)]]

    assert sum(tally.get("posted", 0) for tally in ended) == 1
    assert len(booked.sandbox.documents()) == before + 1
    assert case_id not in cases(booked)


def test_a_record_that_joins_an_open_case_is_sent_with_it(world) -> None:
    french = {"division": 820202, "Code": "12682", "Name": "A blocked relation"}
    world.sandbox.control("POST", "accounts", {**french, "Blocked": True})
    with world.run("BE") as run:
        book_orders(run)
    case_id = "BE:blocked_account:12682"
    waiting = cases(world)[case_id]
    with pytest.raises(CaseOpenError):
        work_off(world, "BE", case_id)
    with pytest.raises(CaseOpenError):
        work_off(world, "BE", case_id)
    number = world.add_order("999005", like=world.mutations("cause_subject = '12682'")[0]["source_id"])
    with world.run("BE", window=Window(datetime.now(UTC), datetime.now(UTC), order_numbers=(number,))) as run:
        book_orders(run)
    assert cases(world)[case_id] == waiting + 1

    world.sandbox.control("POST", "accounts", {**french, "Blocked": False})
    assert work_off(world, "BE", case_id)["posted"] == waiting + 1


def test_a_record_that_is_booked_another_way_closes_its_case(booked) -> None:
    case_id = f"BE:unknown_relation:{FRENCH}"
    assert case_id in raised(booked)
    number = booked.mutations("cause_subject = %s", FRENCH)[0]["source_id"]
    booked.sandbox.control("POST", "accounts", {"division": 820202, "Code": FRENCH, "Name": "A new relation"})
    booked.shop("update webshop.sales set updated_at = now(), voided = true where sale_no = %s", number)
    with booked.run("BE", window=Window(datetime.now(UTC), datetime.now(UTC), order_numbers=(number,))) as run:
        book_orders(run)
        assert run.cases.close_empty() == [case_id]

    assert raised(booked) == [case_id]
    assert work_off(booked, "BE", case_id) == {}
    assert raised(booked) == []


def test_the_log_of_a_case_leads_to_the_order_and_shows_what_was_sent(world, caplog) -> None:
    world.sandbox.control("POST", "accounts", {"division": 820202, "Code": "12686", "Blocked": True})
    links = Links("https://shop.example/{kind}s/{number}", "https://exact.example/{division}/{id}")
    caplog.set_level("INFO")
    with world.run("BE", links=links, purpose=Purpose.OPERATOR) as run:
        book_orders(run)
        with pytest.raises(CaseOpenError):
            settle_case(run, "BE:blocked_account:12686")
    number = world.mutations("cause_code = 'blocked_account'")[0]["source_id"]

    assert f"https://shop.example/orders/{number}" in caplog.text
    assert '"SalesEntryLines"' in caplog.text
    assert "answer: 500" in caplog.text
