"""How amounts, moments and ages are written for the reader: filters of the templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context

# All times of the console are this zone's, whichever company they are about.
HOME = ZoneInfo("Europe/Amsterdam")
NOTHING = "–"
MONTHS = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
# From plain formatting to that of the language: points and commas change places.
DUTCH = str.maketrans({",": ".", ".": ","})
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


@pass_context
def money(context: Context, amount: Decimal | None, currency: str = "") -> str:
    """`1.234,56 EUR` or `1,234.56 EUR`; exact to the places that the amount has, two at least."""
    if amount is None:
        return NOTHING
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"{_grouped(context, f'{amount:,.{places}f}')} {currency}".rstrip()


@pass_context
def number(context: Context, value: Decimal | int | None) -> str:
    """A count or a quantity, with its thousands grouped."""
    return NOTHING if value is None else _grouped(context, f"{value:,}")


@pass_context
def percent(context: Context, value: Decimal | None) -> str:
    """`21%`, `5,5%`."""
    return NOTHING if value is None else f"{_grouped(context, f'{value.normalize():f}')}%"


def _grouped(context: Context, text: str) -> str:
    return text.translate(DUTCH) if context["language"] == "nl" else text


@pass_context
def moment(context: Context, at: datetime | None, zone: str = HOME.key) -> str:
    """`23 nov 2026 07:31`, the local time of this zone."""
    if at is None:
        return NOTHING
    local = at.astimezone(ZoneInfo(zone))
    return f"{_day(context, local.date())} {local:%H:%M}"


@pass_context
def day(context: Context, on: date | None) -> str:
    """`23 nov 2026`."""
    return NOTHING if on is None else _day(context, on)


def _day(context: Context, on: date) -> str:
    return f"{on.day} {MONTHS[context['language']][on.month - 1]} {on.year}"


@pass_context
def age(context: Context, since: datetime | timedelta | None) -> str:
    """How long ago, in the largest unit that fits: `5 min`, `3 uur`, `2 days`."""
    if since is None:
        return NOTHING
    passed = since if isinstance(since, timedelta) else datetime.now(UTC) - since
    seconds = int(passed.total_seconds())
    t: Callable[..., str] = context["t"]
    if seconds < MINUTE_S:
        return t("age.seconds")
    if seconds < HOUR_S:
        return t("age.minutes", number=seconds // MINUTE_S)
    if seconds < 2 * DAY_S:
        return t("age.hours", number=seconds // HOUR_S)
    return t("age.days", number=seconds // DAY_S)


FILTERS: dict[str, Callable[..., Any]] = {"money": money, "number": number, "percent": percent, "moment": moment, "day": day, "age": age}
