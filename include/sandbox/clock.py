"""The sandbox's own clock: real time plus an offset, with every duration divided by the time scale."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Tells the time in epoch milliseconds; `scale` K makes a minute of limits last 60/K seconds, a token 600/K."""

    def __init__(self, scale: float = 1.0, offset_s: float = 0.0) -> None:
        self.scale = scale
        self.offset_s = offset_s

    def now_ms(self) -> int:
        """Return the sandbox's time, in milliseconds since 1970 (UTC)."""
        return int((time.time() + self.offset_s) * 1000)

    def span_ms(self, seconds: float) -> int:
        """Return how many milliseconds a duration of Exact takes here."""
        return max(1, round(seconds * 1000 / self.scale))

    def span_s(self, seconds: float) -> float:
        """Return how many seconds a duration of Exact takes here."""
        return seconds / self.scale

    def date_header(self, skew_s: float = 0.0) -> str:
        """Return the value of the `Date` header, of a server whose clock is ahead by so many seconds."""
        return format_datetime(moment(self.now_ms() + int(skew_s * 1000)), usegmt=True)


def moment(ms: int) -> datetime:
    """Turn epoch milliseconds into an aware moment."""
    return EPOCH + timedelta(milliseconds=ms)


def wall_ms(ms: int, *, amsterdam: bool = True) -> int:
    """Turn a moment into Dutch wall time stored as if it were UTC (FACTS 3.12); unchanged when `amsterdam` is off."""
    if not amsterdam:
        return ms
    shift = moment(ms).astimezone(AMSTERDAM).utcoffset() or timedelta()
    return ms + int(shift.total_seconds() * 1000)


def day_ms(ms: int) -> int:
    """Return midnight of the day that `ms` falls on."""
    return ms - ms % 86_400_000


def iso(ms: int | None) -> str | None:
    """Return a moment as ISO text with milliseconds and `Z`, for people and checkers."""
    if ms is None:
        return None
    return moment(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
