"""The version of a record changes when anything changes that could be booked, and at nothing else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.sources.contract import ORDER_LINES, ORDERS, Need
from include.sources.records import OrderLine, ShopOrder
from include.sources.rows import FaultError, Row, read_value

MOMENT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
LINE = OrderLine(1, "85123A", "LANTERN", Decimal(2), Decimal("2.55"), Decimal(20), "home", "article")
ORDER = ShopOrder(
    number="S1",
    customer_number="17850",
    country="GB",
    currency="GBP",
    prices_include_vat=False,
    ordered_at=MOMENT,
    delivered_at=None,
    invoiced_at=MOMENT,
    changed_at=MOMENT,
    status="open",
    payment_method="card",
    total_paid=Decimal("6.12"),
    kind_of_buyer="business",
    vat_number=None,
    vat_number_checked_on=None,
    lines=(LINE,),
)
OTHERS = {str: "other", bool: True, Decimal: Decimal("7.77"), datetime: MOMENT + timedelta(seconds=1), int: 9, tuple: (LINE, LINE)}
EMPTY = {"delivered_at": MOMENT, "vat_number": "GB1", "vat_number_checked_on": date(2026, 1, 1), "order_position": 1}


@pytest.mark.parametrize("name", [f.name for f in fields(ORDER) if f.init and f.name != "changed_at"])
def test_a_change_of_any_value_of_an_order_changes_its_version(name):
    value = getattr(ORDER, name)

    assert replace(ORDER, **{name: EMPTY[name] if value is None else OTHERS[type(value)]}).version != ORDER.version


@pytest.mark.parametrize("name", [f.name for f in fields(LINE)])
def test_a_change_of_any_value_of_a_line_changes_the_version(name):
    value = getattr(LINE, name)
    changed = replace(LINE, **{name: EMPTY[name] if value is None else OTHERS[type(value)]})

    assert replace(ORDER, lines=(changed,)).version != ORDER.version


def test_being_touched_without_a_change_is_no_new_version():
    assert replace(ORDER, changed_at=MOMENT + timedelta(days=1)).version == ORDER.version


def test_a_vat_number_checked_again_is_no_new_version_but_one_checked_for_the_first_time_is():
    checked = replace(ORDER, vat_number_checked_on=date(2026, 11, 1))

    assert replace(ORDER, vat_number_checked_on=date(2026, 11, 2)).version == checked.version
    assert checked.version != ORDER.version


@given(st.decimals(-(10**8), 10**8, places=4), st.integers(0, 8))
def test_noughts_at_the_end_of_a_number_are_no_new_version(price, noughts):
    longer = Decimal(f"{price}{'0' * noughts}")

    assert replace(ORDER, total_paid=longer).version == replace(ORDER, total_paid=price).version


@given(st.integers(-12, 14))
def test_the_time_zone_in_which_a_moment_is_written_is_no_new_version(hours):
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=hours)))

    assert replace(ORDER, ordered_at=elsewhere).version == ORDER.version


@given(st.text(max_size=20), st.text(max_size=20))
def test_text_that_moves_from_one_value_to_the_next_is_a_new_version(first, second):
    one = replace(ORDER, customer_number=first + "x", payment_method=second)
    other = replace(ORDER, customer_number=first, payment_method="x" + second)

    assert one.version != other.version


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(),
    st.binary(),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.lists(st.integers()),
)


@given(st.sampled_from([*ORDERS.columns, *ORDER_LINES.columns]), ANYTHING)
def test_any_value_at_all_is_read_or_refused(column, value):
    with suppress(FaultError):
        read = read_value(column, value)
        assert read is not None or column.need is not Need.MANDATORY


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_number_that_is_read_is_exactly_the_number_that_was_there(number):
    row = Row(ORDER_LINES, {"quantity": number})

    read = row.number("quantity")

    assert row.faults or read == number
