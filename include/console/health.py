"""How the flows fare over a day, a week or a month, what waits, and one light for all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from include.adapters.forecasts import Forecasts, QuotaForecast
from include.administrations.loader import Administrations
from include.administrations.model import Administration, Mode
from include.checks.findings import Level
from include.checks.health import LastRun, Signal, Vitals, signals, worst
from include.console.health_figures import Figures, FlowHealth, Waiting
from include.store.database import Database, Row
from include.store.figures import FigureStore
from include.store.health import HealthStore, Period, Span, SummedQuota

ZONE = "Europe/Amsterdam"
POSTS_STOP_AT = 3


@dataclass(frozen=True, kw_only=True)
class AdministrationHealth:
    """One administration with its flows. `sign_in`: `never`, or the state of its token chain.

    `mirror_at`: when `mirror_entity` was read, the feed that was read longest ago.
    """

    administration: Administration
    sign_in: str
    signed_in_at: datetime | None
    posts_stopped: bool
    cases: int
    mirror_entity: str
    mirror_at: datetime | None
    quota: QuotaForecast
    flows: tuple[FlowHealth, ...]

    @property
    def name(self) -> str:
        return self.administration.name

    @property
    def queue(self) -> Waiting:
        return sum((flow.queue for flow in self.flows), Waiting())

    @property
    def unknown(self) -> Waiting:
        return sum((flow.unknown for flow in self.flows), Waiting())

    @property
    def to_do(self) -> Waiting:
        return sum((flow.to_do for flow in self.flows), Waiting())


@dataclass(frozen=True, kw_only=True)
class Health:
    """All of it as of `span.until`, by the clock of our database; the sums hold up to `summed_at`. `columns`: rows of the charts."""

    span: Span
    summed_at: datetime
    light: Level
    signals: tuple[Signal, ...]
    administrations: tuple[AdministrationHealth, ...]
    runs: tuple[LastRun, ...]
    columns: Mapping[str, Sequence[Row]]


class HealthBoard:
    """Puts the page together; `chains` gives the name of each administration's token chain."""

    def __init__(self, database: Database, administrations: Administrations, chains: Mapping[str, str]) -> None:
        self._database = database
        self._store = HealthStore(database)
        self._administrations = [each for each in administrations if each.mode is not Mode.OFF]
        self._chain_names = chains

    def look(self, period: Period, runs: Sequence[LastRun], *, flow: str | None = None) -> Health:
        """Health over this period; `runs` is what Airflow knows of our Dags; `flow` narrows the charts to one flow."""
        summed_at, span = self._store.sum_up(), self._store.span(period, ZONE)
        figures = Figures(self._store, span)
        found = self._found(figures)
        today = figures if period is Period.DAY else Figures(self._store, self._store.span(Period.DAY, ZONE))
        told = signals([_vitals(each, today.flows(each.name), span.until) for each in found], runs, now=span.until)
        return Health(
            span=span,
            summed_at=summed_at,
            light=worst(told),
            signals=tuple(told),
            administrations=found,
            runs=tuple(runs),
            columns={
                "outcomes": self._store.outcomes_over_time(span, flow),
                "paces": self._store.paces_over_time(span, flow),
                "calls": self._store.calls_over_time(span),
            },
        )

    def _found(self, figures: Figures) -> tuple[AdministrationHealth, ...]:
        mirrors = {row["division"]: row for row in self._store.mirrors()}
        cases = {row["administration"]: row["cases"] for row in self._store.cases()}
        reader = FigureStore(self._database)
        chains = {row["chain"]: row for row in reader.chains()}
        stopped = {row["division"] for row in reader.quotas() if row["unknown_streak"] >= POSTS_STOP_AT}
        return tuple(
            AdministrationHealth(
                administration=each,
                sign_in=(chain := chains.get(self._chain_names.get(each.name, ""), {})).get("state", "never"),
                signed_in_at=chain.get("received_at"),
                posts_stopped=each.division in stopped,
                cases=cases.get(each.name, 0),
                mirror_entity=(mirror := mirrors.get(each.division, {})).get("entity", ""),
                mirror_at=mirror.get("began_at"),
                quota=Forecasts(each, SummedQuota(self._database, each.division, administration=each.name)).all(),
                flows=figures.flows(each.name),
            )
            for each in self._administrations
        )


def _vitals(of: AdministrationHealth, today: Sequence[FlowHealth], now: datetime) -> Vitals:
    quota, budget = of.quota, of.quota.budget
    return Vitals(
        administration=of.name,
        is_booking=of.administration.mode is Mode.BOOK,
        sign_in=of.sign_in,
        idle_days=(now - of.signed_in_at).days if of.signed_in_at else 0,
        waiting=of.queue.documents,
        waiting_since=of.queue.since,
        unknown=of.unknown.documents,
        unknown_since=of.unknown.since,
        to_do=of.to_do.documents,
        to_do_since=of.to_do.since,
        posts_stopped=of.posts_stopped,
        mirror_entity=of.mirror_entity,
        mirror_at=of.mirror_at,
        documents=sum(flow.judged for flow in today),
        refused=sum(flow.refused for flow in today),
        slowest_s=max((flow.from_source.p95_s for flow in today if flow.from_source), default=None),
        calls_left=budget.remaining if quota.is_known else None,
        calls_limit=budget.day_limit,
        calls_reset_at=budget.resets_at,
        strangers=quota.strangers,
    )
