"""`exactly quota`: what is left, for whom, who used it, and when the backlog will be through."""

from __future__ import annotations

import pytest

BE = 820202


@pytest.fixture
def waiting(company):
    """A record of a past window and one of today wait to be sent."""
    some = [row["mutation_id"] for row in company.world.mutations("division = %s and state = 'posted'", BE)][:2]
    company.memory("alter table mutation disable trigger user")
    company.memory("update mutation set state = 'planned' where mutation_id = any(%s)", some)
    company.memory("insert into bulk_mutation select unnest(%s::bigint[])", some[1:])
    yield company
    company.memory("delete from bulk_mutation")
    company.memory("update mutation set state = 'posted' where mutation_id = any(%s)", some)
    company.memory("alter table mutation enable trigger user")


def test_machines_get_limits_reserves_and_a_forecast_per_flow(waiting):
    told = waiting.json("quota")
    be = told["BE"]
    near, bulk = be["flows"]

    assert sorted(told) == ["BE", "NL", "UK"]
    assert (be["is_known"], be["day_limit"], be["minute_limit"]) == (True, 100_000, 6000)
    assert be["own_calls"] == 100_000 - be["remaining"]
    assert be["left_for"] == {
        "operator": be["remaining"],
        "interactive": be["remaining"] - 2000,
        "near_time": be["remaining"] - 5000,
        "bulk": be["remaining"] - 40_000,
    }
    assert (near["flow"], near["is_bulk"], near["documents"]) == ("orders_to_invoices", False, 1)
    assert (bulk["flow"], bulk["is_bulk"], bulk["documents"], bulk["calls"]) == ("orders_to_invoices", True, 1, 2)
    assert near["done_at"] < bulk["done_at"]
    assert bulk["says"].startswith("2 calls, done by ")


def test_people_read_it_in_their_language(waiting):
    dutch, english = (waiting.run("quota", "--language", language).output for language in ("nl", "en"))

    assert "aanroepen, klaar rond" in dutch
    assert "vandaag over voor" in dutch
    assert "calls, done by" in english
    assert "left today for" in english
    assert "bulk leaves" in english
    assert "Nothing is planned." in english


def test_a_stranger_is_told_with_the_number_of_his_calls(company):
    sandbox = company.world.sandbox
    sandbox.control("POST", "limits", {"client_id": "exactly-be", "division": BE, "minutely": 6000, "daily": 100_000, "use": 3000})
    company.run("checks", "BE", "--now")
    be, output = company.json("quota")["BE"], company.run("quota").output

    assert be["strangers"] == 3000
    assert be["others_a_day"] >= 3000
    assert "somebody else used 3,000 of today's 100,000 calls of this app in this company" in output


def test_limits_that_exact_has_not_told_are_assumed_and_told_as_such(company):
    company.memory("create table kept as select * from quota")
    company.memory("delete from quota")
    unknown, output = company.json("quota")["UK"], company.run("quota").output
    company.memory("insert into quota select * from kept")
    company.memory("drop table kept")

    assert (unknown["is_known"], unknown["day_limit"], unknown["minute_limit"], unknown["own_calls"]) == (False, 5000, 60, 0)
    assert "Exact has not told its limits yet; 5,000 calls a day and 60 a minute are assumed" in output
