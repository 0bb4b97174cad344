"""Texts as Exact takes them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.exact.models.base import utf16_length
from include.mappings.texts import cleaned, cut


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (" Mug\r\n with\thandle ", "Mug with handle"),
        ("Mug \ud83d", "Mug"),
        ("e\u0301", "é"),
        ("=1+1", "=1+1"),
        ("<b>", "<b>"),
        ("", ""),
    ],
)
def test_a_text_is_cleaned_of_what_exact_cannot_store_and_of_nothing_else(text: str, result: str) -> None:
    assert cleaned(text) == result


def test_a_text_of_blanks_is_none() -> None:
    assert cut(" \t ", 60) is None


def test_a_cut_leaves_no_joiner_behind() -> None:
    assert cut("x\U0001f469\u200d\U0001f469", 5) == "x\U0001f469…"


@settings(max_examples=1_000)
@given(text=st.text(max_size=200), length=st.integers(2, 100))
def test_a_cut_text_always_fits_and_can_always_be_sent(text: str, length: int) -> None:
    result = cut(text, length)

    if result is not None:
        assert utf16_length(result) <= length
        assert result.encode("utf-8").decode("utf-8") == result
        assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in result)
        assert cut(result, length) == result
