"""After a restore: nothing is sent until somebody accepts the database, and then nothing is booked twice."""

from __future__ import annotations

import pytest

from include.flows.orders_to_invoices import book_orders
from include.flows.returns_to_credit_notes import credit_returns
from tests.flows.conftest import copied


@pytest.fixture
def restored(company):
    """The company's database, as if it had been restored on another cluster."""
    company.memory("update installation set place = '7'")
    return company


def states(company):
    return {row["your_ref"]: row["state"] for row in company.world.mutations()}


def test_a_database_that_is_ones_own_needs_no_acceptance(company):
    assert company.json("accept-database") == {
        "accepted": False,
        "says": "nothing to accept: this database is this environment's own",
    }


def test_a_disk_that_was_put_back_shows_nothing_and_is_accepted_when_somebody_says_so(company):
    accepted = company.json("accept-database", "--restored", "--yes")

    assert accepted["accepted"]
    assert all(each["may_have_left"] for each in company.world.mutations("state = 'dead_letter'"))


def test_a_restored_database_neither_books_nor_compares(restored):
    result = restored.run("verify")

    assert result.exit_code == 3
    assert "copied database" in result.output
    assert "exactly accept-database" in result.output


def test_nothing_is_accepted_when_the_answer_is_no(restored):
    result = restored.run("accept-database", typed="n\n")

    assert result.exit_code == 1
    assert "7 in the database" in result.output
    assert restored.run("status").exit_code == 3


def test_accepting_throws_away_the_tokens_and_leaves_an_event_on_each_unsent_record(restored):
    unsent = restored.world.mutations("state = 'dead_letter'")

    result = restored.run("accept-database", "--yes")

    assert result.exit_code == 0
    assert f"{len(unsent)} unsent records look in Exact first" in result.output
    assert {each["sign_in"] for each in restored.json("status").values()} == {"needs_consent"}
    assert all(each["may_have_left"] for each in restored.world.mutations("state = 'dead_letter'"))
    events = restored.json("trace", unsent[0]["your_ref"])["stories"][0]["story"]["events"]
    assert events[-1]["facts"] == {"accepted_database": "looks first"}
    assert events[-1]["actor"].startswith("accept-database by ")
    assert restored.run("verify", "--no-refresh").exit_code == 0


def test_what_the_outbox_forgot_is_found_in_exact_and_not_booked_twice(postgres, company, monkeypatch):
    """A backup of before the booking: the shop's orders are planned anew, and found where they stand."""
    before = len(company.world.sandbox.documents())
    forgetful = copied(postgres, company.world.store_dsn)
    monkeypatch.setattr(company.world, "store_dsn", forgetful)
    monkeypatch.setenv("AIRFLOW_CONN_EXACTLY_STORE", company.environment["AIRFLOW_CONN_EXACTLY_STORE"])
    for protection in (
        "mutation disable trigger mutation_guard",
        "mutation_event disable trigger mutation_event_append_only",
        "act disable trigger act_append_only",
    ):
        company.memory(f"alter table {protection}")
    for statement in ("truncate mutation_event, mutation restart identity cascade", "alter table mutation enable trigger mutation_guard"):
        company.memory(statement)
    company.memory("update installation set place = '7', looks_first_before = null")

    accepted = company.run("accept-database", "--yes")
    for name in ("UK", "BE", "NL"):
        company.world.sign_in(name)
        with company.world.run(name) as run:
            book_orders(run)
            credit_returns(run)
    found = company.world.mutations("state = 'posted'")
    assert accepted.exit_code == 0

    assert len(company.world.sandbox.documents()) == before
    assert {str(row["exact_id"]) for row in found} == {document["id"] for document in company.world.sandbox.documents()}
