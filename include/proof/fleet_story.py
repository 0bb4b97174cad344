"""The course of a fleet run, for charts: from the outbox's events and the sandbox's log of calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from include.proof.fleet_plan import FleetPlan

SETTLED_AT = "select at from mutation_event where after in ('posted', 'dead_letter', 'dismissed') and before is not null order by at"
UNKNOWN_AT = """
select at, (after = 'unknown')::int - (before = 'unknown')::int as step from mutation_event
where 'unknown' in (before, after) and before is distinct from after order by event_id
"""
ATTEMPTS = "select attempt, count(*) from mutation where attempt > 0 group by attempt order by attempt"
# From the POST until nobody wonders any more what became of it; `again`: it had been found absent and sent anew.
SETTLING = """
select extract(epoch from min(e.at) - u.at)::float as seconds,
       exists (select from mutation_event x where x.mutation_id = u.mutation_id and x.event_id < u.event_id
               and x.before = 'unknown' and x.after = 'planned') as again
from mutation_event u join mutation_event e on e.mutation_id = u.mutation_id and e.event_id > u.event_id and e.before = 'unknown'
where u.after = 'unknown' group by u.event_id, u.mutation_id, u.at
"""


@dataclass(frozen=True)
class Story:
    """Moments are ours; `settling_s` and `settling_again_s` are seconds of production."""

    settled_at: Sequence[datetime] = ()
    unknown: Sequence[tuple[datetime, int]] = ()
    attempts: Mapping[int, int] = field(default_factory=dict)
    settling_s: Sequence[float] = ()
    settling_again_s: Sequence[float] = ()
    faults: Mapping[str, Sequence[datetime]] = field(default_factory=dict)


def story(dsn: str, calls: Sequence[Mapping[str, Any]], plan: FleetPlan) -> Story:
    """Read it from the tables and the log."""
    with psycopg.connect(dsn) as connection:
        settling = connection.execute(SETTLING).fetchall()
        return Story(
            settled_at=[row[0] for row in connection.execute(SETTLED_AT)],
            unknown=_running(connection.execute(UNKNOWN_AT).fetchall()),
            attempts=dict(connection.execute(ATTEMPTS).fetchall()),
            settling_s=[seconds * plan.time_scale for seconds, again in settling if not again],
            settling_again_s=[seconds * plan.time_scale for seconds, again in settling if again],
            faults=_faults(calls, plan),
        )


def _running(steps: Sequence[tuple[datetime, int]]) -> list[tuple[datetime, int]]:
    total, found = 0, []
    for at, step in steps:
        total += step
        found.append((at, total))
    return found


def _faults(calls: Sequence[Mapping[str, Any]], plan: FleetPlan) -> dict[str, list[datetime]]:
    """By kind; the sandbox's clock is put right."""
    found: dict[str, list[datetime]] = {}
    for call in calls:
        if call["fault"]:
            moment = datetime.fromtimestamp(call["received_ms"] / 1000 - plan.clock_offset_s, UTC)
            found.setdefault(call["fault"], []).append(moment)
    return found
