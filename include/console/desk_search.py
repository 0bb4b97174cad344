"""One box for whatever a person has in hand: a number of the shop or of Exact, an amount, a customer, a token, an id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from include.console.desk_lines import Reader, RecordLine, line_of
from include.outbox.causes import explain
from include.store.database import Row
from include.store.desk import DeskStore, Sought

HITS_MAX = 100
TYPED_MAX = 200
WORDS_MAX = 6
# Thousands in threes, or none; two decimals at most.
DUTCH_AMOUNT = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|-?\d+(?:,\d{1,2})?")
ENGLISH_AMOUNT = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|-?\d+(?:\.\d{1,2})?")
CURRENCY = re.compile(r"^(?:€|£|\$|[A-Z]{3}\b)\s*|\s*(?:€|£|\$|\b[A-Z]{3})$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Hit(RecordLine):
    """A record that was found; `why`: keys of the words for what it was found by; `says`: its cause, where it waits for a person."""

    number_in_exact: str
    why: Sequence[str]
    says: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was found; `too_many`: there is more, and the question should be narrower; `amount`: what was typed, read as an amount."""

    typed: str
    hits: Sequence[Hit]
    too_many: bool
    amount: Decimal | None


def search(desk: DeskStore, typed: str, reader: Reader) -> Answer:
    """Find records. Names are sought for those alone who may read them."""
    text = " ".join(typed.replace("\x00", "").split())[:TYPED_MAX]
    if not text:
        return Answer(typed="", hits=(), too_many=False, amount=None)
    sought = Sought(text=text, amount=amount_of(text), guid=_guid(text), words=_words(text) if reader.eyes.whole else None)
    rows = desk.found(sought, at_most=HITS_MAX + 1)
    return Answer(typed=text, hits=[_hit(row, reader) for row in rows[:HITS_MAX]], too_many=len(rows) > HITS_MAX, amount=sought.amount)


def amount_of(text: str) -> Decimal | None:
    """An amount as a Dutch or an English hand writes it: 1.234,56, 1,234.56, 1234.56, with or without its currency."""
    bare = CURRENCY.sub("", text.strip()).replace("\u00a0", "").replace(" ", "")
    if DUTCH_AMOUNT.fullmatch(bare):
        return abs(Decimal(bare.replace(".", "").replace(",", ".")))
    if ENGLISH_AMOUNT.fullmatch(bare):
        return abs(Decimal(bare.replace(",", "")))
    return None


def _guid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _words(text: str) -> str | None:
    """Each word as the beginning of one; none where nothing is a word."""
    words = [word for word in re.split(r"[^\w]+", text.lower()) if any(character.isalpha() for character in word)]
    return " & ".join(f"'{word}':*" for word in words[:WORDS_MAX]) or None


def _hit(row: Row, reader: Reader) -> Hit:
    waits = row["state"] in {"dead_letter", "gone"} and row["cause_code"]
    says = explain(row["cause_code"], row["cause_subject"], reader.language)[0] if waits else ""
    line = {**line_of(row), "since": row["updated_at"], "number_in_exact": row["number"] or ""}
    return Hit(**line, why=sorted(row["why"]), says=reader.eyes.text(says))
