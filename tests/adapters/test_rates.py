"""Which exchange rate counts on a day: the newest that had begun, of that pair and in that direction."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from include.adapters.master import newest_rate

# Small numbers, quick to draw: source, target, days after the first, rate in ten-thousandths.
CURRENCIES = ("EUR", "GBP", "USD")
FIRST = date(2026, 1, 1)
DRAWN = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 40), st.integers(1, 20_000))
RATES = st.lists(DRAWN, max_size=10, unique_by=lambda each: each[:3])


def row_of(rate: tuple[int, int, int, int]) -> dict[str, str]:
    """As the mirror holds it."""
    source, target, days, value = rate
    stamp = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() + days * 86_400) * 1000
    pair = {"SourceCurrency": CURRENCIES[source], "TargetCurrency": CURRENCIES[target]}
    return {**pair, "Rate": str(Decimal(value).scaleb(-4)), "StartDate": f"/Date({stamp})/"}


@settings(max_examples=1_000)
@given(rates=RATES, pair=st.tuples(st.integers(0, 2), st.integers(0, 2)), days=st.integers(0, 40))
def test_the_rate_of_a_day_is_the_newest_that_had_begun_and_is_never_turned_round(
    rates: list[tuple[int, int, int, int]], pair: tuple[int, int], days: int
) -> None:
    source, target = (CURRENCIES[number] for number in pair)
    found = newest_rate([row_of(rate) for rate in rates], (source, target), FIRST + timedelta(days=days))
    had_begun = sorted((begins, value) for one, other, begins, value in rates if (one, other) == pair and begins <= days)

    assert found == (Decimal(had_begun[-1][1]).scaleb(-4) if had_begun else None)
