"""The state, in one SQLite file (WAL): a table per kind of row, with Exact's own column names.

Columns that begin with an underscore are the sandbox's and never leave it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from include.sandbox import sql, views
from include.sandbox.catalogue import Catalogue
from include.sandbox.endpoints import ACTS, KEYS, VIEWS
from include.sandbox.schema import EXTRA, HIDDEN, INDEXES, LOOKED_AT, OWN_TABLES
from include.sandbox.sheet import Sheet

Row = dict[str, Any]


class Database:
    """One connection, used by one thread; a transaction holds no await, so it is never interleaved."""

    def __init__(self, path: str, catalogue: Catalogue) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
        for name, arguments, function in _FUNCTIONS:
            self.connection.create_function(name, arguments, function, deterministic=True)
        self._columns = {table: _columns(catalogue, table) for table in _stored(catalogue)}
        self._booleans = {table: _booleans(columns) for table, columns in self._columns.items()}
        self._counters: dict[str, int] = {}
        self._drawn: set[str] = set()
        self._prepare()

    def _prepare(self) -> None:
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute("PRAGMA cache_size = -65536")
        self.connection.execute("PRAGMA wal_autocheckpoint = 8000")
        with self.transaction():
            for table, columns in self._columns.items():
                self._create(table, columns)
            for statement in OWN_TABLES.split(";"):
                self.connection.execute(statement)
            self.connection.execute(_SYNC_SALES_INVOICES.format(columns=self._sync_invoice_columns()))
            for statement in views.statements():
                self.connection.execute(statement)

    def _create(self, table: str, columns: dict[str, str]) -> None:
        self.connection.execute(sql.create_table(table, columns, KEYS.get(table, "ID")))
        if table not in ("users", "divisions", "currencies", "document_types", "document_type_categories"):
            self._index(table, "UNIQUE", "Division", "Timestamp")
        for column in INDEXES.get(table, ()):
            if column == "_trimmed":
                self.connection.execute(f'CREATE INDEX IF NOT EXISTS "{table}_trimmed" ON "{table}" ("Division", trim("Code"))')
            elif column == "_balance":
                self._index(table, "", "Division", "GLAccountCode", "AmountDC")
            elif columns[column] == "Edm.Guid":
                self._index(table, "", column)
            else:
                self._index(table, "", "Division", column)

    def _index(self, table: str, unique: str, *columns: str) -> None:
        name = "_".join([table, *columns])
        self.connection.execute(f'CREATE {unique} INDEX IF NOT EXISTS "{name}" ON "{table}" ({sql.listed(columns)})')

    def _sync_invoice_columns(self) -> dict[str, str]:
        """Return the two column lists of the feed that mixes invoice headers (line 0) and lines."""
        header, line = self._columns["sales_invoices"], self._columns["sales_invoice_lines"]
        names = [
            name
            for name in {**header, **line}
            if name not in ("ID", "InvoiceID", "LineNumber", "Timestamp", "_seen_ms", "_synced_ms", "_vat_given")
        ]
        # Both halves need the same affinity per column, or SQLite cannot walk their indexes side by side.
        nothing = {n: f'CAST(NULL AS {sql.SQLITE_TYPES.get(line[n], "TEXT")}) AS "{n}"' for n in names if n not in header}
        return {
            "header": ", ".join(f'h."{n}"' if n in header else nothing[n] for n in names),
            "line": ", ".join(f'l."{n}"' if n in line else f'h."{n}"' for n in names),
        }

    @contextmanager
    def without_indexes(self, table: str) -> Iterator[None]:
        """Let a table be without its indexes while very many rows are written to it; they are built anew afterwards."""
        criteria = "type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
        indexes = self.all(sql.select("name, sql", "sqlite_master", criteria), (table,))
        for index in indexes:
            self.connection.execute(f"DROP INDEX {sql.quoted(index['name'])}")
        try:
            yield
        finally:
            for index in indexes:
                self.connection.execute(index["sql"])

    def lend(self, name: str, function: Callable[[], int]) -> None:
        """Let views ask for a number that only the world knows."""
        self.connection.create_function(name, 0, function)

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the tables that hold rows of Exact's."""
        return tuple(self._columns)

    def columns(self, table: str) -> dict[str, str]:
        """Return name and Edm type of each column of a table."""
        return self._columns[table]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all of the block, or nothing of it."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self._keep_counters()
        self.connection.execute("COMMIT")

    def all(self, statement: str, parameters: Iterable[Any] = ()) -> list[Row]:
        """Return all rows of a query."""
        cursor = self.connection.execute(statement, tuple(parameters))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor]

    def sheet(self, statement: str, parameters: Iterable[Any] = ()) -> Sheet:
        """Return all rows of a query, by column."""
        cursor = self.connection.execute(statement, tuple(parameters))
        return Sheet([column[0] for column in cursor.description], cursor.fetchall())

    def one(self, statement: str, parameters: Iterable[Any] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        cursor = self.connection.execute(statement, tuple(parameters))
        values = cursor.fetchone()
        return None if values is None else dict(zip([column[0] for column in cursor.description], values, strict=True))

    def scalar(self, statement: str, parameters: Iterable[Any] = ()) -> Any:
        """Return the first value of the first row, or None."""
        values = self.connection.execute(statement, tuple(parameters)).fetchone()
        return values[0] if values else None

    def run(self, statement: str, parameters: Iterable[Any] | Mapping[str, Any] = ()) -> int:
        """Run a statement and return how many rows it touched."""
        bound = parameters if isinstance(parameters, Mapping) else tuple(parameters)
        return self.connection.execute(statement, bound).rowcount

    def find(self, table: str, **criteria: Any) -> Row | None:
        """Return the row whose columns equal the criteria, or None."""
        return self.one(_find_statement(table, tuple(criteria)), criteria.values())

    def find_all(self, table: str, **criteria: Any) -> list[Row]:
        """Return the rows whose columns equal the criteria, in the order of their timestamps."""
        where = " AND ".join(f"{sql.quoted(name)} = ?" for name in criteria)
        return self.all(sql.select("*", table, where, 'ORDER BY "Timestamp"'), criteria.values())

    def insert(self, table: str, *rows: Row) -> None:
        """Insert rows; columns that a row does not name are null, those that the table does not know are left out.

        Yes or no is never null: every one that Exact published is either.
        """
        known, booleans = self._columns[table], self._booleans[table]
        blank = dict.fromkeys([*booleans, *(name for row in rows for name in row if name in known)])
        whole = [{**blank, **row} for row in rows]
        for name in booleans:
            for row in whole:
                row[name] = bool(row[name])
        self.connection.executemany(_insert_statement(table, tuple(blank)), whole)

    def update(self, table: str, key: Any, changes: Row) -> None:
        """Change columns of the row with this key."""
        where = f"{sql.quoted(KEYS.get(table, 'ID'))} = ?"
        self.run(sql.update(table, changes, where), [*changes.values(), key])

    def next(self, counter: str, *, step: int = 1) -> int:
        """Draw the next number of a counter; a transaction that is rolled back leaves a gap, as in SQL Server."""
        if counter not in self._counters:
            self._counters[counter] = int(self.scalar("SELECT value FROM _counters WHERE name = ?", (counter,)) or 0)
        self._counters[counter] += step
        self._drawn.add(counter)
        if not self.connection.in_transaction:
            self._keep_counters()
        return self._counters[counter]

    def _keep_counters(self) -> None:
        statement = "INSERT INTO _counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        self.connection.executemany(statement, [(name, self._counters[name]) for name in self._drawn])
        self._drawn.clear()

    def fact(self, name: str) -> str | None:
        """Return a stored fact about this sandbox, or None."""
        value = self.scalar("SELECT value FROM _facts WHERE name = ?", (name,))
        return None if value is None else str(value)

    def remember(self, name: str, value: str) -> None:
        """Store a fact about this sandbox."""
        self.run("INSERT INTO _facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))

    def empty(self, *, keep_tokens: bool) -> None:
        """Delete every row; tokens, and the applications and users that they belong to, only if told so."""
        kept = {"_codes", "_chains", "_refresh_tokens", "_access_tokens"} if keep_tokens else set()
        own = {row["name"] for row in self.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '#_%' ESCAPE '#'")}
        triggers = self.all("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        for trigger in triggers:  # without them SQLite empties a table at once, and nobody is told of each row
            self.connection.execute(f"DROP TRIGGER {sql.quoted(trigger['name'])}")
        for table in (set(self._columns) | own) - kept:
            self.run(sql.delete_all(table))
        for trigger in triggers:
            self.connection.execute(trigger["sql"])
        self._counters.clear()
        self._drawn.clear()

    def save(self, path: str) -> None:
        """Write a copy of everything to a file, which is then a state to start with."""
        with closing(sqlite3.connect(path)) as target:
            self.connection.backup(target)

    def load(self, path: str) -> None:
        """Become what a saved file holds. Raises `FileNotFoundError`, `ValueError` where it holds no sandbox."""
        if not Path(path).is_file():
            raise FileNotFoundError(f"there is no file {path}")
        with closing(sqlite3.connect(path)) as source:
            try:
                known = source.execute("SELECT 1 FROM sqlite_master WHERE name = '_facts'").fetchone()
            except sqlite3.DatabaseError as error:
                raise ValueError(f"{path} is no state of a sandbox") from error
            if known is None:
                raise ValueError(f"{path} is no state of a sandbox")
            source.backup(self.connection)
        self._counters.clear()
        self._drawn.clear()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


_SYNC_SALES_INVOICES = """
CREATE VIEW IF NOT EXISTS sync_sales_invoices AS
SELECT h."InvoiceID" AS "ID", h."InvoiceID", CAST(0 AS INTEGER) AS "LineNumber", h."Timestamp", h._seen_ms, h._synced_ms, {columns[header]}
FROM sales_invoices h
UNION ALL
SELECT l."ID", l."InvoiceID", l."LineNumber", l."Timestamp", l._seen_ms, l._synced_ms, {columns[line]}
FROM sales_invoice_lines l JOIN sales_invoices h ON h."InvoiceID" = l."InvoiceID"
"""


@cache
def _insert_statement(table: str, names: tuple[str, ...]) -> str:
    return sql.insert(table, names)


@cache
def _find_statement(table: str, names: tuple[str, ...]) -> str:
    where = " AND ".join(f"{sql.quoted(name)} = ?" for name in names)
    return sql.select(LOOKED_AT.get(table, "*"), table, where, "LIMIT 1")


def _stored(catalogue: Catalogue) -> list[str]:
    return sorted({entity.table for entity in catalogue.entities.values()} - VIEWS - ACTS)


def _booleans(columns: dict[str, str]) -> tuple[str, ...]:
    """Return the columns of Exact's that are either true or false."""
    return tuple(name for name, edm in columns.items() if edm == "Edm.Boolean" and not name.startswith("_"))


def _columns(catalogue: Catalogue, table: str) -> dict[str, str]:
    return {**catalogue.columns(table), **HIDDEN, **EXTRA.get(table, {})}


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _contains(part: str | None, whole: str | None) -> bool | None:
    return None if part is None or whole is None else part in whole


def _starts(whole: str | None, part: str | None) -> bool | None:
    return None if part is None or whole is None else whole.startswith(part)


def _ends(whole: str | None, part: str | None) -> bool | None:
    return None if part is None or whole is None else whole.endswith(part)


_FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("tolower", 1, _lower),
    ("instr_of", 2, _contains),
    ("startswith", 2, _starts),
    ("endswith", 2, _ends),
)
