"""T3: real processes on a real PostgreSQL and a real sandbox, killed at random points under the fault mix."""

from __future__ import annotations

import os

import pytest

from include.proof.fleet import FleetReport, run_fleet
from include.proof.fleet_plan import FleetPlan
from include.proof.judge import Violation

PRODUCTION_RESUMED_S = 75.0


@pytest.mark.timeout(420)
def test_nothing_is_doubled_and_nothing_lost_in_two_thousand_orders_and_eighty_deaths(postgres, record_property):
    plan = FleetPlan(seed=int.from_bytes(os.urandom(3)))
    report = run_fleet(plan, postgres.create_database("fleet"))

    record_property("t3", report.summary())
    assert report.violations == [], report.summary()
    assert (report.duplicates, report.lost, report.kills) == (0, 0, plan.kills)
    assert report.states == {"posted": plan.orders}
    assert report.figures.posts_per_order <= 1.03
    assert report.figures.http_429 == 0
    assert report.crashes == 0
    assert len(report.faults) == 5


def test_a_quarantine_that_is_shorter_than_the_slowest_commit_is_refused():
    with pytest.raises(ValueError, match="quarantine"):
        FleetPlan().times.scaled(1, slowest_commit_s=3600)


def test_the_report_says_which_invariant_was_violated():
    report = FleetReport(
        FleetPlan(), violations=[Violation("I2", "shop/A1/sale/1", "2 documents"), Violation("I3", "x", "is still planned")]
    )

    assert (report.duplicates, report.lost) == (1, 1)
    assert report.summary()["invariants"]["I2"] == "violated"
    assert report.summary()["invariants"]["I4"] == "holds"
