"""How many calls Exact's minute has left for us while others call too: the least that any answer told, less what is on its way.

The rule of `take_permit` and `note_limits` in PostgreSQL once more, for whoever has no PostgreSQL at hand; a test holds them together.
Moments are seconds on one clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from include.outbox.ports import Limits

LONG_AGO = -math.inf
# Before this share of a minute nobody asks again what became of the calls of others.
SOON = 1 / 120
# In minutes: so much longer than the last one a call may take to arrive, and so uneven is the pace of others.
LATE = 1 / 4


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What the answers of all workers told of a minute.

    `window`: which minute, as Exact numbers its end; it is over at `ends_at` · `remaining`: the least that was seen · `own`: our calls of
    it that were answered · `seen`: calls of others in it, at least · `others`: in the minutes before, one less with each in which fewer
    were seen · `unseen`: calls whose answers told nothing, the last one at `unseen_at`, and that no later answer is sure to have counted ·
    `taken_at`, `told_at`: when the call that told took its permit, and when its answer was noted.
    """

    limit: int
    window: int = 0
    remaining: int = 0
    ends_at: float = LONG_AGO
    own: int = 0
    seen: int = 0
    others: int = 0
    unseen: int = 0
    unseen_at: float = LONG_AGO
    taken_at: float = LONG_AGO
    told_at: float = LONG_AGO

    def left(self, in_flight: int, moment: float, minute_s: float) -> int | None:
        """How many more may leave now; None when nothing is known of the minute that runs, and the permits alone decide."""
        if self.ends_at <= moment:
            return None
        return self.remaining - in_flight - self.unseen - self._others_meanwhile(in_flight, moment, minute_s)

    def _others_meanwhile(self, in_flight: int, moment: float, minute_s: float) -> int:
        """How many calls others may make until our next one arrives: what we know is old, the call takes its time, or more."""
        seen = max(self.seen, self.limit - self.remaining - self.own - in_flight)
        pace = max(self.others / minute_s, seen / max(minute_s / 60, minute_s - (self.ends_at - moment)))
        blind_s = LATE * minute_s + max(0.0, (moment - self.taken_at) + (self.told_at - self.taken_at))
        return math.ceil(pace * min(minute_s, blind_s)) + (pace > 0)

    def wait_s(self, in_flight: int, moment: float, minute_s: float) -> float:
        """Seconds until a call may leave, 0 for now. Where it hangs on calls that are on their way, they may turn out not to count."""
        left = self.left(in_flight, moment, minute_s)
        if left is None or left > 0:
            return 0.0
        until_reset_s = self.ends_at - moment
        soon_s = max(SOON * minute_s, self.told_at - self.taken_at)
        return max(0.05, min(until_reset_s, soon_s) if left + in_flight > 0 else until_reset_s)


@dataclass(frozen=True)
class Heard:
    """When an answer was noted, when its call had taken its permit, and how many others were on their way."""

    moment: float
    taken_at: float
    in_flight: int


def noted(told: Allowance, limits: Limits, heard: Heard, minute_s: float) -> Allowance:
    """What is known after one more answer. Not for a 429, which makes all wait, and says nothing of what others did."""
    moment, taken_at = heard.moment, heard.taken_at
    limit = limits.minute_limit or told.limit
    if limits.minute_remaining is None and limits.day_remaining is None:
        return replace(told, limit=limit, unseen=told.unseen + 1, unseen_at=moment, own=told.own + 1)
    known = replace(told, limit=limit, unseen=0 if taken_at > told.unseen_at else told.unseen)
    if limits.minute_remaining is None or limits.minute_window is None or limits.minute_reset_s is None:
        return known
    ends_at = moment + min(limits.minute_reset_s, minute_s)
    if limits.minute_window == told.window and limit == told.limit:
        known = replace(known, own=told.own + 1, ends_at=min(told.ends_at, ends_at))
        return _with_others(_least(known, limits.minute_remaining, taken_at, moment), heard)
    if limits.minute_window < told.window and told.ends_at > moment:
        return known
    follows = 1 <= limits.minute_window - told.window <= 1500 * minute_s
    others = max(0, told.seen, told.others - 1) if follows else 0
    known = replace(known, window=limits.minute_window, ends_at=ends_at, own=1, seen=0, others=others)
    return _with_others(replace(known, remaining=limits.minute_remaining, taken_at=taken_at, told_at=moment), heard)


def _with_others(known: Allowance, heard: Heard) -> Allowance:
    """What is gone beside our own calls, those on their way included, was others' doing: exact whenever nothing is on its way."""
    return replace(known, seen=max(known.seen, known.limit - known.remaining - known.own - heard.in_flight))


def _least(known: Allowance, remaining: int, taken_at: float, moment: float) -> Allowance:
    return replace(known, remaining=remaining, taken_at=taken_at, told_at=moment) if remaining <= known.remaining else known
