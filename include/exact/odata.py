"""OData v2 as Exact speaks it: literals and filters out, envelopes and dates in (FACTS 3.2, 3.9–3.12)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import simplejson

from include.errors import RetryableError

_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INT64 = re.compile(r"-?[0-9]{1,19}")
_BROKEN_AGAIN_S = 5.0

Row = dict[str, Any]


class Int64(int):
    """A number that Exact wants with an `L`."""


def literal(value: object) -> str:
    """Write a value as an OData v2 literal; text with its quotes doubled, dates without zone (FACTS 3.10)."""
    match value:
        case Int64():
            return f"{int(value)}L"
        case int() if not isinstance(value, bool):
            return str(value)
        case UUID():
            return f"guid'{value}'"
        case datetime() | date():
            return f"datetime'{value:%Y-%m-%dT%H:%M:%S}'"
        case str():
            return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"{type(value).__name__} has no OData literal")


def equal(field: str, value: object) -> str:
    return f"{field} eq {literal(value)}"


def above(field: str, value: object) -> str:
    return f"{field} gt {literal(value)}"


def one_of(field: str, values: Iterable[object]) -> str:
    """In brackets, since `and` binds closer."""
    return f"({' or '.join(equal(field, value) for value in values)})"


def every(*terms: str) -> str:
    return " and ".join(terms)


def parsed(body: bytes) -> Any:
    """Read JSON with exact numbers. A broken body is a `RetryableError`: it was cut off, or is no JSON at all."""
    try:
        return simplejson.loads(body.decode("utf-8-sig"), use_decimal=True)
    except (ValueError, RecursionError) as error:
        raise _unreadable("is no JSON") from error


def rows_of(document: Any) -> tuple[list[Row], str | None]:
    """The rows of an answer and the address of the next page; all envelopes of FACTS 3.2 are understood."""
    inner = document.get("d", document) if isinstance(document, dict) else document
    following = None
    if isinstance(inner, dict) and isinstance(inner.get("results"), list):
        inner, following = inner["results"], inner.get("__next")
    elif isinstance(inner, dict) and _is_record(inner):
        inner = [inner]
    if not isinstance(inner, list) or not all(isinstance(row, dict) for row in inner):
        raise _unreadable("has no rows")
    if not isinstance(following, str | None):
        raise _unreadable("has a next page without an address")
    return inner, following


def _is_record(content: Row) -> bool:
    """A single record, and neither an error nor an envelope of a shape that nobody has seen."""
    return "__metadata" in content or any(not isinstance(value, (dict, list)) for value in content.values())


def _unreadable(what: str) -> RetryableError:
    return RetryableError(f"Exact's answer {what}", retry_after_s=_BROKEN_AGAIN_S)


def error_text(document: Any) -> str | None:
    """The text of an OData error (FACTS 3.15), or None when the answer holds none."""
    try:
        value = document["error"]["message"]["value"]
    except (KeyError, TypeError):
        return None
    return value if isinstance(value, str) and value.strip() else None


def day(value: str | None) -> date | None:
    """A date-only field: its UTC date, never the local one (FACTS 3.12)."""
    moment = stamp(value)
    return moment.date() if moment else None


def stamp(value: str | None) -> datetime | None:
    """`/Date(ms)/` as Exact's wall clock, kept in UTC: good for order and age, not as a precise moment (FACTS 3.12)."""
    found = _DATE.match(value) if isinstance(value, str) else None
    try:
        return _EPOCH + timedelta(milliseconds=int(found[1])) if found else None
    except (OverflowError, ValueError) as error:
        raise _unreadable("has a date beyond all years") from error


def int64(value: object) -> int:
    """An Int64, which comes as text or as number (FACTS 3.22)."""
    text = str(value)
    if not _INT64.fullmatch(text):
        raise _unreadable("has a number that is none")
    return int(text)


def selection(fields: Sequence[str]) -> str:
    return ",".join(fields)
