"""One connection to our PostgreSQL, and the named queries on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosql
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from include.errors import RetryableError

AWAY = (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.IdleInTransactionSessionTimeout)
T = TypeVar("T")
Row = dict[str, Any]

CONNECT_TIMEOUT_S = 10
AWAY_RETRY_S = 5.0
KEEP_TRYING_S = 30.0
# A machine or a network that is gone without a word: our side notices, and the server lets go of our locks.
KEEP_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
SERVER_KEEP_ALIVE = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 -c tcp_user_timeout=60000"
# Our transactions take milliseconds: a process that is frozen in the middle of one must not hold up all others.
IDLE_IN_TRANSACTION_S = 10.0
_QUERIES = Path(__file__).parent / "sql"


def named_queries(subject: str) -> Any:
    """The queries of one subject: each is a method that takes the connection and its parameters by name."""
    return aiosql.from_path(_QUERIES / f"{subject}.sql", "psycopg", mandatory_parameters=False)


class Database:
    """A direct connection (no transaction pooler: session locks must be ours), made when first needed and made again when lost."""

    def __init__(self, dsn: str, *, name: str = "exactly") -> None:
        self._dsn = dsn
        self._name = name
        self._connection: psycopg.Connection[Row] | None = None

    @property
    def connection(self) -> psycopg.Connection[Row]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> psycopg.Connection[Row]:
        own_options = str(conninfo_to_dict(self._dsn).get("options") or "")
        settings: dict[str, Any] = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": self._name, **KEEP_ALIVE}
        patience = f"-c idle_in_transaction_session_timeout={round(IDLE_IN_TRANSACTION_S * 1000)}"
        options = f"{SERVER_KEEP_ALIVE} {patience} {own_options}".rstrip()
        return psycopg.connect(self._dsn, autocommit=True, row_factory=dict_row, options=options, **settings)

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Row]]:
        """One transaction, committed on leaving. A database that is away, or takes no writes for now, is a `RetryableError`."""
        with self.statement() as connection, connection.transaction():
            yield connection

    @contextmanager
    def statement(self) -> Iterator[psycopg.Connection[Row]]:
        """For one statement that is a transaction of itself: one round trip instead of three, and nothing is held when we freeze."""
        try:
            yield self.connection
        except AWAY as error:
            raise RetryableError(f"our database is away: {type(error).__name__}", retry_after_s=AWAY_RETRY_S) from error

    def persist(self, write: Callable[[], T], *, keep_trying_s: float = KEEP_TRYING_S) -> T:
        """Do a write that must not be lost while the database restarts: again for half a minute, then `RetryableError`."""
        give_up = time.monotonic() + keep_trying_s
        while True:
            try:
                return write()
            except RetryableError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.2)

    def freshen(self) -> None:
        """Let go of a connection that the server has ended meanwhile: the next use makes a new one."""
        if self._connection is not None and not self._connection.closed:
            try:
                self._connection.execute("select 1")
            except psycopg.Error:
                self._connection.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
