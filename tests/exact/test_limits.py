"""Exact's limits as headers give them: six numbers, any of which may be absent, late or nonsense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from include.exact.limits import date_of, limits_of

DATE = "Thu, 01 Jan 2026 00:00:30 GMT"
NOW_MS = 1767225630000
NAMES = ("Limit", "Remaining", "Reset", "Minutely-Limit", "Minutely-Remaining", "Minutely-Reset")


def headers(**given_headers: object) -> CaseInsensitiveDict[str]:
    named = {f"X-RateLimit-{name.replace('_', '-')}": str(value) for name, value in given_headers.items()}
    return CaseInsensitiveDict({"Date": DATE, **named})


def test_a_usual_answer_tells_both_windows() -> None:
    seen = limits_of(
        headers(
            Limit=5000,
            Remaining=4999,
            Reset=NOW_MS + 86_000_000,
            Minutely_Limit=60,
            Minutely_Remaining=59,
            Minutely_Reset=NOW_MS + 30_000,
        )
    )

    assert (seen.minute_limit, seen.minute_remaining, seen.minute_reset_s) == (60, 59, 31.0)
    assert (seen.day_limit, seen.day_remaining, seen.day_reset_s) == (5000, 4999, 86_001.0)
    assert seen.exhausted_for_s is None


@pytest.mark.parametrize(
    ("given_headers", "wait_s"),
    [
        ({"Minutely_Remaining": 0, "Minutely_Reset": NOW_MS + 12_000}, 13.0),
        ({"Remaining": 0, "Reset": NOW_MS + 7_200_000}, 7201.0),
        ({"Remaining": 0, "Reset": NOW_MS + 7_200_000, "Minutely_Remaining": 0, "Minutely_Reset": NOW_MS + 1}, 7201.0),
        ({"Minutely_Remaining": 1, "Minutely_Reset": NOW_MS + 12_000}, None),
        ({"Minutely_Remaining": 0}, None),
        ({"Minutely_Reset": NOW_MS + 12_000}, None),
        ({}, None),
    ],
)
def test_a_window_with_nothing_left_is_waited_for(given_headers: dict[str, int], wait_s: float | None) -> None:
    assert limits_of(headers(**given_headers)).exhausted_for_s == wait_s


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (DATE, datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)),
        ("Thu, 01 Jan 2026 01:00:30 +0100", datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)),
        ("Thu, 01 Jan 2026 00:00:30 -0000", datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)),
        ("", None),
        ("now", None),
        ("Thu, 99 Jan 2026 00:00:30 GMT", None),
        ("Thu, 01 Jan 99999 00:00:30 GMT", None),
    ],
)
def test_the_date_is_read_as_a_moment_or_not_at_all(text: str, moment: datetime | None) -> None:
    assert date_of({"Date": text}) == moment


def test_without_a_date_no_reset_is_believed() -> None:
    seen = limits_of(CaseInsensitiveDict({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW_MS)}))

    assert (seen.day_remaining, seen.day_reset_s, seen.exhausted_for_s) == (0, None, None)


moments = st.integers(0, 2**32).flatmap(
    lambda seconds: st.sampled_from([UTC, timezone(timedelta(hours=-5))]).map(
        lambda zone: datetime.fromtimestamp(seconds, zone).strftime("%a, %d %b %Y %H:%M:%S %z")
    )
)


@settings(max_examples=500)
@given(date=st.text() | moments, values=st.lists(st.text(max_size=30) | st.integers().map(str) | st.just("²"), min_size=6, max_size=6))
def test_whatever_the_headers_say_the_wait_is_between_a_second_and_a_day(date: str, values: list[str]) -> None:
    seen = limits_of(
        CaseInsensitiveDict({"Date": date, **{f"X-RateLimit-{name}": value for name, value in zip(NAMES, values, strict=True)}})
    )

    waits = [seen.minute_reset_s, seen.day_reset_s, seen.exhausted_for_s]
    assert all(wait is None or 1.0 <= wait <= 86_401.0 for wait in waits)
