"""T3: real processes on a real PostgreSQL and a real sandbox, killed and frozen at random points under the fault mix."""

from __future__ import annotations

import importlib
import os
import pkgutil
from datetime import UTC, datetime

import pytest

import include
from include.proof import fleet_scale
from include.proof.fleet import run_fleet
from include.proof.fleet_page import page
from include.proof.fleet_plan import FleetPlan, net_of, orders
from include.proof.fleet_report import FleetReport
from include.proof.fleet_troubles import Kind, Struck, schedule
from include.proof.judge import Violation

MOMENT = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.timeout(420)
def test_nothing_is_doubled_and_nothing_lost_in_two_thousand_orders_and_eighty_deaths(postgres, record_property):
    plan = FleetPlan(freezes=20, sandbox_restarts=1, clock_skew_s=5.0, seed=int.from_bytes(os.urandom(3)))
    report = run_fleet(plan, postgres.create_database("fleet"))

    record_property("t3", report.summary())
    assert report.violations == [], report.summary()
    assert (report.duplicates, report.lost, report.kills) == (0, 0, plan.kills)
    assert report.states == {"posted": plan.orders}
    assert report.figures.posts_per_order <= 1.03
    assert report.figures.http_429 == 0
    assert report.crashes == 0
    assert len(report.faults) == 5
    assert {each.kind for each in report.struck} == {Kind.KILL, Kind.FREEZE, Kind.SANDBOX}


def test_a_quarantine_that_is_shorter_than_the_slowest_commit_is_refused():
    with pytest.raises(ValueError, match="quarantine"):
        FleetPlan().times.scaled(1, slowest_commit_s=3600)


def test_a_postgresql_that_is_not_the_fleets_own_is_not_killed():
    with pytest.raises(ValueError, match="not ours"):
        run_fleet(FleetPlan(postgres_kills=1), "postgresql:///somebodys")


def test_every_duration_below_the_flows_is_divided_or_has_a_reason_not_to_be():
    rooms = ("include.exact", "include.adapters", "include.store")
    modules = [
        importlib.import_module(each.name)
        for each in pkgutil.walk_packages(include.__path__, "include.")
        if each.name.startswith(rooms) and ".migrations" not in each.name
    ]
    durations = {
        f"{module.__name__}.{name}"
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and name.endswith("_S") and isinstance(value, (int, float))
    }
    divided = {f"{module.__name__}.{name}" for module, name in fleet_scale.SCALED}

    assert durations == divided | fleet_scale.UNSCALED.keys()


def test_trouble_comes_as_the_seed_says_and_as_often_as_planned():
    plan = FleetPlan(orders=100, kills=5, freezes=3, postgres_kills=2, sandbox_restarts=1, seed=11)
    due = schedule(plan)

    assert due == schedule(plan)
    assert [each.after_orders for each in due] == sorted(each.after_orders for each in due)
    assert {kind: sum(each.kind is kind for each in due) for kind in Kind} == dict(zip(Kind, (5, 3, 2, 1, 0), strict=True))


def test_the_source_counts_its_amounts_itself():
    order = next(iter(orders(FleetPlan(orders=1))))

    assert net_of(order) == sum(line.quantity * line.unit_price for line in order.lines)


def test_the_report_says_which_invariant_was_violated():
    report = FleetReport(
        FleetPlan(), violations=[Violation("I2", "shop/A1/sale/1", "2 documents"), Violation("I3", "x", "is still planned")]
    )

    assert (report.duplicates, report.lost) == (1, 1)
    assert report.summary()["invariants"]["I2"] == "violated"
    assert report.summary()["invariants"]["I4"] == "holds"


def test_the_page_opens_without_a_network_and_names_what_was_violated():
    struck = [Struck(Kind.KILL, MOMENT, MOMENT, 4711, "drain")]
    shown = page(FleetReport(FleetPlan(), struck=struck, violations=[Violation("I2", "shop/<A1>/sale/1", "2 documents")]))

    assert "Plotly" in shown
    assert 'src="http' not in shown
    assert "shop/&lt;A1&gt;/sale/1" in shown
    assert shown.count(">violated<") == 1
