"""What Airflow shows of the cases is compared with the cases: a square that is missing or was wiped away is drawn again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from include.store.cases import Case, CaseStore

log = logging.getLogger(__name__)

ACTIVE = frozenset({"queued", "running"})
RED, GREEN = "failed", "success"


@dataclass(frozen=True)
class Square:
    """How Airflow shows a case: the states of its run and of the task in it, None for what is not there."""

    run: str | None = None
    task: str | None = None

    @property
    def has_lost_its_task(self) -> bool:
        """Its task was deleted: no clear brings it back, only a run of another name."""
        return self.run is not None and self.task is None


def sweep(cases: CaseStore, squares: Callable[[Sequence[str]], Mapping[str, Square]], morning: datetime, *, at_most: int) -> list[Case]:
    """Close cases that are empty, then name those whose square is to be drawn: the new, the wiped away, and each open one every morning;
    and those with another try that nobody works on, which goes on with that.

    `squares` tells how Airflow shows runs, by their ids; runs that it does not have among them.
    """
    for case_id in cases.close_empty():
        log.info("%s is closed: its records found another way", case_id)
    drawn = cases.drawn()
    found = squares([case.run_id for case in drawn])
    seen = {case.case_id: found[case.run_id] for case in drawn}
    stalled = frozenset(cases.retries.stalled())
    wrong = [case.case_id for case in drawn if is_to_be_drawn(case, seen[case.case_id], morning, stalled=case.case_id in stalled)]
    again = cases.raise_again(wrong, afresh=[case_id for case_id in wrong if seen[case_id].has_lost_its_task], at_most=at_most)
    for case in again:
        log.info("%s %s: it was %s", case.case_id, "goes on" if case.case_id in stalled else "is drawn again", seen[case.case_id])
    new = cases.take_due(at_most=at_most - len(again)) if len(again) < at_most else []
    log.info("%s cases compared, %s drawn again, %s new", len(drawn), len(again), len(new))
    return [*again, *new]


def is_to_be_drawn(case: Case, square: Square, morning: datetime, *, stalled: bool = False) -> bool:
    """Whether Airflow shows another thing than it should; what is queued or running will show itself what is right.

    `stalled`: another try of it was asked for, and nobody works on it.
    """
    if square.run in ACTIVE:
        return False
    if not case.is_open:
        return square.task is not None and (square.run, square.task) != (GREEN, GREEN)
    # A run that was marked by hand keeps a red task, and a task that was marked keeps a red run: both must be red.
    return stalled or (square.run, square.task) != (RED, RED) or case.raised_at is None or case.raised_at < morning


def last_morning(now: datetime, hour: int, zone: ZoneInfo) -> datetime:
    """The last time that the clock in `zone` showed this hour."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), time(hour), zone)
    return today if today <= local else datetime.combine(local.date() - timedelta(days=1), time(hour), zone)
