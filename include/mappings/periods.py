"""On which day a document enters the books: its own, or another one where its period is closed or not open yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from include.administrations.model import Administration
from include.administrations.periods import ClosedPeriod
from include.errors import RecordError
from include.mappings.master_data import Period


def entry_day(day: date, administration: Administration, periods: Sequence[Period], chosen: date | None = None) -> date:
    """The day for the books of a document of `day`; `chosen`: the one that an operator decided on.

    Raises `RecordError` where the period is not open and nobody has decided what is to become of the document. A day before all periods
    that are known is left to Exact.
    """
    wanted = chosen or day
    if not periods or wanted < min(period.begins for period in periods) or is_open(wanted, periods):
        return wanted
    moved = _nearest_open_day(wanted, periods) if administration.closed_period is ClosedPeriod.FIRST_OPEN_PERIOD else None
    if moved is None:
        raise RecordError("closed_period", month(wanted), day=day, closed_period=administration.closed_period.value)
    return moved


def is_open(day: date, periods: Sequence[Period]) -> bool:
    """Whether a period that holds the day is open; a thirteenth period overlaps the twelfth, and one of them is enough."""
    return any(period.begins <= day <= period.ends and not period.closed for period in periods)


def month(day: date) -> str:
    """What records of a closed period share: companies whose periods are no months still speak of months."""
    return f"{day:%Y-%m}"


def _nearest_open_day(day: date, periods: Sequence[Period]) -> date | None:
    """The first day of the first open period that begins after the day; else the last day of the last open one before it."""
    opened = [period for period in periods if not period.closed]
    after = [period.begins for period in opened if period.begins > day]
    before = [period.ends for period in opened if period.ends < day]
    return min(after) if after else max(before, default=None)
