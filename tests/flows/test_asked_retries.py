"""Another try that somebody asked for: of some records or of all, at a pace, visible while it goes on, and never lost with its worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet

from include.console.acts import ask_again, ask_booking_again, stop
from include.errors import SetupError
from include.flows.attention import CaseOpenError, settle_case
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.outbox.ports import Purpose
from include.run import Window
from include.store.cases import Case, CaseStore
from include.store.database import Database
from include.store.deeds import DESK, DeedStore, Doer
from include.store.retries import Retry, Wish
from tests.conftest import REPOSITORY
from tests.outbox.scenes import HandClock

RELATION, BLOCKED = "12686", "BE:blocked_account:12686"
LIKE = "536852"
ANN, BEN = Doer("ann", DESK), Doer("ben", DESK)


class Desk:
    """A world whose case of a blocked relation holds several orders, and the person at the desk."""

    def __init__(self, world: Any, orders: int) -> None:
        self.world = world
        self.numbers = add_orders(world, orders)
        self.block(blocked=True)
        with world.run("BE", window=Window(datetime.now(UTC), datetime.now(UTC), order_numbers=tuple(self.numbers))) as run:
            book_orders(run)
        self.database = Database(world.store_dsn)
        self.cases = CaseStore(self.database)
        self.ids = [row["mutation_id"] for row in world.mutations("cause_code = 'blocked_account'")]

    @property
    def case(self) -> Case:
        found = self.cases.get(BLOCKED)
        assert found is not None
        return found

    def block(self, *, blocked: bool) -> None:
        self.world.sandbox.control("POST", "accounts", {"division": 820202, "Code": RELATION, "Blocked": blocked})

    def clear(self, clock: HandClock | None = None) -> dict[str, int]:
        """What a clear of the case's square does."""
        with self.world.run("BE", purpose=Purpose.OPERATOR) as run:
            return dict(settle_case(run, BLOCKED, clock or HandClock()))

    def states(self) -> Counter[str]:
        return Counter(row["state"] for row in self.world.mutations("your_ref = any(%s)", self.numbers))

    def last(self) -> Retry:
        found = self.cases.retries.last(BLOCKED)
        assert found is not None
        return found


def add_orders(world: Any, count: int) -> list[str]:
    """Copies of one order of the relation."""
    numbers = [str(77_000_000 + number) for number in range(count)]
    with psycopg.connect(world.shop_dsn) as connection:
        for table in ("sales", "sale_items"):
            columns = [
                name
                for (name,) in connection.execute(
                    "select column_name from information_schema.columns where table_schema = 'webshop' and table_name = %s", (table,)
                )
            ]
            given = ", ".join("n" if name == "sale_no" else "now()" if name == "updated_at" else name for name in columns)
            connection.execute(
                f"insert into webshop.{table} ({', '.join(columns)}) select {given} from webshop.{table}, unnest(%s::text[]) n"
                " where sale_no = %s",
                (numbers, LIKE),
            )
    return numbers


@pytest.fixture
def desk(world: Any) -> Iterator[Callable[[int], Desk]]:
    made: list[Desk] = []

    def make(orders: int) -> Desk:
        made.append(Desk(world, orders))
        return made[-1]

    yield make
    for each in made:
        each.database.close()


def test_chosen_records_are_sent_and_the_others_of_the_case_stay_untouched(desk) -> None:
    here = desk(5)
    here.block(blocked=False)
    chosen = here.ids[1:3]
    asked = ask_again(here.database, here.case, Wish(doer=ANN, records=chosen))
    with pytest.raises(CaseOpenError) as red:
        here.clear()

    assert (asked.is_new, asked.retry.total, asked.retry.whole) == (True, 2, False)
    assert here.states() == {"posted": 2, "dead_letter": 3}
    assert {row["mutation_id"] for row in here.world.mutations("state = 'posted'")} == set(chosen)
    assert "ann vroeg om 2 opnieuw te proberen: 2 geboekt" in str(red.value)
    assert "ann asked for another try of 2: 2 booked, 0 refused again, 0 went another way, 0 not tried" in str(red.value)
    assert (here.last().outcome, here.last().posted) == ("done", 2)
    assert [(deed.who, deed.what, deed.untouched) for deed in DeedStore(here.database).of_case(BLOCKED)] == [("ann", "retry", True)]
    actors = here.world.mutations("mutation_id = any(%s)", chosen)
    assert len(actors) == 2
    assert len(here.world.sandbox.documents()) == 2


