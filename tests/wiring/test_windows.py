"""Which part of the shop a run of Airflow reads."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from include.errors import SetupError

BEGIN, END = datetime(2026, 11, 1, 10, tzinfo=UTC), datetime(2026, 11, 1, 11, tzinfo=UTC)


def context(run_type: str = "scheduled", **interval: datetime | None) -> dict[str, Any]:
    from airflow.utils.types import DagRunType

    dag_run = SimpleNamespace(run_type=DagRunType(run_type), run_after=END)
    return {"dag_run": dag_run, **({"data_interval_start": BEGIN, "data_interval_end": END} | interval)}


def window(given: dict[str, Any], **params: Any):
    from include.wiring.runs import window_of

    return window_of(given, params)


def test_a_scheduled_run_reads_its_interval_and_moves_the_cursor() -> None:
    found = window(context())

    assert (found.since, found.until, found.order_numbers, found.follows_cursor) == (BEGIN, END, (), True)


@pytest.mark.parametrize("run_type", ["manual", "backfill"])
def test_a_run_by_hand_or_of_the_past_moves_no_cursor(run_type: str) -> None:
    assert not window(context(run_type)).follows_cursor


def test_since_and_until_take_the_place_of_the_interval() -> None:
    found = window(context(), since="2026-10-01T00:00:00+02:00", until="2026-10-02")

    assert found.since == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert found.until == datetime(2026, 10, 1, 22, tzinfo=UTC)
    assert not found.follows_cursor


def test_a_moment_without_zone_is_one_of_the_netherlands() -> None:
    summer, winter = (window(context(), since=f"{day}T00:00:00").since for day in ("2026-07-01", "2026-01-01"))

    assert summer == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert winter == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_single_orders_are_read_by_number() -> None:
    assert window(context("manual"), order_numbers=["536365", 536366]).order_numbers == ("536365", "536366")


def test_a_run_without_an_interval_ends_when_it_was_asked_for() -> None:
    found = window(context("manual", data_interval_start=None, data_interval_end=None), since="2026-11-01T09:00:00Z")

    assert (found.since, found.until) == (datetime(2026, 11, 1, 9, tzinfo=UTC), END)


@pytest.mark.parametrize(
    ("dag_id", "run_type", "params", "purpose"),
    [
        ("orders_to_invoices", "scheduled", {}, "near_time"),
        ("orders_to_invoices", "manual", {"since": "", "until": None}, "near_time"),
        ("orders_to_invoices", "manual", {"since": "2026-10-01T00:00:00Z"}, "bulk"),
        ("orders_to_invoices", "backfill", {}, "bulk"),
        ("orders_to_invoices", "manual", {"since": "2026-10-01T00:00:00Z", "order_numbers": ["1"]}, "near_time"),
        ("attention", "backfill", {"until": "2026-10-01T00:00:00Z"}, "operator"),
    ],
)
def test_a_past_window_is_bulk_unless_it_names_orders_or_is_an_operators(dag_id, run_type, params, purpose) -> None:
    from include.wiring.runs import purpose_of

    given = {**context(run_type), "dag": SimpleNamespace(dag_id=dag_id)}

    assert purpose_of(given, params) == purpose


@pytest.mark.parametrize(
    ("params", "code"),
    [({"since": "yesterday"}, "no_moment"), ({"since": "2026-11-02T00:00:00Z"}, "empty_window"), ({"until": "2020-01-01"}, "empty_window")],
)
def test_a_window_that_makes_no_sense_is_refused_with_its_cure(params: dict[str, str], code: str) -> None:
    with pytest.raises(SetupError) as refusal:
        window(context(), **params)

    assert refusal.value.code == code
