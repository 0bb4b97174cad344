"""When a backlog will be through, and what it takes of each day's calls: arithmetic only, never more than the limits allow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from include.outbox.off_peak import DAY, Hours

# Calls per document where too few documents were measured: the document, and now and then a look or a second try.
CALLS_PER_DOCUMENT = Decimal("1.1")
MEASURED_DOCUMENTS_MIN = 20
# What Exact allows where no answer has told it yet (FACTS 2.1).
DAY_LIMIT = 5_000
LONGEST_DAYS = 366
# A stranger's calls of a day that has hardly begun are not taken for a whole day's pace.
PACE_S_MIN = 6 * 3600.0
# So many calls may be ours and not noted: on their way, or of a worker that died.
STRANGERS_MIN = 10


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What may be called from `now` on. `remaining`: of the day that ends at `resets_at`; `others_a_day`: calls that others will make.

    `paused_until`: Exact asked to be left alone so long.
    """

    now: datetime
    minute_limit: int
    day_limit: int
    remaining: int
    resets_at: datetime
    others_a_day: int = 0
    paused_until: datetime | None = None

    def __post_init__(self) -> None:
        if self.resets_at <= self.now:
            raise ValueError(f"the day that ended at {self.resets_at} says nothing about {self.now}")

    def left_for(self, reserve: Decimal) -> int:
        """Calls of today for whoever must leave that share of a day's limit to others."""
        return max(0, self.remaining - math.floor(reserve * self.day_limit))

    def after(self, first: Forecast) -> Budget | None:
        """What is left behind something that goes first; None when that never ends."""
        if first.done_at is None:
            return None
        days = len(first.per_day) - 1
        remaining = (self.day_limit if days else self.remaining) - first.per_day[-1]
        resets_at = self.resets_at + days * DAY
        return replace(self, now=min(first.done_at, resets_at - timedelta(microseconds=1)), remaining=remaining, resets_at=resets_at)


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """`per_day`: calls by day of Exact's, today first. `begins_at`, `done_at`: None when not within a year."""

    calls: int
    day_limit: int
    per_day: tuple[int, ...]
    begins_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def today(self) -> int:
        """Calls that leave today."""
        return self.per_day[0] if self.per_day else 0

    @property
    def share_of_a_day(self) -> int:
        """The most that it takes of a day, in percent of the limit, rounded up."""
        return math.ceil(Decimal(100 * max(self.per_day, default=0)) / max(1, self.day_limit))

    def part(self, calls: int) -> Forecast:
        """What some of the calls take, spread over all of it: they end with the last of them."""
        if not self.calls:
            return self
        until = [sum(self.per_day[: number + 1]) * calls // self.calls for number in range(len(self.per_day))]
        per_day = tuple(here - before for before, here in zip([0, *until], until, strict=False))
        return replace(self, calls=calls, per_day=per_day)


def calls_for(documents: int, *, measured_calls: int, measured_documents: int) -> int:
    """The calls that documents will need, as others did lately, each one at least."""
    if measured_documents < MEASURED_DOCUMENTS_MIN:
        return math.ceil(documents * CALLS_PER_DOCUMENT)
    return max(documents, math.ceil(Decimal(documents * measured_calls) / measured_documents))


def strangers(*, day_limit: int, remaining: int, own_calls: int) -> int:
    """Calls of today that somebody else made: what is gone without us; 0 while it may be our own."""
    gone = day_limit - remaining - own_calls
    return gone if gone > max(STRANGERS_MIN, day_limit // 100) else 0


def pace_a_day(calls: int, elapsed_s: float) -> int:
    """Calls that make so many in a whole day, when they were made in the first seconds of it."""
    return math.ceil(calls * DAY.total_seconds() / min(max(elapsed_s, PACE_S_MIN), DAY.total_seconds()))


def forecast(calls: int, budget: Budget | None, *, reserve: Decimal, hours: Hours | None = None) -> Forecast:
    """Spread the calls over the days, minute by minute's limit, leaving the reserve and what others will use; only in the hours."""
    if budget is None:
        return Forecast(calls=calls, day_limit=0, per_day=())
    if calls <= 0:
        return Forecast(calls=0, day_limit=budget.day_limit, per_day=(0,), begins_at=budget.now, done_at=budget.now)
    left, begins_at, per_day = calls, None, []
    for day in _days(budget):
        sent = _spread(left, day, day.left_for(reserve), hours)
        per_day.append(sum(number for _, number in sent))
        begins_at = begins_at or next((begin for begin, _ in sent), None)
        left -= per_day[-1]
        if left == 0:
            begin, number = sent[-1]
            done_at = begin + timedelta(seconds=number * 60 / day.minute_limit)
            return Forecast(calls=calls, day_limit=budget.day_limit, per_day=tuple(per_day), begins_at=begins_at, done_at=done_at)
    return Forecast(calls=calls, day_limit=budget.day_limit, per_day=tuple(per_day), begins_at=begins_at)


def _days(budget: Budget) -> Iterator[Budget]:
    yield budget
    for number in range(1, LONGEST_DAYS):
        resets_at = budget.resets_at + number * DAY
        yield replace(budget, now=resets_at - DAY, remaining=budget.day_limit, resets_at=resets_at)


def _spread(calls: int, day: Budget, allowed: int, hours: Hours | None) -> list[tuple[datetime, int]]:
    """The beginning of each span of the day in which calls leave, and how many; others call evenly meanwhile."""
    since = max(day.now, day.paused_until or day.now)
    if since >= day.resets_at:
        return []
    spans = hours.spans(since, day.resets_at) if hours else [(since, day.resets_at)]
    others_a_call = day.others_a_day * 60 / (day.minute_limit * DAY.total_seconds())
    sent = []
    for begin, end in spans:
        left = allowed - day.others_a_day * ((begin - day.now) / DAY)
        fit = min(calls, math.floor((end - begin).total_seconds() * day.minute_limit / 60), math.floor(left / (1 + others_a_call)))
        if fit > 0:
            sent.append((begin, fit))
            calls, allowed = calls - fit, allowed - fit
    return sent
