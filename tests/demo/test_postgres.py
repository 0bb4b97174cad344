"""The local system's PostgreSQL: starts in any folder, listens to nobody outside, is gone when stopped."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import psutil
import psycopg
import pytest

from include.demo.airflow import plain_environment
from include.demo.postgres import Postgres, stop_postmaster

PROJECT = Path(__file__).parents[2]
ENVIRONMENT = {**plain_environment(), "PYTHONPATH": str(PROJECT)}


def started(directory: Path) -> Postgres:
    directory.mkdir(parents=True)
    server = Postgres(directory / "postgres", directory / "logs")
    server.start(ENVIRONMENT, ["exactly"])
    return server


def servers_of(server: Postgres) -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline"]) if str(server.data) in (each.info["cmdline"] or [])]


@pytest.mark.parametrize("name", ["plain", "with a blank, an ü and a %", "long-" * 40], ids=["plain", "odd", "long"])
def test_it_starts_in_a_folder_of_any_name_that_only_its_owner_may_enter(tmp_path: Path, name: str) -> None:
    tmp_path.chmod(0o700)
    server = started(tmp_path / name)
    try:
        with psycopg.connect(server.dsn("exactly")) as connection:
            assert connection.execute("SELECT current_setting('listen_addresses'), current_database()").fetchone() == ("", "exactly")
        assert stat.S_IMODE(server.socket_directory.stat().st_mode) == 0o700
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    finally:
        server.stop()
    assert servers_of(server) == []
    assert not list(server.socket_directory.glob(".s.*")) if server.socket_directory.exists() else True


def test_what_was_written_is_there_after_a_stop_and_a_start(tmp_path: Path) -> None:
    server = started(tmp_path / "system")
    with psycopg.connect(server.dsn("exactly")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 8020 AS number")
    server.stop()

    again = Postgres(server.directory, server.logs)
    again.start(ENVIRONMENT, ["exactly", "webshop"])
    try:
        with psycopg.connect(again.dsn("exactly")) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (8020,)
        psycopg.connect(again.dsn("webshop")).close()
    finally:
        again.stop()


def test_a_server_that_an_earlier_supervisor_left_is_stopped(tmp_path: Path) -> None:
    server = started(tmp_path / "system")

    stop_postmaster(server.data)

    assert servers_of(server) == []


def test_the_server_never_runs_as_root(tmp_path: Path) -> None:
    server = started(tmp_path / "system")
    try:
        assert {process.uids().effective for process in servers_of(server)} == {os.geteuid() or 65534}
    finally:
        server.stop()
