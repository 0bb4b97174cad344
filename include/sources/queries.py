"""The SQL of the readers, made from the contract: names come from the contract alone, every value is bound.

`key` is what records are ordered and found by: the number itself, or for a record without a number (or with one too long to keep)
a stand-in made of its content. The database cuts what is too long, so that a text of 10 MB never travels.
"""

from __future__ import annotations

from collections.abc import Collection

from psycopg import sql

from include.sources.contract import SCHEMA, Column, View
from include.sources.rows import CODE_MAX, NUMBER_MAX, is_text, text_max

_KEY = sql.SQL(
    "CASE WHEN coalesce(v.number, '') = '' THEN '?' || md5(v::text)"
    " WHEN length(v.number) > {longest} THEN left(v.number, 60) || '?' || md5(v.number) ELSE v.number END"
).format(longest=sql.Literal(CODE_MAX))


def table(view: View) -> sql.Identifier:
    return sql.Identifier(SCHEMA, view.name)


def window(view: View, present: Collection[str]) -> sql.Composed:
    """A page of records that changed in [since, until), after (since, last_key) if that is given; by moment, then key."""
    return sql.SQL(
        "SELECT * FROM (SELECT {key} AS key, {columns} FROM {view} v WHERE v.changed_at >= %(since)s AND v.changed_at < %(until)s) r"
        " WHERE %(last_key)s::text IS NULL OR (r.changed_at, r.key) > (%(since)s, %(last_key)s::text)"
        " ORDER BY r.changed_at, r.key LIMIT %(page_size)s"
    ).format(key=_KEY, columns=_columns(view, present), view=table(view))


def without_moment(view: View, present: Collection[str]) -> sql.Composed:
    """A page of records whose moment of change is empty or beyond reason: no window would ever hold them."""
    return sql.SQL(
        "SELECT * FROM (SELECT {key} AS key, {columns} FROM {view} v"
        " WHERE v.changed_at IS NULL OR v.changed_at < %(since)s OR v.changed_at >= %(until)s) r"
        " WHERE %(last_key)s::text IS NULL OR r.key > %(last_key)s::text ORDER BY r.key LIMIT %(page_size)s"
    ).format(key=_KEY, columns=_columns(view, present), view=table(view))


def by_number(view: View, present: Collection[str]) -> sql.Composed:
    """Records with these numbers, by number."""
    return sql.SQL("SELECT {key} AS key, {columns} FROM {view} v WHERE v.number = ANY(%(numbers)s::text[]) ORDER BY v.number").format(
        key=_KEY, columns=_columns(view, present), view=table(view)
    )


def of_orders(view: View, present: Collection[str]) -> sql.Composed:
    """Records that name one of these orders, by number."""
    return sql.SQL("SELECT {key} AS key, {columns} FROM {view} v WHERE v.order_number = ANY(%(numbers)s::text[]) ORDER BY v.number").format(
        key=_KEY, columns=_columns(view, present), view=table(view)
    )


def by_stand_in(view: View, present: Collection[str]) -> sql.Composed:
    """Records by stand-ins for their numbers; reads the whole view."""
    return sql.SQL(
        "SELECT * FROM (SELECT {key} AS key, {columns} FROM {view} v) r WHERE r.key = ANY(%(numbers)s::text[]) ORDER BY r.key"
    ).format(key=_KEY, columns=_columns(view, present), view=table(view))


def repeated(view: View) -> sql.Composed:
    """Which of these numbers the view holds more than once."""
    return sql.SQL(
        "SELECT v.number::text AS number FROM {view} v WHERE v.number = ANY(%(numbers)s::text[]) GROUP BY v.number HAVING count(*) > 1"
    ).format(view=table(view))


def lines(view: View, present: Collection[str]) -> sql.Composed:
    """The lines of these documents, at most `lines_max` of each, by document and position."""
    return sql.SQL(
        "SELECT d.number AS document, line.* FROM unnest(%(numbers)s::text[]) AS d (number) CROSS JOIN LATERAL"
        " (SELECT {columns} FROM {view} v WHERE v.{parent} = d.number ORDER BY v.position LIMIT %(lines_max)s) line"
        " ORDER BY d.number, line.position"
    ).format(columns=_columns(view, present), view=table(view), parent=sql.Identifier(view.parent))


def newest_change(view: View) -> sql.Composed:
    """The last moment of change, those beyond reason aside."""
    return sql.SQL("SELECT max(v.changed_at) AS newest FROM {view} v WHERE v.changed_at >= %(since)s AND v.changed_at < %(until)s").format(
        view=table(view)
    )


def day_totals(view: View, line_view: View) -> sql.Composed:
    """Documents and net sums per day of ordering, country and currency. A line with a number beyond the limits counts as nought."""
    return sql.SQL(
        "WITH document AS (SELECT v.number, upper(btrim(v.country)) AS country, upper(btrim(v.currency)) AS currency,"
        " v.prices_include_vat, (v.ordered_at AT TIME ZONE %(time_zone)s)::date AS day"
        " FROM {view} v WHERE v.ordered_at >= %(since)s AND v.ordered_at < %(until)s),"
        " total AS (SELECT d.number, sum(round(l.quantity * l.unit_price"
        " / CASE WHEN d.prices_include_vat THEN 1 + l.vat_rate / 100 ELSE 1 END, 2))"
        " FILTER (WHERE abs(l.quantity) < {below} AND abs(l.unit_price) < {below} AND l.vat_rate BETWEEN 0 AND 100) AS net"
        " FROM (SELECT DISTINCT number, prices_include_vat FROM document) d"
        " JOIN {line_view} l ON l.{parent} = d.number GROUP BY d.number)"
        " SELECT d.day, d.country, d.currency, count(*) AS documents, coalesce(sum(t.net), 0) AS net"
        " FROM document d LEFT JOIN total t ON t.number = d.number GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    ).format(
        view=table(view),
        line_view=table(line_view),
        parent=sql.Identifier(line_view.parent),
        below=sql.Literal(NUMBER_MAX),
    )


def _columns(view: View, present: Collection[str]) -> sql.Composed:
    return sql.SQL(", ").join(_column(column, present) for column in view.columns)


def _column(column: Column, present: Collection[str]) -> sql.Composable:
    name = sql.Identifier(column.name)
    if column.name not in present:
        return sql.SQL("NULL AS {name}").format(name=name)
    if is_text(column.form):
        longest = sql.Literal(text_max(column.form) + 1)
        return sql.SQL("left(v.{name}, {longest}) AS {name}").format(name=name, longest=longest)
    return sql.SQL("v.{name}").format(name=name)
