"""The words of a refusal, in the language of the Exact user (FACTS 3.15). The words themselves are in `texts.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from include.sandbox.answers import Complaint

LANGUAGES = ("NL", "EN", "FR")
_BOOK: dict[str, Any] = json.loads((Path(__file__).parent / "texts.json").read_text("utf-8"))


def worded(complaints: Iterable[Complaint], language: str) -> str:
    """Return complaints as Exact words them, joined by CRLF; each once."""
    lines = dict.fromkeys(_line(complaint, language.lower()) for complaint in complaints)
    return "\r\n".join(lines)


def problem() -> str:
    """Return the text of a failure that is nobody's record's fault."""
    return str(_BOOK["problem"])


def unknown(language: str) -> str:
    """Return a text that no client's catalogue can know."""
    return str(_BOOK["unknown"][language.lower()])


def _line(complaint: Complaint, language: str) -> str:
    caption = _BOOK["fields"].get(complaint.field, {}).get(language, complaint.field)
    return str(_BOOK["texts"][complaint.text][language]).format(field=caption)
