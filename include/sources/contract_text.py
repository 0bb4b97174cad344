"""The contract written out: as a table for the manual, as a template for a company's views, as comments in the database."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import sql

from include.sources.contract import SCHEMA, SQL_TYPES, VIEWS, Column, View

_HEADING = """\
-- What Exactly reads from a company's own software: a template to copy and fill in.
-- Written by include/sources/contract_text.py from include/sources/contract.py: change the contract there.
--
-- Put an expression over your own tables in place of each NULL, a FROM in place of each WHERE false, and run it in your database.
-- "may be empty": the column must be there, a row may leave it empty. "optional": the column may be left out.
-- Keep it fast with indexes: changed_at and number on customers, orders and returns; order_number on returns and on the lines of orders,
-- return_number on the lines of returns.
-- Give the user that Exactly signs in with nothing but USAGE on this schema and SELECT on its views.
-- Then run `exactly doctor`: it names every column that is missing or of another type.
"""


def contract_markdown() -> str:
    """The contract as Markdown: one table per view."""
    return "\n\n".join(_markdown(view) for view in VIEWS) + "\n"


def contract_sql() -> str:
    """The contract as SQL: views that keep it and hold no row, to be filled in by a company."""
    views = "\n".join(_template(view) for view in VIEWS)
    return f"{_HEADING}\nCREATE SCHEMA IF NOT EXISTS {SCHEMA};\n\n{views}"


def comments() -> Iterator[sql.Composed]:
    """One COMMENT statement per view and column, for views that have all of them."""
    for view in VIEWS:
        name = sql.Identifier(SCHEMA, view.name)
        yield sql.SQL("COMMENT ON VIEW {} IS {}").format(name, sql.Literal(view.meaning))
        for column in view.columns:
            target = sql.Identifier(SCHEMA, view.name, column.name)
            yield sql.SQL("COMMENT ON COLUMN {} IS {}").format(target, sql.Literal(_sentence(column)))


def _markdown(view: View) -> str:
    rows = [
        f"| `{column.name}` | {SQL_TYPES[column.form]} | {column.need} | {column.unit or '–'} | {_meaning(column)} |"
        for column in view.columns
    ]
    heading = ["| column | type | needed | unit | meaning |", "|---|---|---|---|---|"]
    return "\n".join([f"### `{SCHEMA}.{view.name}`: {view.meaning}", *heading, *rows])


def _template(view: View) -> str:
    width = max(len(f"NULL::{SQL_TYPES[column.form]} AS {column.name},") for column in view.columns)
    last = view.columns[-1]
    lines = []
    for column in view.columns:
        text = f"NULL::{SQL_TYPES[column.form]} AS {column.name}" + ("" if column is last else ",")
        lines.append(f"    {text:<{width}}  -- {_sentence(column)}")
    body = "\n".join(lines)
    return f"-- {view.meaning}\nCREATE VIEW {SCHEMA}.{view.name} AS\nSELECT\n{body}\nWHERE false;\n"


def _sentence(column: Column) -> str:
    unit = f" [{column.unit}]" if column.unit else ""
    return f"{column.need}: {_meaning(column)}{unit}"


def _meaning(column: Column) -> str:
    return f"{column.meaning}: {', '.join(column.choices)}" if column.choices else column.meaning
