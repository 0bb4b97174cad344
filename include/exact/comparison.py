"""Is a record in Exact still as we wrote it? Field by field of what we wrote; what Exact adds of its own is not looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from include.exact.odata import Row, stamp

Difference = tuple[str, str]


def fields_of(payload: str) -> tuple[str, ...]:
    """The names of the fields that a payload writes, those of its lines not among them."""
    return tuple(name for name, value in _read(payload).items() if not isinstance(value, list))


def line_fields_of(payload: str, collection: str) -> tuple[str, ...]:
    """The names of the fields that a payload writes in any line of a collection."""
    return tuple(dict.fromkeys(name for line in _read(payload).get(collection, []) for name in line))


def differences(payload: str, row: Row, lines: Mapping[str, list[Row]] | None = None) -> dict[str, Difference]:
    """Return what stands otherwise in Exact than we wrote it: `{field: (ours, theirs)}`, lines as `SalesInvoiceLines[2].Quantity`.

    `row` is the header as read back, `lines` the rows of each collection in the order of their numbers.
    """
    found: dict[str, Difference] = {}
    for name, ours in _read(payload).items():
        if isinstance(ours, list):
            found |= _of_lines(name, ours, (lines or {}).get(name, []))
        elif not _same(ours, row.get(name)):
            found[name] = (_shown(ours), _shown(row.get(name)))
    return found


def _of_lines(name: str, ours: list[Any], theirs: list[Row]) -> dict[str, Difference]:
    if len(ours) != len(theirs):
        return {name: (f"{len(ours)} lines", f"{len(theirs)} lines")}
    return {
        f"{name}[{number}].{field}": (_shown(value), _shown(there.get(field)))
        for number, (here, there) in enumerate(zip(ours, theirs, strict=True), 1)
        for field, value in here.items()
        if not _same(value, there.get(field))
    }


def _read(payload: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(payload, parse_float=Decimal)
    return content


def _same(ours: Any, theirs: Any) -> bool:
    """Equal in Exact's eyes: numbers by value, as text or not, GUIDs in any case, dates by day, codes without their padding."""
    if isinstance(ours, str) and isinstance(theirs, str):
        return _plain(ours) == _plain(theirs)
    return _value(ours) == _value(theirs)


def _plain(text: str) -> object:
    return _guid(text) or _day(text) or text.strip()


def _value(value: Any) -> object:
    match value:
        case None | "":
            return None
        case bool():
            return value
        case int() | Decimal():
            return Decimal(value)
        case str():
            return _number(value.strip())
    return value


def _guid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == len(str(UUID(int=0))) else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    moment = stamp(text)
    if moment is not None:
        return moment.date()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).date() if "T" in text else None
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _shown(value: Any) -> str:
    return "nothing" if value in {None, ""} else str(value)
