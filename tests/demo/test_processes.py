"""Processes of the local system: told when they die, found wherever they hide, gone when asked to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from include.demo import processes
from include.demo.processes import MARK, Part, PartDiedError, claim_port, marked, memory_bytes, python, stop_all, sweep

ENVIRONMENT = {"PATH": os.environ["PATH"], "SPT_NOENV": "1"}
SLEEP = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
# A child in a session of its own, whose parent is gone and which calls itself something else.
HIDDEN = f"""
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import setproctitle
        setproctitle.setproctitle("somebody else")
        {SLEEP}
    os._exit(0)
os.wait()
"""


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    yield str(tmp_path)
    sweep(str(tmp_path), within_s=0.1)


def started(code: str, tmp_path: Path, mark: str) -> Part:
    part = Part("part", python("-c", code), tmp_path / "part.log")
    part.start({**ENVIRONMENT, MARK: mark}, tmp_path)
    return part


def wait_for(count: int, mark: str) -> list[psutil.Process]:
    deadline = time.monotonic() + 10
    while len(found := marked(mark)) != count and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_a_part_that_dies_is_told_with_the_end_of_its_log(tmp_path: Path, mark: str) -> None:
    part = started("print('line of the log', flush=True); raise SystemExit(3)", tmp_path, mark)
    wait_for(0, mark)
    time.sleep(0.2)

    with pytest.raises(PartDiedError, match=r"(?s)part ended with status 3.*line of the log"):
        part.check()


def test_a_part_that_ends_well_by_itself_is_no_fault(tmp_path: Path, mark: str) -> None:
    part = started("pass", tmp_path, mark)

    part.finish(10)


def test_a_process_is_found_by_its_mark_however_it_was_forked_and_renamed(tmp_path: Path, mark: str) -> None:
    started(HIDDEN, tmp_path, mark).finish(10)

    hidden = wait_for(1, mark)

    assert len(hidden) == 1
    assert sweep(mark) == 1
    assert not hidden[0].is_running()


def test_another_system_s_processes_are_left_alone(tmp_path: Path, mark: str) -> None:
    started(SLEEP, tmp_path, mark)
    wait_for(1, mark)

    assert sweep(f"{mark}-other") == 0
    assert len(marked(mark)) == 1


def test_what_does_not_end_when_asked_is_ended(tmp_path: Path, mark: str) -> None:
    part = started(STUBBORN, tmp_path, mark)
    wait_for(1, mark)
    time.sleep(0.3)

    stop_all([part], within_s=0.4)
    assert part.running

    sweep(mark, within_s=0.2)
    assert wait_for(0, mark) == []


def test_memory_is_counted_over_all_processes(tmp_path: Path, mark: str) -> None:
    alone = memory_bytes(mark)
    started(f"held = bytearray(80_000_000); {SLEEP}", tmp_path, mark)
    deadline = time.monotonic() + 10

    while memory_bytes(mark) < alone + 80_000_000 and time.monotonic() < deadline:
        time.sleep(0.1)

    assert 80_000_000 < memory_bytes(mark) - alone < 160_000_000


def test_a_taken_port_is_replaced_by_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        port = claim_port(wanted)

    assert port.number not in (0, wanted)
    port.release()


def test_a_claimed_port_is_nobody_else_s_although_nothing_listens_yet() -> None:
    first = claim_port(0)
    second = claim_port(first.number)

    assert first.number != second.number
    first.release()
    third = claim_port(first.number)
    assert third.number == first.number
    for port in (second, third):
        port.release()


def test_a_claim_goes_with_its_process(tmp_path: Path) -> None:
    code = (
        "import time; from include.demo.processes import claim_port; port = claim_port(0); print(port.number, flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert holder.stdout is not None
    number = int(holder.stdout.readline())
    other = claim_port(number)
    assert other.number != number

    holder.send_signal(signal.SIGKILL)
    holder.wait()

    again = claim_port(number)
    assert again.number == number
    other.release()
    again.release()


def test_what_died_in_the_middle_of_its_work_is_started_again_and_what_it_left_running_ends(
    tmp_path: Path, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LIVED_S", 0.0)
    left = f"import os, subprocess, sys; subprocess.Popen([sys.executable, '-c', '{SLEEP}'], preexec_fn=os.setpgrp); {SLEEP}"
    part = Part("part", python("-c", left), tmp_path / "part.log", comes_back=True)
    part.start({**ENVIRONMENT, MARK: mark}, tmp_path)
    first = {process.pid for process in wait_for(2, mark)}
    assert not part.mend({**ENVIRONMENT, MARK: mark}, tmp_path)

    os.kill(part.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while part.running and time.monotonic() < deadline:
        time.sleep(0.05)

    assert part.mend({**ENVIRONMENT, MARK: mark}, tmp_path)
    assert part.running
    assert {process.pid for process in wait_for(2, mark)}.isdisjoint(first)


def test_what_dies_at_its_start_is_told_and_not_started_again(tmp_path: Path, mark: str) -> None:
    part = Part("part", python("-c", "raise SystemExit(3)"), tmp_path / "part.log", comes_back=True)
    part.start({**ENVIRONMENT, MARK: mark}, tmp_path)
    wait_for(0, mark)
    time.sleep(0.2)

    with pytest.raises(PartDiedError, match="status 3"):
        part.mend({**ENVIRONMENT, MARK: mark}, tmp_path)
