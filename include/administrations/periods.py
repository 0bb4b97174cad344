"""What an administration's file says about closed periods, and about the currencies of its orders."""

from __future__ import annotations

import re
from enum import StrEnum

from include.administrations.parts import mistake


class ClosedPeriod(StrEnum):
    """What becomes of a document whose day lies in a period that is closed, or not open yet, for its journal.

    `first_open_period`: it is booked on the first day of the first period after it that is open, or, where none after it is, on the last
    day of the last one before it that is. `ask`: a person decides.
    """

    FIRST_OPEN_PERIOD = "first_open_period"
    ASK = "ask"


def foreign_currencies(codes: tuple[str, ...], own: str | None) -> tuple[str, ...]:
    """Refuse what is no currency, or needs no exchange rate."""
    for code in codes:
        if not re.fullmatch("[A-Z]{3}", code):
            raise mistake(f"{code!r} is no currency", "write three capital letters, such as GBP")
        if code == own:
            raise mistake(f"{code} is the division's own currency", f"delete {code}: it needs no exchange rate")
    return codes
