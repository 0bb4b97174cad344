"""A benchmark's figures as rows: floor, aim, ours and the others; and what they were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from include.proof.bench import BenchReport, Result
from include.proof.bench_plan import BLOCKED, BenchPlan, Client, Scene
from include.proof.fleet_plan import PRODUCTION

PACKAGES = ("apache-airflow", "requests", "exactonline")
TITLES = {
    Client.EXACTLY: "Exactly",
    Client.PLAIN: "`requests`",
    Client.LOOKING: "`requests`, looking first",
    Client.EXACTONLINE: "`exactonline`",
}
NOT_MEASURED = "–"
Shown = Callable[[Result, BenchPlan], str]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()


@dataclass(frozen=True)
class Machine:
    """Where it runs."""

    processor: str = field(default_factory=_processor)
    cores: int = field(default_factory=lambda: os.cpu_count() or 0)
    memory_gb: int = field(default_factory=lambda: round(psutil.virtual_memory().total / 1e9))
    system: str = field(default_factory=platform.platform)
    load: float = field(default_factory=lambda: round(os.getloadavg()[2], 1))


@dataclass(frozen=True)
class Measure:
    """A figure that every client has: in which scene, and how it is shown."""

    figure: str
    what: str
    floor: str
    aim: str
    scene: Scene
    shown: Shown


@dataclass(frozen=True)
class FigureRow:
    """One figure; `values` are texts by client."""

    figure: str
    what: str
    floor: str
    aim: str
    values: dict[Client, str]


def _doubled_and_lost(result: Result, plan: BenchPlan) -> str:
    share = 1_000 / plan.orders
    return f"{result.outcome.duplicates * share:g} / {result.outcome.missing * share:g}"


def _refusals(result: Result, plan: BenchPlan) -> str:
    return f"{result.outcome.refused / plan.invalid:.2g}; {result.outcome.refused / len(BLOCKED):g}"


def _starts(result: Result, plan: BenchPlan) -> str:
    """Of a thousand orders; fewer need no fewer."""
    return f"{result.tried.task_starts / max(1, plan.orders / 1_000):g}"


MEASURES = (
    Measure("B1", "POSTs per posted order, with faults", "1.00", "≤ 1.03", Scene.FAULTS, lambda r, _: f"{r.outcome.posts_per_order:.3f}"),
    Measure("B2", "all calls per order, no faults", "1.00", "≤ 1.05", Scene.CALM, lambda r, _: f"{r.outcome.calls_per_order:.3f}"),
    Measure("B3", "duplicates / missing per 1,000, with faults", "0 / 0", "0 / 0", Scene.FAULTS, _doubled_and_lost),
    Measure("B4", "refusals per invalid record; per cause", "1", "1; ≤ 2", Scene.INVALID, _refusals),
    Measure("B12", "starts of the task per 1,000 orders, with faults", "1", "≤ 3", Scene.FAULTS, _starts),
    Measure("", "all calls per order, with faults", "1.00", "", Scene.FAULTS, lambda r, _: f"{r.outcome.calls_per_order:.3f}"),
    Measure("", "documents with another amount", "0", "0", Scene.FAULTS, lambda r, _: str(r.outcome.wrong_amounts)),
    Measure("", "429, injected ones not counted", "0", "0", Scene.FAULTS, lambda r, _: str(r.outcome.http_429)),
)


def rows(report: BenchReport) -> list[FigureRow]:
    """All figures, those with a number first."""
    own = [
        FigureRow(
            each.figure, each.what, each.floor, each.aim, {who: each.shown(report.of(who, each.scene), report.plan) for who in Client}
        )
        for each in MEASURES
    ]
    numbered = [*(each for each in own if each.figure), *_ours_alone(report)]
    return [*sorted(numbered, key=lambda each: int(each.figure[1:])), *(each for each in own if not each.figure)]


def _ours_alone(report: BenchReport) -> Iterator[FigureRow]:
    """What asks for many workers, or for deaths: the others have one worker, and are not killed."""
    nothing = dict.fromkeys(Client, NOT_MEASURED)
    if report.limiter is not None:
        used = f"{100 * report.limiter.used:.1f} %, {report.limiter.http_429} × 429"
        values = {**nothing, Client.EXACTLY: used}
        yield FigureRow("B5", "minute quota used by 16 workers that want to call", "100 %", "≥ 95 %, no 429", values)
    if report.fleet is not None:
        found = f"{report.fleet.resumed_p95_s:.0f} s; {report.fleet.settled_p99_s:.0f} s"
        aim = f"p95 ≤ 75 s; p99 ≤ {PRODUCTION.quarantine_s + 60:.0f} s"
        floor = f"90 s; {PRODUCTION.quarantine_s:.0f} s"
        yield FigureRow("B10", "kill -9 → work resumes; unknown → settled", floor, aim, {**nothing, Client.EXACTLY: found})


def summary(report: BenchReport, machine: Machine) -> dict[str, Any]:
    """One object for machines."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": asdict(machine),
        "versions": versions(),
        "plan": asdict(report.plan),
        "holds": report.holds,
        "figures": [{**asdict(row), "values": {who.value: text for who, text in row.values.items()}} for row in rows(report)],
        "results": [asdict(each) for each in report.results],
        "limiter": None
        if report.limiter is None
        else {**asdict(report.limiter), "violations": [str(v) for v in report.limiter.violations]},
        "fleet": None if report.fleet is None else asdict(report.fleet),
        "seconds": round(report.seconds, 1),
    }


def markdown(report: BenchReport, machine: Machine) -> str:
    """The table for the README, with date, machine and versions."""
    named = rows(report)
    head = ["", "what", "floor", "aim", *(f"**{TITLES[who]}**" if who is Client.EXACTLY else TITLES[who] for who in Client)]
    lines = [_line(head), _line(["---"] * len(head))]
    lines += [_line([row.figure, row.what, row.floor, row.aim, *row.values.values()]) for row in named]
    plan, known = report.plan, versions()
    faulty = 100 * plan.fault_rate * 5 / 6
    told = (
        f"{datetime.now(UTC):%-d %B %Y}: {plan.orders:,} orders, seed {plan.seed}, {faulty:g} % of POSTs faulty, time"
        f" {plan.time_scale:g} times faster, {machine.cores} cores of {machine.processor},"
        f" {machine.memory_gb} GB, load {machine.load:g}; Python {known['python']}, Airflow {known['apache-airflow']},"
        f" requests {known['requests']}, exactonline {known['exactonline']}; {report.seconds / 60:.0f} minutes in all."
    )
    return "\n".join([told, "", *lines])


def versions() -> dict[str, str]:
    """Of what took part."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
