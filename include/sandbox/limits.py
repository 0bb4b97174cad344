"""Rate limits per application and division, and the hourly block after ten errors (FACTS 2)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from include.sandbox.clock import Clock

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400


@dataclass
class Usage:
    """What one application used in one division in the windows that run now."""

    minute: int = -1
    in_minute: int = 0
    day: int = -1
    in_day: int = 0
    strangers: int = 0  # calls of others in the minute that runs now


@dataclass
class Trouble:
    """Errors of one application, user, division and endpoint, and the block that they led to."""

    errors: deque[int] = field(default_factory=deque)
    blocked_until_ms: int = 0
    blocks: int = 0


Key = tuple[str, int]
TroubleKey = tuple[str, str, int, str]


class Limits:
    """Fixed windows by the wall clock: a minute ends at the full minute, a day at 00:00 UTC (FACTS 2.3, 2.4)."""

    def __init__(self, clock: Clock, minutely: int, daily: int) -> None:
        self._clock = clock
        self.minutely = minutely
        self.daily = daily
        self.stranger_per_minute = 0
        self.own: dict[Key, tuple[int, int]] = {}
        self._used: dict[Key, Usage] = {}
        self._trouble: dict[TroubleKey, Trouble] = {}

    def of(self, key: Key) -> tuple[int, int]:
        """Return the minutely and the daily limit in force."""
        return self.own.get(key, (self.minutely, self.daily))

    def usage(self, key: Key) -> Usage:
        """Return what is used in the windows that run now."""
        used = self._used.setdefault(key, Usage())
        minute, day = self._window(MINUTE_S), self._window(DAY_S)
        if used.minute != minute:
            used.minute, used.in_minute, used.strangers = minute, 0, 0
        if used.day != day:
            used.day, used.in_day = day, 0
        if self.stranger_per_minute:
            self._let_stranger_in(key, used)
        return used

    def _let_stranger_in(self, key: Key, used: Usage) -> None:
        """Count what somebody else called since the minute began, evenly spread over it."""
        span = self._clock.span_ms(MINUTE_S)
        due = self.stranger_per_minute * (self._clock.now_ms() % span) // span
        self._spend(key, used, due - used.strangers)
        used.strangers = max(due, used.strangers)

    def _spend(self, key: Key, used: Usage, calls: int) -> None:
        minutely, daily = self.of(key)
        spent = max(0, min(calls, minutely - used.in_minute, daily - used.in_day))
        used.in_minute += spent
        used.in_day += spent

    def crowd(self, key: Key, calls: int) -> None:
        """Spend calls as a stranger does, as many as are left."""
        self._spend(key, self.usage(key), calls)

    def all_usage(self) -> dict[Key, Usage]:
        """Return what every application uses now."""
        return {key: self.usage(key) for key in list(self._used)}

    def take(self, key: Key, calls: int = 1) -> str | None:
        """Count calls; return the exhausted window, `minute` or `day`, where they are refused."""
        used = self.usage(key)
        minutely, daily = self.of(key)
        if used.in_day + calls > daily:
            return "day"
        if used.in_minute + calls > minutely:
            return "minute"
        used.in_day += calls
        used.in_minute += calls
        return None

    def restore(self, key: Key, in_minute: int, in_day: int) -> None:
        """Set what was used, after a restart."""
        used = self.usage(key)
        used.in_minute, used.in_day = in_minute, in_day

    def window_start_ms(self, seconds: int) -> int:
        """Return when the running window began."""
        return self._window(seconds) * self._clock.span_ms(seconds)

    def headers(self, key: Key) -> dict[str, str]:
        """Return the six headers of an answer; resets in epoch milliseconds."""
        return {**self.day_headers(key), **self.minute_headers(key)}

    def day_headers(self, key: Key) -> dict[str, str]:
        """Return the day's three headers."""
        limit = self.of(key)[1]
        left = max(0, limit - self.usage(key).in_day)
        return _headers("X-RateLimit", limit, left, self._reset_ms(DAY_S))

    def minute_headers(self, key: Key) -> dict[str, str]:
        """Return the minute's three headers."""
        limit = self.of(key)[0]
        left = max(0, limit - self.usage(key).in_minute)
        return _headers("X-RateLimit-Minutely", limit, left, self._reset_ms(MINUTE_S))

    def seconds_to_reset(self, window: str) -> float:
        """Return how long a refused client has to wait."""
        reset_ms = self._reset_ms(DAY_S if window == "day" else MINUTE_S)
        return max(0.0, (reset_ms - self._clock.now_ms()) / 1000)

    def is_blocked(self, key: TroubleKey) -> bool:
        """Tell whether this combination is blocked for its errors."""
        trouble = self._trouble.get(key)
        return trouble is not None and trouble.blocked_until_ms > self._clock.now_ms()

    def note_error(self, key: TroubleKey, errors_max: int) -> None:
        """Count an error; the last that is allowed blocks for an hour, each further block lasts twice as long."""
        now = self._clock.now_ms()
        trouble = self._trouble.setdefault(key, Trouble())
        trouble.errors.append(now)
        while trouble.errors[0] <= now - self._clock.span_ms(HOUR_S):
            trouble.errors.popleft()
        if len(trouble.errors) >= errors_max:
            trouble.blocked_until_ms = now + self._clock.span_ms(HOUR_S) * 2**trouble.blocks
            trouble.blocks += 1
            trouble.errors.clear()

    def troubles(self) -> list[dict[str, object]]:
        """Return errors counted and blocks in force, for the control door."""
        now = self._clock.now_ms()
        return [
            {
                "client_id": key[0],
                "user": key[1],
                "division": key[2],
                "endpoint": key[3],
                "errors": sum(1 for at in trouble.errors if at > now - self._clock.span_ms(HOUR_S)),
                "blocked_until_ms": trouble.blocked_until_ms if trouble.blocked_until_ms > now else None,
                "blocks": trouble.blocks,
            }
            for key, trouble in self._trouble.items()
        ]

    def clear(self) -> None:
        """Forget everything that was used, and all errors."""
        self._used.clear()
        self._trouble.clear()

    def forgive(self) -> None:
        """Forget all errors and blocks."""
        self._trouble.clear()

    def _window(self, seconds: int) -> int:
        return self._clock.now_ms() // self._clock.span_ms(seconds)

    def _reset_ms(self, seconds: int) -> int:
        return (self._window(seconds) + 1) * self._clock.span_ms(seconds)


def _headers(prefix: str, limit: int, left: int, reset_ms: int) -> dict[str, str]:
    return {f"{prefix}-Limit": str(limit), f"{prefix}-Remaining": str(left), f"{prefix}-Reset": str(reset_ms)}
