"""The command `quota`: what is left of Exact's limits, who used it, and when the backlog will be through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.text import Text

from include.adapters.forecasts import FlowForecast, Forecasts, QuotaForecast
from include.administrations.loader import load_administrations
from include.administrations.model import Administration, Mode
from include.cli import output
from include.outbox.forecast_words import Language, moment_in_words, number, told_forecast, told_stranger
from include.outbox.off_peak import Hours
from include.outbox.ports import Purpose
from include.store.quota import QuotaStore
from include.wiring.terminal import store

WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "{name} · division {division}: {left} of {limit} calls left until {until}, {minute} a minute",
        "unknown": "{name} · division {division}: Exact has not told its limits yet; {limit} calls a day and {minute} a minute are assumed",
        "used": "used today by us",
        "strangers": "by others",
        "expected": "expected of others and of our own reads, a day",
        "reserves": "left today for",
        "hours": "bulk leaves",
        "always": "at any hour",
        "between": "from {begin:%H:%M} to {end:%H:%M}, {zone}",
        "mode": "sending",
        "held": "nothing is sent in mode {mode}; the forecast says what would be",
        "flow": "flow",
        "class": "class",
        "planned": "planned",
        "forecast": "forecast",
        "nothing": "Nothing is planned.",
        "operator": "operator",
        "interactive": "interactive",
        "near_time": "near-time",
        "bulk": "bulk",
    },
    "nl": {
        "title": "{name} · administratie {division}: nog {left} van {limit} aanroepen tot {until}, {minute} per minuut",
        "unknown": "{name} · administratie {division}: Exact noemde nog geen limieten; aangenomen: {limit} per dag, {minute} per minuut",
        "used": "vandaag gebruikt door ons",
        "strangers": "door anderen",
        "expected": "verwacht van anderen en van ons eigen lezen, per dag",
        "reserves": "vandaag over voor",
        "hours": "bulk vertrekt",
        "always": "op elk uur",
        "between": "van {begin:%H:%M} tot {end:%H:%M}, {zone}",
        "mode": "verzenden",
        "held": "in modus {mode} wordt niets verzonden; de prognose zegt wat het zou zijn",
        "flow": "stroom",
        "class": "klasse",
        "planned": "gepland",
        "forecast": "prognose",
        "nothing": "Er is niets gepland.",
        "operator": "beheerder",
        "interactive": "interactief",
        "near_time": "lopend",
        "bulk": "bulk",
    },
}


def show_quota(*, language: Language, as_json: bool) -> None:
    """Show limits, reserves and forecasts of each administration that has a file."""
    administrations = load_administrations()
    with store() as database:
        found = [(each, Forecasts(each, QuotaStore(database, each.division)).all()) for each in administrations]
    if as_json:
        output.print_json({each.name: _plain(each, quota, language) for each, quota in found})
        return
    console = output.console()
    for each, quota in found:
        for shown in _tables(each, quota, language):
            console.print(shown)


def _tables(administration: Administration, quota: QuotaForecast, language: Language) -> Iterator[RenderableType]:
    words = WORDS[language]
    yield output.pairs(_facts(administration, quota, language), title=_title(administration, quota, language))
    if not quota.flows:
        yield Text(words["nothing"] + "\n")
        return
    shown = output.table(words["flow"], words["class"], words["planned"], words["forecast"], right=(words["planned"],))
    for each in quota.flows:
        says = _says(administration, quota, each, language)
        shown.add_row(each.flow, words[each.purpose.value], number(each.documents, language=language), Text(says))
    yield shown


def _title(administration: Administration, quota: QuotaForecast, language: Language) -> str:
    budget = quota.budget
    until = moment_in_words(budget.resets_at, now=budget.now, zone=ZoneInfo(administration.time_zone), language=language)
    return WORDS[language]["title" if quota.is_known else "unknown"].format(
        name=administration.name,
        division=administration.division,
        left=number(budget.remaining, language=language),
        limit=number(budget.day_limit, language=language),
        until=until,
        minute=number(budget.minute_limit, language=language),
    )


def _facts(administration: Administration, quota: QuotaForecast, language: Language) -> dict[str, Any]:
    words = WORDS[language]
    left = " · ".join(f"{words[purpose.value]} {number(calls, language=language)}" for purpose, calls in quota.left_for.items())
    facts = {
        words["used"]: number(quota.own_calls, language=language),
        words["strangers"]: told_stranger(quota.strangers, quota.budget.day_limit, language=language) if quota.strangers else None,
        words["expected"]: number(quota.budget.others_a_day, language=language),
        words["reserves"]: left,
        words["hours"]: _hours(administration.off_peak, words),
        words["mode"]: words["held"].format(mode=administration.mode.value) if administration.mode is not Mode.BOOK else None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _hours(hours: Hours | None, words: Mapping[str, str]) -> str:
    return words["between"].format(begin=hours.begin, end=hours.end, zone=hours.zone.key) if hours else words["always"]


def _says(administration: Administration, quota: QuotaForecast, each: FlowForecast, language: Language) -> str:
    return told_forecast(each.forecast, now=quota.budget.now, zone=ZoneInfo(administration.time_zone), language=language)


def _plain(administration: Administration, quota: QuotaForecast, language: Language) -> dict[str, Any]:
    hours = administration.bulk_hours
    flows = [_plain_flow(each, _says(administration, quota, each, language)) for each in quota.flows]
    return {
        **asdict(quota.budget),
        "is_known": quota.is_known,
        "mode": administration.mode.value,
        "own_calls": quota.own_calls,
        "strangers": quota.strangers,
        "left_for": quota.left_for,
        "bulk_hours": {"from": f"{hours.begin:%H:%M}", "until": f"{hours.end:%H:%M}"} if hours else None,
        "flows": flows,
    }


def _plain_flow(each: FlowForecast, says: str) -> dict[str, Any]:
    return {
        "flow": each.flow,
        "is_bulk": each.purpose is Purpose.BULK,
        "documents": each.documents,
        **asdict(each.forecast),
        "share_of_a_day": each.forecast.share_of_a_day,
        "says": says,
    }
