"""Amounts, moments and ages as Dutch and English readers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from jinja2 import Environment

from include.web.formats import FILTERS
from include.web.language import words_in


def shown(expression: str, language: str, **values: object) -> str:
    environment = Environment(autoescape=True)
    environment.filters.update(FILTERS)
    return environment.from_string(f"{{{{ {expression} }}}}").render(language=language, t=words_in(language), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "dutch", "english"),
    [
        ("1234.56", "1.234,56 EUR", "1,234.56 EUR"),
        ("-0.5", "-0,50 EUR", "-0.50 EUR"),
        ("0", "0,00 EUR", "0.00 EUR"),
        ("1E+3", "1.000,00 EUR", "1,000.00 EUR"),
        ("12345678.905", "12.345.678,905 EUR", "12,345,678.905 EUR"),
        ("10.10", "10,10 EUR", "10.10 EUR"),
    ],
)
def test_an_amount_is_written_to_the_cent_or_finer_as_its_reader_writes_it(amount: str, dutch: str, english: str) -> None:
    assert shown("amount | money('EUR')", "nl", amount=Decimal(amount)) == dutch
    assert shown("amount | money('EUR')", "en", amount=Decimal(amount)) == english


def test_what_is_not_known_is_a_dash_in_every_form() -> None:
    assert {shown(f"nothing | {name}", "nl", nothing=None) for name in FILTERS} == {"–"}


def test_counts_have_their_thousands_apart() -> None:
    assert [shown("n | number", language, n=1234567) for language in ("nl", "en")] == ["1.234.567", "1,234,567"]


def test_a_moment_is_the_local_time_of_the_administration_in_summer_and_in_winter() -> None:
    summer, winter = datetime(2026, 7, 1, 22, 30, tzinfo=UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

    assert shown("at | moment", "nl", at=summer) == "2 jul 2026 00:30"
    assert shown("at | moment", "en", at=winter) == "1 Jan 2027 00:30"
    assert shown("at | moment('Europe/London')", "en", at=winter) == "31 Dec 2026 23:30"


def test_a_day_carries_its_month_by_name() -> None:
    assert [shown("on | day", language, on=date(2026, 3, 9)) for language in ("nl", "en")] == ["9 mrt 2026", "9 Mar 2026"]


@pytest.mark.parametrize(
    ("passed", "dutch", "english"),
    [
        (timedelta(seconds=-3), "zojuist", "just now"),
        (timedelta(seconds=59), "zojuist", "just now"),
        (timedelta(minutes=5), "5 min", "5 min"),
        (timedelta(hours=47), "47 uur", "47 h"),
        (timedelta(days=2), "2 dagen", "2 days"),
    ],
)
def test_an_age_is_told_in_the_largest_unit_that_fits(passed: timedelta, dutch: str, english: str) -> None:
    assert [shown("passed | age", language, passed=passed) for language in ("nl", "en")] == [dutch, english]
