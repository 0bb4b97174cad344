"""A PostgreSQL for one command, gone with its files at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from include.cli.environment import PROJECT
from include.demo.postgres import Postgres


@contextmanager
def own_server(databases: Sequence[str]) -> Iterator[Postgres]:
    """A server with these databases, as durable as any: what it committed must survive its death."""
    directory = Path(tempfile.mkdtemp(prefix="proof-pg-", dir="/tmp"))
    directory.chmod(0o711)
    server = Postgres(directory, directory / "logs")
    try:
        server.start(bare_environment(), list(databases))
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def bare_environment() -> dict[str, str]:
    """What its process is told."""
    return {**os.environ, "PYTHONPATH": str(PROJECT)}
