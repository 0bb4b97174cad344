"""Does a company's database offer the contract? All mistakes at once, by view and column, each with its cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from include.sources.contract import SCHEMA, SQL_TYPES, VIEWS, Column, Need, View

# Types of PostgreSQL that may stand for a type of the contract without loss.
_ACCEPTED: dict[str, frozenset[str]] = {
    "text": frozenset({"text", "varchar", "bpchar", "citext"}),
    "numeric": frozenset({"numeric", "int2", "int4", "int8"}),
    "integer": frozenset({"int2", "int4", "int8"}),
    "boolean": frozenset({"bool"}),
    "timestamptz": frozenset({"timestamptz"}),
    "date": frozenset({"date"}),
}
_OFFERED = """
    SELECT c.relname::text, a.attname::text, base.typname::text,
           has_column_privilege(c.oid, a.attnum, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE')
    FROM pg_namespace n
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('v', 'm', 'r', 'f', 'p')
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type base ON base.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
    WHERE n.nspname = %s
"""

Offered = Mapping[str, Mapping[str, tuple[str, bool]]]


@dataclass(frozen=True)
class ContractFinding:
    """One way in which the views differ from the contract; `subject` is a view, or a view and a column."""

    code: str
    subject: str
    cure: str


def check_contract(connection: Connection[Any]) -> list[ContractFinding]:
    """Return every difference between the contract and what the database offers to this user; none: the contract is kept."""
    offered = offered_columns(connection)
    return [finding for view in VIEWS for finding in _differences(view, offered)]


def offered_columns(connection: Connection[Any]) -> Offered:
    """What the database offers: view → column → (type, whether this user may read it)."""
    views: dict[str, dict[str, tuple[str, bool]]] = {}
    with connection.cursor(row_factory=tuple_row) as cursor:
        for *names, readable in cursor.execute(_OFFERED, (SCHEMA,)):
            # A database without an encoding (SQL_ASCII) may give bytes.
            view, column, kind = (name.decode(errors="replace") if isinstance(name, bytes) else name for name in names)
            views.setdefault(view, {})[column] = (kind, readable)
    return views


def _differences(view: View, offered: Offered) -> Iterator[ContractFinding]:
    columns = offered.get(view.name)
    if columns is None:
        yield ContractFinding("view_missing", view.name, f"create view {SCHEMA}.{view.name}: {view.meaning}")
        return
    for column in view.columns:
        yield from _column_differences(view, column, columns)


def _column_differences(view: View, column: Column, columns: Mapping[str, tuple[str, bool]]) -> Iterator[ContractFinding]:
    subject, wanted = f"{view.name}.{column.name}", SQL_TYPES[column.form]
    if column.name not in columns:
        if column.need is not Need.OPTIONAL:
            yield ContractFinding("column_missing", subject, f"add column {column.name} {wanted}: {column.meaning}")
        return
    kind, readable = columns[column.name]
    if kind not in _ACCEPTED[wanted]:
        yield ContractFinding("column_type", subject, f"is {kind}; make it {wanted}, as in {column.name}::{wanted}")
    if not readable:
        yield ContractFinding("column_not_readable", subject, f"grant USAGE on schema {SCHEMA} and SELECT on {SCHEMA}.{view.name}")
