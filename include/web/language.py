"""Which language a person reads, and the words in it."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.requests import Request

from include.console.words import (
    acts,
    connections,
    frame,
    health,
    health_signals,
    queue,
    reconciliation,
    record,
    task,
)
from include.outbox.causes import Language

# The person's own choice by the switch, and the language of Airflow's pages, which only the browser knows and tells.
CHOICE, AIRFLOWS = "exactly_language", "exactly_airflow_language"
SUBJECTS = (
    frame,
    queue,
    reconciliation,
    record,
    connections,
    health,
    health_signals,
    acts,
    task,
)
WORDS: dict[str, tuple[str, str]] = {key: texts for subject in SUBJECTS for key, texts in subject.WORDS.items()}
Translate = Callable[..., str]


def language_of(request: Request) -> Language:
    """The language chosen by the switch, else that of Airflow's pages, else the browser's."""
    for cookie in (CHOICE, AIRFLOWS):
        if found := _ours(request.cookies.get(cookie, "")):
            return found
    return _accepted(request.headers.get("accept-language", ""))


def _ours(tag: str) -> Language | None:
    match re.split("[-_]", tag.strip().lower())[0]:
        case "nl":
            return "nl"
        case "en":
            return "en"
    return None


def _accepted(header: str) -> Language:
    """The first of our languages in the order of the browser's preference."""
    wanted = [part.partition(";q=") for part in header.split(",")]
    ordered = sorted(wanted, key=lambda part: -_weight(part[2]))
    return next((found for tag, _, _ in ordered if (found := _ours(tag))), "en")


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def words_in(language: Language) -> Translate:
    """`t(key, number=3)`: the text of this key with its values in place; `one|many` is told apart by `number`."""
    column = 0 if language == "nl" else 1

    def t(key: str, **values: object) -> str:
        text = WORDS[key][column]
        if "|" in text:
            one, many = text.split("|")
            text = one if values.get("number") == 1 else many
        return text.format(**values) if values else text

    return t
