"""Reading one row of a contract view, column by column: a value that cannot be read is a fault, never an exception.

What cannot be read is noted in `Row.faults` and a stand-in takes its place, so that all faults of a record are known at once.
Codes of faults: value_missing, value_unreadable, value_not_allowed, value_too_long, value_too_large and not_a_number, whose subject is
the column; unknown_country and unknown_currency, whose subject is the wrong code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

from include.sources.contract import Column, Form, Need, View
from include.sources.iso import COUNTRIES, CURRENCIES

# Limits: wide enough for any honest order, narrow enough that no row costs more memory or arithmetic than it may.
CODE_MAX = 100  # characters of a number, code or choice
TEXT_MAX = 4_000  # characters of a description, name or address line
NUMBER_MAX = Decimal(10) ** 9  # a quantity, price or amount stays below this, whatever its sign
DECIMALS_MAX = 18  # digits after the point
POSITION_MAX = 2**31 - 1
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_WORDS = frozenset({Form.KEY, Form.CODE, Form.ARTICLE, Form.TEXT, Form.COUNTRY, Form.CURRENCY})
_SAFE = re.compile(r"[A-Za-z0-9_.+-]{1,20}")

T = TypeVar("T")


@dataclass(frozen=True)
class Unreadable:
    """What a loader gives for a value that Python has no type for: a moment without end, a year 20000, bytes that are no text."""

    reason: str


@dataclass(frozen=True)
class Fault:
    """Why a record cannot be read: a stable code, the column, what it is about (a wrong code, else the column), facts for mending."""

    code: str
    column: str
    subject: str
    facts: Mapping[str, str]


class FaultError(ValueError):
    """Raised within this file while one value is read."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = {name: str(value) for name, value in facts.items()}


def is_text(form: Form) -> bool:
    """Whether columns of this form hold text."""
    return form in _WORDS


def text_max(form: Form) -> int:
    """Longest text in characters that a column of this form may hold."""
    return TEXT_MAX if form is Form.TEXT else CODE_MAX


class Row:
    """One row of a view; `place` (such as a line's position) goes into the facts of each fault."""

    def __init__(self, view: View, values: Mapping[str, object], **place: object) -> None:
        self._view = view
        self._values = values
        self._place = {name: str(value) for name, value in place.items()}
        self.faults: list[Fault] = []

    def text(self, name: str) -> str:
        return self.maybe_text(name) or ""

    def maybe_text(self, name: str) -> str | None:
        return self._read(name, str)

    def number(self, name: str) -> Decimal:
        return self._read(name, Decimal) or Decimal(0)

    def maybe_number(self, name: str) -> Decimal | None:
        return self._read(name, Decimal)

    def moment(self, name: str) -> datetime:
        return self._read(name, datetime) or EARLIEST

    def maybe_moment(self, name: str) -> datetime | None:
        return self._read(name, datetime)

    def maybe_day(self, name: str) -> date | None:
        return self._read(name, date)

    def flag(self, name: str) -> bool:
        return bool(self._read(name, bool))

    def position(self, name: str) -> int:
        return self._read(name, int) or 0

    def maybe_position(self, name: str) -> int | None:
        return self._read(name, int)

    def fault(self, code: str, name: str, **facts: object) -> None:
        """Note that the column `name` cannot be used."""
        column = f"{self._view.name}.{name}"
        told = {"column": column, **self._place, **{key: str(value) for key, value in facts.items()}}
        self.faults.append(Fault(code, column, told.pop("subject", column), told))

    def _read(self, name: str, kind: type[T]) -> T | None:
        column = self._view.column(name)
        try:
            value = read_value(column, self._values.get(name))
        except FaultError as error:
            self.fault(error.code, name, **error.facts)
            return None
        return value if isinstance(value, kind) else None


def read_value(column: Column, raw: object) -> object:
    """Return the value as our code uses it, None when it is empty and may be; raise `FaultError` when it cannot be used."""
    if isinstance(raw, Unreadable):
        raise FaultError("value_unreadable", reason=raw.reason)
    value = None if raw is None else _READERS[column.form](column, raw)
    if value is None and column.need is Need.MANDATORY:
        raise FaultError("value_missing")
    return value


def _text(column: Column, raw: object) -> str | None:
    if not isinstance(raw, str):
        raise FaultError("value_unreadable", reason="no text")
    if len(raw) > text_max(column.form):
        raise FaultError("value_too_long", longest=text_max(column.form))
    return raw


