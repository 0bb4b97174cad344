"""Cases: opened with a dead letter, closed only when none is left, raised by one only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from include.outbox.model import Cause
from include.store.cases import CaseStore
from include.store.database import Database
from tests.outbox.scenes import dead, draft
from tests.store.rigs import PostgresRig

CAUSE = Cause("unknown_relation", "17850")
CASE = "BE:unknown_relation:17850"


@pytest.fixture
def memory(new_dsn: Callable[[], str]) -> Iterator[PostgresRig]:
    rig = PostgresRig(new_dsn())
    yield rig
    rig.close()


def cases_of(rig: PostgresRig) -> CaseStore:
    rig.databases.append(Database(rig.dsn))
    return CaseStore(rig.databases[-1])


def in_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    return thread, results


def test_a_case_stays_open_when_a_record_joins_it_at_the_moment_of_closing(memory: PostgresRig) -> None:
    store, cases = memory.store(), cases_of(memory)
    store.plan([dead("A1", CAUSE)], None)
    store.plan([draft("A1", source_version="v2"), draft("A2")], None)
    with psycopg.connect(memory.dsn) as joining:
        joining.execute(
            "update mutation set state = 'dead_letter', cause_code = %s, cause_subject = %s, actor = 'other' where source_id = 'A2'",
            (CAUSE.code, CAUSE.subject),
        )
        thread, closed = in_thread(lambda: cases.close(CASE))
        time.sleep(0.5)
        joining.commit()
        thread.join(10)

    assert closed == [False]
    assert [row["records"] for row in cases.open()] == [1]


def test_a_record_that_comes_while_its_case_closes_opens_it_again(memory: PostgresRig) -> None:
    store, cases = memory.store(), cases_of(memory)
    store.plan([dead("A1", CAUSE)], None)
    store.plan([draft("A1", source_version="v2")], None)
    with psycopg.connect(memory.dsn) as closing:
        closing.execute("update attention_case set state = 'closed' where case_id = %s", (CASE,))
        thread, _ = in_thread(lambda: store.plan([dead("A2", CAUSE)], None))
        time.sleep(0.5)
        closing.commit()
        thread.join(10)

    assert [row["records"] for row in cases.open()] == [1]


def test_two_who_look_for_new_cases_at_once_never_raise_the_same(memory: PostgresRig) -> None:
    memory.store().plan([dead("A1", CAUSE)], None)
    cases = cases_of(memory)
    with psycopg.connect(memory.dsn) as first:
        first.execute("select * from attention_case for update")
        thread, raised = in_thread(lambda: cases.take_due(at_most=9))
        time.sleep(0.5)
        first.execute("update attention_case set raised_at = clock_timestamp()")
        first.commit()
        thread.join(10)

    assert raised == [[]]
