"""What a fleet run stands on, beside PostgreSQL: the sandbox as a process that may be restarted, and an address at which nobody listens."""

from __future__ import annotations

import select
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from include.proof.fleet_plan import FleetPlan

ROOT = Path(__file__).resolve().parents[2]
READY_S = 30.0


@dataclass
class SandboxProcess:
    """The sandbox, on a file when it has to survive its own death. `url` stays the same when it comes back."""

    plan: FleetPlan
    state: str = ":memory:"
    options: Sequence[str] = ()
    url: str = ""
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it and wait until it listens."""
        port = urlsplit(self.url).port or 0
        books = ["--seed", "demo", "--seed", str(self.plan.seed), "--auto-consent", "--state", self.state]
        limits = [
            "--minutely-limit",
            str(self.plan.minutely),
            "--daily-limit",
            str(self.plan.daily),
            "--time-scale",
            str(self.plan.time_scale),
        ]
        command = [sys.executable, "-m", "include.sandbox", "--port", str(port), *books, *limits, *self.options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603  our own sandbox
        self._process = process
        output = process.stdout
        ready = select.select([output], [], [], READY_S)[0] if output is not None else []
        line = output.readline() if ready and output is not None else ""
        if " on " not in line:
            self.stop()
            raise RuntimeError("the sandbox did not start")
        self.url = line.split(" on ")[1].split()[0]

    def restart(self) -> None:
        """End it at once, in the middle of whatever it does, and start it again on its books."""
        self.stop()
        self.start()

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None


@contextmanager
def sandbox(plan: FleetPlan, directory: Path, *options: str) -> Iterator[SandboxProcess]:
    """A sandbox for as long as it is needed; its books are in `directory` when it is to be restarted. `options`: more of its own."""
    process = SandboxProcess(plan, state=str(directory / "sandbox.sqlite") if plan.sandbox_restarts else ":memory:", options=options)
    try:
        process.start()
        yield process
    finally:
        process.stop()


@contextmanager
def dead_port() -> Iterator[str]:
    """An address that is taken, but at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
