"""What goes wrong in a simulated or real run, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """What befalls a POST; the letters are those of the test programme."""

    CONNECT = "a_connect_failure"
    LIMIT = "b_429"
    EARLY_503 = "c_503_before_commit"
    TIME_OUT = "d_time_out_after_commit"
    RESET = "e_reset_after_commit"
    LATE = "f_commit_after_deadline"


@dataclass(frozen=True)
class Faults:
    """Shares of attempts, durations in seconds.

    `each`: of every POST, one share of each `Fault` · `kill`, `suspend`, `cut` (its database session ends): of every attempt of a worker ·
    `plan_kill`: of every page that is planned · `read`: of looks and pulls that fail · `refuse`: of orders that Exact refuses for good ·
    `change`: of versions of orders that another one follows · `outage`: of worlds in which Exact takes no writes for a while, and first
    does what it had accepted · `gateway`: of time-outs, told by a gateway's 504 or a general 500 instead of our own deadline · `blind`: of
    documents, that one of the two witnesses never sees (not in worlds with an outage) · `slow`: of connections that take seconds ·
    `minute_limits`: one of them is a world's limit · `lag_s`: until a commit shows in reads, at most · `slowest_commit_s`: from the POST ·
    `absence`: of worlds in which Exact is away altogether, for minutes, hours or a day.
    """

    each: float = 0.01
    kill: float = 0.02
    plan_kill: float = 0.04
    suspend: float = 0.005
    cut: float = 0.005
    read: float = 0.02
    refuse: float = 0.01
    change: float = 0.05
    outage: float = 0.1
    gateway: float = 0.3
    blind: float = 0.02
    slow: float = 0.01
    minute_limits: tuple[int, ...] = (60,) + (300,) * 4 + (1200,) * 5
    lag_s: float = 20.0
    skew_s: float = 2.0
    slowest_commit_s: float = 800.0
    absence: float = 0.0

    def draw(self, random: Random) -> Fault | None:
        """The fault of one POST, or None."""
        number = int(random.random() / self.each) if self.each else len(_KINDS)
        return _KINDS[number] if number < len(_KINDS) else None


_KINDS = tuple(Fault)
