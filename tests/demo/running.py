"""A demo that stays up: started as `make demo` starts it, ended as Ctrl-C ends it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from include.demo.airflow_api import ENDED, AirflowApi
from include.demo.postgres import Postgres
from tests.sandbox.driver import Door

PROJECT = Path(__file__).parents[2]
UP_S, STOP_S, SOON_S = 400, 60, 120
STAYS_UP = "Ctrl-C stops everything."


class RunningDemo:
    """`summary` is what it wrote, `printed` what it has said so far; addresses are those that it printed."""

    def __init__(self, directory: Path, **switches: str) -> None:
        self.directory = directory
        self._said = directory.with_name(f"{directory.name}.out")
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), **switches}
        command = [sys.executable, "-m", "include.demo", str(directory)]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=said, stderr=said, start_new_session=True)
        wait_for(lambda: STAYS_UP in self.printed or self._process.poll() is not None, within_s=UP_S)
        assert self._process.poll() is None, self.printed
        self.summary: dict[str, Any] = json.loads((directory / "summary.json").read_text())
        self.airflow_url, sandbox_url = re.findall(r"^(?:Airflow|Sandbox)   (http://\S+)", self.printed, re.MULTILINE)
        self.sandbox = Door(sandbox_url)
        self.password = json.loads((directory / "secrets.json").read_text())["password"]
        self.airflow = AirflowApi(self.airflow_url, "admin", self.password)
        self.airflow.sign_in()

    @property
    def printed(self) -> str:
        return self._said.read_text(encoding="utf-8", errors="replace")

    @property
    def pictures(self) -> Path:
        """Where the tests of this demo leave what they saw."""
        folder = self.directory.with_name("pictures")
        folder.mkdir(exist_ok=True)
        return folder

    def dsn(self, database: str) -> str:
        return Postgres(self.directory / "postgres", self.directory / "logs").dsn(database)

    def asked(self, database: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of one of its databases, none for what only changes."""
        with psycopg.connect(self.dsn(database)) as connection:
            done = connection.execute(statement, values)
            return done.fetchall() if done.description else []

    def runs_to_its_end(self, dag_id: str, **conf: object) -> str:
        """Trigger a Dag, wait until its run and all cases have ended; the run's state."""
        run_id = self.airflow.trigger(dag_id, **conf)
        wait_for(lambda: self.airflow.state(dag_id, run_id) in ENDED and ENDED.issuperset(self.squares.values()), within_s=SOON_S)
        return self.airflow.state(dag_id, run_id)

    @property
    def squares(self) -> dict[str, str]:
        """The cases in Airflow, each with the state of its run."""
        return self.airflow.run_states("attention")

    def stop(self) -> int:
        """Ctrl-C; the exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        return self._process.wait(STOP_S)


def wait_for(condition: Any, *, within_s: float) -> None:
    give_up = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < give_up, f"not so within {within_s} s"
        time.sleep(0.5)
