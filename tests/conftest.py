"""What every test may use: one PostgreSQL per session, with a fresh empty database for whoever asks."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from playwright.sync_api import Browser
from psycopg import sql

from include.demo.postgres import Postgres as Server
from tests import browser
from tests.loopback import sitecustomize

REPOSITORY = Path(__file__).resolve().parent.parent
# Nothing that tests start talks to anything beyond this machine.
STRAYED = Path(tempfile.mkstemp(prefix="strayed-")[1])
os.environ[sitecustomize.NOTES] = str(STRAYED)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(REPOSITORY / "tests" / "loopback"), os.environ.get("PYTHONPATH")]))
# Tests throw their databases away: nothing has to survive a crash of the machine.
WITHOUT_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")

# A busy machine is no reason for a property to fail.
settings.register_profile("exactly", deadline=None)
settings.load_profile("exactly")


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine() -> Iterator[None]:
    """A test fails when it, or a process that it started, tried to reach beyond loopback."""
    noted = STRAYED.stat().st_size
    yield
    with STRAYED.open() as notes:
        notes.seek(noted)
        strayed = notes.read()
    assert not strayed, strayed


def pytest_unconfigure() -> None:
    STRAYED.unlink(missing_ok=True)


@dataclass
class Postgres:
    """A running server: `dsn` names a database in it, `create_database` makes a new empty one."""

    server: Server
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def dsn(self, database: str = "postgres") -> str:
        return self.server.dsn(database)

    def create_database(self, prefix: str = "test") -> str:
        """Make an empty database and return its DSN; the name starts with `prefix`."""
        name = f"{prefix}_{next(self._numbers)}"
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return self.dsn(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this session's own, on a Unix socket, gone with its files at the end."""
    directory = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    directory.chmod(0o711)
    server = Server(directory, directory / "logs")
    try:
        server.start({**os.environ, "PYTHONPATH": str(REPOSITORY)}, [])
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
            for setting in WITHOUT_DURABILITY:
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")
        yield Postgres(server)
    finally:
        _end_at_once(server)
        server.stop()
        # A hundred thousand files: nobody has to wait until they are gone.
        subprocess.Popen(["rm", "-rf", str(directory)], start_new_session=True)


def _end_at_once(server: Server) -> None:
    """Hundreds of databases that nobody wants any more are not written to the disk first."""
    with suppress(OSError, ValueError):
        os.kill(int((server.data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0]), signal.SIGQUIT)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process, in which Playwright can run only once."""
    with browser.started() as chromium:
        yield chromium
