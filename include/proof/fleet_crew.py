"""The processes of a fleet: employed, killed, frozen, thawed and replaced."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from include.proof import fleet_worker
from include.proof.fleet_plan import BUYERS, FleetPlan, Place
from include.proof.fleet_troubles import Kind, Struck

UPKEEP_SHARE = 0.15


@dataclass
class Hand:
    """One process, what it does and for whom; `frozen_until`: when it is thawed."""

    process: Any
    role: Callable[..., None]
    name: str
    frozen_until: datetime | None = None


class Crew:
    """All processes of a fleet."""

    def __init__(self, plan: FleetPlan, place: Place, logs: Path) -> None:
        self._plan, self._place, self._logs = plan, place, logs
        self._random = random.Random(f"{plan.seed} crew")
        self._nursery = multiprocessing.get_context("forkserver")
        # With the program's own main module: every fork would import it anew.
        self._nursery.set_forkserver_preload(["__main__", fleet_worker.__name__])
        self._hands: list[Hand] = []
        self.struck: list[Struck] = []
        self.crashes = 0

    def employ_all(self) -> None:
        for name in BUYERS:
            for role in [fleet_worker.drain] * self._plan.workers + [fleet_worker.look_after_unknowns]:
                self._employ(role, name)

    def _employ(self, role: Callable[..., None], name: str) -> None:
        process = self._nursery.Process(target=role, args=(self._plan, self._place, name, self._logs), daemon=True)
        process.start()
        self._hands.append(Hand(process, role, name))

    def kill_one(self) -> None:
        """SIGKILL, wherever the process is; a frozen one too."""
        victim = self._victim(self._hands)
        os.kill(victim.process.pid, signal.SIGKILL)
        self._note(Kind.KILL, victim, 0.0)
        victim.process.join()

    def freeze_one(self, seconds: float) -> None:
        """SIGSTOP: the process notices nothing, and goes on as if no time had passed."""
        awake = [hand for hand in self._hands if hand.frozen_until is None]
        if awake:
            victim = self._victim(awake)
            os.kill(victim.process.pid, signal.SIGSTOP)
            victim.frozen_until = self._note(Kind.FREEZE, victim, seconds).until

    def _victim(self, among: list[Hand]) -> Hand:
        wanted = fleet_worker.look_after_unknowns if self._random.random() < UPKEEP_SHARE else fleet_worker.drain
        return self._random.choice([hand for hand in among if hand.role is wanted] or among)

    def _note(self, kind: Kind, victim: Hand, seconds: float) -> Struck:
        now = datetime.now(UTC)
        struck = Struck(kind, now, now + timedelta(seconds=seconds), victim.process.pid, victim.role.__name__)
        self.struck.append(struck)
        return struck

    def thaw_due(self) -> bool:
        """SIGCONT for whom it is time; tells whether somebody is still frozen."""
        for hand in self._hands:
            if hand.frozen_until is not None and hand.frozen_until <= datetime.now(UTC):
                hand.frozen_until = None
                if hand.process.is_alive():
                    os.kill(hand.process.pid, signal.SIGCONT)
        return any(hand.frozen_until for hand in self._hands)

    def replace_the_dead(self) -> None:
        for hand in [hand for hand in self._hands if not hand.process.is_alive()]:
            self.crashes += hand.process.exitcode != -signal.SIGKILL
            self._hands.remove(hand)
            self._employ(hand.role, hand.name)

    def stop(self) -> None:
        for hand in self._hands:
            hand.process.kill()
            hand.process.join()
        self._hands.clear()
