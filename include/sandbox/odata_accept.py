"""Which representation a call asks for: Atom unless `Accept` names JSON (FACTS 3.1)."""

from __future__ import annotations

from typing import Literal

Form = Literal["atom", "json"]
ATOM_TYPES = frozenset({"*/*", "application/*", "application/atom+xml"})
JSON_TYPE = "application/json"
TEXT_TYPES = frozenset({"*/*", "text/*", "text/plain"})
FORMATS: dict[str, Form] = {"json": "json", "atom": "atom"}


def negotiated(accept: str, wanted: str = "") -> Form | None:
    """Return the form that `Accept` or `$format` asks for, or None where it is none that exists; `application/xml` is not."""
    if wanted:
        return FORMATS.get(wanted.lower())
    named = _types(accept)
    if JSON_TYPE in named:
        return "json"
    return "atom" if not named or named & ATOM_TYPES else None


def takes_text(accept: str) -> bool:
    """Tell whether a bare number may be the answer, as `/$count` gives it."""
    named = _types(accept)
    return not named or bool(named & TEXT_TYPES)


def _types(accept: str) -> set[str]:
    parts = (part.partition(";")[0].strip().lower() for part in accept.split(","))
    return {part for part in parts if part}
