"""How long a backlog takes with what is left of Exact's limits, after others had theirs; told before much is sent, and after."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from include.administrations.model import Administration, Mode
from include.outbox.forecast import DAY_LIMIT, Budget, Forecast, calls_for, forecast, pace_a_day, strangers
from include.outbox.forecast_words import Language, number, told_forecast, told_stranger
from include.outbox.off_peak import DAY
from include.outbox.ports import Purpose
from include.store.permits import RESERVES
from include.store.quota import Backlog, Day, QuotaStore

log = logging.getLogger(__name__)

MINUTE_LIMIT = 60


@dataclass(frozen=True, kw_only=True)
class FlowForecast:
    """What is planned of a flow, and when it will be through behind what goes first; `purpose`: whose reserve it must leave alone."""

    flow: str
    purpose: Purpose
    documents: int
    forecast: Forecast


@dataclass(frozen=True, kw_only=True)
class QuotaForecast:
    """One division. `is_known`: Exact has told its limits; before, those of FACTS 2.1. `left_for`: today's calls by purpose."""

    is_known: bool
    budget: Budget
    own_calls: int
    strangers: int
    left_for: dict[Purpose, int]
    flows: tuple[FlowForecast, ...]


class Forecasts:
    """Forecasts of one administration."""

    def __init__(self, administration: Administration, store: QuotaStore) -> None:
        self._administration = administration
        self._store = store

    def all(self) -> QuotaForecast:
        """What is left, who used it, and each flow's forecast."""
        now, day = self._store.now(), self._store.day()
        used = _used(day, now) if day is not None else (0, 0)
        budget = _budget(day, now, used[1], background=_a_day(*self._store.background()))
        return QuotaForecast(
            is_known=day is not None,
            budget=budget,
            own_calls=used[0],
            strangers=used[1],
            left_for={purpose: budget.left_for(_reserve(purpose)) for purpose in Purpose},
            flows=tuple(self._flows(budget, self._store.backlogs())),
        )

    def announce(self) -> None:
        """Tell the log before more than a minute's worth of calls is sent."""
        if self._administration.mode is not Mode.BOOK:
            return
        found = self.all()
        for each in found.flows:
            if each.forecast.calls > found.budget.minute_limit:
                log.info("%s: %s", self._administration.name, self.told(each, found.budget.now))

    def tell_rest(self) -> None:
        """Tell the log what waits and until when, and whether somebody else uses the limits."""
        if self._administration.mode is not Mode.BOOK:
            return
        found = self.all()
        for each in found.flows:
            log.info("%s, still waiting: %s", self._administration.name, self.told(each, found.budget.now))
        if found.strangers:
            log.warning("%s: %s", self._administration.name, told_stranger(found.strangers, found.budget.day_limit))

    def told(self, each: FlowForecast, now: datetime, language: Language = "en") -> str:
        """One line about a flow."""
        bulk = " (bulk)" if each.purpose is Purpose.BULK else ""
        rest = told_forecast(each.forecast, now=now, zone=ZoneInfo(self._administration.time_zone), language=language)
        return f"{each.flow}{bulk}: {number(each.documents, language=language)} planned; {rest}"

    def _flows(self, budget: Budget, backlogs: Sequence[Backlog]) -> Iterator[FlowForecast]:
        """All that is near-time goes oldest first, so that each flow ends with the last of them; what is bulk goes behind it."""
        rest: Budget | None = budget
        for purpose in (Purpose.NEAR_TIME, Purpose.BULK):
            is_bulk = purpose is Purpose.BULK
            chosen = [(each, _calls(each)) for each in backlogs if each.is_bulk is is_bulk]
            hours = self._administration.off_peak if is_bulk else None
            together = forecast(sum(calls for _, calls in chosen), rest, reserve=_reserve(purpose), hours=hours)
            for each, calls in chosen:
                yield FlowForecast(flow=each.flow, purpose=purpose, documents=each.documents, forecast=together.part(calls))
            rest = rest.after(together) if rest else None


def _used(day: Day, now: datetime) -> tuple[int, int]:
    """Calls of the day that still lasts: our own, and those of strangers."""
    if day.resets_at <= now:
        return 0, 0
    return day.own_calls, strangers(day_limit=day.day_limit, remaining=day.remaining, own_calls=day.own_calls)


def _budget(day: Day | None, now: datetime, others: int, *, background: int) -> Budget:
    if day is None:
        others_a_day = min(background, DAY_LIMIT)
        return Budget(
            now=now, minute_limit=MINUTE_LIMIT, day_limit=DAY_LIMIT, remaining=DAY_LIMIT, resets_at=now + DAY, others_a_day=others_a_day
        )
    remaining, resets_at = day.remaining, day.resets_at
    if resets_at <= now:
        remaining, resets_at = day.day_limit, resets_at + DAY * ((now - resets_at) // DAY + 1)
    pace = pace_a_day(others, (now - (resets_at - DAY)).total_seconds())
    return Budget(
        now=now,
        minute_limit=max(1, day.minute_limit),
        day_limit=day.day_limit,
        remaining=remaining,
        resets_at=resets_at,
        others_a_day=min(background + pace, day.day_limit),
        paused_until=day.paused_until,
    )


def _a_day(calls: int, seconds: float) -> int:
    lasted = DAY.total_seconds()
    return pace_a_day(calls, seconds) if seconds < lasted else math.ceil(calls * lasted / seconds)


def _calls(backlog: Backlog) -> int:
    return calls_for(backlog.documents, measured_calls=backlog.measured_calls, measured_documents=backlog.measured_documents)


def _reserve(purpose: Purpose) -> Decimal:
    return Decimal(str(RESERVES[purpose]))
