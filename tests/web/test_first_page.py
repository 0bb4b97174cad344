"""The console answers inside Airflow's web server."""

from __future__ import annotations

from tests.web.planting import Plant


def test_the_page_of_open_cases_names_each_with_its_cause_and_cure(visitor, plant: Plant) -> None:
    plant.dead("F-1", "missing_gl_account", "first-page")
    answer = visitor("viewer").page("/")

    assert answer.status_code == 200, visitor("viewer").server.log()
    assert "first-page" in answer.text
