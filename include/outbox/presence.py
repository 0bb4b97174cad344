"""Is Exact there? All workers learn it from each other's calls: after three in a row that met nobody, one of them knocks now and then, and
when somebody answers, calls come back one after the other.

The rule of `take_permit` and `note_limits` in PostgreSQL once more, as in `include.outbox.allowance`. Moments are seconds on one clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

FAILURES = 3
# In minutes: the first knock, twice as long until each next one, at most so long.
FIRST_KNOCK, LONGEST_KNOCK = 1 / 3, 15.0
# So many answers after it came back, calls are as many as the limits allow.
# Until then who finds others on their way waits for so much of a minute.
RAMP = 64
ONE_AFTER_THE_OTHER = 1 / 60


@dataclass(frozen=True, kw_only=True)
class Presence:
    """`failures`: calls in a row that met nobody · `knocks`: how often somebody knocked since, the next time at `knock_at` ·
    `answers`: how many came since Exact is back."""

    failures: int = 0
    knocks: int = 0
    knock_at: float = -math.inf
    answers: int = RAMP

    @property
    def away(self) -> bool:
        return self.failures >= FAILURES

    @property
    def reason(self) -> str:
        """Why a call has to wait."""
        return "Exact is away" if self.away else "Exact is back: calls come one after the other"

    def wait_s(self, in_flight: int, moment: float, minute_s: float) -> float:
        """Seconds until a call may leave; 0 for now, which is a knock while Exact is away.

        Not to be asked by a worker that holds the permit of a request and looks before it sends that: it would wait for itself.
        """
        if self.away:
            return max(0.0, self.knock_at - moment)
        return ONE_AFTER_THE_OTHER * minute_s if self.answers < RAMP and in_flight > self.answers else 0.0

    def knocked(self, moment: float, minute_s: float) -> Presence:
        """Somebody takes a permit: while Exact is away, nobody else does until the next knock."""
        if not self.away or self.knock_at > moment:
            return self
        knocks = min(self.knocks + 1, 9)
        return replace(self, knocks=knocks, knock_at=moment + minute_s * min(LONGEST_KNOCK, FIRST_KNOCK * 2**knocks))

    def noted(self, is_there: bool | None, moment: float, minute_s: float) -> Presence:
        """One more call met somebody, or nobody; None: it was not made."""
        if is_there is None:
            return self
        if is_there:
            return Presence(answers=0 if self.away else min(RAMP, self.answers + 1))
        first = self.failures + 1 == FAILURES
        return replace(self, failures=self.failures + 1, knock_at=moment + minute_s * FIRST_KNOCK if first else self.knock_at)
