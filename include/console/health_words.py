"""Signals of health in sentences, for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.checks.findings import Level
from include.checks.health import Signal
from include.console.words.health_signals import WORDS
from include.outbox.causes import Language
from include.outbox.forecast_words import number

_UNITS: Mapping[Language, tuple[tuple[int, str, str], ...]] = {
    "nl": ((86_400, "dag", "dagen"), (3600, "uur", "uur"), (60, "minuut", "minuten"), (1, "seconde", "seconden")),
    "en": ((86_400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes"), (1, "second", "seconds")),
}


@dataclass(frozen=True)
class Told:
    """A signal as a person reads it."""

    level: Level
    code: str
    subject: str
    says: str
    cure: str


def told(signal: Signal, language: Language, *, zone: str) -> Told:
    """What is the matter, and what to do."""
    column = 0 if language == "nl" else 1
    values = {name: _written(name, value, language, zone) for name, value in signal.values.items()}
    key = f"health.signal.{signal.code}"
    one, _, many = WORDS[key][column].partition("|")
    text = many if many and signal.values.get("number") != 1 else one
    says = text.format(subject=signal.subject, **values)
    return Told(signal.level, signal.code, signal.subject, says, WORDS[f"{key}.cure"][column])


def span_in_words(span: timedelta | float, language: Language) -> str:
    """`40 seconds`, `12 minutes`, `5 hours`, `3 days`; up to two of a unit in the one below it."""
    seconds = max(0.0, span.total_seconds() if isinstance(span, timedelta) else span)
    fitting = [unit for unit in _UNITS[language] if seconds >= 2 * unit[0] or seconds == unit[0]]
    size, one, many = fitting[0] if fitting else _UNITS[language][-1]
    count = round(seconds / size)
    return f"{count} {one if count == 1 else many}"


def share_in_words(share: float, language: Language) -> str:
    """`2.7 %`, `2,7 %`."""
    text = f"{100 * share:.1f}".removesuffix(".0")
    return f"{text.replace('.', ',') if language == 'nl' else text} %"


def _written(name: str, value: Any, language: Language, zone: str) -> str:
    match value:
        case timedelta():
            return span_in_words(value, language)
        case datetime():
            return f"{value.astimezone(ZoneInfo(zone)):%H:%M}"
        case float() if name == "share":
            return share_in_words(value, language)
        case int():
            return number(value, language=language)
    return str(value)
