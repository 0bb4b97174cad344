"""Rates of VAT codes: posted with their code, read as a history of their own (FACTS 6.7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from include.sandbox.answers import BadRequestError
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.payload import TOP_LEVEL


def latest(raw: list[Any]) -> float | None:
    """Return the last of the percentages that come with a VAT code. Raises `BadRequestError`."""
    found = [_percentage(each) for each in raw]
    return found[-1] if found else None


def _percentage(raw: Any) -> float:
    value = raw.get("Percentage") if isinstance(raw, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise BadRequestError(TOP_LEVEL)
    return float(value)


def write(keeper: Bookkeeper, vat_code: Row, raw: list[Any]) -> None:
    """Write the history of a new VAT code; each rate holds from now on."""
    for number, each in enumerate(raw, start=1):
        row = {"ID": keeper.world.new_id(), "VATCodeID": vat_code["ID"], "LineNumber": number, "Percentage": _percentage(each), "Type": 0}
        keeper.world.database.insert("vat_percentages", keeper.stamped({**row, "StartDate": day_ms(keeper.world.stamp_ms())}))
