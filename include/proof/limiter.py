"""T6: many processes at once use all that the limit gives, and a stranger uses a part of it; Exact must never have to say 429."""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from include.administrations.loader import load_administrations
from include.errors import ExactlyError
from include.exact.client import Query
from include.proof.fleet_places import dead_port, sandbox
from include.proof.fleet_plan import ENVIRONMENT, FleetPlan, Place, app, settings
from include.proof.fleet_scale import divide_constants
from include.proof.judge import Violation
from include.proof.sandbox_door import SandboxDoor, limits_are_kept
from include.proof.signing_in import sign_in
from include.run import chain_name, open_run
from include.store.chain import StoredChain
from include.store.database import Database
from include.store.migrate import upgrade

ADMINISTRATION = "BE"
ADMINISTRATIONS = load_administrations()
# A read of one row that the division's limit counts.
HARMLESS = Query("system/Divisions", ("Code",), top=1)
MINUTE_S = 60.0
START_S = 120.0


@dataclass(frozen=True)
class LimiterPlan:
    """`minutes`: of the sandbox, whole ones that are measured · `stranger`: the share of the limit that somebody else uses."""

    minutes: int = 180
    processes: int = 16
    time_scale: float = 20.0
    minutely: int = 60
    stranger: float = 0.2
    seed: int = 7

    @property
    def strangers_calls(self) -> int:
        return round(self.minutely * self.stranger)


@dataclass(frozen=True)
class LimiterResult:
    """`used`: the share of what was left for us that we used, over all whole minutes; `lowest`: of the worst of them."""

    plan: LimiterPlan
    calls: int
    minutes: int
    used: float
    lowest: float
    http_429: int
    violations: Sequence[Violation]


def run_limiter(plan: LimiterPlan, dsn: str) -> LimiterResult:
    """Let the processes call for so many minutes on the empty database at `dsn`, and judge by the sandbox's log."""
    fleet = FleetPlan(fault_rate=0.0, seed=plan.seed, time_scale=plan.time_scale, minutely=plan.minutely)
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="limiter-"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        process = stack.enter_context(sandbox(fleet, directory))
        place = Place(dsn, process.url, stack.enter_context(dead_port()), Fernet.generate_key())
        upgrade(dsn, environment=ENVIRONMENT)
        _sign_in(place)
        door = SandboxDoor(place.exact_url)
        door.ask("switches", {"stranger_per_minute": plan.strangers_calls})
        _call(plan, fleet, place)
        return _judged(plan, door.calls())


def _sign_in(place: Place) -> None:
    application = app(place, ADMINISTRATION)
    database = Database(place.store_dsn)
    sign_in(application, StoredChain(database, chain_name(application), Fernet(place.cipher_key)))
    database.close()


def _call(plan: LimiterPlan, fleet: FleetPlan, place: Place) -> None:
    """All processes call until the last whole minute is over: one is lost at the beginning and one at the end."""
    nursery = multiprocessing.get_context("forkserver")
    nursery.set_forkserver_preload(["__main__", __name__])
    together = nursery.Barrier(plan.processes + 1)
    workers = [nursery.Process(target=call_for_ever, args=(fleet, place, together), daemon=True) for _ in range(plan.processes)]
    for worker in workers:
        worker.start()
    try:
        together.wait(START_S)
        time.sleep((plan.minutes + 2) * MINUTE_S / plan.time_scale)
    finally:
        for worker in workers:
            worker.kill()
            worker.join()


def call_for_ever(fleet: FleetPlan, place: Place, together: Any) -> None:
    """One process: it always wants to call, from when all are there."""
    divide_constants(fleet.time_scale)
    with open_run(settings(fleet, place, ADMINISTRATION, ADMINISTRATIONS)) as run:
        run.exact.prepare()
        together.wait(START_S)
        while True:
            try:
                list(run.exact.rows(HARMLESS))
            except ExactlyError:
                time.sleep(1 / fleet.time_scale)


def _judged(plan: LimiterPlan, calls: Sequence[Mapping[str, Any]]) -> LimiterResult:
    counted = [each for each in calls if each["counted"] and each["status"] != 429]
    whole = _whole_minutes(plan, counted)
    left = plan.minutely - plan.strangers_calls
    return LimiterResult(
        plan=plan,
        calls=len(counted),
        minutes=len(whole),
        used=round(sum(whole) / max(1, left * len(whole)), 4),
        lowest=round(min(whole, default=0) / left, 4),
        http_429=sum(each["status"] == 429 for each in calls),
        violations=limits_are_kept(calls, minutely=plan.minutely, daily=FleetPlan.daily, time_scale=plan.time_scale),
    )


def _whole_minutes(plan: LimiterPlan, counted: Sequence[Mapping[str, Any]]) -> list[int]:
    """How many calls arrived in each of Exact's minutes, but for the first and the last, which are not whole."""
    span_ms = MINUTE_S * 1000 / plan.time_scale
    minutes = Counter(int(each["received_ms"] // span_ms) for each in counted)
    inner = range(min(minutes, default=0) + 1, max(minutes, default=0))
    return [minutes[number] for number in inner]
