"""How a database is backed up in the middle of its work and restored later: with PostgreSQL's own programs."""

from __future__ import annotations

import shutil
import time
from enum import StrEnum
from pathlib import Path

import psycopg
from psycopg import sql

from include.demo.postgres import Postgres
from include.store.database import Database
from include.store.installation import installation_of

PROMOTED_S = 30.0
POLL_S = 0.1
# Recovery ends where the backup became consistent, and a new line of history begins.
TO_THE_MOMENT = "restore_command = 'false'\nrecovery_target = 'immediate'\nrecovery_target_action = 'promote'\n"


class Way(StrEnum):
    """A way of restoring; `FILES` leaves no trace in the database, so that somebody must say it."""

    DUMP = "pg_dump into a new database"
    CLEAN = "pg_dump over the tables that are there"
    MOMENT = "pg_basebackup, recovered to a moment"
    FILES = "pg_basebackup, the files put back"


class Backup:
    """A backup of one database, or of its whole server; `folder` is where it lies."""

    def __init__(self, server: Postgres, database: str, way: Way, folder: Path) -> None:
        self._server, self._database, self.way, self._folder = server, database, way, folder
        self._file = folder / f"{database}.dump"

    def take(self) -> None:
        """Back up now, whatever is going on."""
        if self.way in {Way.DUMP, Way.CLEAN}:
            self._file.write_bytes(self._server.call("pg_dump", "--format=custom", f"--dbname={self.dsn}"))
            return
        self._server.call("pg_basebackup", f"--dbname={self._server.dsn('')}", f"--pgdata={self._files}", "--checkpoint=fast", "--no-sync")

    def restore(self) -> None:
        """Put it in the place of what is there now."""
        match self.way:
            case Way.DUMP:
                with psycopg.connect(self._server.dsn("postgres"), autocommit=True) as connection:
                    name = sql.Identifier(self._database)
                    connection.execute(sql.SQL("drop database {} with (force)").format(name))
                    connection.execute(sql.SQL("create database {} template template0").format(name))
                self._restore_dump()
            case Way.CLEAN:
                self._restore_dump("--clean", "--if-exists")
            case _:
                self._restore_files()

    def is_noticed(self) -> bool:
        """Tell whether the restored database knows that it was restored."""
        database = Database(self.dsn)
        try:
            return installation_of(database).is_copy
        finally:
            database.close()

    def _restore_dump(self, *options: str) -> None:
        self._server.call("pg_restore", f"--dbname={self.dsn}", "--exit-on-error", *options, given=self._file.read_bytes())

    def _restore_files(self) -> None:
        self._server.stop()
        shutil.rmtree(self._server.data)
        self._files.rename(self._server.data)
        if self.way is Way.MOMENT:
            (self._server.data / "recovery.signal").touch()
            with (self._server.data / "postgresql.auto.conf").open("a") as settings:
                settings.write(TO_THE_MOMENT)
        self._server.start(self._server.environment(), [])
        deadline = time.monotonic() + PROMOTED_S
        while self._is_recovering() and time.monotonic() < deadline:
            time.sleep(POLL_S)
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute("checkpoint")

    def _is_recovering(self) -> bool:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            row = connection.execute("select pg_is_in_recovery()").fetchone()
        return bool(row and row[0])

    @property
    def dsn(self) -> str:
        """The database that is backed up."""
        return self._server.dsn(self._database)

    @property
    def _files(self) -> Path:
        return self._server.directory / "backup"
