"""Processes of the local system: started with a mark in their environment, so that none can be left behind unseen."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MARK = "EXACTLY_SYSTEM"
TAIL_LINES = 25
POLL_S = 0.1
# What does not live so long would die again and again.
LIVED_S = 15.0


class PartDiedError(Exception):
    """A part of the local system ended by itself; the message shows the end of its log."""


@dataclass
class Part:
    """One process of the system, with its log. `stop_signal` asks it to end; SIGKILL follows when it does not.

    `comes_back`: it is started again when it died, unless it dies at its start.
    """

    name: str
    command: Sequence[str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    comes_back: bool = False
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started: float = field(default=0.0, init=False)

    def start(self, environment: Mapping[str, str], directory: Path) -> None:
        """Start in a session of its own: the terminal's Ctrl-C reaches the supervisor alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._started = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  the supervisor names its own programs
                self.command, env=dict(environment), cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def check(self) -> None:
        """Raise `PartDiedError` when the part is no longer there."""
        if self._process is not None and self._process.poll() is not None:
            raise PartDiedError(f"{self.name} ended with status {self._process.returncode}; the end of {self.log}:\n{self.tail()}")

    def mend(self, environment: Mapping[str, str], directory: Path) -> bool:
        """Start it again when it died in the middle of its work, and tell so; what it left running ends first.

        Raises `PartDiedError` for one that is not to come back, or that would only die again.
        """
        if self._process is None or self.running:
            return False
        if not self.comes_back or time.monotonic() - self._started < LIVED_S:
            self.check()
        end_session(self._process.pid)
        self.start(environment, directory)
        return True

    @property
    def pid(self) -> int:
        """Raises `PartDiedError` when it runs no more."""
        self.check()
        return self._process.pid if self._process else 0

    def finish(self, timeout_s: float) -> None:
        """Wait for a part that ends by itself; any status but 0 is a `PartDiedError`."""
        if self._process is not None and self._process.wait(timeout_s):
            self.check()

    def ask_to_stop(self) -> None:
        if self._process is not None and self.running:
            self._process.send_signal(self.stop_signal)

    def stopped_by(self, deadline: float) -> bool:
        """Wait until the monotonic moment `deadline` for the part's end."""
        if self._process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        return not self.running

    def tail(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def stop_all(parts: Iterable[Part], *, within_s: float) -> None:
    """Ask all at once, and again half-way: Airflow's parts wait for their work at the first time, and stop at the second."""
    left = list(parts)
    for _ in range(2):
        for part in left:
            part.ask_to_stop()
        deadline = time.monotonic() + within_s / 2
        left = [part for part in left if not part.stopped_by(deadline)]


def marked(mark: str) -> list[psutil.Process]:
    """Every other process that was started with this mark, however it was forked since."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                found.append(process)
    return found


def sweep(mark: str, *, within_s: float = 3.0) -> int:
    """End what is left with this mark, gently and then for good; says how many there were."""
    left = marked(mark)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=within_s)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=1)
    return len(left)


def session(leader: int) -> list[psutil.Process]:
    """Every process of the session that this one began, however its parents ended."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == leader:
                found.append(process)
    return found


def end_session(leader: int) -> None:
    """End at once what is left of a session."""
    left = session(leader)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=1)


def memory_bytes(mark: str) -> int:
    """What this process, those below it and the marked ones take together, shared pages counted once (PSS)."""
    me = psutil.Process()
    return sum(_pss_bytes(process.pid) for process in {me, *me.children(recursive=True), *marked(mark)})


def _pss_bytes(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


@dataclass(frozen=True)
class Port:
    """A free port of the loopback interface, claimed until `release`: who starts later does not take it before its server listens."""

    number: int
    _claim: socket.socket

    def release(self) -> None:
        self._claim.close()


def claim_port(wanted: int) -> Port:
    """Claim the wanted port, or another one when it is taken."""
    for number in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", number))
            free = int(probe.getsockname()[1])
            claim = socket.socket(socket.AF_UNIX)
            # A name without a file, which goes with the process.
            claim.bind(f"\0exactly-port-{free}")
            return Port(free, claim)
    raise OSError("no free port on 127.0.0.1")
