"""What the proof with Airflow itself is given: how many rounds, what befalls each, how slow Exact is, how patient Airflow is."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from include.administrations import names
from include.administrations.names import administration_files

INSTALLED = Path(names.__file__).parent
# Exact thinks for a second or two here; the shortest that a file may say.
QUARANTINE_S = 60


class Attack(StrEnum):
    """What befalls Airflow, or what a person does to it, while orders are on their way to Exact."""

    SCHEDULER = "scheduler killed"
    SCHEDULER_GROUP = "scheduler killed with its workers and tasks"
    API_SERVER = "api-server killed"
    TASK = "task killed"
    WORKER = "worker killed, its task goes on"
    ALL = "every part of Airflow killed"
    SECOND_PROCESS = "same drain in a second process"
    CLEAR_RUNNING = "running tasks cleared"
    CLEAR_DONE = "successful run cleared"
    MARK_TASK = "running tasks marked success"
    MARK_RUN = "running run marked success"
    DELETE_RUN = "running run deleted"
    BACKFILL = "backfill over the same window"
    CASE_TWICE = "case cleared twice at once"


# What kills: who was in the middle of a POST is gone, and its work must go on elsewhere.
KILLS = frozenset({Attack.SCHEDULER, Attack.SCHEDULER_GROUP, Attack.TASK, Attack.WORKER, Attack.ALL})


@dataclass(frozen=True)
class AirflowPlan:
    """Rounds of new orders for every administration; in the middle of sending them comes one attack.

    `slow_s`: how long Exact thinks about each POST · `given_up_s`: after how many seconds without a heartbeat Airflow takes a task for
    dead, or a scheduler · `only`: these attacks in this order instead of all in an order of the seed ·
    `longest_s`: how long a round may take to settle · `is_hurried`: unknown outcomes are looked up at once, not with the next minute.
    """

    seed: int = 7
    rounds: int = len(Attack)
    orders: int = 8
    slow_s: float = 1.0
    given_up_s: int = 30
    longest_s: float = 1_200.0
    only: tuple[Attack, ...] = ()
    is_hurried: bool = False

    def attacks(self) -> list[Attack]:
        """One per round: each kind comes before any comes again, in an order that the seed draws."""
        if self.only:
            return [self.only[number % len(self.only)] for number in range(self.rounds)]
        dice, chosen = random.Random(self.seed), list[Attack]()
        while len(chosen) < self.rounds:
            chosen += dice.sample(list(Attack), len(Attack))
        return chosen[: self.rounds]

    def administrations(self, folder: Path) -> None:
        """Write the companies' files into a folder: those of the demo, but for the time after which Exact books no more."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in administration_files(INSTALLED):
            lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("quarantine_s:")]
            (folder / file.name).write_text("\n".join([*lines, f"quarantine_s: {QUARANTINE_S}", ""]), encoding="utf-8")

    def pace(self) -> dict[str, str]:
        """Airflow's settings that differ from those of the demo."""
        given_up = ("TASK_INSTANCE_HEARTBEAT_TIMEOUT", "SCHEDULER_HEALTH_CHECK_THRESHOLD")
        names = {**dict.fromkeys(given_up, self.given_up_s), "TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": 2}
        return {f"AIRFLOW__SCHEDULER__{name}": str(value) for name, value in names.items()}
