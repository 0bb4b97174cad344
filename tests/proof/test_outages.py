"""Exact away: the backlog comes through without a person and without a dead letter, and hardly anybody knocks meanwhile."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from include.proof.fleet import run_fleet
from include.proof.fleet_plan import FleetPlan
from include.proof.outages import TIME_SCALE, Absence, Away, Outage, knocks, outage_did_no_harm

SINCE = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.timeout(240)
def test_after_some_minutes_without_exact_all_is_booked_once_and_nobody_was_asked(postgres, record_property) -> None:
    scale = TIME_SCALE[Absence.MINUTES]
    plan = FleetPlan(orders=40, kills=2, workers=1, outage="minutes", time_scale=scale, longest_s=180.0, seed=int.from_bytes(os.urandom(3)))
    report = run_fleet(plan, postgres.create_database("outage"))

    record_property("outage", report.summary())
    assert report.violations == [], report.summary()
    assert (report.states, report.causes) == ({"posted": plan.orders}, {})
    assert report.outage is not None
    assert report.outage.calls > 0


def test_a_day_without_exact_is_a_hundred_knocks_and_an_hour_eight() -> None:
    assert (knocks(300), knocks(3_600), knocks(86_400)) == (3, 8, 100)


def test_what_reached_exact_while_it_was_away_is_counted_apart_from_what_came_after() -> None:
    calls = [
        {"endpoint": endpoint, "fault": fault, "received_ms": (SINCE.timestamp() + second) * 1000}
        for endpoint, fault, second in (
            ("salesentry/SalesEntries", "maintenance", 1),
            ("oauth2/token", "maintenance", 30),
            ("system/Divisions", None, 61),
            ("system/Divisions", None, 200),
        )
    ]
    away = Away(Absence.HOUR, SINCE, SINCE + timedelta(seconds=60), time_scale=60.0)
    seen = away.measured(calls, SINCE + timedelta(seconds=90), ended_green=2)

    assert seen == Outage("hour", 3_600, calls=1, token_calls=1, first_minute=0, settled_s=1_800, ended_green=2)
    assert away.measured(calls[2:], SINCE, 0).settled_s == 0


def test_a_dead_letter_or_too_many_knocks_are_violations() -> None:
    hour = Outage("hour", 3_600, calls=50)

    assert outage_did_no_harm(hour, divisions=2, causes={}) == []
    assert [each.invariant for each in outage_did_no_harm(hour, divisions=2, causes={"unknown_outcome": 1})] == ["I3"]
    assert [each.invariant for each in outage_did_no_harm(Outage("hour", 3_600, calls=500), divisions=2, causes={})] == ["I7"]
