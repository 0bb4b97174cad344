"""`python -m include.proof`: the proof for people at a terminal."""

from __future__ import annotations

import argparse
import json
import random
import sys
from dataclasses import asdict
from typing import Any

from include.proof.campaign import campaign
from include.proof.chain_world import simulate_chain
from include.proof.controls import CONTROLS, told, try_control
from include.proof.shrinking import shrunk
from include.proof.simulation import Failure, Result, history
from include.proof.swarm import faults_of, without


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked; the exit status tells whether the promise held."""
    options = _parser().parse_args(arguments)
    exit_status: int = options.run(options)
    return exit_status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m include.proof", description="Put the promise to the test.")
    commands = parser.add_subparsers(required=True)
    simulation = commands.add_parser("simulate", help="the production state machine in simulated worlds")
    simulation.add_argument("--mutations", type=int, default=20_000)
    simulation.add_argument("--seed", type=int, default=None)
    simulation.add_argument("--swarm", action="store_true", help="a mix of faults of its own for each world")
    simulation.add_argument("--processes", type=int, default=None, help="as many as there are cores by default")
    simulation.add_argument("--json", action="store_true")
    simulation.set_defaults(run=_simulate)
    controls = commands.add_parser("controls", help="design faults put in on purpose, and the invariant that catches each")
    controls.add_argument("--seed", type=int, default=5)
    controls.set_defaults(run=_controls)
    chain = commands.add_parser("chain", help="one token chain, many processes, lost answers")
    chain.add_argument("--refreshes", type=int, default=500)
    chain.add_argument("--seed", type=int, default=7)
    chain.set_defaults(run=_chain)
    limiter = commands.add_parser("limiter", help="processes that always want to call, on a database of your own that is empty")
    limiter.add_argument("--dsn", required=True)
    limiter.add_argument("--minutes", type=int, default=180, help="of the sandbox")
    limiter.add_argument("--processes", type=int, default=16)
    limiter.add_argument("--time-scale", type=float, default=20.0)
    limiter.add_argument("--stranger", type=float, default=0.2, help="share of the limit that somebody else uses")
    limiter.set_defaults(run=_limiter)
    replay = commands.add_parser("replay", help="the history of one mutation in one world")
    replay.add_argument("--world", required=True)
    replay.add_argument("--orders", type=int, default=500)
    replay.add_argument("--subject", required=True)
    replay.add_argument("--without", default="", help="faults that are taken out, with commas between")
    replay.set_defaults(run=_replay)
    restore = commands.add_parser("restore", help="the outbox restored from a backup of the middle of its work")
    restore.add_argument("--orders", type=int, default=60)
    restore.add_argument("--seed", type=int, default=7)
    restore.add_argument("--ways", default="", help="dump, clean, moment, files; all of them by default")
    restore.add_argument("--time-scale", type=float, default=6.0)
    restore.add_argument("--control", action="store_true", help="somebody only stamps the restored database: this must be caught")
    restore.set_defaults(run=_restore)
    _add_reconciliation(commands)
    fleet = commands.add_parser("fleet", help="real processes, killed, on a database of your own that is empty")
    fleet.add_argument("--dsn", required=True)
    fleet.add_argument("--orders", type=int, default=2_000)
    fleet.add_argument("--kills", type=int, default=80)
    fleet.add_argument("--fault-rate", type=float, default=0.06)
    fleet.add_argument("--seed", type=int, default=7)
    fleet.add_argument("--time-scale", type=float, default=30.0)
    fleet.add_argument("--workers", type=int, default=2, help="per administration")
    fleet.set_defaults(run=_fleet)
    return parser


def _add_reconciliation(commands: Any) -> None:
    reconciliation = commands.add_parser("reconciliation", help="differences planted in books of any size, and how many of them are found")
    reconciliation.add_argument("--documents", type=int, default=20_000)
    reconciliation.add_argument("--planted", type=int, default=200)
    reconciliation.add_argument("--seed", type=int, default=7)
    reconciliation.set_defaults(run=_reconciliation)


def _fleet(options: argparse.Namespace) -> int:
    from include.proof.fleet import run_fleet
    from include.proof.fleet_plan import FleetPlan

    given = {name: value for name, value in vars(options).items() if name in FleetPlan.__dataclass_fields__}
    report = run_fleet(FleetPlan(**given), options.dsn)
    _say(json.dumps(report.summary(), indent=1, default=str))
    return int(bool(report.violations))


def _reconciliation(options: argparse.Namespace) -> int:
    from include.proof.reconciliation import ReconciliationPlan, prove_reconciliation, server

    with server() as dsn:
        result = prove_reconciliation(ReconciliationPlan(options.documents, options.planted, options.seed), dsn)
    _say(json.dumps(result.summary(), indent=1))
    return int(not result.is_whole)


def _restore(options: argparse.Namespace) -> int:
    from include.proof.restore import RestorePlan, prove_restore
    from include.proof.restore_ways import Way

    ways = tuple(Way[name] for name in options.ways.upper().split(",") if name) or tuple(Way)
    plan = RestorePlan(options.orders, options.seed, ways, options.time_scale, is_careful=not options.control)
    found = prove_restore(plan, _tell_line if sys.stderr.isatty() else lambda line: None)
    held = all(each.holds for each in found)
    _say(json.dumps({"orders": plan.orders, "seed": plan.seed, "ways": [each.as_json() for each in found], "holds": held}))
    return int(not held)


def _tell_line(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _limiter(options: argparse.Namespace) -> int:
    from include.proof.limiter import LimiterPlan, run_limiter

    given = {name: value for name, value in vars(options).items() if name in LimiterPlan.__dataclass_fields__}
    result = run_limiter(LimiterPlan(**given), options.dsn)
    _say(json.dumps(asdict(result)))
    return int(bool(result.violations))


def _simulate(options: argparse.Namespace) -> int:
    seed = options.seed if options.seed is not None else random.randrange(1_000_000)
    watch = _tell if sys.stderr.isatty() else _tell_nobody
    result = campaign(options.mutations, seed, swarm=options.swarm, processes=options.processes, watch=watch)
    _say(json.dumps(result.summary()) if options.json else _told(result))
    if result.failures and not options.json:
        _tell_smallest(result.failures[0])
    return int(bool(result.failures))


def _tell(result: Result) -> None:
    sys.stderr.write(f"\r{result.seconds:7.0f} s  {result.mutations:>9} mutations, {len(result.failures)} violations ")


def _tell_nobody(result: Result) -> None:
    """Machines read the end alone."""


def _tell_smallest(failure: Failure) -> None:
    smallest = shrunk(failure.seed, failure.orders, failure.violation)
    _say(f"the smallest world that still fails: {smallest}")
    mix = without(faults_of(smallest.world), smallest.taken_out)
    for line in history(smallest.world, smallest.orders, smallest.violation.subject, faults=mix):
        _say(line)


def _told(result: Result) -> str:
    facts = result.summary()
    lines = [f"{name:>22}  {facts[name]}" for name in facts if name != "failures"]
    verdict = "no invariant is violated" if not result.failures else f"{len(result.failures)} violations, the first of them:"
    return "\n".join([*lines, f"{verdict}; with 95 % confidence the rate is below {result.bound:.1e}", *map(str, result.failures[:10])])


def _controls(options: argparse.Namespace) -> int:
    missed = 0
    for control in CONTROLS:
        caught = try_control(control, options.seed)
        missed += not caught.is_caught
        _say(told(caught))
    return int(bool(missed))


def _chain(options: argparse.Namespace) -> int:
    results = {kind: simulate_chain(options.refreshes, options.seed, strict=kind == "strict") for kind in ("strict", "lenient")}
    for kind, result in results.items():
        _say(f"{kind}: {result}")
    return int(any(result.violations for result in results.values()))


def _replay(options: argparse.Namespace) -> int:
    mix = without(faults_of(options.world), [each for each in options.without.split(",") if each])
    for line in history(options.world, options.orders, options.subject, faults=mix):
        _say(line)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    raise SystemExit(main())
