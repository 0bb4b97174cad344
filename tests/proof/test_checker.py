"""The checker reads the tables by its own SQL."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from include.outbox.model import Mutation, Outcome
from include.outbox.states import State
from include.outbox.times import Times
from include.proof.checker import (
    Hold,
    SourceRecord,
    check,
    dead_hold_nothing,
    no_secret_in_files,
    no_secret_in_tables,
    nobody_held_too_long,
)
from include.proof.judge import BookedDocument
from include.store.database import Database
from include.store.outbox import OutboxStore
from tests.outbox.scenes import DIVISION, draft

VAT = {"21": Decimal("2.10")}


@pytest.fixture
def store(checked_dsn: str):
    database = Database(checked_dsn)
    yield OutboxStore(database, {}, app="app", owner="worker", times=Times())
    database.close()


def _posted(store: OutboxStore, number: str) -> tuple[Mutation, BookedDocument]:
    store.plan([draft(number, vat=VAT)], None)
    mutation = store.claim(store.ready(DIVISION, 1)[0], "worker")
    exact_id = UUID(int=mutation.mutation_id)
    store.settle(mutation, Outcome(State.POSTED, exact_id=exact_id))
    return mutation, BookedDocument(DIVISION, str(exact_id).upper(), mutation.token, number, Decimal("10.00"), VAT)


def _sources(*numbers: str) -> list[SourceRecord]:
    return [SourceRecord(f"shop/{number}/sale/1", "2026-11-02", Decimal("10.00"), VAT) for number in numbers]


def test_books_and_tables_that_agree_are_reported_with_their_totals(store, checked_dsn: str):
    documents = [_posted(store, number)[1] for number in ("A1", "A2")]
    report = check(checked_dsn, documents, sources=_sources("A1", "A2"))

    assert report.violations == []
    assert report.states == {"posted": 2}
    assert report.day_totals["2026-11-02"]["source net"] == report.day_totals["2026-11-02"]["settled net"] == Decimal("20.00")


def test_documents_of_other_people_are_none_of_its_business(store, checked_dsn: str):
    _, document = _posted(store, "A1")
    foreign = BookedDocument(DIVISION, "x", "a note of a person", "2026-77", Decimal(1))

    assert check(checked_dsn, [document, foreign]).violations == []


def test_a_document_that_carries_our_number_and_no_token_is_found(store, checked_dsn: str):
    _, document = _posted(store, "A1")
    by_hand = BookedDocument(DIVISION, "x", "", "A1", Decimal("10.00"))

    assert [each.invariant for each in check(checked_dsn, [document, by_hand]).violations] == ["I1"]


def test_a_day_whose_totals_differ_is_found(store, checked_dsn: str):
    _, document = _posted(store, "A1")
    report = check(checked_dsn, [document], sources=_sources("A1", "A2"))

    assert {each.invariant for each in report.violations} == {"I3", "I5"}


def test_without_sources_the_table_stands_for_them(store, checked_dsn: str):
    _, document = _posted(store, "A1")

    assert check(checked_dsn, [document]).violations == []
    assert [each.invariant for each in check(checked_dsn, []).violations] == ["I4"]


def test_a_mutation_that_is_held_for_longer_than_the_lease_is_found(store, checked_dsn: str):
    store.plan([draft()], None)
    store.claim(1, "worker")
    with psycopg.connect(checked_dsn) as connection:
        connection.execute("update mutation set sent_at = sent_at - interval '100 s'")

    assert [each.invariant for each in dead_hold_nothing(checked_dsn, longest_s=90)] == ["I11"]
    assert dead_hold_nothing(checked_dsn, longest_s=120) == []


def test_an_attempt_that_took_too_long_is_found_unless_nobody_could_have_taken_it_over(store, checked_dsn: str):
    _posted(store, "A1")
    with psycopg.connect(checked_dsn) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update mutation_event set at = at - interval '100 s' where after = 'sending'")
        now = connection.execute("select clock_timestamp()").fetchone()[0]
    excused = [Hold(now - timedelta(seconds=50), now - timedelta(seconds=20))]

    assert [each.invariant for each in nobody_held_too_long(checked_dsn, longest_s=90)] == ["I11"]
    assert nobody_held_too_long(checked_dsn, longest_s=90, excused=excused) == []
    assert nobody_held_too_long(checked_dsn, longest_s=120) == []


def test_a_secret_is_found_in_tables_and_in_files(store, checked_dsn: str, tmp_path: Path):
    store.plan([draft(payload='{"x":"hunter2"}')], None)
    (tmp_path / "worker.log").write_text("token hunter2")

    assert [each.subject for each in no_secret_in_tables(checked_dsn, ["hunter2"])] == ["public.mutation"]
    assert no_secret_in_tables(checked_dsn, ["hunter3"]) == []
    assert len(no_secret_in_files(tmp_path.iterdir(), ["hunter2"])) == 1
    assert no_secret_in_files(tmp_path.iterdir(), ["hunter3"]) == []
