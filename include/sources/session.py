"""A read-only session on a company's database: bounded in time, one picture per page, nothing that a value in it could break.

Errors: `RetryableError` when the database cannot be reached or takes too long; `SetupError` when the views are not what the contract says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection, Cursor
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row
from psycopg.types.datetime import DateLoader, TimestamptzLoader

from include.errors import RetryableError, SetupError
from include.sources.contract import SCHEMA
from include.sources.contract_check import check_contract, offered_columns
from include.sources.rows import Unreadable

CONNECT_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 120
RETRY_AFTER_S = 60.0

_CURE = f"run `exactly doctor`, then correct the views of schema {SCHEMA} in the webshop's database"
# A database without an encoding would refuse to hand out bytes that are no text, were it asked for UTF-8; see `_TextLoader`.
_SETTINGS = """
    SELECT set_config('DateStyle', 'ISO, YMD', true), set_config('TimeZone', 'UTC', true), set_config('statement_timeout', %s, true),
           set_config('client_encoding', CASE current_setting('server_encoding') WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END, true)
"""


class Session:
    """Pages of rows from one database; give a DSN, or an open connection, which then stays the caller's to close."""

    def __init__(self, source: str | Connection[Any]) -> None:
        self._dsn = source if isinstance(source, str) else None
        self._connection = None if isinstance(source, str) else source
        self._present: Mapping[str, frozenset[str]] | None = None

    @contextmanager
    def page(self) -> Iterator[Cursor[DictRow]]:
        """A cursor whose statements all see the same moment."""
        try:
            connection = self._open()
            outermost = connection.info.transaction_status is TransactionStatus.IDLE
            with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
                _prepare(cursor, outermost)
                yield cursor
        except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError) as error:
            raise RetryableError(f"the webshop's database: {_name(error)}", retry_after_s=RETRY_AFTER_S) from error
        except psycopg.Error as error:
            raise SetupError("webshop_views_fail", _name(error), cure=_CURE) from error

    def present(self, cursor: Cursor[DictRow], view: str) -> frozenset[str]:
        """The columns that the view offers; raises `SetupError` when the views do not keep the contract."""
        if self._present is None:
            findings = check_contract(cursor.connection)
            if findings:
                told = "; ".join(f"{finding.code} {finding.subject}: {finding.cure}" for finding in findings)
                raise SetupError("webshop_contract", findings[0].subject, cure=told)
            offered = offered_columns(cursor.connection)
            self._present = {name: frozenset(columns) for name, columns in offered.items()}
        return self._present[view]

    def close(self) -> None:
        """Close the connection, if it was opened here."""
        if self._dsn is not None and self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> Connection[Any]:
        if self._dsn is not None and (self._connection is None or self._connection.closed):
            self._connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S)
        if self._connection is None:
            raise psycopg.InterfaceError("the connection is closed")
        return self._connection


def _prepare(cursor: Cursor[DictRow], outermost: bool) -> None:
    # Within a transaction of the caller its own isolation is in force, and cannot be changed any more.
    if outermost:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    cursor.execute(_SETTINGS, (str(STATEMENT_TIMEOUT_S * 1000),))
    for type_name, loader in (("timestamptz", _MomentLoader), ("date", _DayLoader), ("text", _TextLoader)):
        cursor.adapters.register_loader(type_name, loader)


def _name(error: psycopg.Error) -> str:
    # The database's own message may quote values, so it stays out.
    return f"{type(error).__name__} {error.sqlstate or ''}".strip()


class _MomentLoader(Loader):
    """A moment, or `Unreadable` for one without end or beyond the years that Python knows."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        self._inner: Loader = TimestamptzLoader(oid, context)

    def load(self, data: Buffer) -> object:
        try:
            return self._inner.load(data)
        except psycopg.Error:
            return Unreadable("beyond the years 1 to 9999")


class _DayLoader(_MomentLoader):
    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        self._inner = DateLoader(oid, context)


class _TextLoader(Loader):
    """Text, or `Unreadable` for bytes that are no UTF-8, which a database without an encoding lets in."""

    def load(self, data: Buffer) -> object:
        try:
            return bytes(data).decode()
        except UnicodeDecodeError:
            return Unreadable("bytes that are no UTF-8")