def test_a_clear_in_airflows_own_grid_does_what_the_button_does(desk) -> None:
    here = desk(3)
    with pytest.raises(CaseOpenError):
        here.clear()
    assert here.cases.retries.last(BLOCKED) is None, "the first start only shows the case"
    here.block(blocked=False)

    assert here.clear()["posted"] == 3
    assert (here.last().asked_by, here.last().via, here.last().whole, here.last().outcome) == ("Airflow", "airflow", True, "done")
    assert not here.case.is_open


class Watch(HandClock):
    """A clock that looks at the progress whenever somebody waits."""

    def __init__(self, look: Callable[[], None]) -> None:
        super().__init__()
        self._look = look

    def sleep(self, seconds: float) -> None:
        self._look()
        super().sleep(seconds)


def test_the_pace_is_held_and_the_progress_is_there_to_see_while_it_goes_on(desk) -> None:
    here = desk(7)
    here.block(blocked=False)
    ask_again(here.database, here.case, Wish(doer=ANN, pace_per_minute=12))
    seen: list[tuple[int, int]] = []
    clock = Watch(lambda: seen.append((here.last().done, here.last().posted)))
    here.clear(clock)

    assert seen == [(0, 0), (2, 2), (4, 4), (6, 6)]
    assert clock.seconds == pytest.approx(30)
    assert (here.last().done, here.last().posted, here.last().total) == (7, 7, 7)


def test_a_try_ends_at_its_next_step_when_somebody_stops_it(desk) -> None:
    here = desk(6)
    here.block(blocked=False)
    ask_again(here.database, here.case, Wish(doer=ANN, pace_per_minute=12))
    steps = iter(range(9))
    with pytest.raises(CaseOpenError, match="iemand heeft dit gestopt"):
        here.clear(Watch(lambda: stop(here.database, here.case, BEN) if next(steps) == 1 else None))

    assert (here.last().outcome, here.last().stop_asked_by, here.last().posted) == ("stopped", "ben", 4)
    assert here.states() == {"posted": 4, "dead_letter": 2}


class TimeOutError(BaseException):
    """What Airflow raises in a task that is ended, or runs too long."""


def test_a_task_that_is_ended_leaves_the_try_to_go_on_and_a_fault_of_the_set_up_ends_it(desk) -> None:
    here = desk(5)
    here.block(blocked=False)
    ask_again(here.database, here.case, Wish(doer=ANN, pace_per_minute=6))

    def ends(error: BaseException) -> Watch:
        def look() -> None:
            if here.last().done == 2:
                raise error

        return Watch(look)

    with pytest.raises(TimeOutError):
        here.clear(ends(TimeOutError()))
    assert (here.last().finished_at, here.last().posted) == (None, 2)
    assert here.cases.retries.stalled(grace_s=0) == [BLOCKED]
    with pytest.raises(SetupError):
        here.clear(ends(SetupError("exact_403", 820202, cure="the licence has ended")))
    assert (here.last().outcome, here.last().posted) == ("failed", 2)
    assert "the licence has ended" in here.last().why
    assert here.cases.retries.stalled(grace_s=0) == []
    assert here.states() == {"posted": 2, "dead_letter": 3}


def test_when_the_canary_is_refused_again_nothing_else_is_sent(desk) -> None:
    here = desk(4)
    ask_again(here.database, here.case, Wish(doer=ANN))
    calls = len([call for call in here.world.sandbox.calls() if call["method"] == "POST"])
    with pytest.raises(CaseOpenError, match="the others were not sent"):
        here.clear()

    assert len([call for call in here.world.sandbox.calls() if call["method"] == "POST"]) == calls + 1
    assert (here.last().outcome, here.last().done, here.last().refused) == ("canary_refused", 1, 1)


def test_of_two_people_who_ask_at_once_the_second_is_told_what_the_first_one_asked_for(desk) -> None:
    here = desk(4)
    here.block(blocked=False)

    def ask(who: Doer) -> Any:
        database = Database(here.world.store_dsn)
        try:
            return ask_again(database, here.case, Wish(doer=who))
        finally:
            database.close()

    with ThreadPoolExecutor(2) as both:
        first, second = sorted(both.map(ask, (ANN, BEN)), key=lambda asked: not asked.is_new)
    more = ask_again(here.database, here.case, Wish(doer=BEN, records=here.ids[:1]))

    assert (first.is_new, second.is_new, more.is_new) == (True, False, False)
    assert second.retry == more.retry == first.retry
    assert here.clear()["posted"] == 4
    assert len(here.world.sandbox.documents()) == 4
    assert ask_again(here.database, here.case, Wish(doer=BEN)).retry is None


