"""The judgement of a fleet run: the checker's verdict on every invariant, the figures, and what the charts are drawn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from include.proof.checker import (
    Hold,
    SourceRecord,
    check,
    dead_hold_nothing,
    no_secret_in_files,
    no_secret_in_tables,
    nobody_held_too_long,
)
from include.proof.fleet_figures import figures
from include.proof.fleet_plan import BUYERS
from include.proof.fleet_report import FleetReport
from include.proof.fleet_story import story
from include.proof.fleet_troubles import Kind
from include.proof.fleet_worker import look_after_unknowns
from include.proof.outages import Absence, Away, outage_did_no_harm
from include.proof.sandbox_door import SandboxDoor, errors_are_few, limits_are_kept, refreshes_are_apart
from include.store.database import IDLE_IN_TRANSACTION_S

# I11 with the rhythm of the upkeep, which looks each minute, and with what a frozen process's transaction may hold up.
HELD_S = 90.0
UPKEEP_EVERY_S = 60.0
FROZEN_TRANSACTION_S = IDLE_IN_TRANSACTION_S
# Until those who take over are at work again: after PostgreSQL came back, and after looks that met nobody have failed.
BACK_AT_WORK_S = {Kind.POSTGRES: 30.0, Kind.SANDBOX: 60.0, Kind.OUTAGE: 180.0}
LONGEST_S = HELD_S + UPKEEP_EVERY_S + FROZEN_TRANSACTION_S
CAUSES = "select cause_code, count(*) from mutation where state = 'dead_letter' group by 1 order by 1"


@dataclass(frozen=True)
class Evidence:
    """What a run left behind: the outbox's database, the sandbox's door, what the source had, what nobody may find, and the logs.

    `late_s`: by how much the machine let the supervisor itself sleep too long, at worst.
    """

    report: FleetReport
    dsn: str
    door: SandboxDoor
    sources: Sequence[SourceRecord]
    secrets: Sequence[str]
    logs: Path
    late_s: float = 0.0


def judged(evidence: Evidence) -> FleetReport:
    """Ask the independent checker, when all processes are gone."""
    report, dsn, plan = evidence.report, evidence.dsn, evidence.report.plan
    calls = evidence.door.calls()
    found = check(dsn, evidence.door.documents(), sources=evidence.sources)
    report.states = dict(found.states)
    report.violations = [
        *found.violations,
        *limits_are_kept(calls, minutely=plan.minutely, daily=plan.daily, time_scale=plan.time_scale),
        *errors_are_few(calls, time_scale=plan.time_scale),
        *refreshes_are_apart(calls, sign_ins=report.sign_ins - len(BUYERS), time_scale=plan.time_scale),
        *no_secret_in_tables(dsn, evidence.secrets),
        *no_secret_in_files(evidence.logs.iterdir(), evidence.secrets),
        *dead_hold_nothing(dsn, longest_s=HELD_S / plan.time_scale),
        *nobody_held_too_long(dsn, longest_s=LONGEST_S / plan.time_scale + evidence.late_s, excused=_excused(report)),
    ]
    report.faults = dict(Counter(each["fault"] for each in calls if each["fault"]))
    killed = [(each.pid, each.at) for each in report.struck if each.kind is Kind.KILL]
    report.story = story(dsn, calls, plan)
    report.figures = figures(dsn, calls, killed, report.story, time_scale=plan.time_scale)
    with psycopg.connect(dsn) as connection:
        report.causes = dict(connection.execute(CAUSES).fetchall())
    _judge_outage(evidence, calls)
    return report


def _judge_outage(evidence: Evidence, calls: Sequence[Mapping[str, Any]]) -> None:
    report = evidence.report
    for each in report.struck:
        if each.kind is not Kind.OUTAGE:
            continue
        ahead = timedelta(seconds=report.plan.clock_offset_s)
        away = Away(Absence(report.plan.outage), each.at + ahead, each.until + ahead, report.plan.time_scale)
        ended_green = sum(file.read_text(encoding="utf-8", errors="replace").count(" waits ") for file in evidence.logs.iterdir())
        report.outage = away.measured(calls, max(report.story.settled_at, default=each.until) + ahead, ended_green)
        report.violations += outage_did_no_harm(report.outage, divisions=len(BUYERS), causes=report.causes)


def _excused(report: FleetReport) -> list[Hold]:
    """While the one who takes over is frozen, or PostgreSQL or Exact are away, nobody takes over.

    A frozen drain excuses nothing: what it holds is taken from it.
    """
    scale = report.plan.time_scale
    return [
        Hold(each.at, each.until + timedelta(seconds=BACK_AT_WORK_S.get(each.kind, 0.0) / scale))
        for each in report.struck
        if each.kind in BACK_AT_WORK_S or (each.kind is Kind.FREEZE and each.role == look_after_unknowns.__name__)
    ]
