"""The Airflow in which each client's task runs: a folder, an SQLite database, and a process per trial. Only wiring knows Airflow itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from include.demo.airflow import plain_environment
from include.demo.processes import python

ROOT = Path(__file__).resolve().parents[2]
# Airflow looks for the Dag in a folder of its own.
DAG_FILE = "from include.wiring.trial import trial_dag\n\ndag = trial_dag()\n"
MIGRATE_S = 300.0
LONGEST_S = 5_400.0
TAIL = 2_000


class TrialFailedError(Exception):
    """Airflow itself ended badly; the message is the end of what it said."""


@dataclass(frozen=True)
class Work:
    """What Airflow is to run: see `include.wiring.trial.Trial`, which this is for."""

    work: str
    left: str
    told: str
    retries: int
    retry_delay_s: float
    every_s: float
    runs_max: int
    settles_s: float


@dataclass(frozen=True)
class Tried:
    """What Airflow did: Dag runs, starts of the task, the state of the last run, and how many records were left."""

    runs: int
    task_starts: int
    state: str
    left: int


class TrialAirflow:
    """An Airflow in `directory`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        dags = directory / "dags"
        dags.mkdir(parents=True)
        (dags / "trial.py").write_text(DAG_FILE, encoding="utf-8")
        settings = {
            "CORE__DAGS_FOLDER": str(dags),
            "CORE__LOAD_EXAMPLES": "False",
            "CORE__DAG_DISCOVERY_SAFE_MODE": "False",
            "CORE__HOSTNAME_CALLABLE": "include.demo.airflow.loopback",
            "LOGGING__BASE_LOG_FOLDER": str(directory / "logs"),
        }
        named = {f"AIRFLOW__{name}": value for name, value in settings.items()}
        self._environment = {**plain_environment(), "AIRFLOW_HOME": str(directory), "PYTHONPATH": str(ROOT), **named}

    def migrate(self) -> None:
        """Make its tables."""
        self._do(python("-m", "airflow", "db", "migrate"), {}, MIGRATE_S)

    def run(self, work: Work, more: Mapping[str, str]) -> Tried:
        """Run a trial to its end; `more`: what its environment has besides. Raises `TrialFailedError`."""
        file = self._directory / "trial.json"
        file.write_text(json.dumps(asdict(work)), encoding="utf-8")
        answer = self._directory / "answer.json"
        self._do(python("-m", "include.wiring.trial", str(file), str(answer)), more, LONGEST_S)
        told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        answer.unlink()
        return Tried(**told)

    def _do(self, command: list[str], more: Mapping[str, str], longest_s: float) -> None:
        file, environment = self._directory / "airflow.log", {**self._environment, **more}
        with file.open("ab") as log:
            done = subprocess.run(command, env=environment, cwd=ROOT, stdout=log, stderr=log, timeout=longest_s, check=False)  # noqa: S603  our own
        if done.returncode:
            raise TrialFailedError(file.read_text(encoding="utf-8", errors="replace")[-TAIL:])
