"""What Airflow shows of the cases is compared with the cases; Airflow is a table here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from include.flows.attention_sweep import Square, is_to_be_drawn, last_morning, sweep
from include.outbox.model import Cause
from include.outbox.times import Times
from include.store.cases import Case, CaseStore, case_of
from include.store.database import Database
from include.store.deeds import DESK, Doer
from include.store.migrate import upgrade
from include.store.outbox import OutboxStore
from include.store.retries import Wish
from tests.outbox.scenes import dead, draft

NOW = datetime.now(UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AT_MOST = 200
RED = Square("failed", "failed")
# What people do to a square that does not mend anything.
WIPED = {
    "its run was deleted": Square(None, None),
    "its run was marked success": Square("success", "failed"),
    "its task was marked success": Square("failed", "success"),
    "its task was marked skipped": Square("failed", "skipped"),
    "its task was deleted": Square("failed", None),
    "both were marked success": Square("success", "success"),
}


class Queue:
    """A memory with cases, and the squares that Airflow would show."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.database = Database(dsn)
        self.cases = CaseStore(self.database)
        self.store = OutboxStore(self.database, {}, app="app", owner="worker", times=Times())
        self.squares: dict[str, Square] = {}

    def bury(self, *subjects: str) -> None:
        self.store.plan([dead(f"A{subject}", Cause("unknown_relation", subject)) for subject in subjects], None)

    def draw(self, square: Square = RED) -> list[str]:
        """What a flow does after its drain: the due cases are raised, and then shown; returns them."""
        due = [case.run_id for case in self.cases.take_due(at_most=AT_MOST)]
        self.squares |= dict.fromkeys(due, square)
        for case_id in due:
            self.cases.show(case_id)
        return due

    def age(self, interval: str = "1 hour") -> None:
        with psycopg.connect(self.dsn) as connection:
            connection.execute("update attention_case set raised_at = raised_at - %s::interval", (interval,))

    def sweep(self, morning: datetime = LONG_AGO, at_most: int = AT_MOST) -> list[str]:
        def seen(case_ids: Sequence[str]) -> dict[str, Square]:
            return {case_id: self.squares.get(case_id, Square()) for case_id in case_ids}

        return [case.run_id for case in sweep(self.cases, seen, morning, at_most=at_most)]


@pytest.fixture
def queue(postgres) -> Iterator[Queue]:
    dsn = postgres.create_database("queue")
    upgrade(dsn, environment="test")
    queue = Queue(dsn)
    yield queue
    queue.database.close()


@pytest.mark.parametrize("square", WIPED.values(), ids=WIPED)
def test_a_square_that_was_wiped_away_is_drawn_again(queue: Queue, square: Square) -> None:
    queue.bury("1", "2")
    (first, _) = queue.draw()
    queue.age()
    queue.squares[first] = square
    lost = square.run is not None and square.task is None

    assert queue.sweep() == [f"{first}~~1" if lost else first]
    assert queue.sweep() == []


def test_a_run_of_another_name_stands_for_the_same_case(queue: Queue) -> None:
    queue.bury("1")
    (case_id,) = queue.draw()
    for lost in (case_id, f"{case_id}~~1"):
        queue.age()
        queue.squares[lost] = Square("failed", None)
        (run_id,) = queue.sweep()
        assert case_of(run_id) == case_id
    assert run_id == f"{case_id}~~2"


@pytest.mark.parametrize("state", ["queued", "running"])
def test_what_is_under_way_is_left_alone(queue: Queue, state: str) -> None:
    queue.bury("1")
    queue.draw(Square(state, None))
    queue.age("2 days")

    assert queue.sweep(morning=NOW) == []


def test_a_red_square_is_left_alone_until_the_morning_and_then_drawn_once(queue: Queue) -> None:
    queue.bury("1")
    (case_id,) = queue.draw()
    queue.age()

    assert queue.sweep(morning=NOW - timedelta(hours=2)) == []
    assert queue.sweep(morning=NOW - timedelta(minutes=30)) == [case_id]
    queue.age("10 minutes")
    assert queue.sweep(morning=NOW - timedelta(minutes=30)) == []


