"""What the doctor says of Airflow."""

from __future__ import annotations

from include.checks.airflow_health import PARTS, health_findings, pool_findings
from include.checks.findings import Level

ADDRESS = "http://127.0.0.1:8080"
HEALTHY = {part: {"status": "healthy"} for part in PARTS}


def test_four_healthy_parts_are_one_good_finding():
    (finding,) = health_findings(HEALTHY, address=ADDRESS)

    assert (finding.level, finding.says) == (Level.OK, f"all parts healthy at {ADDRESS}")


def test_each_part_that_is_ill_is_a_failure_with_its_command():
    health = {**HEALTHY, "triggerer": {"status": None}, "dag_processor": {"status": "unhealthy"}}

    found = {finding.says: finding.cure for finding in health_findings(health, address=ADDRESS)}

    assert found.keys() == {"triggerer is not running", "dag_processor is unhealthy"}
    assert "airflow dag-processor" in found["dag_processor is unhealthy"]


def test_an_airflow_that_does_not_answer_is_a_failure():
    (finding,) = health_findings(None, address=ADDRESS)

    assert finding.level is Level.FAILURE
    assert ADDRESS in finding.says


def test_a_missing_pool_is_a_failure_with_the_command_that_makes_it():
    (finding,) = pool_findings(["exact_uk", "exact_be"], {"default_pool", "exact_uk"})

    assert finding.level is Level.FAILURE
    assert finding.cure == "airflow pools set exact_be 2 'calls to Exact'"


def test_pools_that_cannot_be_read_are_not_called_missing():
    (finding,) = pool_findings(["exact_uk"], None)

    assert finding.level is Level.WARNING
