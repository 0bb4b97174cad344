"""A posted body as values of the books: types checked, what a client may not set ignored (FACTS 3.13–3.16)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from include.sandbox.answers import BadRequestError, Complaint, ValidationError
from include.sandbox.catalogue import Entity, Field
from include.sandbox.clock import day_ms, wall_ms
from include.sandbox.odata_filter import GUID

TOP_LEVEL = "Error processing request stream. The request should be a valid top-level resource object."
INTEGERS = {
    "Edm.Byte": (0, 255),
    "Edm.Int16": (-(2**15), 2**15 - 1),
    "Edm.Int32": (-(2**31), 2**31 - 1),
    "Edm.Int64": (-(2**63), 2**63 - 1),
}
EDM_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/\Z")
DATE_ONLY = frozenset({"InvoiceDate", "DueDate", "OrderDate", "EntryDate", "DeliveryDate", "StartDate", "EndDate", "Date"})
NUMBER = re.compile(r"\s*[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?\s*\Z")


@dataclass
class Payload:
    """What a body says: values by field, and lists of further bodies by collection."""

    values: dict[str, Any] = field(default_factory=dict)
    children: dict[str, list[Any]] = field(default_factory=dict)


def read_json(body: bytes) -> dict[str, Any]:
    """Return the object that a body holds; amounts stay exact. Raises `BadRequestError`."""
    try:
        parsed = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
        json.dumps(parsed, ensure_ascii=False, default=str).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise BadRequestError(TOP_LEVEL) from error
    if not isinstance(parsed, dict):
        raise BadRequestError(TOP_LEVEL)
    return parsed


def read_payload(entity: Entity, raw: Any, *, verb: str, sure_lengths_only: bool = True) -> Payload:
    """Return what a posted or put object says; read-only fields are ignored. Raises `BadRequestError`, `ValidationError`."""
    if not isinstance(raw, dict):
        raise BadRequestError(TOP_LEVEL)
    payload = Payload()
    for name, value in raw.items():
        if name == "__metadata":
            continue
        known = entity.fields.get(name)
        if known is None:
            raise BadRequestError(_unknown_property(entity, name))
        if known.is_collection:
            _read_collection(payload, known, value)
        elif known.post if verb == "POST" else known.put:
            payload.values[name] = _read_value(known, value)
    _check_lengths(entity, payload, sure_lengths_only)
    return payload


def _read_collection(payload: Payload, known: Field, value: Any) -> None:
    if value is None or (isinstance(value, dict) and "__deferred" in value):
        return
    if not isinstance(value, list):
        raise BadRequestError(TOP_LEVEL)
    payload.children[known.name] = value


def _check_lengths(entity: Entity, payload: Payload, sure_only: bool) -> None:
    """Refuse texts that are too long; lengths that one source claims count only if told so."""
    too_long = []
    for name, value in payload.values.items():
        known = entity.fields[name]
        if isinstance(value, str) and known.max_length and len(value) > known.max_length and (known.length_is_sure or not sure_only):
            too_long.append(Complaint("too_long", name))
    if too_long:
        raise ValidationError(too_long)


def _read_value(known: Field, value: Any) -> Any:
    if value is None or (isinstance(value, dict) and "__deferred" in value):
        return None
    if known.edm in INTEGERS:
        return _integer(known, value)
    reader = {"Edm.Double": _number, "Edm.Boolean": _boolean, "Edm.Guid": _guid, "Edm.DateTime": _date}.get(known.edm, _text)
    return reader(known, value)


def _text(known: Field, value: Any) -> str:
    """Return a text; a number is taken for one, as published clients send codes (FACTS 3.14a)."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else _refuse(known)


def _boolean(known: Field, value: Any) -> bool:
    return value if isinstance(value, bool) else _refuse(known)


def _guid(known: Field, value: Any) -> str:
    return value.lower() if isinstance(value, str) and GUID.match(value) else _refuse(known)


def _number(known: Field, value: Any) -> Decimal:
    """Return an exact number; texts that hold one are taken as well (FACTS 3.14a)."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str) or (isinstance(value, str) and not NUMBER.match(value)):
        _refuse(known)
    try:
        number = Decimal(value)
    except InvalidOperation:
        _refuse(known)
    return number if number.is_finite() and abs(number) < Decimal("1e300") else _refuse(known)


def _integer(known: Field, value: Any) -> int:
    number = _number(known, value)
    low, high = INTEGERS[known.edm]
    if number != number.to_integral_value() or not low <= number <= high:
        _refuse(known)
    return int(number)


def _date(known: Field, value: Any) -> int:
    """Return milliseconds of wall time; a moment with a zone shifts to Dutch time first (FACTS 3.13)."""
    if not isinstance(value, str):
        _refuse(known)
    posted = EDM_DATE.match(value)
    try:
        ms = int(posted.group(1)) if posted else _iso_ms(value)
        datetime.fromtimestamp(ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        _refuse(known)
    return day_ms(ms) if known.name in DATE_ONLY else ms


def _iso_ms(value: str) -> int:
    parsed = datetime.fromisoformat(value)
    if parsed.tzinfo is None:
        return round(parsed.replace(tzinfo=UTC).timestamp() * 1000)
    return wall_ms(round(parsed.timestamp() * 1000))


def _refuse(known: Field) -> NoReturn:
    raise BadRequestError(
        "Error processing request stream. Error encountered in converting the value from request payload "
        f"for property '{known.name}' to type '{known.edm}', which is the property's expected type."
    )


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _unknown_property(entity: Entity, name: str) -> str:
    return f"Error processing request stream. The property name '{name}' specified for type '{entity.type_name}' is not valid."
