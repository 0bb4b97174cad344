"""Exact away for an hour, for a day, or over midnight: what the fleet asks for, and what such a run has to show beside the invariants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from include.proof.judge import Violation

DAY_S, HOUR_S, MINUTE_S = 86_400.0, 3_600.0, 60.0
# While nobody is there, one call of a division knocks: after 20 s, then after twice as long each time, at most a quarter of an hour.
FIRST_KNOCK_S, LONGEST_KNOCK_S = 20.0, 900.0
# Until it is noticed: what is on its way, and three in a row. A knock may be a refresh of the token, which is tried four times.
NOTICED_AFTER, CALLS_OF_A_KNOCK = 12, 5


class Absence(StrEnum):
    """For how long Exact is away."""

    MINUTES = "minutes"
    HOUR = "hour"
    DAY = "day"
    MIDNIGHT = "midnight"


LENGTH_S: Mapping[Absence, float] = {Absence.MINUTES: 300.0, Absence.HOUR: HOUR_S, Absence.DAY: DAY_S, Absence.MIDNIGHT: HOUR_S}
# Wall clock: a day at 120 is twelve minutes, and a POST still has a quarter of a second.
TIME_SCALE: Mapping[Absence, float] = {Absence.MINUTES: 60.0, Absence.HOUR: 30.0, Absence.DAY: 120.0, Absence.MIDNIGHT: 30.0}
# Of a run over midnight: Exact's day ends so many seconds of this run after its beginning, in the middle of the outage, and its calls of a
# day do not last for all orders.
MIDNIGHT_IN_S = 240.0
SHARE_OF_A_DAY = 0.45


@dataclass(frozen=True)
class Outage:
    """What an outage was like. Moments are Exact's; `calls` reached it while it was away, `first_minute` in the minute after.

    `settled_s`: from its return until everything was settled, in seconds of production · `ended_green`: drains that gave up for a while.
    """

    absence: str = ""
    seconds: float = 0.0
    calls: int = 0
    token_calls: int = 0
    first_minute: int = 0
    settled_s: float = 0.0
    ended_green: int = 0


def knocks(seconds: float) -> int:
    """How often somebody knocks in an absence of so many seconds."""
    number, pause_s, at = 0, FIRST_KNOCK_S, FIRST_KNOCK_S
    while at < seconds:
        number += 1
        pause_s = min(LONGEST_KNOCK_S, pause_s * 2)
        at += pause_s
    return number


@dataclass(frozen=True)
class Away:
    """The absence as it came: from and until when by Exact's clock."""

    absence: Absence
    since: datetime
    until: datetime
    time_scale: float

    def measured(self, calls: Sequence[Mapping[str, Any]], ended: datetime, ended_green: int) -> Outage:
        """Read it from the sandbox's log."""
        since_ms, until_ms = self.since.timestamp() * 1000, self.until.timestamp() * 1000
        away = [each for each in calls if each["fault"] == "maintenance"]
        minute_ms = MINUTE_S * 1000 / self.time_scale
        return Outage(
            absence=self.absence.value,
            seconds=round((until_ms - since_ms) / 1000 * self.time_scale),
            calls=sum(not _is_token(each) for each in away),
            token_calls=sum(_is_token(each) for each in away),
            first_minute=sum(until_ms <= each["received_ms"] < until_ms + minute_ms for each in calls),
            settled_s=round(max(0.0, (ended - self.until).total_seconds()) * self.time_scale),
            ended_green=ended_green,
        )


def _is_token(call: Mapping[str, Any]) -> bool:
    return str(call["endpoint"]).startswith("oauth2")


def outage_did_no_harm(outage: Outage, *, divisions: int, causes: Mapping[str, int]) -> list[Violation]:
    """Nothing died of it, and it was not knocked at more often than is told."""
    allowed = divisions * (NOTICED_AFTER + CALLS_OF_A_KNOCK * (knocks(outage.seconds) + 1))
    found = [Violation("I3", cause, f"{number} dead letters although Exact was only away") for cause, number in causes.items()]
    if outage.calls + outage.token_calls > allowed:
        found.append(
            Violation("I7", "outage", f"{outage.calls + outage.token_calls} calls while Exact was away, at most {allowed} are right")
        )
    return found
