"""Exactly on one machine: PostgreSQL, the sandbox and Airflow's four parts, each a process, watched and stopped together."""

from __future__ import annotations

import fcntl
import json
import shutil
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from include.demo.airflow import USER, airflow_environment, airflow_parts, plain_environment, secrets_of
from include.demo.postgres import Postgres, stop_postmaster
from include.demo.processes import MARK, POLL_S, Part, PartDiedError, Port, claim_port, memory_bytes, python, stop_all, sweep

PROJECT = Path(__file__).parents[2]
DATABASES = ["airflow", "exactly", "webshop"]
WANTED_AIRFLOW_PORT = 8080
WANTED_SANDBOX_PORT = 8123
HEALTHY_S = 120.0
STOP_S = 6.0
# Airflow's own judgement of its parts, and the word it has for a good one.
_HEALTH = ("metadatabase", "scheduler", "dag_processor", "triggerer")


class AlreadyRunningError(Exception):
    """Two supervisors in one folder would stop each other's processes."""


@dataclass(frozen=True)
class SandboxLimits:
    """What the sandbox allows; the headers of its answers say the same."""

    minutely: int = 1200
    daily: int = 100_000


@dataclass
class LocalSystem:
    """The system below `directory`. Use it in a `with` block: its end stops everything, whatever ended it.

    `settings`: what the environment of its processes says otherwise than the demo's.
    """

    directory: Path
    limits: SandboxLimits = SandboxLimits()
    settings: Mapping[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.directory = self.directory.absolute()
        self.logs = self.directory / "logs"
        self.mark = str(self.directory)
        self.airflow_port, self.sandbox_port = WANTED_AIRFLOW_PORT, WANTED_SANDBOX_PORT
        self.postgres = Postgres(self.directory / "postgres", self.logs)
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._ports: tuple[Port, ...] = ()

    @property
    def airflow_url(self) -> str:
        return f"http://127.0.0.1:{self.airflow_port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def credentials(self) -> tuple[str, str]:
        """User and password of Airflow's pages."""
        return USER, secrets_of(self.directory).password

    def __enter__(self) -> LocalSystem:
        """Take the folder for this process alone, clear away what an earlier one left running, find free ports."""
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        self._lock = self.directory.with_name(f".{self.directory.name}.lock").open("w", encoding="ascii")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(f"another local system runs in {self.directory}: stop that one first") from error
        sweep(self.mark)
        stop_postmaster(self.postgres.data)
        self._ports = (claim_port(WANTED_AIRFLOW_PORT), claim_port(WANTED_SANDBOX_PORT))
        self.airflow_port, self.sandbox_port = (port.number for port in self._ports)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def empty(self) -> None:
        """Remove everything that an earlier run left in the folder."""
        if self.directory.exists():
            shutil.rmtree(self.directory)

    def start_stores(self) -> None:
        """Start PostgreSQL, with its databases, and the sandbox."""
        self.directory.mkdir(parents=True, exist_ok=True)
        bare = {**plain_environment(), "PYTHONPATH": str(PROJECT)}
        self._watchdog = subprocess.Popen(  # noqa: S603  our own program
            python("-m", "include.demo.watchdog", self.mark, str(self.postgres.data)),
            env=bare,
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._start(self._sandbox())
        self.postgres.start(bare, DATABASES)
        self.parts.append(self.postgres.part)

    def start_airflow(self) -> None:
        """Bring Airflow's tables up to date, put `airflow_settings.yaml` into them, start its parts."""
        settings = Part("airflow-settings", python("-m", "include.wiring.airflow_settings"), self.logs / "airflow-settings.log")
        settings.start(self.environment(), PROJECT)
        settings.finish(HEALTHY_S)
        for part in airflow_parts(self.logs):
            self._start(part)

    def part(self, name: str) -> Part:
        """The part of that name."""
        return next(part for part in self.parts if part.name == name)

    def wait_until_healthy(self) -> None:
        """Wait until the sandbox and every part of Airflow answer; raises when one of them dies or is not there in time."""
        deadline = time.monotonic() + HEALTHY_S
        while missing := self._missing():
            self.check()
            if time.monotonic() > deadline:
                raise PartDiedError(f"not healthy after {HEALTHY_S:.0f} s: {', '.join(missing)}; logs: {self.logs}")
            time.sleep(2 * POLL_S)

    def check(self) -> list[str]:
        """Start again what died of Airflow, and name it; raise when a part died that cannot come back."""
        return [part.name for part in self.parts if part.mend(self.environment(), PROJECT)]

    def memory_bytes(self) -> int:
        """What all processes of the system take together (PSS)."""
        return memory_bytes(self.mark)

    def stop(self) -> None:
        """Stop everything, PostgreSQL last, so that the others can write what they know. A second Ctrl-C does not cut it short."""
        _deaf_to_interrupts()
        others = [part for part in self.parts if part.name != "postgres"]
        stop_all(others, within_s=STOP_S)
        sweep(self.mark)
        self.postgres.stop()
        if self._watchdog is not None and self._watchdog.stdin is not None:
            self._watchdog.stdin.close()
            self._watchdog.wait(STOP_S)
        for port in self._ports:
            port.release()

    def _start(self, part: Part) -> None:
        part.start(self.environment(), PROJECT)
        self.parts.append(part)

    def environment(self) -> dict[str, str]:
        """What every process of the system is told: where Airflow, its databases and the sandbox are."""
        airflow = airflow_environment(self.directory, PROJECT, self.postgres, self.airflow_port)
        ours = {"EXACTLY_SANDBOX_PORT": str(self.sandbox_port), "EXACTLY_POSTGRES_HOST": str(self.postgres.socket_directory)}
        ours["EXACTLY_AIRFLOW_URL"] = self.airflow_url
        ours["EXACTLY_DATA_DOCS"] = str(self.directory / "data_docs")
        # Without the last one a process that renames itself would lose the mark.
        return {**airflow, **ours, **self.settings, MARK: self.mark, "SPT_NOENV": "1"}

    def _sandbox(self) -> Part:
        options = {
            "--port": self.sandbox_port,
            "--minutely-limit": self.limits.minutely,
            "--daily-limit": self.limits.daily,
            "--seed": "demo",
            "--state": self.directory / "sandbox.sqlite",
            # The console's page of connections gets its codes there.
            "--redirect-uri": f"{self.airflow_url}/exactly/connections/callback",
        }
        words = [str(word) for pair in options.items() for word in pair]
        return Part("sandbox", python("-m", "include.sandbox", *words, "--auto-consent"), self.logs / "sandbox.log")

    def _missing(self) -> list[str]:
        missing = [] if _answer(f"{self.sandbox_url}/control/health") is not None else ["sandbox"]
        health = _answer(f"{self.airflow_url}/api/v2/monitor/health")
        if health is None:
            return [*missing, "api-server"]
        return [*missing, *(name for name in _HEALTH if health.get(name, {}).get("status") != "healthy")]


def _deaf_to_interrupts() -> None:
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _answer(url: str) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  loopback only
            found: dict[str, Any] = json.load(answer)
            return found
    except (OSError, ValueError):
        return None
