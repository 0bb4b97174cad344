"""Figures of a fleet run: B1, B3 and B10, from the sandbox's log of calls and the outbox's events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from include.proof.fleet_story import Story

# A POST counts as sent when it reached Exact's work: not when a limit stopped it at the door.
POSTED = "select count(*) from mutation where state = 'posted'"
# How long after the death of its worker a mutation was taken over.
TAKEN_OVER = """
with sent as (select mutation_id, attempt, at, actor from mutation_event where after = 'sending')
select extract(epoch from min(e.at) - %(at)s)::float as seconds
from sent s join mutation_event e on e.mutation_id = s.mutation_id and e.attempt = s.attempt and e.before = 'sending' and e.at > s.at
where s.actor like %(owner)s and s.at <= %(at)s and e.at > %(at)s
group by s.mutation_id, s.attempt, s.at
"""


@dataclass(frozen=True)
class Figures:
    """`posts_per_order` is B1, `resumed_p95_s` and `settled_p99_s` are B10 in seconds of production (times the scale).

    `settled_again_p99_s`: of those that were absent once already, and wait four times as long.
    """

    posts: int = 0
    posted: int = 0
    posts_per_order: float = 0.0
    calls_per_order: float = 0.0
    http_429: int = 0
    unknowns: int = 0
    taken_over: int = 0
    resumed_p95_s: float = 0.0
    settled_p99_s: float = 0.0
    settled_again_p99_s: float = 0.0


def figures(
    dsn: str, calls: Sequence[Mapping[str, Any]], killed: Sequence[tuple[int, datetime]], told: Story, *, time_scale: float
) -> Figures:
    """Measure what is left in the log and the tables."""
    posts = sum(each["method"] == "POST" and each["counted"] and each["status"] != 429 for each in calls)
    with psycopg.connect(dsn) as connection:
        row = connection.execute(POSTED).fetchone()
        posted = int(row[0]) if row else 0
        resumed = [
            float(each[0]) for pid, at in killed for each in connection.execute(TAKEN_OVER, {"at": at, "owner": f"%:{pid}:%"}).fetchall()
        ]
    return Figures(
        posts=posts,
        posted=posted,
        posts_per_order=round(posts / max(1, posted), 4),
        calls_per_order=round(sum(bool(each["counted"]) for each in calls) / max(1, posted), 4),
        http_429=sum(each["status"] == 429 and not each["injected_429"] for each in calls),
        unknowns=len(told.settling_s) + len(told.settling_again_s),
        taken_over=len(resumed),
        resumed_p95_s=round(_share(resumed, 0.95) * time_scale, 1),
        settled_p99_s=round(_share(told.settling_s, 0.99), 1),
        settled_again_p99_s=round(_share(told.settling_again_s, 0.99), 1),
    )


def _share(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
