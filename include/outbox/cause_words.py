"""The shape of the texts about a cause."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CauseText:
    """Sentences of cause and cure in Dutch and English; `{subject}` stands for what the cause is about."""

    cause_nl: str
    cure_nl: str
    cause_en: str
    cure_en: str
