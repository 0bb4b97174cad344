"""Counts and sums per day, for comparison with Exact, agree with what the readers return, to the cent."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from include.sources.records import DayTotal
from include.sources.webshop import Webshop
from tests.sources.bare_shop import SINCE, UNTIL

CENTS = Decimal("0.01")


def net(line, *, gross: bool) -> Decimal:
    amount = line.quantity * line.unit_price
    return (amount / (1 + line.vat_rate / 100) if gross else amount).quantize(CENTS, ROUND_HALF_UP)


def expected(documents, kind: str) -> dict[tuple, tuple[int, Decimal]]:
    totals = defaultdict(lambda: (0, Decimal(0)))
    for document in documents:
        day = document.ordered_at.astimezone(ZoneInfo("Europe/Amsterdam")).date()
        key = (day, document.country, document.currency, kind)
        count, amount = totals[key]
        own = sum((net(line, gross=document.prices_include_vat) for line in document.lines), Decimal(0))
        totals[key] = (count + 1, amount + own)
    return dict(totals)


def found(totals) -> dict[tuple, tuple[int, Decimal]]:
    return {(total.day, total.country, total.currency, total.kind): (total.documents, total.net) for total in totals}


def test_the_totals_of_the_real_orders_are_those_of_the_records(shop_dsn):
    with Webshop(shop_dsn) as webshop:
        totals = webshop.counts_and_sums_per_day(SINCE, UNTIL)
        orders = [order for page in webshop.orders(SINCE, UNTIL) for order in page]
        returns = [back for page in webshop.returns(SINCE, UNTIL) for back in page]

    assert found(totals) == expected(orders, "order") | expected(returns, "return")
    assert sum(total.documents for total in totals) == 513


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    orders=st.lists(
        st.tuples(
            st.booleans(),
            st.sampled_from(["GB", "NL"]),
            st.sampled_from(["GBP", "EUR"]),
            st.lists(
                st.tuples(
                    st.decimals(0, 1000, places=3),
                    st.decimals(0, 1000, places=4),
                    st.sampled_from([Decimal(0), Decimal(6), Decimal(9), Decimal(21), Decimal("5.5")]),
                ),
                min_size=1,
                max_size=4,
            ),
        ),
        max_size=5,
    )
)
def test_sums_are_those_of_lines_rounded_half_up_to_cents(bare, orders):
    bare.connection.execute("TRUNCATE exactly_contract.orders, exactly_contract.order_lines")
    for number, (gross, country, currency, lines) in enumerate(orders):
        rows = [
            {"position": position, "quantity": quantity, "unit_price": price, "vat_rate": rate}
            for position, (quantity, price, rate) in enumerate(lines)
        ]
        bare.order(f"S{number}", prices_include_vat=gross, country=country, currency=currency, lines=rows)

    assert found(bare.reader().counts_and_sums_per_day(SINCE, UNTIL)) == expected(bare.orders(), "order")


@pytest.mark.parametrize(
    ("ordered_at", "day"),
    [
        (datetime(2026, 11, 15, 22, 59, tzinfo=UTC), date(2026, 11, 15)),
        (datetime(2026, 11, 15, 23, 0, tzinfo=UTC), date(2026, 11, 16)),
        (datetime(2026, 7, 31, 21, 59, tzinfo=UTC), date(2026, 7, 31)),
        (datetime(2026, 7, 31, 22, 0, tzinfo=UTC), date(2026, 8, 1)),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_the_day_is_the_one_on_the_calendar_in_amsterdam(bare, ordered_at, day):
    bare.order("S1", ordered_at=ordered_at)

    assert [total.day for total in bare.reader().counts_and_sums_per_day(SINCE, UNTIL)] == [day]


def test_the_window_holds_what_was_ordered_from_its_beginning_until_just_before_its_end(bare):
    edge = datetime(2026, 6, 1, tzinfo=UTC)
    bare.order("S1", ordered_at=edge)

    assert len(bare.reader().counts_and_sums_per_day(edge, UNTIL)) == 1
    assert bare.reader().counts_and_sums_per_day(SINCE, edge) == []


def test_orders_without_lines_and_numbers_beyond_reason_are_counted_and_stop_nothing(bare):
    for text in ("NaN", "Infinity", "1e131071"):
        bare.order(f"S{text}", lines=[{"unit_price": sql.SQL("{}::numeric").format(sql.Literal(text))}])
    bare.order("none", lines=[])
    bare.order("rate", lines=[{"vat_rate": -100}], prices_include_vat=True)
    bare.order("good", lines=[{"quantity": 1, "unit_price": "0.005"}])

    (total,) = bare.reader().counts_and_sums_per_day(SINCE, UNTIL)
    assert total == DayTotal(date(2026, 11, 16), "GB", "GBP", "order", 6, Decimal("0.01"))


def test_cancelled_orders_are_counted_too(bare):
    bare.order("S1", status="cancelled")

    assert [total.documents for total in bare.reader().counts_and_sums_per_day(SINCE, UNTIL)] == [1]
