"""The tab on a task instance's page in Airflow shows what there is to know here: its case, or what it booked and was refused."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import expect

from tests.web.airflow_server import AirflowServer
from tests.web.planting import Plant

RUN = "scheduled__2026-11-23T00:05:00+00:00"


def tab(dag_id: str, run_id: str, task_id: str, map_index: str = "{MAP_INDEX}") -> str:
    return "/task?" + urlencode({"dag_id": dag_id, "run_id": run_id, "task_id": task_id, "map_index": map_index})


def test_the_tab_of_a_flow_lists_what_its_task_left_in_which_state_refused_ones_first(visitor, airflow_server: AirflowServer) -> None:
    drain = Plant(airflow_server.dsn, owner="drain-1")
    drain.worked_for("orders_to_invoices", RUN, "book_BE")
    drain.planned("TAB-1")
    drain.dead("TAB-2", "missing_gl_account", "tab-8120")
    drain.close()
    seen = visitor("viewer").page(tab("orders_to_invoices", RUN, "book_BE")).text

    assert "BE · to be sent <b>1</b>" in seen
    assert "BE · refused <b>1</b>" in seen
    assert seen.index("TAB-2") < seen.index("TAB-1")
    assert "Ledger account tab-8120 does not exist" in seen


def test_the_tab_of_a_task_that_books_nothing_says_so(visitor) -> None:
    answer = visitor("viewer").page(tab("mirror_refresh", RUN, "refresh_BE"))

    assert answer.status_code == 200
    assert "booked no documents" in answer.text


def test_the_tab_of_a_case_shows_its_cause_its_cure_and_its_records_in_airflows_own_page(
    window, plant: Plant, airflow_server: AirflowServer
) -> None:
    plant.dead("TAB-3", "missing_gl_account", "tab-9999")
    airflow_server.draw("BE:missing_gl_account:tab-9999")
    page = window("user", language="nl")
    page.goto("/dags/attention/runs/BE:missing_gl_account:tab-9999/tasks/case/mapped/0/plugin/exactly-task")
    frame = page.frame_locator("iframe")

    expect(frame.get_by_text("Grootboekrekening tab-9999 bestaat niet").first).to_be_visible()
    expect(frame.get_by_text("TAB-3").first).to_be_visible()
