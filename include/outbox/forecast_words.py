"""A forecast in words, in the administration's time zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from include.outbox.forecast import Forecast

Language = Literal["nl", "en"]
WEEKDAYS: Mapping[Language, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
}
TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "today": "done by {done}, needs {share} % of today's calls",
        "days": "ends {done}, takes up to {share} % of each day's calls; {today} leave today",
        "never": "not within a year: the limits leave nothing for it",
        "calls": "{calls} calls, {rest}",
        "begins": "begins {begins}, {rest}",
        "stranger": "somebody else used {calls} of today's {limit} calls of this app in this company",
    },
    "nl": {
        "today": "klaar rond {done}, kost {share} % van de aanroepen van vandaag",
        "days": "klaar rond {done}, kost tot {share} % van de aanroepen per dag; vandaag vertrekken er {today}",
        "never": "niet binnen een jaar: de limieten laten er niets voor over",
        "calls": "{calls} aanroepen, {rest}",
        "begins": "begint {begins}, {rest}",
        "stranger": "iemand anders gebruikte {calls} van de {limit} aanroepen van vandaag van deze app in deze administratie",
    },
}


def told_forecast(found: Forecast, *, now: datetime, zone: ZoneInfo, language: Language = "en") -> str:
    """One sentence: how many calls, when it begins where that is not now, when it is done, what share of a day it takes."""
    texts = TEXTS[language]
    if found.done_at is None or found.begins_at is None:
        rest = texts["never"]
    else:
        is_one_day = len(found.per_day) == 1
        done = moment_in_words(found.done_at, now=now, zone=zone, language=language)
        rest = texts["today" if is_one_day else "days"].format(
            done=done, share=found.share_of_a_day, today=number(found.today, language=language)
        )
        if (found.begins_at - now).total_seconds() >= 60:
            rest = texts["begins"].format(begins=moment_in_words(found.begins_at, now=now, zone=zone, language=language), rest=rest)
    return texts["calls"].format(calls=number(found.calls, language=language), rest=rest)


def told_stranger(calls: int, limit: int, *, language: Language = "en") -> str:
    """One sentence about calls of the day that were not ours."""
    return TEXTS[language]["stranger"].format(calls=number(calls, language=language), limit=number(limit, language=language))


def moment_in_words(moment: datetime, *, now: datetime, zone: ZoneInfo, language: Language = "en") -> str:
    """`14:10` today, `Thursday 14:10` within a week, else with the day."""
    local = moment.astimezone(zone)
    away = (local.date() - now.astimezone(zone).date()).days
    weekday = WEEKDAYS[language][local.weekday()]
    return f"{local:%H:%M}" if away == 0 else f"{weekday} {local:%H:%M}" if away < 7 else f"{weekday} {local:%Y-%m-%d %H:%M}"


def number(value: int, *, language: Language = "en") -> str:
    """With separators of thousands."""
    return f"{value:,}" if language == "en" else f"{value:,}".replace(",", ".")
