"""The command `fleet --airflow`: Airflow itself put to the test on a system of its own, live progress, one object for machines."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from include.cli import output
from include.proof.airflow_plan import AirflowPlan, Attack
from include.proof.airflow_proof import run_airflow_proof
from include.proof.airflow_report import JUDGED, AirflowReport

SHOWN = ("documents", "posts", "duplicates", "lost", "unknown_left", "http_429", "resumed_p95_s", "ready_s", "seconds", "control_caught_by")


def airflow_command(arguments: Sequence[str]) -> bool:
    """Do what the command line asks; tells whether the promise held and the control was caught."""
    asked = _parser().parse_args(arguments)
    given = {name: value for name, value in vars(asked).items() if name in AirflowPlan.__dataclass_fields__ and value is not None}
    attacks = tuple(Attack[name] for name in asked.attacks.upper().split(",") if name)
    plan = AirflowPlan(**{"rounds": len(attacks) or AirflowPlan.rounds, **given}, only=attacks)
    directory = Path(tempfile.mkdtemp(prefix="airflow-proof-", dir="/tmp"))
    directory.chmod(0o711)
    try:
        report = run_airflow_proof(plan, directory / "system", watch=_watch)
    finally:
        _put_away(directory, asked.keep)
    if asked.json:
        output.say(json.dumps(report.summary(), default=str))
    else:
        _print(report)
    return report.holds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="exactly fleet --airflow")
    for name, kind in (("--seed", int), ("--rounds", int), ("--orders", int), ("--slow", float), ("--given-up", int)):
        parser.add_argument(name, type=kind, dest={"--slow": "slow_s", "--given-up": "given_up_s"}.get(name))
    parser.add_argument("--attacks", default="", help=", ".join(attack.name.lower() for attack in Attack))
    parser.add_argument("--hurry", dest="is_hurried", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", action="store_true")
    return parser


def _watch(line: str) -> None:
    """Live progress is for people; machines read the end alone."""
    if sys.stderr.isatty():
        Console(stderr=True, highlight=False).print(line)


def _put_away(directory: Path, keep: Path | None) -> None:
    """Remove what the system left, but for its logs where somebody wants them."""
    if keep is not None:
        for name in ("logs", "airflow/logs"):
            shutil.copytree(directory / "system" / name, keep / name, dirs_exist_ok=True)
    shutil.rmtree(directory, ignore_errors=True)


def _print(report: AirflowReport) -> None:
    show, facts = output.console().print, report.summary()
    rounds = output.table("attack", "in flight", "sends again after", "settled after", "started again", right=("in flight",))
    for each in report.rounds:
        resumed = f"{each.resumed_s:.0f} s" if each.resumed_s is not None else "–"
        rounds.add_row(each.attack.value, str(each.in_flight), resumed, f"{each.settled_s:.0f} s", ", ".join(each.restarted) or "–")
    show(rounds)
    show(output.pairs({name: facts[name] for name in SHOWN}, title=f"Airflow, seed {report.plan.seed}, {len(report.rounds)} rounds"))
    shown = output.table("", "invariant", "verdict")
    for name, verdict in report.invariants.items():
        shown.add_row(name, JUDGED[name], Text(verdict, style="green" if verdict == "holds" else "bold red"))
    show(shown)
    for violation in report.verdict.violations[:20] if report.verdict else ():
        show(Text(str(violation), style="red"))
