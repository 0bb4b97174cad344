"""Rows as bad as rows get stop no reader: each becomes a bad record that says why, among good ones that are read as ever."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from psycopg import sql

from include.outbox.causes import CAUSES
from include.sources.records import BadRecord, ShopOrder, ShopReturn
from include.sources.webshop import Webshop
from tests.sources.bad_rows import corpus
from tests.sources.bare_shop import HEADER, SINCE, UNTIL, BareShop, make_bare, minutes

ORDERS = corpus("orders", "order_lines")
RETURNS = corpus("returns", "return_lines")


@pytest.fixture(scope="module")
def spoilt(postgres) -> dict[str, dict[str, object]]:
    """What the reader makes of the whole corpus, with a good record after each bad one: by kind, then number."""
    dsn = postgres.create_database("spoilt")
    with psycopg.connect(dsn) as connection:
        make_bare(connection)
        shop = BareShop(dsn, connection)
        for number, case in enumerate(ORDERS):
            shop.order(f"bad{number}", lines=case.rows(), **case.header)
            shop.order(f"good{number}")
        for number, case in enumerate(RETURNS):
            shop.refund(f"bad{number}", lines=case.rows(), **case.header)
            shop.refund(f"good{number}")
        return {
            "orders": {record.number: record for record in shop.orders(page_size=50)},
            "returns": {record.number: record for record in shop.returns()},
        }


def test_the_corpus_has_more_than_three_hundred_cases():
    assert len(ORDERS) + len(RETURNS) > 300


@pytest.mark.parametrize(
    ("view", "number", "case"),
    [
        pytest.param(view, number, case, id=f"{view}: {case.name[:40]!a}")
        for view, cases in (("orders", ORDERS), ("returns", RETURNS))
        for number, case in enumerate(cases)
    ],
)
def test_a_bad_row_becomes_a_bad_record_that_says_why(spoilt, view, number, case):
    record = spoilt[view][f"bad{number}"]

    assert isinstance(record, BadRecord)
    assert (record.code, record.subject, record.facts["column"]) == (case.code, case.subject, case.column)
    assert record.kind == view.removesuffix("s")
    assert record.changed_at == HEADER["changed_at"]
    assert all(len(value) <= 100 for value in record.facts.values())


def test_the_good_records_among_the_bad_ones_are_all_read(spoilt):
    for view, cases, kind in (("orders", ORDERS, ShopOrder), ("returns", RETURNS, ShopReturn)):
        good = [record for record in spoilt[view].values() if isinstance(record, kind)]
        assert len(good) == len(cases)
        assert len(spoilt[view]) == 2 * len(cases)


def test_each_code_of_a_bad_record_has_a_cause_and_a_cure_in_two_languages(spoilt):
    codes = {record.code for view in spoilt.values() for record in view.values() if isinstance(record, BadRecord)}

    assert codes | {"duplicate_number"} <= set(CAUSES)


def test_a_bad_record_tells_its_country_when_that_can_be_read(bare):
    bare.order("S1", country="be", currency="XXX")
    bare.order("S2", country="UK")

    assert [record.country for record in bare.orders()] == ["BE", None]


def test_the_facts_name_the_line_and_count_what_else_is_wrong(bare):
    bare.order("S1", lines=[{}, {"position": 7, "quantity": None, "vat_rate": None}])

    (record,) = bare.orders()
    assert record.facts == {"column": "order_lines.quantity", "position": "7", "further_faults": "1"}


def test_a_wrong_value_that_is_no_plain_code_is_not_shown(bare):
    bare.order("S1", status="Jan de Vries, Dorpsstraat 1")

    (record,) = bare.orders()
    assert "Vries" not in str(record)


@pytest.mark.parametrize("moment", [None, "infinity", "-infinity", "20000-01-01 00:00+00", "1200-01-01 00:00+00", "0044-03-15 BC"])
def test_a_record_whose_moment_of_change_cannot_be_read_comes_in_every_window(bare, moment):
    bare.order("S1", changed_at=moment)
    bare.order("S2")

    early, late = bare.orders(SINCE, minutes(-60)), bare.orders(minutes(60), UNTIL)

    assert [(record.number, record.facts["column"], record.changed_at) for record in early + late] == [
        ("S1", "orders.changed_at", None)
    ] * 2


def test_many_records_without_a_moment_come_once_each(bare):
    for number in range(25):
        bare.order(f"S{number}", changed_at=None)

    assert sorted(record.number for record in bare.orders(page_size=4)) == sorted(f"S{number}" for number in range(25))


def test_records_without_a_number_come_once_each_under_a_number_of_their_content(bare):
    for total in range(9):
        bare.order(None, total_paid=total)
    bare.order("", total_paid=100)

    records = bare.orders(page_size=2)
    again = bare.reader().orders_by_number([records[3].number])

    assert {(record.code, record.subject) for record in records} == {("value_missing", "orders.number")}
    assert len({record.number for record in records}) == 10
    assert again == [records[3]]


@pytest.mark.parametrize("number", ["N" * 101, "N" * 10_000_000, "S1 ", " S1", "S\n1", "S\u202e1"])
def test_a_number_that_cannot_be_kept_is_a_bad_record(bare, number):
    bare.order(number)
    bare.order("S2", changed_at=minutes(1))

    bad, good = bare.orders(page_size=1)

    assert (bad.subject, good.number) == ("orders.number", "S2")
    assert len(bad.number) <= 101
    assert bare.reader().orders_by_number([bad.number]) == [bad]


def test_numbers_too_long_that_begin_alike_are_told_apart(bare):
    for last in "abc":
        bare.order("N" * 200 + last)

    assert len({record.number for record in bare.orders(page_size=1)}) == 3


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(hours=1)])
def test_a_number_that_the_view_holds_twice_is_one_bad_record(bare, apart):
    bare.order("S1", payment_method="card")
    bare.order("S1", payment_method="account", changed_at=HEADER["changed_at"] + apart, lines=[])
    bare.order("S2")

    records = bare.orders()

    assert {(record.number, getattr(record, "code", "good")) for record in records} == {("S1", "duplicate_number"), ("S2", "good")}
    assert [record.code for record in bare.reader().orders_by_number(["S1"])] == ["duplicate_number"]


def test_a_cancelled_order_needs_no_lines(bare):
    bare.order("S1", status="cancelled", lines=[])

    (order,) = bare.orders()
    assert isinstance(order, ShopOrder)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert('x')</script>",
        '=HYPERLINK("http://x")',
        "+1+1",
        "@SUM(A1)",
        "'; DROP TABLE orders; --",
        "%s %(number)s {subject}",
        "Ünïcödé ñ ß ﬁ",
        "עברית العربية 日本語 ไทย",
        "👩‍👩‍👧‍👦 🎁",
        "e\u0301 combining",
        "zero\u200bwidth",
        '{"json": [1, null]}',
        "\\x00 \\n",
        "é" * 4000,
    ],
)
def test_any_text_is_a_description_and_is_read_as_it_is(bare, text):
    bare.order("S1", lines=[{"description": text}])

    (order,) = bare.orders()
    assert order.lines[0].description == text


@pytest.mark.parametrize(
    ("written", "read"), [("a\nb", "a b"), ("a\tb\r\n", "a b"), ("\x01\x7f", ""), (None, ""), ("  x ", "x"), ("a\u202eb", "a b")]
)
def test_control_characters_in_a_description_become_blanks(bare, written, read):
    bare.order("S1", lines=[{"description": written}])

    (order,) = bare.orders()
    assert order.lines[0].description == read


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ({"country": " gb "}, {}),
        ({"currency": "gbp"}, {}),
        ({"customer_number": ""}, {}),
        ({"vat_number": "  "}, {}),
        ({"total_paid": 0}, {}),
        ({}, {"quantity": 0}),
        ({}, {"unit_price": 0}),
        ({}, {"quantity": -5, "unit_price": 0}),
        ({}, {"vat_rate": 0}),
        ({}, {"vat_rate": 100}),
        ({}, {"position": 0}),
        ({}, {"position": -1}),
        ({}, {"quantity": "999999999"}),
        ({}, {"unit_price": "0.000000000000000001"}),
        ({}, {"article_code": "ＡＢＣ"}),
        ({}, {"supply": "services"}),
    ],
)
def test_what_is_unusual_but_honest_is_read(bare, header, line):
    bare.order("S1", lines=[{"unit_price": "1", **line}], **header)

    (order,) = bare.orders()
    assert isinstance(order, ShopOrder), order
    assert order.country == "GB"


def test_discounts_and_vouchers_may_be_negative(bare):
    lines = [{}, *({"position": n, "kind": kind, "quantity": 1, "unit_price": "-0.50"} for n, kind in ((2, "discount"), (3, "voucher")))]
    bare.order("S1", lines=lines)

    (order,) = bare.orders()
    assert sum(line.quantity * line.unit_price for line in order.lines) == Decimal("4.10")


@pytest.fixture
def encoded(postgres):
    """A bare shop in a database of another encoding."""

    def make(encoding: str) -> str:
        name = f"shop_{encoding.lower()}"
        with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
        with psycopg.connect(postgres.dsn(name), autocommit=True) as connection:
            make_bare(connection)
        return postgres.dsn(name)

    return make


def test_bytes_that_are_no_text_spoil_their_own_record_only(encoded):
    dsn = encoded("SQL_ASCII")
    with psycopg.connect(dsn, autocommit=True) as connection:
        shop = BareShop(dsn, connection)
        shop.order("S1", lines=[{"description": sql.SQL("convert_from('caf\\351'::bytea, 'SQL_ASCII')")}])
        shop.order("S2")
        shop.order(None)
    with Webshop(dsn) as webshop:
        records = {record.number: record for page in webshop.orders(SINCE, UNTIL) for record in page}

    assert (records["S1"].code, records["S1"].subject) == ("value_unreadable", "order_lines.description")
    assert isinstance(records["S2"], ShopOrder)
    assert len(records) == 3


def test_a_shop_in_latin_letters_is_read_as_it_is_written(encoded):
    dsn = encoded("LATIN1")
    with psycopg.connect(dsn, autocommit=True) as connection:
        BareShop(dsn, connection).order("Größe 1", lines=[{"description": "café"}])
    with Webshop(dsn) as webshop:
        (order,) = webshop.orders_by_number(["Größe 1"])

    assert (order.number, order.lines[0].description) == ("Größe 1", "café")


def test_a_mended_record_has_another_version(bare):
    bare.order("S1", country="UK")
    (bad,) = bare.orders()
    bare.connection.execute("UPDATE exactly_contract.orders SET payment_method = 'account'")
    (still_bad,) = bare.orders()
    bare.connection.execute("UPDATE exactly_contract.orders SET country = 'GB'")
    (good,) = bare.orders()

    assert len({bad.version, still_bad.version, good.version}) == 3


def test_a_bad_record_that_only_moved_has_the_same_version(bare):
    bare.order("S1", country="UK")
    (bad,) = bare.orders()
    bare.connection.execute("UPDATE exactly_contract.orders SET changed_at = changed_at + interval '1 hour'")

    assert bare.orders()[0].version == bad.version


@pytest.mark.parametrize(
    ("columns", "code", "subject"),
    [
        ({"name": None}, "value_missing", "customers.name"),
        ({"name": "  "}, "value_missing", "customers.name"),
        ({"country": "UK"}, "unknown_country", "UK"),
        ({"country": None}, "value_missing", "customers.country"),
        ({"email": "x" * 5000}, "value_too_long", "customers.email"),
        ({"vat_number": "BE\n01"}, "value_unreadable", "customers.vat_number"),
        ({"kind_of_buyer": "robot"}, "value_not_allowed", "customers.kind_of_buyer"),
        ({"changed_at": None}, "value_missing", "customers.changed_at"),
        ({"vat_number_checked_on": "infinity"}, "value_unreadable", "customers.vat_number_checked_on"),
    ],
)
def test_a_customer_that_cannot_be_read_is_a_bad_record_too(bare, columns, code, subject):
    bare.customer("17850", **columns)
    bare.customer("17851")

    bad = next(record for record in bare.customers() if record.number == "17850")
    assert (bad.kind, bad.code, bad.subject) == ("customer", code, subject)
    assert len(bare.customers()) == 2
