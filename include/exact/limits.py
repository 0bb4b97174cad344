"""Exact's limits as the headers of an answer give them (FACTS 2.3–2.7): resets in epoch milliseconds, time from the `Date` header."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

# No window is longer than a day, whatever a header says: nobody waits for the year 50,000.
LONGEST_S = 86_400.0
# `Date` has whole seconds, so that a reset may be up to a second later than it seems.
DATE_PRECISION_S = 1.0
_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class LimitHeaders:
    """Limits and what is left of them; resets in seconds after the answer, and as Exact gave them, in epoch milliseconds.

    None: the header was absent.
    """

    minute_limit: int | None
    minute_remaining: int | None
    minute_reset_s: float | None
    day_limit: int | None
    day_remaining: int | None
    day_reset_s: float | None
    minute_reset_ms: int | None
    day_reset_ms: int | None

    @property
    def exhausted_for_s(self) -> float | None:
        """Seconds until a window that has nothing left begins anew; None while there is something left."""
        waits = [
            reset_s
            for remaining, reset_s in ((self.minute_remaining, self.minute_reset_s), (self.day_remaining, self.day_reset_s))
            if reset_s is not None and remaining is not None and remaining <= 0
        ]
        return max(waits, default=None)


def limits_of(headers: Mapping[str, str]) -> LimitHeaders:
    """Read the six headers; what is absent or no number is None."""
    now = date_of(headers)
    return LimitHeaders(
        _number(headers.get("X-RateLimit-Minutely-Limit")),
        _number(headers.get("X-RateLimit-Minutely-Remaining")),
        _seconds_until(headers.get("X-RateLimit-Minutely-Reset"), now),
        _number(headers.get("X-RateLimit-Limit")),
        _number(headers.get("X-RateLimit-Remaining")),
        _seconds_until(headers.get("X-RateLimit-Reset"), now),
        _number(headers.get("X-RateLimit-Minutely-Reset")),
        _number(headers.get("X-RateLimit-Reset")),
    )


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Exact's clock at the answer, or None without a readable `Date` header."""
    try:
        moment = email.utils.parsedate_to_datetime(headers.get("Date", ""))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None


def _seconds_until(text: str | None, now: datetime | None) -> float | None:
    reset_ms = _number(text)
    if reset_ms is None or now is None:
        return None
    return min(max(0.0, reset_ms / 1000 - now.timestamp()), LONGEST_S) + DATE_PRECISION_S
