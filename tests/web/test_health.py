"""The page of health in Airflow's own web server: its light, its charts as a browser draws them, and what machines read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import REPOSITORY
from tests.web.airflow_server import AirflowServer, Visitor
from tests.web.planting import Plant

KEY = re.compile(r"^\| `([a-z_.\[\]<>0-9]+)` \|", re.MULTILINE)


@pytest.fixture
def planted(plant: Plant) -> Plant:
    plant.dead("health-1", "missing_gl_account", "health", administration="NL", division=820303)
    plant.planned("health-2", administration="NL", division=820303)
    return plant


@pytest.mark.parametrize(("language", "theme", "says"), [("nl", "dark", "Niet in orde"), ("en", "light", "Not in order")])
def test_a_person_reads_the_light_and_sees_charts(
    window: Callable[..., Page], planted: Plant, language: str, theme: str, says: str
) -> None:
    page = window("viewer", language=language, theme=theme)
    page.goto("/exactly/health?period=week")

    expect(page.locator("#light")).to_have_text(says)
    charts = page.locator("section:has(#of-NL) .chart .main-svg").first
    expect(charts).to_be_visible()
    assert page.locator("section:has(#of-NL) .bars .point path").count() > 0
    page.locator("section:has(#of-NL) figure summary").first.click()
    expect(page.locator("section:has(#of-NL) figure table").first).to_be_visible()


def test_a_flow_that_nobody_knows_and_a_period_that_is_none_are_refused_or_empty(visitor: Callable[[str], Visitor], planted: Plant) -> None:
    assert visitor("viewer").page("/health?period=year").status_code == 422
    page = visitor("viewer").page("/health?flow=<script>alert(1)</script>")

    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_machines_read_the_same_figures_under_the_keys_that_the_manual_names(visitor: Callable[[str], Visitor], planted: Plant) -> None:
    told = visitor("viewer").page("/health.json").json()
    manual = (REPOSITORY / "docs" / "health.md").read_text(encoding="utf-8")
    nl = told["administrations"]["NL"]

    assert told["light"] in {"amber", "red"}
    assert nl["flows"]["orders_to_invoices"]["queue"]["documents"] >= 1
    assert nl["flows"]["orders_to_invoices"]["for_a_person"]["documents"] >= 1
    assert {key for key in keys_of(told) if key not in KEY.findall(manual)} == set()


def keys_of(told: object, before: str = "") -> set[str]:
    """Keys as the manual writes them: names that vary in angle brackets."""
    if isinstance(told, list):
        return {key for each in told for key in keys_of(each, f"{before}[]")}
    if not isinstance(told, dict):
        return {before}
    inside = {"administrations": "<administration>", "flows": "<flow>", "dags": "<dag>", "by_state": "<state>"}.get(
        before.rpartition(".")[2]
    )
    return {key for name, each in told.items() for key in keys_of(each, ".".join(filter(None, [before, inside or name])))}


def test_prometheus_can_read_it(visitor: Callable[[str], Visitor], planted: Plant) -> None:
    lines = visitor("viewer").page("/metrics").text.splitlines()
    sample = re.compile(r'^[a-z_]+(\{([a-z]+="[^"\\]*",?)+\})? -?[0-9.e+-]+$')

    assert [line for line in lines if not line.startswith("# TYPE ") and not sample.match(line)] == []
    assert any(line.startswith('exactly_queue{administration="NL",flow="orders_to_invoices"}') for line in lines)
    assert len(lines) == len(set(lines))


def test_plotly_comes_from_the_installed_package_and_is_kept(visitor: Callable[[str], Visitor], airflow_server: AirflowServer) -> None:
    import plotly

    answer = visitor("viewer").page("/plotly.min.js")

    assert answer.content == (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()
    assert "immutable" in answer.headers["Cache-Control"]
    assert visitor(None).page("/plotly.min.js").status_code == 401
    assert json.dumps(answer.headers["Content-Type"]).startswith('"text/javascript')
