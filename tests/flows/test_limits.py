"""Exact's limits in the middle of a drain: it ends green, the next run does no harm, and all is booked in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest

from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.flows.unknown_outcomes import settle

DAILY = 100_000


@pytest.fixture
def limited(world) -> Iterator[object]:
    """A world whose mirror is filled, and whose sandbox gets its limits back."""
    with world.run("BE") as run:
        refresh(run)
    yield world
    world.sandbox.control("POST", "limits", {"daily": DAILY, "minutely": 6000, "forgive": True})


def book(world) -> Counter[str]:
    with world.run("BE") as run:
        return book_orders(run)


def rejected(world) -> int:
    return sum(call["status"] == 429 for call in world.sandbox.calls())


def spent(world) -> int:
    return max(each["in_day"] for each in world.sandbox.control("GET", "limits")["usage"] if each["division"] == 820202)


def test_the_end_of_the_days_calls_ends_the_drain_green_and_the_next_runs_ask_nothing(limited) -> None:
    limited.sandbox.control("POST", "limits", {"daily": spent(limited) + 12})
    first = book(limited)
    calls = len(limited.sandbox.calls())
    second = book(limited)
    with limited.run("BE") as run:
        settle(run)

    assert first["posted"] <= 12
    assert first["waiting"] > 0
    assert second["waiting"] > 0
    assert len(limited.sandbox.calls()) <= calls + 2
    assert rejected(limited) <= 1
    assert {row["state"] for row in limited.mutations()} == {"posted", "planned", "dead_letter"}


def test_after_the_reset_the_rest_is_booked_once(limited) -> None:
    limited.sandbox.control("POST", "limits", {"daily": spent(limited) + 12})
    book(limited)
    limited.sandbox.control("POST", "limits", {"daily": DAILY, "forgive": True})
    with psycopg.connect(limited.store_dsn) as connection:
        connection.execute("update quota set paused_until = 'epoch', day_reset_at = 'epoch'")
        connection.execute("update mutation set not_before = 'epoch' where state = 'planned'")
    book(limited)

    documents = Counter(each["your_ref"] for each in limited.sandbox.documents())
    assert {row["state"] for row in limited.mutations()} == {"posted", "dead_letter"}
    assert max(documents.values()) == 1
