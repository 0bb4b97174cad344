"""Documents whose period is closed, or not open yet: asked about, moved to an open one, or booked where an operator decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.administrations.model import Administration
from include.errors import RecordError
from include.exact.models.sales_entry import SalesEntry
from include.exact.models.sales_invoice import SalesInvoice
from include.mappings.document import SalesDocument
from include.mappings.master_data import Period
from include.mappings.orders_to_invoices import sales_document
from include.mappings.periods import entry_day, is_open
from tests.mappings.books import Books
from tests.mappings.companies import BE, UK, variation
from tests.mappings.orders import french, order

MOVING = variation(BE, closed_period="first_open_period")
FIRST_DAYS = [date(2026, month, 1) for month in range(1, 13)] + [date(2027, 1, 1)]


def months(*closed: int) -> tuple[Period, ...]:
    """The twelve months of 2026, some of them closed."""
    return tuple(Period(begins, after - timedelta(days=1), closed=begins.month in closed) for begins, after in pairwise(FIRST_DAYS))


def booked(on: date, administration: Administration = MOVING, *closed: int, chosen: date | None = None) -> SalesDocument:
    """What becomes of a French order of that day."""
    moment = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    shop_order = french(invoiced_at=moment, vat_number_checked_on=on)
    return sales_document(shop_order, administration, replace(Books(), known_periods=months(*closed)), chosen_day=chosen)


def entry_of(document: SalesDocument) -> SalesEntry:
    assert isinstance(document.record, SalesEntry)
    return document.record


def test_a_document_of_an_open_period_is_booked_on_its_own_day() -> None:
    entry = entry_of(booked(date(2026, 9, 23)))

    assert (entry.entry_date, entry.description) == (date(2026, 9, 23), "Webshop 536370")


def test_a_document_of_a_closed_period_is_asked_about_by_month() -> None:
    with pytest.raises(RecordError) as refusal:
        booked(date(2026, 9, 23), BE, 9)

    assert (refusal.value.code, refusal.value.subject) == ("closed_period", "2026-09")
    assert refusal.value.facts["day"] == "2026-09-23"


def test_it_is_booked_on_the_first_day_of_the_first_open_period_and_says_its_own() -> None:
    document = booked(date(2026, 9, 23), MOVING, 8, 9, 10)
    entry = entry_of(document)

    assert (entry.entry_date, document.entry_date) == (date(2026, 11, 1), date(2026, 11, 1))
    assert entry.description == "Webshop 536370 of 2026-09-23"
    assert "period:2026-11" in document.subjects
    assert "period:2026-09" not in document.subjects


def test_a_document_of_a_year_that_nobody_opened_is_booked_on_the_last_open_day_before_it() -> None:
    assert booked(date(2027, 1, 2)).entry_date == date(2026, 12, 31)
    assert booked(date(2027, 1, 2), MOVING, 12).entry_date == date(2026, 11, 30)


def test_a_document_of_a_year_that_nobody_opened_is_asked_about() -> None:
    with pytest.raises(RecordError, match="closed_period:2027-01"):
        booked(date(2027, 1, 2), BE)


def test_where_no_period_is_open_a_person_is_asked() -> None:
    with pytest.raises(RecordError, match="closed_period:2026-09"):
        booked(date(2026, 9, 23), MOVING, *range(1, 13))


def test_the_day_that_an_operator_chose_is_taken_whatever_the_file_says() -> None:
    for administration in (BE, MOVING):
        entry = entry_of(booked(date(2026, 9, 23), administration, 9, chosen=date(2026, 11, 22)))
        assert (entry.entry_date, entry.description) == (date(2026, 11, 22), "Webshop 536370 of 2026-09-23")


def test_a_chosen_day_whose_period_was_closed_since_is_asked_about_again() -> None:
    with pytest.raises(RecordError, match="closed_period:2026-11"):
        booked(date(2026, 9, 23), BE, 9, 11, chosen=date(2026, 11, 22))


def test_the_exchange_rate_that_counts_is_that_of_the_day_of_the_entry() -> None:
    class Rates(Books):
        def exchange_rate(self, currency: str, on: date) -> None:
            asked.append(on)

    asked: list[date] = []
    moment = datetime(2026, 9, 23, tzinfo=UTC)
    with pytest.raises(RecordError, match="missing_exchange_rate:GBP"):
        sales_document(french(invoiced_at=moment, vat_number_checked_on=moment.date()), MOVING, Rates(known_periods=months(9)))

    assert asked == [date(2026, 10, 1)]


def test_the_vat_rules_are_those_of_the_documents_own_day() -> None:
    # Checked more than thirty days before November, but not before September.
    assert booked(date(2026, 9, 23), MOVING, 9, 10).vat_fc == {"I0": 0}


def test_a_draft_invoice_of_a_closed_period_is_made_as_it_gets_its_day_when_it_is_processed() -> None:
    document = sales_document(order(), UK, replace(Books(), known_periods=months(11)))

    assert isinstance(document.record, SalesInvoice)
    assert not any(subject.startswith("period:") for subject in document.subjects)


def test_without_known_periods_and_before_all_of_them_exact_decides() -> None:
    assert entry_day(date(2026, 9, 23), BE, ()) == date(2026, 9, 23)
    assert entry_day(date(2019, 9, 23), BE, months()) == date(2019, 9, 23)


def test_a_thirteenth_period_that_is_closed_leaves_its_day_open() -> None:
    periods = (*months(), Period(date(2026, 12, 31), date(2026, 12, 31), closed=True))

    assert entry_day(date(2026, 12, 31), BE, periods) == date(2026, 12, 31)


@settings(max_examples=1_000)
@given(
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    closed=st.sets(st.integers(1, 12)),
    chosen=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_a_document_is_booked_on_an_open_day_or_not_at_all(day: date, closed: set[int], chosen: date | None) -> None:
    periods = months(*closed)
    wanted = chosen or day
    opened = [period for period in periods if not period.closed]
    if not opened:
        with pytest.raises(RecordError, match=f"^closed_period:{wanted:%Y-%m}"):
            entry_day(day, MOVING, periods, chosen)
        return
    found = entry_day(day, MOVING, periods, chosen)

    assert is_open(found, periods)
    if is_open(wanted, periods):
        assert found == wanted
    elif any(period.begins > wanted for period in opened):
        assert found == min(period.begins for period in opened if period.begins > wanted)
    else:
        assert found == max(period.ends for period in opened)


@given(day=st.dates(date(2026, 1, 1), date(2027, 12, 31)), closed=st.sets(st.integers(1, 12)))
def test_who_asks_never_moves_a_document(day: date, closed: set[int]) -> None:
    periods = months(*closed)
    if is_open(day, periods):
        assert entry_day(day, BE, periods) == day
    else:
        with pytest.raises(RecordError, match=f"^closed_period:{day:%Y-%m}"):
            entry_day(day, BE, periods)
