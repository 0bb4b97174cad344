"""Sums of how the flows fare: the same as counting everything, brought up to date by what changed alone, quick on a grown outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from include.outbox.model import Cause, Outcome
from include.outbox.states import State
from include.store.database import Database
from include.store.health import HealthStore, Period, Span, SummedQuota
from include.store.quota import QuotaStore
from tests.outbox.scenes import DIVISION, dead, draft
from tests.store.grown import grow
from tests.store.rigs import PostgresRig

ZONE = "Europe/Amsterdam"
BY_STATE = "select state, count(*) as documents from mutation group by 1"
EXACT_PACE = """
select percentile_cont(0.5) within group (order by extract(epoch from posted_at - created_at)) as p50_s,
    percentile_cont(0.95) within group (order by extract(epoch from posted_at - created_at)) as p95_s
from mutation where state = 'posted' and administration = 'UK' and flow = 'orders_to_invoices' and posted_at >= %s
"""


@pytest.fixture
def rig(new_dsn: Callable[[], str]) -> Iterator[PostgresRig]:
    made = PostgresRig(new_dsn())
    yield made
    made.close()


@pytest.fixture
def health(rig: PostgresRig) -> Iterator[HealthStore]:
    database = Database(rig.dsn)
    yield HealthStore(database)
    database.close()


@pytest.fixture(scope="module")
def grown(new_dsn: Callable[[], str]) -> str:
    dsn = new_dsn()
    grow(dsn, documents=12_000, days=60)
    return dsn


@pytest.fixture
def grown_health(grown: str) -> Iterator[HealthStore]:
    database = Database(grown)
    store = HealthStore(database)
    store.sum_up()
    yield store
    database.close()


def month(health: HealthStore) -> Span:
    health.sum_up()
    return health.span(Period.MONTH, ZONE)


def book(rig: PostgresRig, number: str) -> None:
    store = rig.store()
    mutation = store.claim(rig.numbers()[f"{number}/sale"], "worker")
    assert mutation is not None
    assert store.settle(mutation, Outcome(State.POSTED, exact_id=uuid4()))


def by_state(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    return {row["state"]: (row["documents"], row["refused"]) for row in rows}


def test_an_empty_outbox_has_no_figures(health: HealthStore) -> None:
    span = month(health)

    assert health.outcomes(span) == health.paces(span) == health.open() == health.calls_over_time(span) == []
    assert span.until - span.since > timedelta(days=29)


def test_documents_are_counted_by_what_became_of_them(rig: PostgresRig, health: HealthStore) -> None:
    rig.store().plan([draft("A1"), draft("A2"), dead("A3", Cause("missing_gl_account", "8120"))], None)
    book(rig, "A1")

    assert by_state(health.outcomes(month(health))) == {"posted": (1, 0), "planned": (1, 0), "dead_letter": (1, 1)}
    assert {row["state"]: row["documents"] for row in health.open()} == {"planned": 1, "dead_letter": 1}


def test_what_changes_is_counted_anew_and_only_once(rig: PostgresRig, health: HealthStore) -> None:
    rig.store().plan([draft("A1")], None)
    month(health)
    book(rig, "A1")

    for _ in range(2):
        assert by_state(health.outcomes(month(health))) == {"posted": (1, 0)}
    assert health.open() == []


def test_a_document_that_was_refused_once_counts_as_refused_when_it_is_booked(rig: PostgresRig, health: HealthStore) -> None:
    store = rig.store()
    store.plan([dead("A1", Cause("missing_gl_account", "8120"))], None)
    rig.connection.execute("update mutation set state = 'planned', payload = '{}', payload_version = 2, actor = 'operator'")
    book(rig, "A1")

    assert by_state(health.outcomes(month(health))) == {"posted": (1, 1)}


def test_a_past_window_says_nothing_about_how_long_booking_takes(rig: PostgresRig, health: HealthStore) -> None:
    store = rig.store()
    store.lane(bulk=True).plan([draft("A1")], None)
    store.plan([draft("A2")], None)
    book(rig, "A1")
    book(rig, "A2")

    span = month(health)

    assert {(row["since"], row["documents"]) for row in health.paces(span)} == {("source", 1), ("planned", 1)}
    assert [row["is_bulk"] for row in health.open()] == []


def test_calls_are_counted_but_for_those_that_a_limit_turned_away(rig: PostgresRig, health: HealthStore) -> None:
    for status in (200, 201, 400, 429, None):
        rig.connection.execute(
            "insert into api_call (app, division, method, endpoint, status, answer_class, seconds, owner)"
            " values ('app', %s, 'GET', 'crm/Accounts', %s, 'read', 0.1, 'worker')",
            (DIVISION, status),
        )

    for _ in range(2):
        [row] = health.calls_over_time(month(health))
        assert (row["calls"], row["refused"], row["unanswered"]) == (4, 2, 1)


def test_calls_are_told_apart_by_the_flow_whose_documents_they_carried(rig: PostgresRig, health: HealthStore) -> None:
    rig.store().plan([draft("A1"), draft("A2")], None)
    for mutation_id in (1, 1, 2, None, None):
        rig.connection.execute(
            "insert into api_call (app, division, method, endpoint, status, answer_class, seconds, mutation_id, owner)"
            " values ('app', %s, 'POST', 'salesentry/SalesEntries', 201, 'posted', 0.1, %s, 'worker')",
            (DIVISION, mutation_id),
        )
    health.sum_up()
    counted, summed = QuotaStore(health._database, DIVISION), SummedQuota(health._database, DIVISION, administration="BE")

    assert summed.backlogs() == counted.backlogs() != []
    assert summed.background()[0] == counted.background()[0] == 2


def test_whoever_finds_another_one_counting_reads_what_is_there(rig: PostgresRig, health: HealthStore) -> None:
    before = health.sum_up()
    with rig.connection.transaction():
        rig.connection.execute("select pg_advisory_xact_lock(hashtextextended('health', 0))")
        rig.store().plan([draft("A1")], None)

        assert health.sum_up() == before
    assert health.sum_up() > before


def test_the_sums_are_those_of_counting_everything(grown: str, grown_health: HealthStore) -> None:
    with psycopg.connect(grown, row_factory=dict_row) as connection:
        counted = {row["state"]: row["documents"] for row in connection.execute(BY_STATE)}
        calls = connection.execute("select count(*) as calls from api_call").fetchone()
    open_now = grown_health.open()
    summed = connection_sums(grown)

    assert summed["outcomes"] == counted
    assert calls is not None
    assert summed["calls"] == calls["calls"]
    assert sum(row["documents"] for row in open_now) == counted["dead_letter"] + counted.get("planned", 0)


def connection_sums(dsn: str) -> dict[str, Any]:
    with psycopg.connect(dsn) as connection:
        outcomes = dict(connection.execute("select state, sum(documents)::integer from health_outcome group by 1").fetchall())
        [(calls,)] = connection.execute("select sum(calls) from health_calls").fetchall()
    return {"outcomes": outcomes, "calls": calls}


def test_durations_are_right_within_a_tenth(grown: str, grown_health: HealthStore) -> None:
    span = grown_health.span(Period.MONTH, ZONE)
    found = {(row["administration"], row["flow"], row["since"]): row for row in grown_health.paces(span)}
    with psycopg.connect(grown, row_factory=dict_row) as connection:
        exact = connection.execute(EXACT_PACE, (span.since,)).fetchone()
    summed = found["UK", "orders_to_invoices", "planned"]

    assert exact is not None
    for share in ("p50_s", "p95_s"):
        assert float(summed[share]) == pytest.approx(float(exact[share]), rel=0.1)


def test_the_days_of_a_month_are_those_of_the_reader(grown_health: HealthStore) -> None:
    span = grown_health.span(Period.MONTH, ZONE)
    days = {row["at"] for row in grown_health.outcomes_over_time(span)}

    assert len(days) == 30
    assert min(days) == span.since
    assert grown_health.outcomes_over_time(span, "no_such_flow") == []
    assert {row["at"] for row in grown_health.paces_over_time(span)} <= days


def test_a_page_reads_no_document_and_no_call(grown: str, grown_health: HealthStore) -> None:
    """So it takes as long on a million as on a thousand: it goes on where nobody can read the outbox at all."""
    grown_health._database.connection.execute("set lock_timeout = '5s'")
    with psycopg.connect(grown) as connection:
        connection.execute("lock table mutation, mutation_event, api_call in access exclusive mode")
        span = grown_health.span(Period.MONTH, ZONE)
        answers = [
            ask(span)
            for ask in (
                grown_health.outcomes,
                grown_health.outcomes_over_time,
                grown_health.paces,
                grown_health.paces_over_time,
                grown_health.calls_over_time,
            )
        ]

        assert all(answers)
        assert grown_health.open()
        assert (grown_health.mirrors(), grown_health.cases()) == ([], [])
