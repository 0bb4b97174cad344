"""What a task instance did is told from its workers' events, over all its tries."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from include.outbox.model import Cause
from include.store.database import Database
from include.store.desk import note_worker
from include.store.work import Task, WorkStore
from tests.outbox.scenes import dead, draft
from tests.store.rigs import PostgresRig

TASK = Task(dag_id="orders_to_invoices", run_id="r1", task_id="book_BE")


@pytest.fixture
def memory(new_dsn: Callable[[], str]):
    rig = PostgresRig(new_dsn())
    rig.databases.append(Database(rig.dsn))
    yield rig
    rig.close()


def worked(memory: PostgresRig, owner: str, **other: object) -> None:
    task = {"dag_id": TASK.dag_id, "run_id": TASK.run_id, "task_id": TASK.task_id, "map_index": -1, "try_number": 1, **other}
    note_worker(memory.databases[0], owner, task)


def test_both_tries_of_a_task_count_and_each_record_once_as_it_was_left(memory: PostgresRig) -> None:
    worked(memory, "first")
    worked(memory, "second", try_number=2)
    worked(memory, "other", run_id="r2")
    memory.store("first").plan([draft("A1"), draft("A2")], None)
    memory.store("second").plan([dead("A1", Cause("unknown_relation", "1"), source_version="v2")], None)
    memory.store("other").plan([draft("A3")], None)
    work = WorkStore(memory.databases[0])

    assert [(row["state"], row["records"]) for row in work.sums(TASK)] == [("dead_letter", 1), ("planned", 1)]
    assert [(row["your_ref"], row["state"], row["cause"]) for row in work.records(TASK, at_most=9)] == [
        ("A1", "dead_letter", "unknown_relation:1"),
        ("A2", "planned", None),
    ]


def test_what_others_did_later_is_not_the_tasks_own(memory: PostgresRig) -> None:
    worked(memory, "first")
    memory.store("first").plan([draft("A1")], None)
    memory.store("later").plan([dead("A1", Cause("unknown_relation", "1"), source_version="v2")], None)
    (row,) = WorkStore(memory.databases[0]).records(TASK, at_most=9)

    assert (row["state"], row["state_now"]) == ("planned", "dead_letter")


def test_the_events_of_a_worker_are_found_by_an_index(memory: PostgresRig) -> None:
    with psycopg.connect(memory.dsn) as connection:
        connection.execute("set enable_seqscan = off")
        plan = connection.execute("explain select * from mutation_event where actor = 'x'").fetchall()

    assert "mutation_event_actor" in str(plan)