def test_a_try_that_nobody_works_on_goes_on_and_one_that_somebody_does_is_left_alone(queue: Queue) -> None:
    queue.bury("1", "2")
    (first, second) = queue.draw()
    queue.age()
    for case_id in (first, second):
        queue.cases.retries.ask(case_id, Wish(doer=Doer("ann", DESK)))
    assert queue.sweep() == [], "it was asked for a moment ago"
    with psycopg.connect(queue.dsn) as connection:
        connection.execute("update case_retry set asked_at = asked_at - interval '1 hour'")
    other = Database(queue.dsn)
    with CaseStore(other).hold(second) as held:
        assert held
        assert queue.sweep() == [first]
    queue.squares[first] = Square("running", "running")
    queue.age()
    assert queue.sweep() == [second]
    other.close()


def test_what_is_drawn_again_is_only_shown_whatever_was_shown_before(queue: Queue) -> None:
    queue.bury("1")
    (case_id,) = queue.draw()
    queue.age()
    queue.squares.clear()
    assert not queue.cases.show(case_id)

    queue.sweep()
    assert queue.cases.show(case_id)
    assert not queue.cases.show(case_id)


def test_a_case_that_was_asked_for_just_now_is_given_time(queue: Queue) -> None:
    queue.bury("1")
    queue.cases.take_due(at_most=AT_MOST)

    assert queue.sweep(morning=NOW) == []


def test_a_case_without_records_is_closed_and_its_square_turns_green(queue: Queue) -> None:
    queue.bury("1")
    (case_id,) = queue.draw()
    queue.store.replan(queue.store.get(1), draft("A1", source_version="v2"), "operator")

    assert queue.sweep() == [case_id]
    assert queue.cases.close(case_id)
    queue.squares[case_id] = Square("success", "success")
    queue.age()
    assert queue.sweep(morning=NOW) == []


def test_a_case_that_was_never_raised_is_closed_without_a_square(queue: Queue) -> None:
    queue.bury("1")
    queue.store.replan(queue.store.get(1), draft("A1", source_version="v2"), "operator")

    assert queue.sweep() == []
    assert queue.cases.open() == []


def test_a_closed_case_whose_square_is_still_red_is_drawn_again(queue: Queue) -> None:
    queue.bury("1")
    (case_id,) = queue.draw()
    queue.store.replan(queue.store.get(1), draft("A1", source_version="v2"), "operator")
    queue.cases.close(case_id)
    queue.age()

    assert queue.sweep() == [case_id]


def test_a_closed_case_whose_run_was_deleted_stays_deleted(queue: Queue) -> None:
    assert not is_to_be_drawn(Case("UK:x", "UK", "x", "", is_open=False, raised_at=NOW), Square(), NOW)


def test_the_oldest_two_hundred_come_first_and_the_others_with_the_next_sweep(queue: Queue) -> None:
    queue.bury(*[f"{number:03}" for number in range(5)])
    drawn = queue.draw()
    queue.age()
    queue.squares.clear()

    assert [queue.sweep(at_most=3), queue.sweep(at_most=3)] == [drawn[:3], drawn[3:]]


def test_of_more_new_cases_than_expected_the_oldest_are_raised_and_the_others_at_the_next_time(queue: Queue) -> None:
    queue.bury("1", "2", "3")

    assert [case.subject for case in queue.cases.take_due(at_most=2)] == ["1", "2"]
    assert [case.subject for case in queue.cases.take_due(at_most=2)] == ["3"]
    assert queue.cases.take_due(at_most=2) == []


def test_a_letter_that_arrives_while_its_case_is_closed_opens_it_again(queue: Queue) -> None:
    queue.bury("1")
    (case_id,) = queue.draw()
    queue.store.replan(queue.store.get(1), draft("A1", source_version="v2"), "operator")
    with psycopg.connect(queue.dsn) as late:
        late.execute(
            "update mutation set state = 'dead_letter', cause_code = 'unknown_relation', cause_subject = '1' where mutation_id = 1"
        )
        with psycopg.connect(queue.dsn) as closer:
            closer.execute("set lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                closer.execute("select from attention_case where case_id = %s for update", (case_id,))
    assert not queue.cases.close(case_id)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-22T05:00+00:00", "2026-11-22T05:00+00:00"),
        ("2026-11-22T04:59+00:00", "2026-11-21T05:00+00:00"),
        ("2026-03-29T04:00+00:00", "2026-03-29T04:00+00:00"),
        ("2026-10-25T04:30+00:00", "2026-10-24T04:00+00:00"),
    ],
)
def test_the_morning_is_the_clocks_on_the_wall(now: str, expected: str) -> None:
    assert last_morning(datetime.fromisoformat(now), 6, ZoneInfo("Europe/Amsterdam")) == datetime.fromisoformat(expected)
