"""Airflow itself, killed and interfered with while it sends: nothing is sent twice, nothing is lost, and the judge notices who does."""

from __future__ import annotations

import pytest

from include.demo.processes import sweep
from include.proof.airflow_plan import AirflowPlan, Attack
from include.proof.airflow_proof import run_airflow_proof
from include.proof.airflow_report import AirflowReport

PLAN = AirflowPlan(
    rounds=2, only=(Attack.SCHEDULER_GROUP, Attack.DELETE_RUN), orders=6, slow_s=0.8, given_up_s=15, longest_s=300.0, is_hurried=True
)
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> AirflowReport:
    directory = tmp_path_factory.mktemp("airflow") / "system"
    try:
        return run_airflow_proof(PLAN, directory)
    finally:
        sweep(str(directory))


def test_the_promise_holds_while_airflow_is_killed_and_interfered_with(report: AirflowReport) -> None:
    assert report.verdict is not None
    assert report.verdict.violations == []
    assert report.verdict.posts == report.verdict.documents > 0


def test_every_attack_hit_while_orders_were_on_their_way(report: AirflowReport) -> None:
    assert [each.attack for each in report.rounds] == list(PLAN.only)
    assert all(each.in_flight >= 2 for each in report.rounds), "in two companies at one time"


def test_the_supervisor_starts_a_dead_scheduler_again_and_the_work_goes_on(report: AirflowReport) -> None:
    killed = report.rounds[0]

    assert list(killed.restarted) == ["scheduler"]
    assert killed.resumed_s is not None


def test_the_same_judge_catches_a_drain_that_sends_without_claiming(report: AirflowReport) -> None:
    assert report.control is not None
    assert "I2" in {each.invariant for each in report.control.violations}
    assert report.holds


def test_each_kind_of_attack_comes_before_any_comes_again_in_an_order_of_the_seed() -> None:
    once = AirflowPlan(seed=3).attacks()

    assert sorted(once) == sorted(Attack)
    assert AirflowPlan(seed=3, rounds=20).attacks()[: len(Attack)] == once
    assert AirflowPlan(seed=4).attacks() != once
