"""The command `fleet`: real processes put to the test on a PostgreSQL of their own, live progress, a report, one object for machines."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from include.cli import output
from include.cli.environment import PROJECT
from include.cli.own_server import bare_environment, own_server
from include.cli.show_fleet_airflow import airflow_command
from include.demo.postgres import Postgres
from include.errors import SetupError
from include.proof.controls import CONTROLS, told, try_control
from include.proof.fleet import Progress, Watch, run_fleet
from include.proof.fleet_page import write_page
from include.proof.fleet_plan import FleetPlan
from include.proof.fleet_report import INVARIANTS, FleetReport
from include.proof.outages import SHARE_OF_A_DAY, TIME_SCALE, Absence

DATABASE = "fleet"
AIRFLOW = "--airflow"
PAGES = PROJECT / "var" / "proof"
GONE_S = 20.0
# Without a number: the plan's own.
OPTIONS: tuple[tuple[str, type, float | None], ...] = (
    ("--orders", int, 2_000),
    ("--kills", int, 80),
    ("--freezes", int, None),
    ("--postgres-kills", int, 2),
    ("--sandbox-restarts", int, 1),
    ("--fault-rate", float, 0.06),
    ("--seed", int, 7),
    ("--time-scale", float, None),
    ("--workers", int, None),
    ("--minutely", int, None),
    ("--daily", int, None),
)
SHOWN = (
    "kills",
    "freezes",
    "duplicates",
    "lost",
    "unknown_left",
    "posts_per_order",
    "http_429",
    "resumed_p95_s",
    "settled_p99_s",
    "seconds",
)


def fleet_command(arguments: Sequence[str]) -> bool:
    """Do what the command line asks; tells whether the promise held."""
    if AIRFLOW in arguments:
        return airflow_command([each for each in arguments if each != AIRFLOW])
    asked = _parser().parse_args(arguments)
    if asked.controls:
        return show_controls(asked.seed, as_json=asked.json)
    given = {name: value for name, value in vars(asked).items() if name in FleetPlan.__dataclass_fields__ and value is not None}
    plan = FleetPlan(**{"freezes": asked.kills // 4, **_absence(asked), **given})
    return show_fleet(plan, page=asked.page, as_json=asked.json)


def _absence(asked: argparse.Namespace) -> dict[str, Any]:
    """How fast time runs while Exact is away, and a day's limit that does not last for all orders where its midnight is to matter."""
    if not asked.outage:
        return {}
    scale = {"time_scale": TIME_SCALE[Absence(asked.outage)]}
    return {**scale, "daily": round(asked.orders * SHARE_OF_A_DAY)} if asked.outage == Absence.MIDNIGHT else scale


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="exactly fleet")
    for name, kind, usual in OPTIONS:
        parser.add_argument(name, type=kind, default=usual)
    parser.add_argument("--clock-skew", dest="clock_skew_s", type=float, default=5.0)
    parser.add_argument("--longest", dest="longest_s", type=float, default=3_600.0)
    parser.add_argument("--outage", choices=[each.value for each in Absence], default="", help="Exact is away for so long, once")
    parser.add_argument("--page", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--controls", action="store_true")
    return parser


def show_fleet(plan: FleetPlan, *, page: Path | None, as_json: bool) -> bool:
    """Run a fleet, show how it goes, write the page; tells whether every invariant held."""
    with own_server([DATABASE]) as server, _shown(plan) as watch:
        report = run_fleet(plan, server.dsn(DATABASE), crash=lambda: _crash(server), watch=watch)
    written = write_page(report, page or PAGES / f"fleet-{plan.seed}.html")
    if as_json:
        output.say(json.dumps({**report.summary(), "page": str(written)}, default=str))
    else:
        _print(report, written)
    return not report.violations


def show_controls(seed: int, *, as_json: bool) -> bool:
    """Try every design fault; tells whether each was caught."""
    tried = []
    for control in CONTROLS:
        tried.append(try_control(control, seed))
        if not as_json:
            output.say(told(tried[-1]))
    if as_json:
        caught = {each.control.number: each.control.caught_by if each.is_caught else None for each in tried}
        output.say(json.dumps({"seed": seed, "controls": caught}))
    return all(each.is_caught for each in tried)


def _crash(server: Postgres) -> None:
    """As `pg_ctl stop -m immediate`: it ends at once, and recovers when it starts again."""
    number = int((server.data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
    os.kill(number, signal.SIGQUIT)
    if not server.part.stopped_by(time.monotonic() + GONE_S):
        raise SetupError("postgres_stays", number, cure="PostgreSQL did not end when it was killed")
    server.start(bare_environment(), [])


@contextmanager
def _shown(plan: FleetPlan) -> Iterator[Watch]:
    """A line that tells how the run goes, on a terminal; machines read the end alone."""
    console = Console(stderr=True, highlight=False)
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        yield lambda progress: live.update(_line(plan, progress))


def _line(plan: FleetPlan, progress: Progress) -> Text:
    on_its_way = sum(progress.states.get(state, 0) for state in ("planned", "sending", "unknown"))
    settled = sum(progress.states.values()) - on_its_way
    troubles = " · ".join(f"{kind} {number}" for kind, number in progress.troubles.items() if number)
    return Text(f"{progress.seconds:6.1f} s  {settled} of {plan.orders} settled, {progress.states.get('unknown', 0)} unknown  {troubles}")


def _print(report: FleetReport, page: Path) -> None:
    show = output.console().print
    facts = report.summary()
    show(
        output.pairs({name: facts[name] for name in SHOWN}, title=f"Fleet, seed {report.plan.seed}, time scale {report.plan.time_scale:g}")
    )
    shown = output.table("", "invariant", "verdict")
    for name, verdict in report.invariants.items():
        shown.add_row(name, INVARIANTS[name], Text(verdict, style="green" if verdict == "holds" else "bold red"))
    show(shown)
    for violation in report.violations[:20]:
        show(Text(str(violation), style="red"))
    output.say(f"The page: {page}")
