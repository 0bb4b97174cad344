"""Every duration of the outbox in one place, so that a run against a faster clock divides them all by one factor."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Times:
    """Durations in seconds.

    `deadline`: one POST as a whole · `guard`: from claim or look to the first byte · `quarantine` (Q): deadline, Exact's longest
    execution, visibility lag and clock skew together · `lease`: after this a `sending` row or a permit of a worker that went silent is
    taken from it · `cooldown`: a permit rests this long after its answer came (FACTS 2.3) · `error_window`: Exact counts errors this long
    (FACTS 2.8) · `longest_wait`: a minute's limit is waited out, a day's is not · `refresh_after`, `access_lifetime`: FACTS 1.6.
    """

    deadline_s: float = 30.0
    guard_s: float = 5.0
    first_look_s: float = 1.0
    second_look_s: float = 30.0
    quarantine_s: float = 900.0
    lease_s: float = 90.0
    cooldown_s: float = 60.0
    error_window_s: float = 3600.0
    refresh_after_s: float = 570.0
    access_lifetime_s: float = 600.0
    retry_s: float = 20.0
    longest_wait_s: float = 65.0

    def __post_init__(self) -> None:
        if self.quarantine_s < 2 * self.deadline_s:
            raise ValueError(f"a quarantine of {self.quarantine_s} s is too short for a deadline of {self.deadline_s} s")
        if self.lease_s < self.cooldown_s + self.guard_s:
            raise ValueError(f"a lease of {self.lease_s} s must outlast a permit's rest of {self.cooldown_s} s and the guard")

        if self.lease_s < self.cooldown_s + self.guard_s:
            raise ValueError(f"a lease of {self.lease_s} s must cover guard and cooldown, or no permit is ever used in time")

    def scaled(self, factor: float, *, slowest_commit_s: float = 0.0) -> Times:
        """All durations divided by `factor`; refuses a quarantine shorter than Exact's slowest commit (already in scaled seconds)."""
        times = replace(self, **{each.name: getattr(self, each.name) / factor for each in fields(self)})
        if times.quarantine_s <= slowest_commit_s:
            raise ValueError(f"the quarantine of {times.quarantine_s} s must exceed the slowest commit of {slowest_commit_s} s")
        return times
