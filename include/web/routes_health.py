"""How the flows fare: a page for people, JSON and Prometheus' text for machines."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse

from include.adapters.forecasts import FlowForecast
from include.checks.health import THRESHOLDS
from include.console.health import AdministrationHealth, Health, HealthBoard
from include.console.health_plain import plain, prometheus
from include.console.health_words import share_in_words, span_in_words, told
from include.outbox.causes import Language
from include.outbox.forecast_words import told_forecast
from include.reports.health_charts import LINES, OUTCOMES, Columns, Figure, calls_chart, documents_chart, pace_chart, table_of
from include.store.health import Period
from include.web.access import Viewer
from include.web.companies import administrations
from include.web.language import Translate, language_of, words_in
from include.web.pages import Tab, page
from include.web.places import Store
from include.web.routes_charts import plotly_version
from include.wiring.dag_runs import last_runs
from include.wiring.terminal import chain_of

TABS = (Tab("health", "nav.health", 60),)
router = APIRouter()


@router.get("/health")
def health(request: Request, person: Viewer, store: Store, period: Period = Period.DAY, flow: str = "") -> HTMLResponse:
    """One light, and what lies behind it."""
    language = language_of(request)
    found = _look(store, period, flow)
    return page(
        request,
        person,
        "health/health.html",
        found=found,
        told=[told(signal, language, zone=found.span.zone) for signal in found.signals],
        periods=list(Period),
        flow=flow,
        flows=sorted({each.flow for one in found.administrations for each in one.flows} | ({flow} if flow else set())),
        charts=_charts(found, words_in(language)),
        outcomes=OUTCOMES,
        lines=LINES,
        limits=THRESHOLDS,
        span=lambda seconds: span_in_words(seconds, language),
        share=lambda value: share_in_words(value, language),
        forecast=lambda one, each: told_forecast(
            each.forecast, now=found.span.until, zone=ZoneInfo(one.administration.time_zone), language=language
        ),
        plotly=plotly_version(),
    )


@router.get("/health.json")
def health_json(person: Viewer, store: Store, period: Period = Period.DAY) -> JSONResponse:
    """All figures of the page; docs/health.md names each key."""
    return JSONResponse(plain(_look(store, period)))


@router.get("/metrics")
def health_metrics(person: Viewer, store: Store) -> PlainTextResponse:
    """The figures of the last 24 hours in Prometheus' text format."""
    return PlainTextResponse(prometheus(_look(store, Period.DAY)))


def _look(store: Store, period: Period, flow: str = "") -> Health:
    configured = administrations()
    chains = {each.name: chain_of(each) for each in configured}
    return HealthBoard(store, configured, chains).look(period, last_runs(), flow=flow or None)


def _forecast(found: Health, of: AdministrationHealth, each: FlowForecast, language: Language) -> str:
    return told_forecast(each.forecast, now=found.span.until, zone=ZoneInfo(of.administration.time_zone), language=language)


def _charts(found: Health, t: Translate) -> dict[str, list[tuple[str, Figure, Any]]]:
    """The charts of each administration: (name of its words, figure, table)."""
    columns = Columns(found.span.since, found.span.until, unit=found.span.period.unit, zone=found.span.zone)
    outcomes = {outcome: t(f"health.outcome.{outcome}") for outcome in OUTCOMES}
    names = {name: t(f"health.chart.{name}") for name in ("p50", "p95", "calls", "limit")}
    charts = {}
    for one in found.administrations:
        mine = {name: [row for row in rows if row.get("administration") == one.name] for name, rows in found.columns.items()}
        calls = [row for row in found.columns["calls"] if row["division"] == one.administration.division]
        limit = one.quota.budget.day_limit if found.span.period is not Period.DAY else None
        figures = {
            "documents": documents_chart(mine["outcomes"], columns, outcomes),
            "pace": pace_chart(mine["paces"], columns, names),
            "calls": calls_chart(calls, columns, names, day_limit=limit),
        }
        charts[one.name] = [(name, figure, table_of(figure)) for name, figure in figures.items()]
    return charts
