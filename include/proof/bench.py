"""B1 to B5, B10 and B12: ours beside others, each in a sandbox of its own that is started alike and makes the same faults."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from include.proof import bench_ours
from include.proof.bench_airflow import TrialAirflow, Tried, Work
from include.proof.bench_judgement import Outcome, outcome_of
from include.proof.bench_plan import BLOCKED, DIVISION, HOUR_S, BenchOrder, BenchPlan, Client, Scene, Told
from include.proof.certificate import write_certificate
from include.proof.fleet import run_fleet
from include.proof.fleet_figures import Figures
from include.proof.fleet_places import sandbox
from include.proof.fleet_plan import FleetPlan
from include.proof.limiter import LimiterPlan, LimiterResult, run_limiter
from include.proof.sandbox_door import SandboxDoor

OTHERS = "include.proof.bench_clients"
OURS = "include.proof.bench_ours"
# The task of each client, and what tells how much is left.
WORK = {
    Client.EXACTLY: (f"{OURS}:book", f"{OURS}:left"),
    Client.PLAIN: (f"{OTHERS}:plain", f"{OTHERS}:left"),
    Client.LOOKING: (f"{OTHERS}:looking_first", f"{OTHERS}:left"),
    Client.EXACTONLINE: ("include.proof.bench_exactonline:book", f"{OTHERS}:left"),
}
# What `new_database` is asked for.
DATABASES = (*(f"bench_{scene.value}_exactly" for scene in Scene), "bench_limiter", "bench_fleet")
FLEET_S = 1_800.0
TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
NewDatabase = Callable[[str], str]
Watch = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What a client made of a scene."""

    client: Client
    scene: Scene
    outcome: Outcome
    tried: Tried
    seconds: float

    @property
    def told(self) -> str:
        """In a line."""
        found = self.outcome
        return (
            f"{found.posted} of {found.orders} posted, {found.duplicates} doubled, {found.missing} missing;"
            f" {found.posts_per_order} POSTs and {found.calls_per_order} calls each; {self.tried.task_starts} starts, {self.seconds:.0f} s"
        )


@dataclass
class BenchReport:
    """All results; B5 by `limiter`, B10 by `fleet`."""

    plan: BenchPlan
    results: list[Result] = field(default_factory=list)
    limiter: LimiterResult | None = None
    fleet: Figures | None = None
    seconds: float = 0.0

    def of(self, client: Client, scene: Scene) -> Result:
        return next(each for each in self.results if (each.client, each.scene) == (client, scene))

    @property
    def holds(self) -> bool:
        """Tell whether ours doubled nothing, lost nothing, spoilt nothing and never heard 429."""
        ours = [each.outcome for each in self.results if each.client is Client.EXACTLY]
        spoilt = sum(each.duplicates + each.missing + each.wrong_amounts + each.http_429 for each in ours)
        return spoilt == 0 and (self.limiter is None or self.limiter.http_429 == 0)


def run_bench(plan: BenchPlan, new_database: NewDatabase, watch: Watch = lambda line: None) -> BenchReport:
    """Run everything, one after the other; `new_database` makes an empty one by that name and returns where it is."""
    began, report = time.monotonic(), BenchReport(plan)
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="bench-"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        bench = Bench(plan, directory, new_database)
        watch("Airflow's tables")
        bench.airflow.migrate()
        for scene in Scene:
            for client in Client:
                watch(f"{scene.value}: {client.value} begins")
                report.results.append(bench.tried(client, scene))
                watch(f"{scene.value}: {client.value}: {report.results[-1].told}")
    if plan.limiter_minutes:
        watch("sixteen processes that want to call")
        limiter = LimiterPlan(minutes=plan.limiter_minutes, stranger=0.0, seed=plan.seed)
        report.limiter = run_limiter(limiter, new_database("bench_limiter"))
    if plan.fleet_orders:
        watch("a fleet whose processes die")
        report.fleet = run_fleet(_fleet(plan), new_database("bench_fleet")).figures
    report.seconds = time.monotonic() - began
    return report


def _fleet(plan: BenchPlan) -> FleetPlan:
    """Twice the faults, so that there are enough unknown outcomes to measure."""
    pace = FleetPlan(fault_rate=plan.fault_rate * 2, seed=plan.seed, time_scale=plan.time_scale, longest_s=FLEET_S)
    return replace(pace, orders=plan.fleet_orders, kills=plan.fleet_kills)


class Bench:
    """One benchmark under way, in `directory`."""

    def __init__(self, plan: BenchPlan, directory: Path, new_database: NewDatabase) -> None:
        self._plan = plan
        self._directory = directory
        self._new_database = new_database
        self.airflow = TrialAirflow(directory / "airflow")

    def tried(self, client: Client, scene: Scene) -> Result:
        """Let a client book the orders of a scene, and judge."""
        folder = self._directory / f"{scene.value}-{client.value}"
        folder.mkdir()
        orders = self._plan.orders_of(scene)
        with ExitStack() as stack:
            options = stack.enter_context(_trusted(folder / "sandbox.pem")) if client is Client.EXACTONLINE else []
            daily = ["--daily-limit", str(self._plan.daily)]
            url = stack.enter_context(sandbox(self._plan.wire, folder, *daily, *options)).url
            door, told = SandboxDoor(url), self._told(client, url, folder)
            self._set_the_scene(door, scene)
            began = time.monotonic()
            tried = self._run(client, scene, told, orders)
            return Result(client, scene, outcome_of(door, orders), tried, round(time.monotonic() - began, 1))

    def _told(self, client: Client, url: str, folder: Path) -> Told:
        dsn = self._new_database(f"bench_{folder.name.replace('-', '_')}") if client is Client.EXACTLY else ""
        plan = self._plan
        return Told(url, plan.time_scale, str(folder), dsn, Fernet.generate_key().decode(), plan.minutely, plan.seed)

    def _set_the_scene(self, door: SandboxDoor, scene: Scene) -> None:
        for code in BLOCKED:
            door.ask("accounts", {"division": DIVISION, "Code": code, "Name": f"Customer {code}", "Blocked": True})
        if scene is Scene.FAULTS:
            door.ask("faults", self._plan.faults.sandbox_faults)

    def _run(self, client: Client, scene: Scene, told: Told, orders: list[BenchOrder]) -> Tried:
        file = told.save(orders)
        work = self._work(client, scene, str(file))
        if client is not Client.EXACTLY:
            return self.airflow.run(work, {name: os.environ[name] for name in TRUST if name in os.environ})
        bench_ours.prepare(self._plan, told, orders)
        with bench_ours.upkeep(self._plan, told):
            return self.airflow.run(work, {})

    def _work(self, client: Client, scene: Scene, told: str) -> Work:
        plan, (work, left) = self._plan, WORK[client]
        hour_s = HOUR_S / plan.time_scale
        runs_max = 1 if scene is Scene.INVALID else plan.runs_max
        settles_s = hour_s if client is Client.EXACTLY else 0.0
        return Work(work, left, told, plan.retries, plan.retry_delay_s / plan.time_scale, hour_s, runs_max, settles_s)


@contextmanager
def _trusted(file: Path) -> Iterator[list[str]]:
    """Options of a sandbox that speaks HTTPS, for a client that insists on it; who calls it from here trusts it meanwhile."""
    write_certificate(file)
    before: dict[str, Any] = {name: os.environ.get(name) for name in TRUST}
    os.environ.update(dict.fromkeys(TRUST, str(file)))
    try:
        yield ["--tls-certificate", str(file)]
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
