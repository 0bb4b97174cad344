"""Every Dag, as Airflow reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.administrations.names import administration_names
from include.wiring.airflow_settings import Settings, load_settings
from tests.dags.reading import Read

DAG_IDS = sorted(file.stem for file in (Path(__file__).parents[2] / "dags").glob("*.py"))
NAMES = administration_names()
# Dag and the word before the administration's name in its tasks.
PER_ADMINISTRATION = [
    ("customers_to_accounts", "relate"),
    ("orders_to_invoices", "book"),
    ("returns_to_credit_notes", "credit"),
    ("unknown_outcomes", "settle"),
    ("mirror_refresh", "refresh"),
    ("mapping_checks", "check"),
    ("nightly_reconciliation", "refresh"),
    ("token_keepalive", "keep_alive"),
]
PARSE_STOP_S = 1.0


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(
        environment={"EXACTLY_SANDBOX_PORT": "8123", "EXACTLY_POSTGRES_HOST": "/tmp/socket", "EXACTLY_AIRFLOW_URL": "http://127.0.0.1:8080"}
    )


def test_there_are_dags_and_each_is_read_without_error(read: Read) -> None:
    assert len(DAG_IDS) >= 5
    assert read.errors == {}
    assert sorted(read.dags) == DAG_IDS


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_the_file_is_named_after_its_dag(read: Read, dag_id: str) -> None:
    assert read.dags[dag_id]["file"] == dag_id


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_the_dag_says_what_it_is_for_and_what_to_do_when_it_fails(read: Read, dag_id: str) -> None:
    dag = read.dags[dag_id]
    assert dag["description"]
    assert dag["doc"].startswith("# ")
    before, heading, manual = dag["doc"].partition("\n## When it fails\n")
    assert heading
    assert len(before) > 150
    assert len(manual) > 200


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_the_tags_are_of_the_closed_list_and_name_one_impact(read: Read, dag_id: str) -> None:
    tags = read.dags[dag_id]["tags"]
    assert set(tags) <= set(read.tags)
    assert len([tag for tag in tags if tag.startswith("impact:")]) == 1


def test_no_tag_is_listed_in_vain(read: Read) -> None:
    used = {tag for dag in read.dags.values() for tag in dag["tags"]}
    assert used >= {tag for tag in read.tags if not tag.startswith("impact:")}


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_the_file_is_light_to_parse(read: Read, dag_id: str) -> None:
    assert read.seconds[dag_id] < PARSE_STOP_S


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_nothing_is_caught_up_unasked(read: Read, dag_id: str) -> None:
    assert read.dags[dag_id]["catchup"] is False


@pytest.mark.parametrize(("dag_id", "word"), PER_ADMINISTRATION)
def test_each_administration_has_its_task_in_its_pool(read: Read, dag_id: str, word: str) -> None:
    tasks = read.dags[dag_id]["tasks"]
    assert {task_id: tasks[task_id]["pool"] for task_id in tasks if task_id.startswith(f"{word}_")} == {
        f"{word}_{name}": f"exact_{name.lower()}" for name in NAMES
    }


@pytest.mark.parametrize(("dag_id", "_word"), PER_ADMINISTRATION)
def test_scheduled_windows_are_never_empty(read: Read, dag_id: str, _word: str) -> None:
    assert read.dags[dag_id]["timetable"] == "CronDataIntervalTimetable"


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_pool_is_made_by_the_settings(read: Read, settings: Settings, dag_id: str) -> None:
    made = {pool.pool_name for pool in settings.pools} | {"default_pool"}
    assert {task["pool"] for task in read.dags[dag_id]["tasks"].values()} <= made


def test_every_administration_has_a_pool_of_two_slots_and_a_connection(settings: Settings) -> None:
    wanted = {f"exact_{name.lower()}" for name in NAMES}
    assert {pool.pool_name for pool in settings.pools if pool.pool_slot == 2} == wanted
    assert wanted <= {connection.conn_id for connection in settings.connections}


@pytest.mark.parametrize(("dag_id", "word"), PER_ADMINISTRATION)
def test_a_failed_drain_is_tried_again_as_its_error_says(read: Read, dag_id: str, word: str) -> None:
    for name in NAMES:
        task = read.dags[dag_id]["tasks"][f"{word}_{name}"]
        assert task["retries"] >= 3
        assert task["retry_policy"] == "ByWhoCanPutItRight"


@pytest.mark.parametrize(
    ("dag_id", "word", "leaf"),
    [
        ("orders_to_invoices", "book", "all_drained"),
        ("returns_to_credit_notes", "credit", "all_drained"),
        ("unknown_outcomes", "settle", "all_settled"),
    ],
)
def test_cases_are_raised_whatever_became_of_the_drains_and_a_red_drain_keeps_the_run_red(
    read: Read, dag_id: str, word: str, leaf: str
) -> None:
    tasks = read.dags[dag_id]["tasks"]
    for name in NAMES:
        assert tasks[f"{word}_{name}"]["downstream"] == sorted([leaf, "open_cases"])
    assert tasks["open_cases"]["trigger_rule"] == "all_done"
    assert tasks["open_cases"]["downstream"] == ["raise_case"]
    assert tasks["raise_case"]["mapped"]
    assert (tasks[leaf]["trigger_rule"], tasks[leaf]["downstream"]) == ("all_success", [])


def test_a_case_is_one_task_that_only_a_person_tries_again(read: Read) -> None:
    dag = read.dags["attention"]
    assert list(dag["tasks"]) == ["case"]
    assert dag["tasks"]["case"]["retries"] == 0
    assert dag["tasks"]["case"]["mapped"]
    assert dag["timetable"] == "NullTimetable"
    assert dag["max_active_runs"] == 8


@pytest.mark.parametrize("dag_id", ["orders_to_invoices", "returns_to_credit_notes"])
def test_a_run_can_be_told_a_window_or_single_records_and_to_send_nothing(read: Read, dag_id: str) -> None:
    params = read.dags[dag_id]["params"]
    assert {name: param["default"] for name, param in params.items()} == {
        "since": None,
        "until": None,
        "order_numbers": None,
        "dry_run": False,
    }
    assert all(param["description"] for param in params.values())