def _free_text(column: Column, raw: object) -> str | None:
    """Any text that people read: control characters and line breaks become blanks, blanks at the ends go; the rest stays as it is."""
    text = _text(column, raw) or ""
    if not text.isprintable():
        text = "".join(" " if _is_control(character) else character for character in text)
    return text.strip() or None


def _key(column: Column, raw: object) -> str | None:
    """A number that is kept untouched, since people and banks search by it."""
    text = _text(column, raw) or ""
    if text != text.strip() or (not text.isprintable() and any(map(_is_control, text))):
        raise FaultError("value_unreadable", reason="control characters, or blanks around it")
    return text or None


def _code(column: Column, raw: object) -> str | None:
    text = _key(column, (_text(column, raw) or "").strip(" ")) or ""
    if text and column.choices and text not in column.choices:
        raise FaultError("value_not_allowed", value=_shown(text), allowed=" ".join(column.choices))
    return text or None


def _article(column: Column, raw: object) -> str | None:
    code = _code(column, raw)
    return code.upper() if code else None


def _country(column: Column, raw: object) -> str | None:
    return _listed(column, raw, COUNTRIES, "unknown_country")


def _currency(column: Column, raw: object) -> str | None:
    return _listed(column, raw, CURRENCIES, "unknown_currency")


def _listed(column: Column, raw: object, known: frozenset[str], code: str) -> str | None:
    text = _article(column, raw)
    if text and text not in known:
        raise FaultError(code, **({"subject": text} if _SAFE.fullmatch(text) else {}))
    return text


def _number(column: Column, raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise FaultError("not_a_number", value="no exact number")
    number = Decimal(raw)
    if not number.is_finite():
        raise FaultError("not_a_number", value=number)
    if abs(number) >= NUMBER_MAX:
        raise FaultError("value_too_large", below=NUMBER_MAX)
    return _exact(number)


def _exact(number: Decimal) -> Decimal:
    """The number without noughts at its end; more digits after the point than `DECIMALS_MAX` are more than arithmetic keeps exact."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -DECIMALS_MAX:
        shortened = number.quantize(Decimal(1).scaleb(-DECIMALS_MAX))
        if shortened != number:
            raise FaultError("value_too_large", digits_after_the_point=DECIMALS_MAX)
        number = shortened
    plain = number.normalize() if number else Decimal(0)
    return plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain


def _price(column: Column, raw: object) -> Decimal:
    number = _number(column, raw)
    if number < 0:
        raise FaultError("value_not_allowed", value="negative")
    return number


def _percent(column: Column, raw: object) -> Decimal:
    number = _price(column, raw)
    if number > 100:
        raise FaultError("value_not_allowed", value=number, allowed="0 to 100")
    return number


def _position(column: Column, raw: object) -> int:
    number = _number(column, raw)
    if number != number.to_integral_value() or abs(number) > POSITION_MAX:
        raise FaultError("value_not_allowed", value="no whole number")
    return int(number)


def _flag(column: Column, raw: object) -> bool:
    if not isinstance(raw, bool):
        raise FaultError("value_unreadable", reason="neither true nor false")
    return raw


def _moment(column: Column, raw: object) -> datetime:
    if not isinstance(raw, datetime) or raw.tzinfo is None:
        raise FaultError("value_unreadable", reason="no moment with a time zone")
    if not EARLIEST <= raw < LATEST:
        raise FaultError("value_not_allowed", value=raw.year, allowed=f"{EARLIEST.year} to {LATEST.year - 1}")
    return raw.astimezone(UTC)


def _day(column: Column, raw: object) -> date:
    if isinstance(raw, datetime) or not isinstance(raw, date):
        raise FaultError("value_unreadable", reason="no date")
    if not EARLIEST.year <= raw.year < LATEST.year:
        raise FaultError("value_not_allowed", value=raw.year, allowed=f"{EARLIEST.year} to {LATEST.year - 1}")
    return raw


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"} or character in _DIRECTIONS


def _shown(text: str) -> str:
    """The text if it is a plain short code, since a wrongly mapped column may hold anything."""
    return text if _SAFE.fullmatch(text) else "(not shown)"


# Marks that turn the direction of writing, so that a text reads otherwise than it is stored.
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u0000")

_READERS: dict[Form, Callable[[Column, object], object]] = {
    Form.KEY: _key,
    Form.CODE: _code,
    Form.ARTICLE: _article,
    Form.TEXT: _free_text,
    Form.COUNTRY: _country,
    Form.CURRENCY: _currency,
    Form.NUMBER: _number,
    Form.PRICE: _price,
    Form.PERCENT: _percent,
    Form.POSITION: _position,
    Form.FLAG: _flag,
    Form.MOMENT: _moment,
    Form.DAY: _day,
}
