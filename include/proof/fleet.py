"""T3: real processes, a real PostgreSQL and a real sandbox over HTTP, killed at random points and judged by the independent checker."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import requests
from cryptography.fernet import Fernet

from include.adapters.drafts import Drafting
from include.administrations.loader import load_administrations
from include.exact.oauth import TokenEndpoint
from include.exact.transport import Transport
from include.flows.mirror_refresh import refresh
from include.outbox.model import Draft
from include.outbox.ports import Pair
from include.proof import fleet_worker
from include.proof.checker import SourceRecord, check, dead_hold_nothing, no_secret_in_files, no_secret_in_tables
from include.proof.fleet_figures import Figures, figures
from include.proof.fleet_plan import BUYERS, ENVIRONMENT, FleetPlan, Place, app, orders, settings
from include.proof.judge import Violation
from include.proof.sandbox_door import SandboxDoor, errors_are_few, limits_are_kept, refreshes_are_apart
from include.run import chain_name, open_run
from include.store.chain import StoredChain
from include.store.database import Database
from include.store.migrate import upgrade

ROOT = Path(__file__).resolve().parents[2]
PLAN_PAGE = 200
POLL_S = 0.05
DAILY = 1_000_000
ON_ITS_WAY = "select count(*) from mutation where state in ('planned', 'sending', 'unknown')"
BROKEN_CHAINS = "select chain from oauth_chain where state = 'needs_consent'"
UPKEEP_SHARE = 0.15


@dataclass
class FleetReport:
    """What a fleet run did, and what the checker says of it."""

    plan: FleetPlan
    seconds: float = 0.0
    kills: int = 0
    sign_ins: int = 0
    crashes: int = 0
    states: dict[str, int] = field(default_factory=dict)
    causes: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)

    @property
    def duplicates(self) -> int:
        return sum(each.invariant in {"I1", "I2"} for each in self.violations)

    @property
    def lost(self) -> int:
        return sum(each.invariant in {"I3", "I4"} for each in self.violations)

    def summary(self) -> dict[str, object]:
        """One object for machines."""
        judged = {f"I{number}": "holds" for number in range(1, 12)}
        judged.update({each.invariant: "violated" for each in self.violations})
        return {
            **asdict(self.plan),
            "seconds": round(self.seconds, 1),
            "kills": self.kills,
            "duplicates": self.duplicates,
            "lost": self.lost,
            "unknown_left": self.states.get("unknown", 0) + self.states.get("sending", 0),
            "sign_ins": self.sign_ins,
            "crashes": self.crashes,
            "states": self.states,
            "causes": self.causes,
            "faults": self.faults,
            **asdict(self.figures),
            "invariants": judged,
            "violations": [str(each) for each in self.violations[:20]],
        }


def run_fleet(plan: FleetPlan, dsn: str) -> FleetReport:
    """Run the fleet on the empty database at `dsn` until all is settled, and judge it. Everything that was started is stopped again."""
    with ExitStack() as stack:
        logs = Path(tempfile.mkdtemp(prefix="fleet-"))
        stack.callback(shutil.rmtree, logs, ignore_errors=True)
        url = stack.enter_context(_sandbox(plan))
        place = Place(dsn, url, stack.enter_context(_dead_port()), Fernet.generate_key())
        upgrade(dsn, environment=ENVIRONMENT)
        fleet = Fleet(plan, place, logs)
        stack.callback(fleet.stop)
        fleet.run()
        return fleet.judged()


@contextmanager
def _sandbox(plan: FleetPlan) -> Iterator[str]:
    command = [sys.executable, "-m", "include.sandbox", "--port", "0", "--seed", "demo", "--seed", str(plan.seed), "--auto-consent"]
    limits = ["--minutely-limit", str(plan.minutely), "--daily-limit", str(DAILY), "--time-scale", str(plan.time_scale)]
    process = subprocess.Popen([*command, *limits], cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own sandbox
    try:
        output = process.stdout
        ready = select.select([output], [], [], 30)[0] if output is not None else []
        line = output.readline() if ready and output is not None else ""
        if " on " not in line:
            raise RuntimeError("the sandbox did not start")
        yield line.split(" on ")[1].split()[0]
    finally:
        process.kill()
        process.wait()


@contextmanager
def _dead_port() -> Iterator[str]:
    """An address that is taken, but at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


