"""Where the proof with Airflow happens: what is on its way at this moment, who carries it, and all that may be asked or done."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psutil
import psycopg
from psycopg.rows import dict_row

from include.demo.airflow_api import AirflowApi, AirflowAwayError
from include.demo.processes import session
from include.demo.system import LocalSystem
from include.proof.airflow_orders import ProofOrder, ProofShop
from include.proof.airflow_plan import AirflowPlan
from include.proof.sandbox_door import SandboxDoor

FLOW, ATTENTION, UNKNOWNS = "orders_to_invoices", "attention", "unknown_outcomes"
POLL_S = 0.1
DRAIN_S = 240.0
# Exact has a POST that left so long ago (a share of the time that it thinks), and will think about it for a moment more.
YOUNG = (0.05, 0.7)
STATES = """
select administration, source_id as number, state, owner, sent_at from mutation
where effect = 'sale' and source_id = any(%(numbers)s)
"""
CLAIMS_SINCE = """
select min(e.at) from mutation_event e join mutation m using (mutation_id)
where e.after = 'sending' and e.at > %(at)s and m.administration = %(administration)s and e.actor <> all(%(gone)s)
"""


class MissedError(Exception):
    """The attack found nothing on its way: the round would prove nothing."""


@dataclass(frozen=True)
class Flight:
    """An order on its way: who carries it; `owner` is the worker's name in the outbox, which ends in its process."""

    number: str
    administration: str
    owner: str

    @property
    def pid(self) -> int:
        return int(self.owner.split(":")[1])


@dataclass
class Arena:
    """The system under test, and what the supervisor of the proof sees of it. `restarts`: parts that had to be started again."""

    plan: AirflowPlan
    system: LocalSystem
    api: AirflowApi
    door: SandboxDoor
    shop: ProofShop
    restarts: list[str] = field(default_factory=list)
    orders: list[ProofOrder] = field(default_factory=list)
    _answered_to: int = 0

    @property
    def dsn(self) -> str:
        return self.system.postgres.dsn("exactly")

    def rest(self) -> None:
        """Let a moment pass; whatever died of Airflow is started again meanwhile, as the supervisor of any installation does."""
        self.restarts += self.system.check()
        time.sleep(POLL_S)

    def wait(self, what: str, is_so: Callable[[], bool], *, within_s: float) -> None:
        """Wait for something. Raises `TimeoutError`."""
        deadline = time.monotonic() + within_s
        while not self._holds(is_so):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {within_s:.0f} s: {what}")
            self.rest()

    def _holds(self, is_so: Callable[[], bool]) -> bool:
        with contextlib.suppress(AirflowAwayError):
            return is_so()
        return False

    def trigger(self) -> str:
        """Start a run of the flow over the window of all orders that there are, by hand."""
        until = datetime.now(UTC)
        return self.api.trigger(FLOW, since=self.shop.begin.isoformat(), until=until.isoformat())

    def rows(self, orders: Iterable[ProofOrder]) -> list[dict[str, Any]]:
        """What the outbox has of these orders."""
        return self.query(STATES, {"numbers": [each.number for each in orders]})

    def states(self, orders: Iterable[ProofOrder]) -> dict[str, int]:
        """How many of these orders are in which state."""
        found: dict[str, int] = {}
        for row in self.rows(orders):
            found[row["state"]] = found.get(row["state"], 0) + 1
        return found

    def query(self, text: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        """Ask the outbox's database."""
        with psycopg.connect(self.dsn, row_factory=dict_row) as connection:
            return connection.execute(text, values).fetchall()

    def flights(self, orders: Sequence[ProofOrder]) -> list[Flight]:
        """Orders whose POST Exact has and did not answer yet, and will not for a moment."""
        now, rows = datetime.now(UTC), [row for row in self.rows(orders) if row["state"] == "sending"]
        sent = {row["number"]: (now - row["sent_at"]).total_seconds() for row in rows}
        young = {number for number, seconds in sent.items() if YOUNG[0] < seconds / self.plan.slow_s < YOUNG[1]}
        if not young or self.unanswered() < len(young):
            return []
        return [Flight(row["number"], row["administration"], row["owner"]) for row in rows if row["number"] in young]

    def unanswered(self) -> int:
        """How many documents Exact is thinking about; a call whose caller is gone is never answered, and counts no more."""
        calls = self.door.ask(f"calls?after={self._answered_to}&limit=5000")["calls"]
        recent_ms = (time.time() - self.plan.slow_s) * 1000
        thinking = [each for each in calls if each["answered_ms"] is None and each["received_ms"] > recent_ms]
        self._answered_to = min([each["seq"] - 1 for each in thinking] or [each["seq"] for each in calls[-1:]] or [self._answered_to])
        return sum(each["method"] == "POST" and "/sales" in each["path"] for each in thinking)

    def in_mid_drain(self, orders: Sequence[ProofOrder], *, administrations: int) -> list[Flight]:
        """Wait until so many administrations are in the middle of their orders: one is on its way to Exact, others wait their turn.

        Empty when all of them were booked before that.
        """
        found: list[Flight] = []

        def they_fly() -> bool:
            found[:] = self.flights(orders)
            states = self.states(orders)
            is_over = states.get("posted", 0) == len(orders)
            return is_over or (states.get("planned", 0) > 0 and len({each.administration for each in found}) >= administrations)

        self.wait("orders on their way", they_fly, within_s=DRAIN_S)
        return found

    def resumed(self, administration: str, since: datetime, gone: Sequence[str]) -> datetime | None:
        """When somebody else began to send, after the attack; None as long as nobody did."""
        values = {"at": since, "administration": administration, "gone": list(gone)}
        found: datetime | None = self.query(CLAIMS_SINCE, values)[0]["min"]
        return found

    def kill_part(self, name: str, *, with_all: bool) -> None:
        """End a part of Airflow at once; `with_all`: every process of its session with it, tasks included."""
        leader = self.system.part(name).pid
        for process in session(leader) if with_all else [psutil.Process(leader)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
