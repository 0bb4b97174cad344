"""T16: Airflow itself, killed and interfered with in the middle of drains, and judged by the independent checker."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from include.administrations.names import CHOSEN
from include.demo.airflow_api import ENDED, AirflowApi, AirflowApiError
from include.demo.demo import ENVIRONMENT, sign_in
from include.demo.system import LocalSystem
from include.proof.airflow_arena import ATTENTION, FLOW, UNKNOWNS, Arena, Flight, MissedError
from include.proof.airflow_attacks import Target, strike
from include.proof.airflow_control import careless_drain, settings
from include.proof.airflow_judgement import judged
from include.proof.airflow_orders import BUYERS, CASE, MISSING, ProofOrder, ProofShop
from include.proof.airflow_plan import AirflowPlan, Attack
from include.proof.airflow_report import AirflowReport, Round, Verdict
from include.proof.sandbox_door import SandboxDoor
from include.run import chain_name
from include.store.chain import StoredChain
from include.store.database import Database
from include.store.migrate import upgrade

DAGS = ("mirror_refresh", FLOW, ATTENTION, UNKNOWNS)
DAGS_S, READY_S = 90.0, 240.0
HURRY_S = 4.0
# When all was booked before it could be attacked, more orders come; under other numbers.
TRIES, AGAIN = 3, 300
ON_ITS_WAY = frozenset({"planned", "sending", "unknown"})
SLOW = {"kind": "slow", "method": "POST", "rate": 1.0}
DIVISION_OF_CASES = 820101

Watch = Callable[[str], None]


def run_airflow_proof(plan: AirflowPlan, directory: Path, *, watch: Watch = lambda line: None) -> AirflowReport:
    """Start the local system in an empty folder, attack it round by round, judge; `watch` is told how it goes."""
    report = AirflowReport(plan)
    files = directory / "administrations"
    with LocalSystem(directory, settings={**plan.pace(), CHOSEN: str(files)}) as system:
        system.empty()
        plan.administrations(files)
        started = time.monotonic()
        proof = Proof(_ready(plan, system), report, watch)
        report.ready_s = time.monotonic() - started
        proof.run()
        report.seconds = time.monotonic() - started
    return report


def _ready(plan: AirflowPlan, system: LocalSystem) -> Arena:
    """Everything up and signed in, the mirror filled, the upkeep on, Exact slow."""
    system.start_stores()
    with ThreadPoolExecutor(1) as beside:
        filling = beside.submit(_fill, plan, system)
        system.start_airflow()
        shop = filling.result()
    sign_in(system)
    system.wait_until_healthy()
    arena = Arena(plan, system, AirflowApi(system.airflow_url, *system.credentials), SandboxDoor(system.sandbox_url), shop)
    arena.api.sign_in()
    arena.api.wait_for_dags(set(DAGS), within_s=DAGS_S)
    mirrored = arena.api.trigger("mirror_refresh")
    arena.wait("the mirror", lambda: arena.api.state("mirror_refresh", mirrored) in ENDED, within_s=READY_S)
    for dag_id in DAGS:
        arena.api.unpause(dag_id)
    arena.door.ask("faults", {**SLOW, "seconds": plan.slow_s})
    return arena


def _fill(plan: AirflowPlan, system: LocalSystem) -> ProofShop:
    upgrade(system.postgres.dsn("exactly"), environment=ENVIRONMENT)
    return ProofShop(system.postgres.dsn("webshop"), plan.seed)


@dataclass
class Proof:
    """The rounds, one after another, and the judgement at their end."""

    arena: Arena
    report: AirflowReport
    watch: Watch
    secrets: set[str] = field(default_factory=set)
    _hurried_at: float = 0.0

    def run(self) -> None:
        """Attack, judge; then let the control break the promise, and judge again."""
        self._settle(self._add(0, 1, list(BUYERS)))
        for number, attack in enumerate(self.report.plan.attacks(), 1):
            self.watch(f"round {number} of {self.report.plan.rounds}: {attack.value}")
            done = self._round(number, attack)
            self.report.rounds.append(done)
            self.watch(f"  {done.in_flight} on their way, sent again after {done.resumed_s} s, settled after {done.settled_s} s")
        self.report.verdict = self._judged()
        self.watch("control: a drain that sends without claiming")
        self.report.control = self._control()

    def _round(self, number: int, attack: Attack) -> Round:
        arena = self.arena
        self._remember_tokens()
        arena.system.wait_until_healthy()
        arena.restarts.clear()
        orders, target = self._case(number) if attack is Attack.CASE_TWICE else self._drain(number)
        at, began = datetime.now(UTC), time.monotonic()
        strike(attack, arena, target)
        resumed_s = self._resumed_s(at, target.flights)
        self._settle(orders)
        return Round(attack, at, len(orders), len(target.flights), resumed_s, round(time.monotonic() - began, 1), tuple(arena.restarts))

    def _drain(self, number: int) -> tuple[list[ProofOrder], Target]:
        """New orders for every administration, and a run that is in the middle of sending them in two at least. Raises `MissedError`."""
        for again in range(TRIES):
            orders = self._add(number + AGAIN * again, self.report.plan.orders << again, list(BUYERS))
            run_id = self.arena.trigger()
            flights = self.arena.in_mid_drain(orders, administrations=2)
            if flights:
                return orders, Target(FLOW, run_id, flights)
        raise MissedError(f"nothing was on its way in round {number}")

    def _add(self, number: int, orders: int, administrations: Sequence[str], article: str = "") -> list[ProofOrder]:
        made = self.arena.shop.add(number, orders, administrations, article=article)
        self.arena.orders += made
        return made

    def _case(self, number: int) -> tuple[list[ProofOrder], Target]:
        """Orders of an article that Exact lacks, which are a case; then somebody makes the article and clears it."""
        article = MISSING.format(round=number)
        orders = self._add(number, self.report.plan.orders, ["UK"], article)
        case = CASE.format(article=article)
        self.arena.trigger()
        self.arena.wait("the case", lambda: self._case_state(case) == "failed", within_s=self.report.plan.longest_s)
        item = {"endpoint": "logistics/Items", "division": DIVISION_OF_CASES, "Code": article, "Description": "Proof", "IsSalesItem": True}
        self.arena.door.ask("rows", item)
        self.arena.api.clear(ATTENTION, case)
        return orders, Target(ATTENTION, case, self.arena.in_mid_drain(orders, administrations=1))

    def _case_state(self, case: str) -> str:
        with suppress(AirflowApiError):
            return self.arena.api.state(ATTENTION, case)
        return ""

    def _resumed_s(self, at: datetime, flights: Sequence[Flight]) -> float | None:
        """After how long somebody else sends in each of these administrations; None where whoever was at it finishes by itself."""
        gone = [each.owner for each in flights]
        found: dict[str, datetime] = {}

        def all_resumed() -> bool:
            for name in {each.administration for each in flights} - found.keys():
                moment = self.arena.resumed(name, at, gone)
                found.update({name: moment} if moment else {})
            left = self.arena.states(self.arena.orders)
            if len(found) == len({each.administration for each in flights}) or not any(left.get(state) for state in ON_ITS_WAY):
                return True
            self._go_on()
            return False

        self.arena.wait("somebody who goes on sending", all_resumed, within_s=self.report.plan.longest_s)
        return max(((moment - at).total_seconds() for moment in found.values()), default=None)

    def _settle(self, orders: Sequence[ProofOrder]) -> None:
        """Wait until every order of the round has its fate; a run that is over or gone is followed by another, as by the next hour's."""

        def is_settled() -> bool:
            states = self.arena.states(orders)
            is_done = not any(states.get(state) for state in ON_ITS_WAY) and sum(states.values()) == len(orders)
            if not is_done:
                self._go_on()
            return is_done

        self.arena.wait("the round's orders settled", is_settled, within_s=self.report.plan.longest_s)

    def _go_on(self) -> None:
        self._hurry()
        if not {"queued", "running"} & set(self.arena.api.run_states(FLOW).values()):
            self.arena.trigger()

    def _hurry(self) -> None:
        """In a small proof nobody waits for the next minute: unknown outcomes are looked up at once."""
        if self.report.plan.is_hurried and time.monotonic() - self._hurried_at > HURRY_S:
            self._hurried_at = time.monotonic()
            if self.arena.states(self.arena.orders).keys() & {"sending", "unknown"}:
                with suppress(AirflowApiError):
                    self.arena.api.trigger(UNKNOWNS)

    def _control(self) -> Verdict:
        orders, target = self._drain(self.report.plan.rounds + 1)
        careless_drain(self.arena, target.flights[0].administration, orders)
        self._settle(orders)
        return self._judged()

    def _judged(self) -> Verdict:
        system = self.arena.system
        self._remember_tokens()
        sources = [each.record for each in self.arena.orders]
        folders = [system.logs, system.directory / "airflow" / "logs"]
        return judged(self.arena.dsn, self.arena.door, sources, secrets=self.secrets, folders=folders)

    def _remember_tokens(self) -> None:
        """None of them may be found anywhere later."""
        database = Database(self.arena.dsn)
        try:
            for each in (settings(self.arena, name) for name in BUYERS):
                pair = StoredChain(database, chain_name(each.access.app), each.cipher).read().pair
                self.secrets |= {pair.access_token, pair.refresh_token} if pair else set()
                self.secrets.add(each.access.app.client_secret)
        finally:
            database.close()
