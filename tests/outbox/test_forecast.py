"""When a backlog will be through: by example, and as properties over any limits, hours and strangers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.errors import RetryableError
from include.outbox.forecast import Budget, Forecast, calls_for, forecast, pace_a_day, strangers
from include.outbox.forecast_words import told_forecast, told_stranger
from include.outbox.off_peak import DAY, Hours, OffPeakGate
from include.outbox.ports import Permit, Purpose

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHT = Hours(time(19), time(7), AMSTERDAM)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)
NEAR, BULK = Decimal("0.05"), Decimal("0.4")
PAST = Permit(1, "e", 0, 0, "worker")


def budget(**changes: object) -> Budget:
    usual = {"now": NOON, "minute_limit": 60, "day_limit": 5000, "remaining": 5000, "resets_at": MIDNIGHT}
    return Budget(**{**usual, **changes})  # type: ignore[arg-type]


def told(found: Forecast, language: str = "en") -> str:
    return told_forecast(found, now=NOON, zone=AMSTERDAM, language=language)  # type: ignore[arg-type]


def test_what_fits_in_today_is_told_with_its_end_and_its_share() -> None:
    found = forecast(1860, budget(), reserve=NEAR)

    assert found.done_at == NOON + timedelta(minutes=31)
    assert told(found) == "1,860 calls, done by 13:31, needs 38 % of today's calls"
    assert told(found, "nl") == "1.860 aanroepen, klaar rond 13:31, kost 38 % van de aanroepen van vandaag"


def test_what_does_not_fit_goes_on_after_midnight_of_exact_and_leaves_the_reserve_each_day() -> None:
    found = forecast(6000, budget(remaining=2500), reserve=BULK)

    assert found.per_day == (500, 3000, 2500)
    assert found.done_at == MIDNIGHT + DAY + timedelta(seconds=2500)
    assert told(found) == "6,000 calls, ends Thursday 01:41, takes up to 60 % of each day's calls; 500 leave today"


def test_bulk_begins_when_its_hours_begin() -> None:
    found = forecast(60, budget(), reserve=BULK, hours=NIGHT)

    assert found.begins_at == datetime(2026, 11, 24, 18, tzinfo=UTC)
    assert told(found) == "60 calls, begins 19:00, done by 19:01, needs 2 % of today's calls"


def test_what_exact_asked_to_wait_for_is_waited_for() -> None:
    later, tomorrow = NOON + timedelta(hours=1), MIDNIGHT + timedelta(minutes=1)

    assert forecast(60, budget(paused_until=later), reserve=NEAR).begins_at == later
    assert forecast(60, budget(paused_until=tomorrow), reserve=NEAR).begins_at == tomorrow


def test_where_the_limits_leave_nothing_no_end_is_promised() -> None:
    found = forecast(10, budget(day_limit=0, remaining=0), reserve=NEAR)

    assert (found.done_at, found.begins_at, found.today) == (None, None, 0)
    assert told(found) == "10 calls, not within a year: the limits leave nothing for it"
    assert budget().after(found) is None
    assert forecast(5, None, reserve=BULK).done_at is None


def test_what_others_will_use_is_not_promised() -> None:
    alone, shared = (forecast(4700, budget(others_a_day=others), reserve=NEAR) for others in (0, 4320))

    # Three calls a minute beside our sixty.
    assert (alone.per_day, shared.per_day) == ((4700,), (4523, 177))


def test_what_goes_behind_gets_the_rest_of_the_day() -> None:
    first = forecast(6000, budget(), reserve=NEAR)
    rest = budget().after(first)

    assert rest is not None
    assert (rest.now, rest.remaining, rest.resets_at) == (first.done_at, 3750, MIDNIGHT + DAY)


@pytest.mark.parametrize(
    ("documents", "calls", "measured", "needed"),
    [(100, 0, 0, 110), (100, 19, 19, 110), (100, 30, 20, 150), (1000, 103, 100, 1030), (10, 1, 100, 10), (0, 0, 0, 0)],
)
def test_documents_need_what_others_needed_or_the_default_until_enough_were_measured(documents, calls, measured, needed) -> None:
    assert calls_for(documents, measured_calls=calls, measured_documents=measured) == needed


def test_a_stranger_is_seen_beyond_what_may_be_our_own() -> None:
    assert strangers(day_limit=5000, remaining=3000, own_calls=760) == 1240
    assert strangers(day_limit=5000, remaining=4950, own_calls=0) == 0
    assert strangers(day_limit=5000, remaining=4990, own_calls=40) == 0
    assert told_stranger(1240, 5000) == "somebody else used 1,240 of today's 5,000 calls of this app in this company"
    assert told_stranger(1240, 5000, language="nl").startswith("iemand anders gebruikte 1.240 van de 5.000")


def test_the_pace_of_a_young_day_is_that_of_six_hours() -> None:
    assert [pace_a_day(100, hours * 3600) for hours in (0, 1, 6, 12, 24, 25)] == [400, 400, 400, 200, 100, 100]


def test_hours_past_midnight_are_open_on_both_sides_of_it() -> None:
    at = {hour: datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (0, 5, 6, 12, 17, 18, 23)}

    assert {hour for hour, moment in at.items() if NIGHT.opens_in_s(moment) == 0} == {0, 5, 18, 23}
    assert NIGHT.opens_in_s(at[12]) == 6 * 3600
    assert Hours(time(12), time(14), AMSTERDAM).opens_in_s(at[18]) == 17 * 3600


def test_hours_follow_the_clock_of_the_wall_when_summer_ends() -> None:
    saturday = datetime(2026, 10, 24, 12, tzinfo=UTC)
    (night, _) = NIGHT.spans(saturday, saturday + 2 * DAY)

    assert night == (datetime(2026, 10, 24, 17, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC))


class OpenGate:
    """A gate that lets everybody through."""

    def take(self, endpoint: str, purpose: Purpose) -> Permit:
        return PAST

    def give_back(self, receipt: object) -> None: ...

    def give_back_unused(self, permit: Permit) -> None: ...


def test_outside_its_hours_bulk_alone_is_kept_and_told_until_when() -> None:
    gate = OffPeakGate(OpenGate(), NIGHT, lambda: NOON)

    assert [gate.take("e", purpose) for purpose in Purpose if purpose is not Purpose.BULK] == [PAST] * 3
    with pytest.raises(RetryableError, match="bulk waits for its hours") as closed:
        gate.take("e", Purpose.BULK)
    assert closed.value.retry_after_s == 6 * 3600
    assert OffPeakGate(OpenGate(), NIGHT, lambda: MIDNIGHT).take("e", Purpose.BULK) == PAST


limits = st.integers(1, 5000)
budgets = st.builds(
    lambda minute, limit, used, ahead_s, others: budget(
        minute_limit=minute,
        day_limit=limit,
        remaining=max(0, limit - used),
        resets_at=NOON + timedelta(seconds=ahead_s),
        others_a_day=min(others, limit),
    ),
    st.integers(1, 300),
    limits,
    st.integers(0, 5000),
    st.integers(1, 86_400),
    st.integers(0, 5000),
)
reserves = st.sampled_from([Decimal(0), Decimal("0.02"), NEAR, BULK])
minutes = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
hours = st.none() | st.builds(Hours, minutes, minutes, st.just(AMSTERDAM)).filter(lambda each: each.begin != each.end)
backlogs = st.integers(0, 20_000)


@given(backlogs, budgets, reserves, hours)
def test_no_day_and_no_minute_is_promised_more_than_its_limit(calls, given_budget, reserve, open_hours) -> None:
    found = forecast(calls, given_budget, reserve=reserve, hours=open_hours)

    assert found.today <= given_budget.left_for(reserve)
    assert all(each <= given_budget.day_limit * (1 - reserve) + 1 for each in found.per_day[1:])
    assert sum(found.per_day) <= calls
    if found.done_at is not None:
        assert sum(found.per_day) == calls
        minutes_taken = (found.done_at - given_budget.now).total_seconds() / 60
        assert calls <= minutes_taken * given_budget.minute_limit + 1e-3


@given(backlogs, backlogs, budgets, reserves, hours)
def test_more_to_send_never_ends_earlier(one, other, given_budget, reserve, open_hours) -> None:
    less, more = (forecast(calls, given_budget, reserve=reserve, hours=open_hours) for calls in sorted((one, other)))

    if more.done_at is not None:
        assert less.done_at is not None
        assert less.done_at <= more.done_at
    assert less.today <= more.today


@given(backlogs, budgets, st.integers(0, 2000), hours)
def test_a_stranger_never_makes_it_faster(calls, given_budget, others, open_hours) -> None:
    alone = forecast(calls, given_budget, reserve=NEAR, hours=open_hours)
    crowded = Budget(**{**vars(given_budget), "others_a_day": given_budget.others_a_day + others})
    shared = forecast(calls, crowded, reserve=NEAR, hours=open_hours)

    if shared.done_at is not None:
        assert alone.done_at is not None
        assert alone.done_at <= shared.done_at


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=5), budgets)
def test_the_parts_of_a_forecast_are_the_whole_and_no_day_of_a_part_is_more_than_the_days(parts, given_budget) -> None:
    whole = forecast(sum(parts), given_budget, reserve=NEAR)
    each = [whole.part(calls) for calls in parts]

    assert {part.done_at for part in each} == {whole.done_at}
    if whole.done_at is not None:
        assert [sum(part.per_day) for part in each] == parts
    assert all(day <= of_whole for part in each for day, of_whole in zip(part.per_day, whole.per_day, strict=True))


@given(hours, st.integers(0, 86_400 * 400))
def test_hours_are_spans_in_order_that_do_not_overlap(open_hours, seconds) -> None:
    if open_hours is None:
        return
    since = NOON + timedelta(seconds=seconds)
    spans = list(open_hours.spans(since, since + 3 * DAY))

    assert all(since <= opens < closes <= since + 3 * DAY for opens, closes in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert 0 <= open_hours.opens_in_s(since) < 86_400 + 3600
