"""Permits under many processes: no sliding window holds more calls than the limit, and nothing is lost with a dead one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from include.errors import RetryableError
from include.outbox.ports import Limits, Purpose, Receipt
from include.outbox.times import Times
from include.proof.judge import calls_per_window
from include.store.database import Database
from include.store.permits import PermitGate

LIMIT = 40
TIMES = Times().scaled(60)  # a minute is a second
ENDPOINTS = [f"e{number}" for number in range(8)]
PROCESSES = 16


def _gate(dsn: str, owner: str) -> PermitGate:
    return PermitGate(Database(dsn), app="app", division=1, owner=owner, times=TIMES)


def _call_until(dsn: str, log: Path, until: float) -> None:
    """Take permits and note the moment of each call, as Exact would see it."""
    gate = _gate(dsn, f"process {os.getpid()}")
    with log.open("a") as noted:
        number = os.getpid()
        while time.monotonic() < until:
            number += 1
            try:
                permit = gate.take(ENDPOINTS[number % len(ENDPOINTS)], Purpose.BULK)
            except RetryableError as full:
                time.sleep(min(full.retry_after_s, 0.2))
                continue
            noted.write(f"{time.monotonic()}\n")
            noted.flush()
            time.sleep(0.002)
            gate.give_back(Receipt(permit, "GET", permit.endpoint, 200, 0.002))


@pytest.fixture
def limited_dsn(new_dsn: Callable[[], str]) -> str:
    dsn = new_dsn()
    with psycopg.connect(dsn) as connection:
        connection.execute("insert into quota (app, division, minute_limit) values ('app', 1, %s)", (LIMIT,))
    return dsn


def _moments(folder: Path) -> list[float]:
    return sorted(float(line) for log in folder.iterdir() for line in log.read_text().splitlines() if line)


def test_sixteen_processes_never_exceed_the_limit_and_a_third_of_them_may_die(limited_dsn: str, tmp_path: Path):
    seconds = 6.0
    until = time.monotonic() + seconds
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_call_until, args=(limited_dsn, tmp_path / str(n), until)) for n in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes[:5]:
        time.sleep(0.3)
        os.kill(process.pid, signal.SIGKILL)
    for process in processes:
        process.join()
    moments = _moments(tmp_path)

    assert calls_per_window(moments, TIMES.cooldown_s) <= LIMIT
    assert len(moments) >= 0.5 * LIMIT * (seconds - 1)


def test_a_permit_is_taken_and_given_back_within_milliseconds(limited_dsn: str, record_property):
    gate = _gate(limited_dsn, "alone")
    gate.give_back_unused(gate.take("e", Purpose.OPERATOR))
    began = time.perf_counter()
    for _ in range(100):
        gate.give_back_unused(gate.take("e", Purpose.OPERATOR))
    each_ms = (time.perf_counter() - began) * 10

    record_property("ms_per_permit", round(each_ms, 2))
    assert each_ms < 50


def test_bulk_leaves_to_people_what_is_left_of_the_day(limited_dsn: str):
    with psycopg.connect(limited_dsn) as connection:
        connection.execute("update quota set day_limit = 5000, day_remaining = 1500, day_reset_at = now() + interval '3 hours'")
    gate = _gate(limited_dsn, "alone")

    with pytest.raises(RetryableError, match="of the day"):
        gate.take("e", Purpose.BULK)
    assert gate.take("e", Purpose.NEAR_TIME)
    with psycopg.connect(limited_dsn) as connection:
        connection.execute("update quota set day_remaining = 50")
    with pytest.raises(RetryableError, match="of the day"):
        gate.take("e", Purpose.INTERACTIVE)
    assert gate.take("e", Purpose.OPERATOR)


def test_a_lower_limit_in_the_headers_is_obeyed_at_once(limited_dsn: str):
    with psycopg.connect(limited_dsn) as connection:
        connection.execute("update quota set minute_limit = 3")
    gate = _gate(limited_dsn, "alone")
    for endpoint in ("a", "b", "c"):
        gate.take(endpoint, Purpose.NEAR_TIME)

    with pytest.raises(RetryableError, match="of the minute"):
        gate.take("d", Purpose.NEAR_TIME)


@pytest.mark.parametrize("limits", [None, Limits(), Limits(minute_limit=0)])
def test_an_answer_without_limits_changes_none(limited_dsn: str, limits: Limits | None):
    with psycopg.connect(limited_dsn) as connection:
        connection.execute("update quota set day_limit = 5000, day_remaining = 70")
    gate = _gate(limited_dsn, "alone")
    gate.give_back(Receipt(gate.take("e", Purpose.OPERATOR), "POST", "e", None, 30.0, limits=limits))

    with psycopg.connect(limited_dsn) as connection:
        assert connection.execute("select minute_limit, day_limit, day_remaining from quota").fetchone() == (LIMIT, 5000, 70)
