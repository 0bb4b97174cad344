"""Both sides of a reconciliation, compared in one session of our database; and what was found, kept per run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from include.store.database import Database, Row, named_queries

_sql = named_queries("reconciliation")

# Who settles what a later run does not find any more.
SETTLED_BY = "nightly_reconciliation"
# What was booked so shortly before Exact was read may not have been visible yet (FACTS 6.11).
VISIBLE_S = 30.0
# The flows read each hour: what the shop changed a day ago and nobody read is missing, not late.
UNREAD_S = 86_400.0
BATCH = 2_000
# For the two joins of all documents; the server's own setting is made for many small questions.
WORKING_MEMORY = "set local work_mem = '256MB'"
COPY_SHOP = "copy shop_amount from stdin"
COPY_DIFFERENCES = (
    "copy reconciliation_difference (difference_id, run_id, kind, administration, division, day, document_type, number,"
    " mutation_id, state, cause_code, cause_subject, facts, documents) from stdin"
)
COPY_AMOUNTS = "copy reconciliation_amount from stdin"


class ShopAmount(NamedTuple):
    """What the shop asks for of one document under one VAT code, in cents; `documents` is 1 under its first code, 0 under others.

    `net_off`, `vat_off`, `gross_off`: cents that rounding may be off by. The order of the columns is that of the table.
    """

    division: int
    document: str
    effect: str
    day: date
    currency: str
    vat_code: str
    net: int
    vat: int
    documents: int
    net_off: int
    vat_off: int
    gross_off: int
    changed_at: datetime


@dataclass(frozen=True)
class Books:
    """The books of one administration, as the mirror shows them since `seen_at` (None: never read)."""

    division: int
    administration: str
    entity: str
    journal: str
    seen_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What is kept of a document that differs; `amounts`: by administration, currency and VAT code, both sides in cents."""

    kind: str
    administration: str
    division: int
    day: date
    document_type: str
    number: str
    mutation_id: int | None
    state: str | None
    cause_code: str | None
    cause_subject: str | None
    facts: dict[str, Any]
    documents: list[dict[str, Any]]
    amounts: list[tuple[str, str, str, tuple[int, int, int], tuple[int, int, int]]]


class ReconciliationStore:
    """One comparison at a time; its staging tables live as long as the session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        with self._database.statement() as connection:
            moment: datetime = _sql.moment(connection)
        return moment

    def oldest_open(self) -> date | None:
        """The day of the oldest difference that still waits for a person."""
        with self._database.statement() as connection:
            day: date | None = _sql.oldest_open(connection)
        return day

    def begin(self, books: Iterable[Books]) -> None:
        """Empty tables for a new comparison of these books."""
        with self._database.transaction() as connection:
            _sql.begin_staging(connection)
            _sql.forget_unfinished(connection)
            for each in books:
                _sql.add_books(connection, **vars(each))

    def load_shop(self, rows: Iterable[ShopAmount]) -> None:
        """Add what the shop asks for; called page by page."""
        with self._database.transaction() as connection, connection.cursor() as cursor, cursor.copy(COPY_SHOP) as copy:
            for row in rows:
                copy.write_row(row)

    def shop_is_read(self) -> None:
        """All pages are there: newer versions replace older ones, and returns lower the drafts that they changed."""
        with self._database.transaction() as connection:
            connection.execute(WORKING_MEMORY)
            connection.execute("ANALYZE shop_amount")
            _sql.forget_older_versions(connection)
            _sql.merge_taken_from_drafts(connection)

    def load_exact(self, since: date, until: date) -> None:
        """Take Exact's documents of these days out of the mirror, and add them up."""
        with self._database.transaction() as connection:
            connection.execute(WORKING_MEMORY)
            # The mirror was read a moment ago: plans made of older figures would walk it once for each document.
            connection.execute("ANALYZE mirror_record, mutation")
            _sql.collect_headers(connection, since=since, until=until)
            _sql.merge_headers_of_taken(connection)
            connection.execute("ANALYZE exact_header")
            _sql.add_up_exact(connection)

    def analyse(self) -> None:
        """Let the planner know the sizes."""
        with self._database.transaction() as connection:
            _sql.analyse_staging(connection)

    def begin_run(self, since: date, until: date, started_by: str) -> int:
        with self._database.transaction() as connection:
            return int(_sql.begin_run(connection, since=since, until=until, started_by=started_by))

    def compare(self, run_id: int) -> None:
        """Sum up both sides, and note which documents differ."""
        with self._database.transaction() as connection:
            connection.execute(WORKING_MEMORY)
            _sql.compare(connection)
            _sql.add_totals(connection, run_id=run_id)

    def differing(self) -> Iterator[list[Row]]:
        """The documents that differ, by and by: a bad night has hundreds of thousands."""
        with self._database.transaction() as connection:
            connection.execute(WORKING_MEMORY)
            with connection.cursor(name="differing") as cursor:
                cursor.execute(_sql.differing_documents.sql, {"visible_s": VISIBLE_S, "unread_s": UNREAD_S})
                while rows := cursor.fetchmany(BATCH):
                    yield rows

    def keep(self, run_id: int, differences: Sequence[Difference]) -> None:
        """Store what was found; within the transaction of `differing`."""
        with self._database.statement() as connection, connection.cursor() as cursor:
            numbers = [row["number"] for row in _sql.next_differences(connection, count=len(differences))]
            with cursor.copy(COPY_DIFFERENCES) as copy:
                for number, each in zip(numbers, differences, strict=True):
                    copy.write_row(_columns(run_id, number, each))
            with cursor.copy(COPY_AMOUNTS) as copy:
                for number, each in zip(numbers, differences, strict=True):
                    for administration, currency, vat_code, expected, booked in each.amounts:
                        copy.write_row((number, administration, currency, vat_code, *_money(expected), *_money(booked)))

    def finish(self, run_id: int, kinds: Sequence[str]) -> Row:
        """Close the run: its differences of these kinds open cases, and what is found no more settles them."""
        with self._database.transaction() as connection:
            row: Row = _sql.finish_run(connection, run_id=run_id)
            _sql.note_cases(connection, run_id=run_id, kinds=list(kinds), by=SETTLED_BY)
            row["settled"] = len(list(_sql.settle_gone(connection, run_id=run_id, by=SETTLED_BY)))
        return row


def _columns(run_id: int, number: int, each: Difference) -> tuple[object, ...]:
    place = (each.kind, each.administration, each.division, each.day, each.document_type, each.number)
    cause = (each.mutation_id, each.state, each.cause_code, each.cause_subject)
    return (number, run_id, *place, *cause, Jsonb(each.facts), Jsonb(each.documents))


def _money(side: tuple[int, int, int]) -> tuple[int, Decimal, Decimal]:
    """Documents, and cents as an amount."""
    documents, net, vat = side
    return documents, Decimal(net).scaleb(-2), Decimal(vat).scaleb(-2)