def test_a_try_rests_when_the_calls_of_the_day_are_used_up_and_goes_on_after_that(desk) -> None:
    here = desk(3)
    here.block(blocked=False)
    ask_again(here.database, here.case, Wish(doer=ANN))
    with psycopg.connect(here.world.store_dsn) as memory:
        memory.execute("update quota set day_remaining = 0, day_reset_at = now() + interval '3 hours' where division = 820202")
    with pytest.raises(CaseOpenError, match="the others go on by themselves"):
        here.clear()
    resting = here.last()
    assert resting.finished_at is None
    assert (resting.not_before - datetime.now(UTC)).total_seconds() > 3600
    assert here.cases.retries.stalled(grace_s=0) == []

    with psycopg.connect(here.world.store_dsn) as memory:
        memory.execute("update quota set day_remaining = 5000")
        memory.execute("update case_retry set not_before = now()")
    assert here.cases.retries.stalled(grace_s=0) == [BLOCKED]
    here.clear()
    assert here.states() == {"posted": 3}
    assert here.last().outcome == "done"


def test_what_was_deleted_in_exact_is_booked_once_more_by_the_run_of_its_case(desk) -> None:
    here = desk(1)
    here.block(blocked=False)
    with pytest.raises(CaseOpenError):
        here.clear()
    here.clear()
    (row,) = here.world.mutations("your_ref = %s", here.numbers[0])
    with here.world.run("BE") as run:
        refresh(run)
        here.world.sandbox.control("DELETE", f"documents/{row['exact_id']}")
        refresh(run)
    case_id = f"BE:deleted_in_exact:{here.numbers[0]}"
    with here.world.run("BE") as run:
        record = run.outbox.store.get(row["mutation_id"])
    assert ask_booking_again(here.database, record, ANN).is_new
    with here.world.run("BE", purpose=Purpose.OPERATOR) as run:
        assert settle_case(run, case_id)["posted"] == 1
        with pytest.raises(SetupError):
            ask_booking_again(here.database, run.outbox.store.get(row["mutation_id"]), BEN)

    rows = here.world.mutations("your_ref = %s", here.numbers[0])
    assert [(each["effect_number"], each["state"]) for each in rows] == [(1, "dismissed"), (2, "posted")]
    assert rows[0]["actor"] == "book-again by ann"


LARGE = 300
DIES_AFTER = 90


def test_a_large_case_is_worked_off_although_its_worker_is_killed_in_the_middle_and_nothing_is_sent_twice(desk, world) -> None:
    key = Fernet.generate_key()
    world.cipher = Fernet(key)
    world.sign_in("BE")
    here = desk(LARGE)
    here.block(blocked=False)
    ask_again(here.database, here.case, Wish(doer=ANN, pace_per_minute=6000))
    told = {
        "shop": world.shop_dsn,
        "store": world.store_dsn,
        "sandbox": world.sandbox.url,
        "key": key.decode(),
        "configuration": str(world.configuration),
        "administration": "BE",
        "case": BLOCKED,
    }
    worker = subprocess.Popen([sys.executable, "-m", "tests.flows.retry_worker", json.dumps(told)], cwd=REPOSITORY, env=os.environ)
    try:
        give_up = time.monotonic() + 120
        while here.last().done < DIES_AFTER:
            assert worker.poll() is None
            assert time.monotonic() < give_up
            time.sleep(0.02)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    dead = here.last()
    assert dead.finished_at is None
    assert dead.done < LARGE
    give_up = time.monotonic() + 30
    while here.cases.retries.stalled(grace_s=0) != [BLOCKED]:
        assert time.monotonic() < give_up, "PostgreSQL lets go of what a dead session held"
        time.sleep(0.02)

    here.clear()
    with world.run("BE") as run:
        run.outbox.settle_unknown()
    done = here.last()

    assert (done.retry_id, done.outcome, done.done) == (dead.retry_id, "done", LARGE)
    assert here.states()["posted"] >= LARGE - 1, "one may have been on its way when the worker was killed: it is looked for"
    references = Counter(document["your_ref"] for document in world.sandbox.documents())
    assert set(references.values()) == {1}
    assert sum(references[number] for number in here.numbers) >= LARGE - 1
    attempts = Counter(row["attempt"] for row in world.mutations("your_ref = any(%s)", here.numbers))
    assert max(attempts) <= 2, "two were refused before; nobody was tried again after its try"