class Fleet:
    """The supervisor: starts workers, kills them, starts new ones, and is the person who signs in."""

    def __init__(self, plan: FleetPlan, place: Place, logs: Path) -> None:
        self.plan, self.place, self.logs = plan, place, logs
        self.report = FleetReport(plan)
        self.door = SandboxDoor(place.exact_url)
        self.random = random.Random(plan.seed)
        self.planned: list[Draft] = []
        self.killed: list[tuple[int, datetime]] = []
        self.secrets: set[str] = set()
        self._nursery = multiprocessing.get_context("forkserver")
        self._nursery.set_forkserver_preload([fleet_worker.__name__])
        self._workers: dict[Any, tuple[Any, str]] = {}

    def run(self) -> None:
        """Sign in, plan all orders, let the workers go, and kill them until all is settled."""
        for name in BUYERS:
            self._sign_in(name)
            self._plan_orders(name)
        self.door.ask("faults", self.plan.sandbox_faults)
        started = time.monotonic()
        for name in BUYERS:
            for role in [fleet_worker.drain] * self.plan.workers + [fleet_worker.look_after_unknowns]:
                self._employ(role, name)
        with psycopg.connect(self.place.store_dsn, autocommit=True) as connection:
            self._supervise(connection, started)
        self.report.seconds = time.monotonic() - started
        self.door.ask("faults", method="DELETE")

    def _supervise(self, connection: psycopg.Connection[Any], started: float) -> None:
        deaths = sorted(self.random.uniform(0, 0.97 * self.plan.orders) for _ in range(self.plan.kills))
        while time.monotonic() - started < self.plan.longest_s:
            left = _one(connection, ON_ITS_WAY)
            if not left and not deaths:
                return
            if deaths and self.plan.orders - left >= deaths[0]:
                deaths.pop(0)
                time.sleep(self.random.uniform(0, POLL_S))
                self._kill_one(connection)
            else:
                time.sleep(POLL_S)
            self._replace_the_dead()
            broken = {row[0] for row in connection.execute(BROKEN_CHAINS)}
            for name in BUYERS:
                if chain_name(app(self.place, name)) in broken:
                    self._sign_in(name)

    def _employ(self, role: Any, name: str) -> None:
        worker = self._nursery.Process(target=role, args=(self.plan, self.place, name, self.logs), daemon=True)
        worker.start()
        self._workers[worker] = (role, name)

    def _kill_one(self, connection: psycopg.Connection[Any]) -> None:
        upkeep = self.random.random() < UPKEEP_SHARE
        wanted = fleet_worker.look_after_unknowns if upkeep else fleet_worker.drain
        victim = self.random.choice([each for each, (role, _) in self._workers.items() if role is wanted])
        os.kill(victim.pid, signal.SIGKILL)
        self.killed.append((victim.pid, _one(connection, "select clock_timestamp()")))
        self.report.kills += 1
        victim.join()

    def _replace_the_dead(self) -> None:
        for worker in [each for each in self._workers if not each.is_alive()]:
            self.report.crashes += worker.exitcode != -signal.SIGKILL
            self._employ(*self._workers.pop(worker))

    def _sign_in(self, name: str) -> None:
        """What a person does once, in the browser; the sandbox consents by itself."""
        application = app(self.place, name)
        endpoint = TokenEndpoint(application, Transport(requests.Session))
        address = endpoint.sign_in_address(secrets.token_hex(8), force_login=False)
        landed = requests.get(address, allow_redirects=False, timeout=10).headers["Location"]
        database = Database(self.place.store_dsn)
        chain = StoredChain(database, chain_name(application), Fernet(self.place.cipher_key))
        asked_at = chain.now()
        tokens = endpoint.exchange(parse_qs(urlsplit(landed).query)["code"][0]).tokens
        if tokens is not None:
            chain.save(Pair(tokens.access_token, tokens.refresh_token, asked_at, chain.now()))
            self.secrets |= {tokens.access_token, tokens.refresh_token}
            self.report.sign_ins += 1
        database.close()

    def _plan_orders(self, name: str) -> None:
        administrations = load_administrations()
        with open_run(settings(self.plan, self.place, name, administrations)) as run:
            refresh(run)
            drafting = Drafting(run.administration, administrations, run.master, "orders_to_invoices", run.window.until)
            drafts = [draft for order in orders(self.plan) if (draft := drafting.draft(order)) is not None]
            for first in range(0, len(drafts), PLAN_PAGE):
                run.outbox.plan(drafts[first : first + PLAN_PAGE])
            self.planned += drafts

    def judged(self) -> FleetReport:
        """Ask the independent checker, when all processes are gone."""
        self.stop()
        plan, dsn, calls = self.plan, self.place.store_dsn, self.door.calls()
        sources = [SourceRecord(str(each.key), str(each.source_day), each.amount_net, each.vat) for each in self.planned]
        found = check(dsn, self.door.documents(), sources=sources)
        planted = [*self.secrets, *(app(self.place, name).client_secret for name in BUYERS)]
        self.report.states = dict(found.states)
        self.report.violations = [
            *found.violations,
            *limits_are_kept(calls, minutely=plan.minutely, daily=DAILY, time_scale=plan.time_scale),
            *errors_are_few(calls, time_scale=plan.time_scale),
            *refreshes_are_apart(calls, sign_ins=self.report.sign_ins - len(BUYERS), time_scale=plan.time_scale),
            *no_secret_in_tables(dsn, planted),
            *no_secret_in_files(self.logs.iterdir(), planted),
            *dead_hold_nothing(dsn, longest_s=plan.times.lease_s),
        ]
        self.report.faults = dict(Counter(each["fault"] for each in calls if each["fault"]))
        self.report.figures = figures(dsn, calls, self.killed, plan)
        self.report.causes = _causes(dsn)
        return self.report

    def stop(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.join()
        self._workers.clear()


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _causes(dsn: str) -> dict[str, int]:
    query = "select cause_code, count(*) from mutation where state = 'dead_letter' group by 1 order by 1"
    with psycopg.connect(dsn) as connection:
        return dict(connection.execute(query).fetchall())


def told(report: FleetReport) -> str:
    """The report for people."""
    return json.dumps(report.summary(), indent=1, default=str)
