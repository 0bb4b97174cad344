"""What our memory knows of the limits: the day as told, our own calls of it, backlogs by flow; and the reserves that the permits keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from include.errors import RetryableError
from include.outbox.model import Key
from include.outbox.off_peak import DAY, Hours, OffPeakGate
from include.outbox.ports import Limits, Purpose, Receipt
from include.outbox.times import Times
from include.store.database import Database
from include.store.outbox import OutboxStore
from include.store.permits import RESERVES, PermitGate
from include.store.quota import QuotaStore
from tests.outbox.scenes import DIVISION, ENDPOINT, draft

LIMIT = 5000


@dataclass
class Memory:
    """A database, and what reads and writes it for one division."""

    dsn: str
    database: Database

    @property
    def quota(self) -> QuotaStore:
        return QuotaStore(self.database, DIVISION)

    @property
    def outbox(self) -> OutboxStore:
        return OutboxStore(self.database, {}, app="app", owner="worker", times=Times())

    @property
    def gate(self) -> PermitGate:
        return PermitGate(self.database, app="app", division=DIVISION, owner="worker", times=Times())

    def call(self, remaining: int, *, status: int | None = 200, reset_s: float = 3600.0) -> None:
        """A call whose answer says what is left of the day."""
        permit = self.gate.take(ENDPOINT, Purpose.OPERATOR)
        limits = Limits(minute_limit=60, day_limit=LIMIT, day_remaining=remaining, day_reset_s=reset_s)
        self.gate.give_back(Receipt(permit, "GET", ENDPOINT, status, 0.1, limits=limits))

    def sql(self, statement: str, *values: Any) -> None:
        with psycopg.connect(self.dsn) as connection:
            connection.execute(statement, values)

    def passes(self, purpose: Purpose) -> bool:
        try:
            self.gate.give_back_unused(self.gate.take(ENDPOINT, purpose))
        except RetryableError as full:
            return "of the day" not in full.reason
        return True


@pytest.fixture
def memory(new_dsn: Callable[[], str]) -> Iterator[Memory]:
    dsn = new_dsn()
    database = Database(dsn)
    yield Memory(dsn, database)
    database.close()


def test_before_the_first_answer_nothing_is_known(memory: Memory) -> None:
    memory.gate.take(ENDPOINT, Purpose.NEAR_TIME)

    assert memory.quota.day() is None
    assert memory.quota.backlogs() == []
    assert memory.quota.background() == (0, 0.0)


def test_our_own_calls_of_the_day_are_counted_and_refused_ones_are_not(memory: Memory) -> None:
    for remaining, status in ((4999, 200), (4998, None), (4998, 429)):
        memory.call(remaining, status=status)
    memory.sql(
        "insert into api_call (at, app, division, method, endpoint, answer_class, seconds, owner) select at - interval '1 day',"
        " app, division, method, endpoint, answer_class, seconds, owner from api_call"
    )
    memory.sql(
        "insert into api_call (app, division, method, endpoint, answer_class, seconds, owner) values ('app', 1, 'GET', 'e', '', 0, 'w')"
    )
    day = memory.quota.day()

    assert day is not None
    assert (day.day_limit, day.remaining, day.own_calls, day.minute_limit) == (LIMIT, 4998, 2, 60)
    assert day.resets_at > memory.quota.now()


@pytest.mark.parametrize("purpose", Purpose)
def test_each_class_leaves_its_reserve_to_those_before_it(memory: Memory, purpose: Purpose) -> None:
    reserve = round(RESERVES[purpose] * LIMIT)
    memory.call(reserve + 1)
    above = memory.passes(purpose)
    memory.call(reserve) if reserve else memory.sql("update quota set day_remaining = 0")
    below = memory.passes(purpose)

    assert (above, below) == (True, False)


def test_the_classes_come_to_rest_in_their_order(memory: Memory) -> None:
    memory.call(LIMIT)
    resting = []
    for remaining in range(2050, -1, -50):
        memory.sql("update quota set day_remaining = %s", remaining)
        resting += [purpose for purpose in Purpose if purpose not in resting and not memory.passes(purpose)]

    assert resting == [Purpose.BULK, Purpose.NEAR_TIME, Purpose.INTERACTIVE, Purpose.OPERATOR]


def test_outside_its_hours_bulk_takes_no_permit_whatever_is_left(memory: Memory) -> None:
    now = memory.quota.now()
    ahead = [(now + DAY / 24 * hours).astimezone(ZoneInfo("UTC")).time() for hours in (1, 2, 23)]
    closed = OffPeakGate(memory.gate, Hours(ahead[0], ahead[1], ZoneInfo("UTC")), memory.quota.now)
    opened = OffPeakGate(memory.gate, Hours(ahead[2], ahead[0], ZoneInfo("UTC")), memory.quota.now)

    with pytest.raises(RetryableError, match="waits for its hours"):
        closed.take(ENDPOINT, Purpose.BULK)
    assert closed.take(ENDPOINT, Purpose.NEAR_TIME)
    assert opened.take("another", Purpose.BULK)


def test_what_is_planned_in_bulk_is_ready_in_its_lane_only(memory: Memory) -> None:
    store = memory.outbox
    near, bulk = store.lane(bulk=False), store.lane(bulk=True)
    near.plan([draft("N1")], None)
    bulk.plan([draft("B1"), draft("B2")], None)
    of = {row.your_ref: row.mutation_id for row in (store.get(number) for number in store.ready(DIVISION, 9))}

    assert sorted(of) == ["B1", "B2", "N1"]
    assert list(near.ready(DIVISION, 9)) == [of["N1"]]
    assert list(bulk.ready(DIVISION, 9)) == [of["B1"], of["B2"]]
    assert list(bulk.ready(DIVISION, 9, frozenset({of["N1"], of["B2"]}))) == [of["B2"]]


def test_what_news_wait_for_is_bulk_no_longer(memory: Memory) -> None:
    near, bulk = memory.outbox.lane(bulk=False), memory.outbox.lane(bulk=True)
    bulk.plan([draft("relation"), draft("old", waits_for=Key("shop", "relation", "sale"))], None)
    before = list(near.ready(DIVISION, 9))
    near.plan([draft("news", waits_for=Key("shop", "relation", "sale"))], None)
    after = [memory.outbox.get(number).your_ref for number in near.ready(DIVISION, 9)]

    assert (before, after) == ([], ["relation"])
    assert [(each.is_bulk, each.documents) for each in memory.quota.backlogs()] == [(False, 2), (True, 1)]


def test_a_lane_waits_for_its_own_rows_only(memory: Memory) -> None:
    near, bulk = memory.outbox.lane(bulk=False), memory.outbox.lane(bulk=True)
    bulk.plan([draft("B1")], None)
    memory.sql("update mutation set not_before = clock_timestamp() + interval '1 hour'")

    assert near.next_due_s(DIVISION) is None
    assert 0 < (bulk.next_due_s(DIVISION) or 0) <= 3600
    assert memory.outbox.next_due_s(DIVISION) is not None


def test_a_backlog_is_told_by_flow_with_what_its_documents_needed_lately(memory: Memory) -> None:
    store = memory.outbox
    store.plan([draft("1"), draft("2"), draft("R", key=Key("shop", "R", "credit"), flow="returns_to_credit_notes")], None)
    store.lane(bulk=True).plan([draft("3")], None)
    (first,) = store.ready(DIVISION, 1)
    for status, days in ((503, 1), (201, 2), (429, 1), (201, 30)):
        memory.sql(
            "insert into api_call (at, app, division, method, endpoint, status, answer_class, seconds, mutation_id, owner)"
            " values (clock_timestamp() - make_interval(days => %s), 'app', %s, 'POST', 'e', %s, '', 0.1, %s, 'w')",
            days,
            DIVISION,
            status,
            first,
        )
    found = [(each.flow, each.is_bulk, each.documents, each.measured_calls, each.measured_documents) for each in memory.quota.backlogs()]

    assert found == [
        ("orders_to_invoices", False, 2, 2, 1),
        ("returns_to_credit_notes", False, 1, 0, 0),
        ("orders_to_invoices", True, 1, 2, 1),
    ]


def test_calls_that_carried_no_document_are_our_background(memory: Memory) -> None:
    memory.call(4000)
    memory.call(3999)
    calls, seconds = memory.quota.background()

    assert calls == 2
    assert 0 < seconds < 3600
