"""`exactly bench`: ours beside others, as a table for people, as Markdown, or as one object for machines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from rich.console import Console

from include.cli import output
from include.cli.own_server import own_server
from include.proof.bench import DATABASES, BenchReport, Watch, run_bench
from include.proof.bench_plan import BenchPlan, Client
from include.proof.bench_report import TITLES, Machine, markdown, rows, summary, versions

OPTIONS: tuple[tuple[str, type], ...] = (
    ("--orders", int),
    ("--seed", int),
    ("--fault-rate", float),
    ("--time-scale", float),
    ("--retry-delay", float),
    ("--limiter-minutes", int),
    ("--fleet-orders", int),
    ("--fleet-kills", int),
)
RENAMED = {"retry_delay": "retry_delay_s"}


def bench_command(arguments: Sequence[str]) -> bool:
    """Do what the command line asks; tells whether ours doubled and lost nothing and kept the limits."""
    asked = vars(_parser().parse_args(arguments))
    as_json, as_markdown = asked.pop("json"), asked.pop("markdown")
    plan = BenchPlan(**{RENAMED.get(name, name): value for name, value in asked.items() if value is not None})
    machine = Machine()
    with own_server(DATABASES) as server:
        report = run_bench(plan, server.dsn, _watch())
    if as_json:
        output.say(json.dumps(summary(report, machine), default=str))
    elif as_markdown:
        output.say(markdown(report, machine))
    else:
        _print(report, machine)
    return report.holds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="exactly bench")
    for name, kind in OPTIONS:
        parser.add_argument(name, type=kind)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    return parser


def _watch() -> Watch:
    """A line per step, on a terminal; machines read the end alone."""
    console = Console(stderr=True, highlight=False)
    return (lambda line: console.print(f"… {line}")) if sys.stderr.isatty() else (lambda line: None)


def _print(report: BenchReport, machine: Machine) -> None:
    plan, show = report.plan, output.console().print
    shown = output.table("", "what", "floor", "aim", *(TITLES[who].replace("`", "") for who in Client))
    for row in rows(report):
        shown.add_row(row.figure, row.what, row.floor, row.aim, *row.values.values())
    show(shown)
    names = ", ".join(f"{name} {number}" for name, number in versions().items())
    output.say(f"{plan.orders} orders, seed {plan.seed}, time {plan.time_scale:g} times faster; {report.seconds:.0f} s in all")
    output.say(f"{machine.cores} cores ({machine.processor}), {machine.memory_gb} GB, load {machine.load:g}; {names}")
