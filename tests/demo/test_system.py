"""The local system ends with its supervisor, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from include.demo.processes import marked, sweep
from include.demo.system import AlreadyRunningError, LocalSystem

PROJECT = Path(__file__).parents[2]
GONE_S = 20
# PostgreSQL and the sandbox stand for all parts: they are started and stopped alike, in a fraction of the time.
SUPERVISOR = """
import signal, sys, time
from pathlib import Path
from include.demo.system import LocalSystem
# Whoever runs the tests in the background may have Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
with LocalSystem(Path(sys.argv[1])) as system:
    system.start_stores()
    print("up", flush=True)
    time.sleep(120)
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "system")]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(PROJECT)})
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    yield process
    process.kill()
    process.wait()
    sweep(str(tmp_path / "system"))


def left_of(directory: Path) -> list[str]:
    """Every process whose command line or mark names the folder."""
    found = {process.pid: process for process in marked(str(directory))}
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if process.pid != os.getpid() and any(word.startswith(str(directory)) for word in words) and SUPERVISOR not in words:
            found[process.pid] = process
    return [process.name() for process in found.values() if process.is_running()]


def test_a_supervisor_that_is_killed_leaves_no_process(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    directory = tmp_path / "system"
    assert len(left_of(directory)) >= 3

    supervisor.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + GONE_S
    while left_of(directory) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left_of(directory) == []


def test_ctrl_c_stops_all_of_it(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    supervisor.send_signal(signal.SIGINT)
    supervisor.wait(GONE_S)

    assert left_of(tmp_path / "system") == []


def test_a_second_system_in_the_same_folder_is_refused(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(AlreadyRunningError), LocalSystem(tmp_path / "system"):
        pass

    assert supervisor.poll() is None
    assert len(left_of(tmp_path / "system")) >= 3


def test_what_a_killed_supervisor_and_watchdog_left_is_cleared_away_by_the_next(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    directory = tmp_path / "system"
    watchdog = next(child for child in psutil.Process(supervisor.pid).children() if "include.demo.watchdog" in child.cmdline())
    watchdog.kill()
    supervisor.kill()
    supervisor.wait()
    assert len(left_of(directory)) >= 2

    with LocalSystem(directory):
        assert left_of(directory) == []
