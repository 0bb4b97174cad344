"""T3: real processes, a real PostgreSQL and a real sandbox over HTTP, with trouble at random points, judged by the independent checker."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from cryptography.fernet import Fernet

from include.adapters.drafts import Drafting
from include.administrations.loader import load_administrations
from include.errors import RetryableError
from include.flows.mirror_refresh import refresh
from include.outbox.ports import ChainState, Pair
from include.proof.checker import SourceRecord
from include.proof.fleet_crew import Crew
from include.proof.fleet_judgement import Evidence, judged
from include.proof.fleet_places import SandboxProcess, dead_port, sandbox
from include.proof.fleet_plan import BUYERS, ENVIRONMENT, FleetPlan, Place, app, net_of, orders, settings
from include.proof.fleet_report import FleetReport
from include.proof.fleet_troubles import Due, Kind, Struck, schedule
from include.proof.sandbox_door import SandboxDoor
from include.proof.signing_in import sign_in
from include.run import chain_name, open_run
from include.store.chain import StoredChain
from include.store.database import Database
from include.store.migrate import upgrade

PLAN_PAGE = 200
POLL_S = 0.05
# To count takes longer with more orders, and must not take a core from those who work.
COUNTING_SHARE = 0.05
LOOK_AT_CHAINS_S = 0.5
STATES = "select state, count(*) as number from mutation group by state"
ON_ITS_WAY = frozenset({"planned", "sending", "unknown"})


@dataclass(frozen=True)
class Progress:
    """Where a run stands."""

    seconds: float
    states: Mapping[str, int]
    troubles: Mapping[str, int]


Watch = Callable[[Progress], None]


def run_fleet(plan: FleetPlan, dsn: str, *, crash: Callable[[], None] | None = None, watch: Watch = lambda progress: None) -> FleetReport:
    """Run the fleet on the empty database at `dsn` until all is settled, and judge it. Everything that was started is stopped again.

    `crash` ends PostgreSQL at once and starts it again; `watch` is told how the run goes, some times a second.
    """
    if plan.postgres_kills and crash is None:
        raise ValueError("a PostgreSQL that is not ours is not killed")
    plan = plan.before_midnight()
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="fleet-"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        process = stack.enter_context(sandbox(plan, directory))
        place = Place(dsn, process.url, stack.enter_context(dead_port()), Fernet.generate_key())
        upgrade(dsn, environment=ENVIRONMENT)
        fleet = Fleet(plan, place, process, directory / "logs")
        stack.callback(fleet.crew.stop)
        fleet.run(crash or (lambda: None), watch)
        fleet.crew.stop()
        return judged(fleet.evidence())


@dataclass
class Fleet:
    """The supervisor: plans all orders, lets the crew work, lets trouble come, and is the person who signs in."""

    plan: FleetPlan
    place: Place
    sandbox: SandboxProcess
    logs: Path
    sign_ins: int = 0
    seconds: float = 0.0
    late_s: float = 0.0
    sources: list[SourceRecord] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    struck: list[Struck] = field(default_factory=list)
    _looked_at: float = 0.0
    _count_again_at: float = 0.0
    _states: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.logs.mkdir()
        self.crew = Crew(self.plan, self.place, self.logs)
        self.door = SandboxDoor(self.place.exact_url)
        self._database = Database(self.place.store_dsn)
        self._chains = {
            name: StoredChain(self._database, chain_name(app(self.place, name)), Fernet(self.place.cipher_key)) for name in BUYERS
        }

    def run(self, crash: Callable[[], None], watch: Watch) -> None:
        """Sign in, plan all orders, let the crew go, and let trouble come until all is settled."""
        self.door.ask("clock", {"offset_s": self.plan.clock_offset_s})
        for name in BUYERS:
            self._sign_in(name)
            self._plan_orders(name)
        self.door.ask("faults", self.plan.sandbox_faults)
        started = time.monotonic()
        self.crew.employ_all()
        self._supervise(started, crash, watch)
        self.seconds = time.monotonic() - started
        self.door.ask("faults", method="DELETE")
        self._database.close()

    def _supervise(self, started: float, crash: Callable[[], None], watch: Watch) -> None:
        due = schedule(self.plan)
        while (elapsed_s := time.monotonic() - started) < self.plan.longest_s:
            left = self._left()
            frozen = self.crew.thaw_due()
            if not left and not due and not frozen:
                return
            if due and self.plan.orders - left >= due[0].after_orders and (due[0].kind is not Kind.OUTAGE or self.plan.outage_is_due):
                self._strike(due.pop(0), crash)
            slept = time.monotonic()
            time.sleep(POLL_S)
            self.late_s = max(self.late_s, time.monotonic() - slept - POLL_S)
            self.crew.replace_the_dead()
            self._look_at_chains()
            watch(Progress(elapsed_s, self._states, self.troubles()))

    def troubles(self) -> dict[str, int]:
        """How often each kind of trouble came."""
        came = [each.kind for each in (*self.crew.struck, *self.struck)]
        return {kind.value: came.count(kind) for kind in Kind}

    def _left(self) -> int:
        """How many are on their way; what was known last while PostgreSQL is away, and between two counts."""
        began = time.monotonic()
        if began < self._count_again_at:
            return max(1, self._on_their_way())
        try:
            with self._database.statement() as connection:
                self._states = {row["state"]: row["number"] for row in connection.execute(STATES).fetchall()}
        except RetryableError:
            return max(1, self._on_their_way())
        now = time.monotonic()
        self._count_again_at = now + (now - began) / COUNTING_SHARE
        return self._on_their_way()

    def _on_their_way(self) -> int:
        return sum(number for state, number in self._states.items() if state in ON_ITS_WAY) if self._states else self.plan.orders

    def _strike(self, due: Due, crash: Callable[[], None]) -> None:
        began = datetime.now(UTC)
        match due.kind:
            case Kind.KILL:
                self.crew.kill_one()
                return
            case Kind.FREEZE:
                self.crew.freeze_one(due.seconds)
                return
            case Kind.POSTGRES:
                crash()
            case Kind.SANDBOX:
                self.sandbox.restart()
                self.door.ask("faults", self.plan.sandbox_faults)
            case Kind.OUTAGE:
                self.door.ask("outage", {"kind": "maintenance", "seconds": self.plan.outage_s})
                self.struck.append(Struck(due.kind, began, began + timedelta(seconds=due.seconds)))
                return
        self.struck.append(Struck(due.kind, began, datetime.now(UTC)))

    def _look_at_chains(self) -> None:
        """Sign in where a person is needed, and remember every token, as none may be found anywhere later."""
        if time.monotonic() - self._looked_at < LOOK_AT_CHAINS_S:
            return
        self._looked_at = time.monotonic()
        for name, chain in self._chains.items():
            try:
                found = chain.read()
                self._remember(found.pair)
                if found.state is ChainState.NEEDS_CONSENT:
                    self._sign_in(name)
            except (RetryableError, requests.ConnectionError):
                return

    def _remember(self, pair: Pair | None) -> None:
        if pair is not None:
            self.secrets |= {pair.access_token, pair.refresh_token}

    def _sign_in(self, name: str) -> None:
        pair = sign_in(app(self.place, name), self._chains[name])
        self._remember(pair)
        self.sign_ins += pair is not None

    def _plan_orders(self, name: str) -> None:
        administrations = load_administrations()
        with open_run(settings(self.plan, self.place, name, administrations)) as run:
            refresh(run)
            drafting = Drafting(run.administration, administrations, run.master, "orders_to_invoices", run.window.until)
            pairs = [(order, draft) for order in orders(self.plan) if (draft := drafting.draft(order)) is not None]
            for first in range(0, len(pairs), PLAN_PAGE):
                run.outbox.plan([draft for _, draft in pairs[first : first + PLAN_PAGE]])
        # The net amount as the order has it, not as we made it: the checker is to see a difference.
        self.sources += [SourceRecord(str(draft.key), str(draft.source_day), net_of(order), draft.vat) for order, draft in pairs]

    def evidence(self) -> Evidence:
        """What the judgement is made of."""
        clients = [app(self.place, name).client_secret for name in BUYERS]
        struck = sorted((*self.crew.struck, *self.struck), key=lambda each: each.at)
        report = FleetReport(self.plan, seconds=self.seconds, sign_ins=self.sign_ins, crashes=self.crew.crashes, struck=struck)
        return Evidence(report, self.place.store_dsn, self.door, self.sources, [*self.secrets, *clients], self.logs, self.late_s)
