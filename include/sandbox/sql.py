"""Statements for SQLite, put together from names that the catalogue vouches for. Values are always bound."""

from __future__ import annotations

from collections.abc import Iterable

SQLITE_TYPES = {
    "Edm.Double": "REAL",
    "Edm.Boolean": "INTEGER",
    "Edm.Byte": "INTEGER",
    "Edm.Int16": "INTEGER",
    "Edm.Int32": "INTEGER",
    "Edm.Int64": "INTEGER",
    "Edm.DateTime": "INTEGER",
}


def quoted(name: str) -> str:
    """Quote a column or table name."""
    return '"' + name.replace('"', '""') + '"'


def listed(names: Iterable[str]) -> str:
    """Quote names and separate them by commas."""
    return ", ".join(quoted(name) for name in names)


def named(names: Iterable[str]) -> str:
    """Return columns under exactly these names, whatever the case of the table's own."""
    return ", ".join(f"{quoted(name)} AS {quoted(name)}" for name in names)


def select(columns: str, table: str, where: str = "", tail: str = "") -> str:
    """Return a SELECT; `columns` and `where` are SQL already."""
    parts = ["SELECT", columns, "FROM", quoted(table)]
    if where:
        parts += ["WHERE", where]
    return " ".join([*parts, tail])


def insert(table: str, columns: Iterable[str]) -> str:
    """Return an INSERT with one named parameter per column."""
    names = list(columns)
    values = ", ".join(f":{name}" for name in names)
    return " ".join(["INSERT INTO", quoted(table), "(", listed(names), ") VALUES (", values, ")"])


def update(table: str, columns: Iterable[str], where: str) -> str:
    """Return an UPDATE with a positional parameter per column, before those of `where`."""
    sets = ", ".join(f"{quoted(name)} = ?" for name in columns)
    return " ".join(["UPDATE", quoted(table), "SET", sets, "WHERE", where])


def delete(table: str, where: str) -> str:
    """Return a DELETE."""
    return " ".join(["DELETE FROM", quoted(table), "WHERE", where])


def delete_all(table: str) -> str:
    """Return a DELETE of every row, which SQLite does at once."""
    return " ".join(["DELETE FROM", quoted(table)])


def create_table(table: str, columns: dict[str, str], key: str) -> str:
    """Return a CREATE TABLE for columns given by Edm type; `key` becomes the primary key."""
    lines = [f"{quoted(name)} {SQLITE_TYPES.get(edm, 'TEXT')}" for name, edm in columns.items()]
    lines.append(f"PRIMARY KEY ({quoted(key)})")
    return f"CREATE TABLE IF NOT EXISTS {quoted(table)} ({', '.join(lines)})"
