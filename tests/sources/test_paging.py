"""The readers return every record of a window once, page after page, whatever the moments look like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from include.errors import RetryableError, SetupError
from include.sources.records import BadRecord, ShopOrder, ShopReturn
from include.sources.webshop import Webshop
from tests.sources.bare_shop import HEADER, SINCE, UNTIL, BareShop, make_bare, minutes


def numbers(records) -> list[str]:
    return [record.number for record in records]


@pytest.mark.parametrize("page_size", [1, 7, 200, 470, 1000])
def test_the_real_orders_come_once_each_and_whole_whatever_the_page_size(shop_dsn, page_size):
    with Webshop(shop_dsn) as webshop:
        pages = list(webshop.orders(SINCE, UNTIL, page_size=page_size))

    orders = [order for page in pages for order in page]
    assert all(isinstance(order, ShopOrder) for order in orders)
    assert len(set(numbers(orders))) == len(orders) == 470
    assert sum(len(order.lines) for order in orders) == 9912
    assert [(order.changed_at, order.number) for order in orders] == sorted((order.changed_at, order.number) for order in orders)
    assert max(len(page) for page in pages) <= page_size


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moments=st.lists(st.integers(0, 3), max_size=25), page_size=st.integers(1, 6), window=st.tuples(st.integers(0, 4), st.integers(0, 4))
)
def test_a_window_holds_what_changed_from_its_beginning_until_just_before_its_end(bare, moments, page_size, window):
    bare.connection.execute("TRUNCATE exactly_contract.orders, exactly_contract.order_lines")
    for number, minute in enumerate(moments):
        bare.order(f"S{number}", changed_at=minutes(minute))

    found = bare.orders(minutes(window[0]), minutes(window[1]), page_size)

    assert sorted(numbers(found)) == sorted(f"S{n}" for n, minute in enumerate(moments) if window[0] <= minute < window[1])


def test_three_hundred_orders_of_the_same_moment_come_once_each(bare):
    for number in range(300):
        bare.order(f"S{number}")

    assert sorted(numbers(bare.orders(page_size=7))) == sorted(f"S{number}" for number in range(300))


def test_moments_a_microsecond_apart_are_told_apart(bare):
    for number in range(5):
        bare.order(f"S{number}", changed_at=HEADER["changed_at"] + timedelta(microseconds=number))

    assert numbers(bare.orders(page_size=1)) == ["S0", "S1", "S2", "S3", "S4"]
    assert numbers(bare.orders(until=HEADER["changed_at"] + timedelta(microseconds=2))) == ["S0", "S1"]


def test_a_row_written_late_is_found_by_a_window_that_reaches_back(bare):
    bare.order("early", changed_at=minutes(0))
    first = bare.orders(SINCE, minutes(30))
    bare.order("late", changed_at=minutes(29))

    assert numbers(first) == ["early"]
    assert numbers(bare.orders(minutes(30), minutes(60))) == []
    assert numbers(bare.orders(minutes(30) - timedelta(hours=1), minutes(60))) == ["early", "late"]


def test_an_order_that_changes_while_it_is_read_comes_again_in_its_new_state(bare):
    for number in range(4):
        bare.order(f"S{number}", changed_at=minutes(number))
    pages = bare.reader().orders(SINCE, UNTIL, page_size=2)
    seen = next(pages)
    bare.connection.execute("UPDATE exactly_contract.orders SET changed_at = %s, status = 'cancelled' WHERE number = 'S0'", (minutes(9),))

    seen += [order for page in pages for order in page]

    assert numbers(seen) == ["S0", "S1", "S2", "S3", "S0"]
    assert (seen[0].status, seen[-1].status) == ("open", "cancelled")


def test_no_transaction_is_open_between_two_pages(bare):
    for number in range(4):
        bare.order(f"S{number}")
    pages = bare.reader().orders(SINCE, UNTIL, page_size=2)
    next(pages)

    assert bare.connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE


def test_a_reader_within_a_transaction_of_the_caller_leaves_it_open(bare):
    with bare.connection.transaction():
        bare.order("S1")
        assert numbers(bare.orders()) == ["S1"]
        assert bare.connection.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS


def test_records_are_found_by_number_and_unknown_numbers_are_left_out(shop_dsn):
    with Webshop(shop_dsn) as webshop:
        orders = webshop.orders_by_number(["536365", "999999", "536370", "536365", "C536379"])
        returns = webshop.returns_by_number(["C536379", "536365"])
        customers = webshop.customers_by_number(["17850", "0"])
        window = [order for page in webshop.orders(SINCE, UNTIL) for order in page if order.number == "536365"]

    assert numbers(orders) == ["536365", "536370"]
    assert orders[:1] == window
    assert numbers(returns) == ["C536379"]
    assert isinstance(returns[0], ShopReturn)
    assert numbers(customers) == ["17850"]


def test_more_numbers_than_a_page_holds_are_all_found(bare):
    wanted = [f"S{number:04}" for number in range(450)]
    for number in wanted:
        bare.order(number)

    assert numbers(bare.reader().orders_by_number(wanted)) == wanted


def test_lines_come_in_the_order_of_their_positions(bare):
    bare.order("S1", lines=[{"position": 3}, {"position": 1}, {"position": 2}])

    assert [line.position for line in bare.orders()[0].lines] == [1, 2, 3]


def test_article_codes_match_without_regard_to_case(shop_dsn):
    with psycopg.connect(shop_dsn) as connection:
        row = connection.execute("SELECT count(*) FROM webshop.sale_items WHERE sku <> upper(sku)").fetchone()
    with Webshop(shop_dsn) as webshop:
        codes = {line.article_code for page in webshop.orders(SINCE, UNTIL) for order in page for line in order.lines}

    assert row[0] > 0
    assert all(code == code.upper() for code in codes)


def test_returns_carry_positive_amounts_and_name_their_order_if_it_is_known(bare):
    bare.refund("R1", order_number="S1", lines=[{"order_position": 4}])
    bare.refund("R2", order_number=None)

    first, second = bare.returns()
    assert (first.order_number, first.lines[0].order_position, second.order_number) == ("S1", 4, None)
    assert first.lines[0].quantity > 0


def test_customers_come_with_name_and_address(bare):
    bare.customer("17850", name="Zoë & Søn", city="Århus", country="dk", vat_number="DK12345678", vat_number_checked_on="2026-10-01")

    (customer,) = bare.customers()
    assert (customer.name, customer.city, customer.country, customer.vat_number) == ("Zoë & Søn", "Århus", "DK", "DK12345678")


def test_the_newest_change_is_that_of_orders_and_returns_alike(bare):
    assert bare.reader().newest_change() is None
    bare.order("S1", changed_at=minutes(5))
    bare.refund("R1", changed_at=minutes(8))
    bare.order("S2", changed_at=sql.SQL("'infinity'"))

    assert bare.reader().newest_change() == minutes(8)


def test_a_window_without_time_zone_is_refused(bare):
    with pytest.raises(ValueError, match="time zone"):
        bare.orders(SINCE.replace(tzinfo=None), UNTIL)


def test_a_window_may_reach_from_the_first_moment_to_the_last(bare):
    bare.order("S1")

    assert numbers(bare.orders(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))) == ["S1"]


def test_numbers_come_without_noughts_at_their_end(bare):
    bare.order("S1", total_paid=sql.SQL("100.00"), lines=[{"quantity": sql.SQL("20.000"), "unit_price": sql.SQL("2.5500")}])

    (order,) = bare.orders()
    shown = [str(value) for value in (order.total_paid, order.lines[0].quantity, order.lines[0].unit_price)]
    assert shown == ["100", "20", "2.55"]


def test_a_database_that_is_not_there_is_tried_again_later():
    webshop = Webshop("postgresql://postgres@/shop?host=/nowhere")

    with pytest.raises(RetryableError):
        webshop.newest_change()


def test_a_connection_lost_between_two_pages_is_made_again(bare):
    for number in range(4):
        bare.order(f"S{number}")
    with Webshop(bare.dsn) as webshop:
        pages = webshop.orders(SINCE, UNTIL, page_size=2)
        seen = next(pages)
        bare.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with pytest.raises(RetryableError):
            next(pages)
        again = [order for page in webshop.orders(SINCE, UNTIL, page_size=2) for order in page]

    assert numbers(seen) == ["S0", "S1"]
    assert numbers(again) == ["S0", "S1", "S2", "S3"]


def test_a_database_without_the_views_is_a_matter_of_set_up(postgres):
    with Webshop(postgres.create_database("empty")) as webshop, pytest.raises(SetupError) as refused:
        next(webshop.orders(SINCE, UNTIL))

    assert refused.value.code == "webshop_contract"
    for view in ("customers", "orders", "order_lines", "returns", "return_lines"):
        assert f"view_missing {view}" in refused.value.cure


def test_a_view_that_fails_is_a_matter_of_set_up_and_shows_no_data(postgres):
    dsn = postgres.create_database("failing")
    with psycopg.connect(dsn, autocommit=True) as connection:
        make_bare(connection)
        BareShop(dsn, connection).order("S1", payment_method="Mrs Secret")
        connection.execute("ALTER TABLE exactly_contract.orders RENAME TO rows")
        connection.execute(
            "CREATE VIEW exactly_contract.orders AS SELECT number, customer_number, country, currency, prices_include_vat, ordered_at,"
            " changed_at, status, payment_method::int::text AS payment_method FROM exactly_contract.rows"
        )
    with Webshop(dsn) as webshop, pytest.raises(SetupError) as refused:
        next(webshop.orders(SINCE, UNTIL))

    assert refused.value.code == "webshop_views_fail"
    assert "Secret" not in str(refused.value)


def test_columns_that_are_optional_may_be_left_out_of_the_views(postgres):
    dsn = postgres.create_database("spare")
    with psycopg.connect(dsn, autocommit=True) as connection:
        make_bare(connection)
        shop = BareShop(dsn, connection)
        for column in ("delivered_at", "invoiced_at", "total_paid", "kind_of_buyer", "vat_number", "vat_number_checked_on"):
            connection.execute(f"ALTER TABLE exactly_contract.orders DROP COLUMN {column}")
        connection.execute("ALTER TABLE exactly_contract.order_lines DROP COLUMN supply")
        shop.order("S1")
        (order,) = shop.orders()

    assert not isinstance(order, BadRecord)
    assert (order.total_paid, order.vat_number, order.lines[0].supply) == (None, None, "goods")
    assert order.lines[0].unit_price == Decimal("2.55")
