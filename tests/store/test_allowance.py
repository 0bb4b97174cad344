"""What is left of Exact's minute and day, in PostgreSQL as in the pure rule: learnt from all answers, counted down by our own calls."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from include.errors import RetryableError
from include.outbox.allowance import Allowance, Heard, noted
from include.outbox.ports import Limits, Permit, Purpose, Receipt
from include.outbox.times import Times
from include.store.database import Database
from include.store.permits import PermitGate

DIVISION = 7
MINUTE_S = Times().cooldown_s
WINDOW = 1_795_393_080_000
COLUMNS = """
select minute_limit as "limit", minute_window as window, minute_remaining as remaining, minute_own as own,
    minute_seen as seen, minute_others as others, unseen,
    extract(epoch from minute_reset_at)::double precision as ends_at, extract(epoch from unseen_at)::double precision as unseen_at,
    extract(epoch from told_taken_at)::double precision as taken_at, extract(epoch from told_at)::double precision as told_at
from quota
"""
MOMENTS = ("minute_reset_at", "unseen_at", "told_taken_at", "told_at")
LEFT = "select of_minute from quota q, calls_left(q, %s, to_timestamp(%s), %s, 0)"


@dataclass
class Division:
    """The gates of one division on a database of its own."""

    database: Database
    watch: psycopg.Connection[dict[str, Any]]

    def gate(self, owner: str = "worker") -> PermitGate:
        return PermitGate(self.database, app="app", division=DIVISION, owner=owner, times=Times())

    def take(self, number: int = 1, purpose: Purpose = Purpose.OPERATOR) -> list[Permit]:
        """Each at an endpoint of its own, as errors are budgeted per endpoint."""
        return [self.gate().take(f"e{at}", purpose) for at in range(number)]

    def answer(self, permit: Permit, status: int | None = 200, **told: int | float) -> None:
        usual: dict[str, Any] = {"minute_limit": 60, "minute_reset_s": 30.0, "minute_window": WINDOW}
        limits = Limits(**{**usual, **told}) if told else None
        self.gate().give_back(Receipt(permit, "GET", permit.endpoint, status, 0.1, limits=limits))

    def begin(self, remaining: int, **told: int | float) -> None:
        """So much is left of the minute; somebody else made one call in the minute before, so that two are kept for them."""
        self.answer(self.take()[0], minute_remaining=remaining, **told)
        self.watch.execute("update quota set minute_own = minute_limit - minute_remaining, minute_seen = 0, minute_others = 1")

    def told(self) -> Allowance:
        row = self.watch.execute(COLUMNS).fetchone()
        return Allowance(**row)

    def take_anyway(self) -> Permit:
        """A permit whatever is left."""
        self.watch.execute("update quota set minute_reset_at = minute_reset_at - interval '1 day', paused_until = 'epoch'")
        self.watch.execute("update permit set free_at = 'epoch', holder = null")
        self.watch.execute("update error_slot set free_at = 'epoch', holder = null")
        permit = self.take()[0]
        self.watch.execute("update quota set minute_reset_at = minute_reset_at + interval '1 day'")
        return permit

    def answer_with(self, permit: Permit, limits: Limits) -> None:
        self.gate().give_back(Receipt(permit, "GET", permit.endpoint, 200, 0.1, limits=limits))

    def taken_at(self, permit: Permit) -> float:
        row = self.watch.execute("select extract(epoch from taken_at)::float as at from permit where slot = %s", (permit.slot,)).fetchone()
        return float(row["at"])

    def seen_at(self) -> float:
        return float(self.watch.execute("select extract(epoch from seen_at)::float as at from quota").fetchone()["at"])

    def age(self, seconds: float) -> None:
        """Let time pass: what is stored moves into the past."""
        moved = ", ".join(f"{name} = {name} - make_interval(secs => {seconds})" for name in MOMENTS)
        self.watch.execute(f"update quota set {moved}")


@pytest.fixture
def division(new_dsn: Callable[[], str]) -> Iterator[Division]:
    dsn = new_dsn()
    database = Database(dsn)
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as watch:
        yield Division(database, watch)
    database.close()


def test_what_others_left_of_the_minute_is_not_overdrawn(division: Division) -> None:
    division.begin(5)
    on_their_way = division.take(3)
    with pytest.raises(RetryableError, match="of the minute") as full:
        division.take()

    assert full.value.retry_after_s < 5
    for permit, remaining in zip(on_their_way, (4, 3, 2), strict=True):
        division.answer(permit, minute_remaining=remaining)
    with pytest.raises(RetryableError, match="of the minute") as full:
        division.take()
    assert 25 < full.value.retry_after_s <= 30


def test_a_permit_that_was_not_needed_leaves_its_call_to_another(division: Division) -> None:
    division.begin(3)
    unused = division.take()[0]
    with pytest.raises(RetryableError, match="of the minute"):
        division.take()
    division.gate().give_back_unused(unused)

    assert division.take()


def test_alone_every_call_of_the_minute_may_be_used(division: Division) -> None:
    for remaining in range(59, -1, -1):
        division.answer(division.take()[0], minute_remaining=remaining)

    with pytest.raises(RetryableError, match="of the minute"):
        division.take()


def test_the_next_minute_begins_with_what_the_permits_allow(division: Division) -> None:
    division.answer(division.take()[0], minute_remaining=0)
    division.watch.execute("update quota set minute_reset_at = clock_timestamp()")

    assert len(division.take(59)) == 59


def test_an_answer_that_comes_late_gives_nothing_back(division: Division) -> None:
    early, late = division.take(2)
    division.answer(late, minute_remaining=0)
    division.answer(early, minute_remaining=58)

    assert division.told().remaining == 0


def test_a_call_without_an_answer_counts_until_a_later_one_tells(division: Division) -> None:
    division.begin(4)
    division.answer(division.take()[0], status=None)
    last = division.take()[0]
    with pytest.raises(RetryableError, match="of the minute"):
        division.take()
    division.answer(last, minute_remaining=3)

    assert division.told().unseen == 0
    assert division.take()


def test_the_last_calls_of_the_day_are_not_overdrawn_either(division: Division) -> None:
    division.begin(50, day_limit=5000, day_reset_s=3600.0, day_window=WINDOW, day_remaining=252)
    division.take(2, Purpose.NEAR_TIME)

    with pytest.raises(RetryableError, match="of the day"):
        division.take(1, Purpose.NEAR_TIME)
    assert division.take(1, Purpose.OPERATOR)


def test_a_refusal_makes_all_wait_for_the_minute_and_takes_nothing_of_the_day(division: Division) -> None:
    day = {"day_limit": 270, "day_reset_s": 80_000.0, "day_window": WINDOW}
    division.answer(division.take()[0], minute_remaining=59, day_remaining=160, **day)
    division.answer(division.take()[0], status=429, minute_remaining=0)
    division.answer(division.take()[0], minute_window=WINDOW + 60_000, minute_remaining=59, day_remaining=159, **day)
    division.watch.execute("update quota set minute_reset_at = clock_timestamp()")

    assert division.told().others == 0
    assert division.take(3, Purpose.NEAR_TIME)


def test_a_higher_limit_in_the_same_day_is_believed(division: Division) -> None:
    day = {"day_reset_s": 3600.0, "day_window": WINDOW}
    division.answer(division.take()[0], day_limit=12, day_remaining=0, minute_remaining=50, **day)
    division.watch.execute("update quota set day_reset_at = null")
    division.answer(division.take()[0], day_limit=5000, day_remaining=4988, minute_remaining=49, **day)

    assert division.take(1, Purpose.BULK)


def test_while_exact_is_away_a_person_knocks_at_once_and_nobody_else(division: Division) -> None:
    for permit in division.take(3):
        division.answer(permit, status=503)

    with pytest.raises(RetryableError, match="away"):
        division.take(1, Purpose.NEAR_TIME)
    division.answer(division.take(1, Purpose.OPERATOR)[0], minute_remaining=50)
    assert division.take(1, Purpose.NEAR_TIME)


def test_a_minute_that_lies_far_ahead_by_mistake_holds_nobody_up_for_longer_than_a_minute(division: Division) -> None:
    division.answer(division.take()[0], minute_remaining=0, minute_window=10**15 - 1, minute_reset_s=86_400.0)
    with pytest.raises(RetryableError) as full:
        division.take()

    assert full.value.retry_after_s <= MINUTE_S
    division.watch.execute("update quota set minute_reset_at = clock_timestamp()")
    division.answer(division.take()[0], minute_remaining=40)
    assert (division.told().window, division.told().remaining) == (WINDOW, 40)


@pytest.mark.parametrize("seed", range(6))
def test_postgresql_and_the_pure_rule_say_the_same(division: Division, seed: int) -> None:
    dice = random.Random(seed)
    division.gate().give_back_unused(division.take()[0])
    for _ in range(25):
        before, taken = division.told(), division.take_anyway()
        limits = _drawn(dice)
        division.answer_with(taken, limits)
        after = division.told()
        after_moment = division.seen_at()
        expected = noted(before, limits, Heard(after_moment, division.taken_at(taken), 0), MINUTE_S)

        assert asdict(after) == _rounded(expected)
        in_flight, moment = dice.randrange(9), after_moment + dice.choice((0.0, 1.0, 40.0))
        left = division.watch.execute(LEFT, (in_flight, moment, MINUTE_S)).fetchone()
        assert left == {"of_minute": after.left(in_flight, moment, MINUTE_S)}
        division.age(dice.choice((0.0, 0.0, 2.0, 70.0)))


def _drawn(dice: random.Random) -> Limits:
    """An answer of this minute, the one before or the one after, of another limit, or one that tells nothing."""
    if dice.random() < 0.2:
        return Limits()
    window = WINDOW + 60_000 * dice.choice((-1, 0, 0, 0, 0, 1, 5))
    limit = dice.choice((60, 60, 60, 60, 60, 30))
    return Limits(minute_limit=limit, minute_remaining=dice.randrange(60), minute_reset_s=dice.uniform(0, 61), minute_window=window)


def _rounded(told: Allowance) -> dict[str, float]:
    return {name: pytest.approx(value, abs=0.01) for name, value in asdict(told).items()}
