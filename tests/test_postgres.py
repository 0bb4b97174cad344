"""The session's PostgreSQL keeps what `conftest.py` promises."""

from __future__ import annotations

import psycopg


def test_each_database_is_new_and_empty(postgres):
    first, second = postgres.create_database("twin"), postgres.create_database("twin")

    assert first != second
    with psycopg.connect(first) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchone()
    assert tables == (0,)
