"""An idle chain is used well before Exact lets it die."""

from __future__ import annotations

import psycopg
import pytest

from include.errors import SetupError
from include.flows.orders_to_invoices import book_orders
from include.flows.token_keepalive import keep_alive


def age_the_chain(world, days: int) -> None:
    with psycopg.connect(world.store_dsn) as connection:
        connection.execute(
            "update oauth_chain set asked_at = asked_at - %(age)s::interval, received_at = received_at - %(age)s::interval",
            {"age": f"{days} days"},
        )
    world.sandbox.control("POST", "clock", {"offset_s": days * 86_400.0})


@pytest.fixture
def aged(world):
    yield world
    world.sandbox.control("POST", "clock", {"offset_s": 0.0})


def token_calls(world) -> int:
    return sum(call["endpoint"] == "oauth2/token" for call in world.sandbox.calls())


def test_a_chain_in_use_is_left_alone(world) -> None:
    before = token_calls(world)
    with world.run("UK") as run:
        assert keep_alive(run)["refreshed"] == 0
    assert token_calls(world) == before


def test_a_chain_that_idled_for_a_week_is_refreshed_once(aged) -> None:
    age_the_chain(aged, 8)
    before = token_calls(aged)
    for expected in (1, 0):
        with aged.run("UK") as run:
            assert keep_alive(run)["refreshed"] == expected
    assert token_calls(aged) == before + 1


def test_a_revoked_consent_stops_the_administration_and_names_the_cure(aged) -> None:
    age_the_chain(aged, 1)
    aged.sandbox.control("POST", "tokens", {"client_id": "exactly-uk"})
    for _ in range(2):
        with aged.run("UK") as run, pytest.raises(SetupError, match="sign-in"):
            book_orders(run)
    with aged.run("BE") as run:
        assert book_orders(run)["posted"] > 0
