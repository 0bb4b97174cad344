"""The first run compares what is planned with what Exact holds: by number, not each with each, however new both are to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from include.outbox.times import Times
from include.store.adoption import AdoptionStore
from include.store.database import Database
from include.store.mirror import MirrorRow, MirrorStore
from include.store.outbox import OutboxStore
from tests.outbox.scenes import DIVISION, ENDPOINT, draft
from tests.store.rigs import APP, WITNESSES

ORDERS = 400
ROWS_READ = "select sum(idx_tup_fetch) + sum(seq_tup_read) from pg_stat_xact_user_tables"


@pytest.fixture
def database(dsn: str) -> Iterator[Database]:
    database = Database(dsn)
    yield database
    database.close()


def _planned(database: Database) -> AdoptionStore:
    """As many orders as there are documents, all of them new, and one document with the number of an order."""
    orders = [draft(f"A{number}", payload='{"Journal":"70"}') for number in range(ORDERS)]
    OutboxStore(database, WITNESSES, app=APP, owner="worker", times=Times()).plan(orders, None)
    numbers = ["A7", *(f"B{number}" for number in range(1, ORDERS))]
    data = {"JournalCode": "70"}
    rows = [MirrorRow(f"r{at}", data, your_ref=number, document_id=UUID(int=at + 1)) for at, number in enumerate(numbers)]
    MirrorStore(database, DIVISION).save("lines", rows)
    adoption = AdoptionStore(database, DIVISION, owner="worker")
    adoption.begin()
    return adoption


def test_the_first_run_finds_a_number_that_is_taken_and_reads_each_order_once(database: Database):
    adoption = _planned(database)
    with database.transaction() as connection:
        before = _rows_read(connection)
        taken = adoption.taken(ENDPOINT, entity="lines", journal_field="JournalCode", effects=("sale",))
        read = _rows_read(connection) - before

    assert [(each.your_ref, each.document_id) for each in taken] == [("A7", UUID(int=1))]
    assert read < 5 * ORDERS


def _rows_read(connection: psycopg.Connection) -> int:
    row = connection.execute(ROWS_READ).fetchone()
    return int(row["?column?"] or 0)
