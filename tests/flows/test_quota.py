"""Past windows and limits on the whole way: bulk waits for its hours and its reserve, strangers are seen, and the log tells until when."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from include.adapters.forecasts import QuotaForecast
from include.exact.entities import MASTER_DATA
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.outbox.model import Tally
from include.outbox.ports import Purpose
from tests.flows.conftest import World

BE, APP = 820202, "exactly-be"
DIVISIONS = MASTER_DATA[0]
DAILY, MINUTELY = 100_000, 6000


@pytest.fixture
def limited(world: World) -> Iterator[World]:
    """A world whose mirror is filled, and whose sandbox gets its limits back."""
    with world.run("BE") as run:
        refresh(run)
    yield world
    world.sandbox.control("POST", "limits", {"daily": DAILY, "minutely": MINUTELY, "forgive": True})


@pytest.fixture
def closed_now(limited: World, tmp_path: Path) -> World:
    """Bulk may leave from in two hours to in three."""
    now = datetime.now(ZoneInfo("Europe/Brussels"))
    begin, end = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (2, 3))
    assert limited.configuration is not None
    for file in limited.configuration.glob("*.yaml"):
        hours = f'bulk_hours: {{from: "{begin}", until: "{end}"}}\n' if file.name == "BE.yaml" else ""
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8") + hours, encoding="utf-8")
    limited.configuration = tmp_path
    return limited


def book(world: World, purpose: Purpose = Purpose.NEAR_TIME) -> Tally:
    with world.run("BE", purpose=purpose) as run:
        return book_orders(run)


def forecasts(world: World) -> QuotaForecast:
    with world.run("BE") as run:
        return run.quota.all()


def spent(world: World) -> int:
    return max(each["in_day"] for each in world.sandbox.control("GET", "limits")["usage"] if each["division"] == BE)


def posted(world: World) -> int:
    return len(world.mutations("division = %s and state = 'posted'", BE))


def crowd(world: World, orders: int) -> None:
    """Many new orders, more than a minute's worth of calls."""
    for number in range(orders):
        world.add_order(f"many-{number}", like="536389")


def test_outside_its_hours_a_past_window_sends_nothing_and_the_news_pass_it(closed_now: World, caplog) -> None:
    caplog.set_level(logging.INFO)
    past = book(closed_now, Purpose.BULK)
    with_nothing_sent = posted(closed_now)
    closed_now.add_order("news-1", like="536389")
    news = book(closed_now)
    found = forecasts(closed_now)

    assert past["planned"] > 3
    assert past["waiting"] > 0
    assert with_nothing_sent == 0
    assert (news["posted"], news["waiting"] > 0) == (1, True)
    assert [row["your_ref"] for row in closed_now.mutations("division = %s and state = 'posted'", BE)] == ["news-1"]
    (bulk,) = found.flows
    assert (bulk.purpose, bulk.documents) == (Purpose.BULK, past["planned"])
    assert bulk.forecast.begins_at is not None
    assert timedelta(hours=1, minutes=55) < bulk.forecast.begins_at - found.budget.now <= timedelta(hours=2)
    assert "BE, still waiting: orders_to_invoices (bulk): " in caplog.text
    assert "planned; " in caplog.text


def test_in_its_hours_the_next_run_sends_what_a_past_window_planned(closed_now: World) -> None:
    past = book(closed_now, Purpose.BULK)
    without_hours = closed_now.configuration / "BE.yaml"  # type: ignore[operator]
    lines = without_hours.read_text(encoding="utf-8").splitlines()
    without_hours.write_text("\n".join(line for line in lines if not line.startswith("bulk_hours")) + "\n", encoding="utf-8")
    book(closed_now)

    assert past["posted"] == 0
    assert not closed_now.mutations("division = %s and state = 'planned'", BE)
    assert posted(closed_now) > 3


def test_a_past_window_leaves_its_reserve_and_the_news_go_on_above_theirs(limited: World) -> None:
    with limited.run("BE") as run:
        run.mapping.require()
    daily = math.ceil((spent(limited) + 12) / 0.6)
    limited.sandbox.control("POST", "limits", {"daily": daily})
    past = book(limited, Purpose.BULK)
    left_by_bulk = daily - spent(limited)
    limited.add_order("news-1", like="536389")
    book(limited)

    assert past["waiting"] > 0
    assert past["posted"] > 0
    assert 0.4 * daily - 1 <= left_by_bulk <= 0.4 * daily + 1
    assert limited.mutations("your_ref = 'news-1'")[0]["state"] == "posted"
    assert limited.mutations("division = %s and state = 'planned'", BE)


def test_much_is_announced_with_a_forecast_before_it_is_sent(closed_now: World, caplog) -> None:
    caplog.set_level(logging.INFO)
    crowd(closed_now, 60)
    closed_now.sandbox.control("POST", "limits", {"minutely": spent(closed_now) + 15})
    book(closed_now, Purpose.BULK)
    told = [record.getMessage() for record in caplog.records if "orders_to_invoices" in record.getMessage()]

    assert told[0].startswith("BE: orders_to_invoices (bulk): ")
    assert " calls, begins " in told[0]
    assert told[-1].startswith("BE, still waiting: orders_to_invoices (bulk): ")


def test_a_stranger_on_the_same_key_is_noticed_and_counted_into_the_forecast(limited: World, caplog) -> None:
    limited.sandbox.control("POST", "limits", {"daily": 5000})
    with limited.run("BE") as run:
        run.pulls.pull(DIVISIONS)
    alone = forecasts(limited)
    limited.sandbox.control("POST", "limits", {"client_id": APP, "division": BE, "minutely": MINUTELY, "daily": 5000, "use": 1240})
    with limited.run("BE") as run:
        run.pulls.pull(DIVISIONS)
        run.quota.tell_rest()
    found = forecasts(limited)

    assert alone.strangers == 0
    assert found.strangers == 1240
    assert found.own_calls == spent(limited) - 1240
    assert "BE: somebody else used 1,240 of today's 5,000 calls of this app in this company" in caplog.text
    assert found.budget.others_a_day > alone.budget.others_a_day
    assert found.left_for[Purpose.BULK] == found.budget.remaining - 2000


def test_an_administration_that_only_observes_announces_nothing(limited: World, caplog, tmp_path: Path) -> None:
    caplog.set_level(logging.INFO)
    for file in limited.configuration.glob("*.yaml"):  # type: ignore[union-attr]
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8").replace("mode: book", "mode: observe"), encoding="utf-8")
    limited.configuration = tmp_path
    crowd(limited, 60)
    limited.sandbox.control("POST", "limits", {"minutely": spent(limited) + 15})
    book(limited)

    assert "orders_to_invoices: " not in caplog.text
    assert forecasts(limited).flows
