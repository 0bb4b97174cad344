"""Texts as Exact takes them: cleaned and cut on purpose. Keys are never cut."""

from __future__ import annotations

import unicodedata

from include.exact.models.base import utf16_length

ELLIPSIS = "…"
# Marks that turn the direction of the text around them: a description could show something else than it says.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNWANTED = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})


def cleaned(text: str) -> str:
    """Replace what Exact cannot store or show (control characters, lone surrogates) by blanks, and runs of blanks by one."""
    composed = unicodedata.normalize("NFC", text)
    shown = (" " if unicodedata.category(character) in _UNWANTED else character for character in composed if character not in _DIRECTIONS)
    return " ".join("".join(shown).split())


def cut(text: str, length: int) -> str | None:
    """Return the cleaned text in at most `length` places, an ellipsis showing the cut; None for no text at all."""
    text = cleaned(text)
    if utf16_length(text) <= length:
        return text or None
    text = text[: length - 1]
    while utf16_length(text) > length - 1:
        text = text[:-1]
    return text.rstrip(" \u200d") + ELLIPSIS
