"""The demo's webshop holds the real orders, all of them, to the cent, on the days of last week.

What is expected is counted here from the file, by queries of this test's own.
"""

from __future__ import annotations

import csv
import threading
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from include.administrations.identity import vat_number_fault
from include.demo import loader
from include.demo.loader import RULES, load
from include.sources.contract import VIEWS
from include.sources.contract_check import check_contract

TODAY = date(2026, 11, 20)
FILE = Path(loader.__file__).parent / "data" / "online_retail.csv"
CONTRACT = ("orders", "order_lines", "returns", "return_lines", "customers")


@pytest.fixture(scope="module")
def lines() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def documents(lines) -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    for line in lines:
        found[line["InvoiceNo"]].append(line)
    return dict(found)


@pytest.fixture(scope="module")
def loaded(postgres):
    dsn = postgres.create_database("loader")
    return dsn, load(dsn, today=TODAY)


@pytest.fixture
def shop(loaded):
    with psycopg.connect(loaded[0]) as connection:
        yield connection


def net_of(document) -> Decimal:
    amounts = (Decimal(line["Quantity"]) * Decimal(line["UnitPrice"]) for line in document)
    return sum((amount.quantize(Decimal("0.01"), ROUND_HALF_UP) for amount in amounts), Decimal(0))


def rows(shop, query: str) -> list:
    return shop.execute(query).fetchall()


def test_every_document_of_the_file_is_an_order_or_a_return(shop, loaded, documents):
    orders = {number for (number,) in rows(shop, "SELECT number FROM exactly_contract.orders")}
    returns = {number for (number,) in rows(shop, "SELECT number FROM exactly_contract.returns")}

    assert orders | returns == set(documents)
    assert returns == {number for number in documents if number.startswith("C")}
    assert (loaded[1].orders, loaded[1].returns) == (len(orders), len(returns)) == (469, 43)


def test_the_shop_holds_45_documents_without_price_and_424_sales_of_which_23_are_guests(shop):
    query = """
        SELECT count(*) FILTER (WHERE NOT priced), count(*) FILTER (WHERE priced),
               count(*) FILTER (WHERE priced AND customer_number IS NULL)
        FROM (SELECT o.number, o.customer_number, bool_or(l.unit_price <> 0) AS priced
              FROM exactly_contract.orders o JOIN exactly_contract.order_lines l ON l.order_number = o.number GROUP BY 1, 2) d
    """

    assert rows(shop, query) == [(45, 424, 23)]


def test_every_line_of_the_file_is_in_the_shop_once(shop, loaded, lines):
    credited = sum(line["InvoiceNo"].startswith("C") for line in lines)

    assert (loaded[1].order_lines, loaded[1].return_lines) == (len(lines) - credited, credited)
    query = "SELECT count(*) FROM exactly_contract.order_lines UNION ALL SELECT count(*) FROM exactly_contract.return_lines"
    assert rows(shop, query) == [(len(lines) - credited,), (credited,)]


def test_net_sums_agree_with_the_file_to_the_cent(shop, documents):
    query = """
        SELECT order_number, sum(round(quantity * unit_price, 2)) FROM exactly_contract.order_lines GROUP BY 1
        UNION ALL
        SELECT return_number, -sum(round(quantity * unit_price, 2)) FROM exactly_contract.return_lines GROUP BY 1
    """

    assert dict(rows(shop, query)) == {number: net_of(document) for number, document in documents.items()}


def test_totals_as_paid_are_net_sums_with_vat_of_the_country(shop, documents):
    rates = {"United Kingdom": 20, "Belgium": 21}
    expected = {}
    for number, document in documents.items():
        net = abs(net_of(document))
        consumer = 21 if document[0]["Country"] == "EIRE" and not document[0]["CustomerID"] else 0
        vat = (net * rates.get(document[0]["Country"], consumer) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        expected[number] = net + vat

    query = "SELECT number, total_paid FROM exactly_contract.orders UNION ALL SELECT number, total_paid FROM exactly_contract.returns"
    assert dict(rows(shop, query)) == expected


def test_businesses_of_the_union_have_a_vat_number_that_is_checked_and_nobody_else_has(shop):
    union = ("DE", "IE", "FR", "LT", "NL", "ES", "PL", "PT", "IT", "BE")
    query = "SELECT country, customer_number, vat_number, vat_number_checked_on = ordered_at::date FROM exactly_contract.orders"

    for country, customer, number, checked in rows(shop, query):
        wanted = country in union and customer is not None
        assert (number is not None, bool(checked)) == (wanted, wanted)
        assert not wanted or vat_number_fault(country, number) is None


def test_the_last_day_of_the_file_is_yesterday_and_gaps_stay(shop, loaded):
    days = [day for (day,) in rows(shop, "SELECT DISTINCT ordered_at::date FROM exactly_contract.orders ORDER BY 1")]

    assert days == [TODAY - timedelta(days=back) for back in (5, 4, 3, 1)]
    assert (loaded[1].first_day, loaded[1].last_day) == (days[0], days[-1])


@pytest.mark.parametrize("today", [date(2026, 4, 1), date(2026, 10, 28), date(2027, 1, 2), date(2028, 3, 2)])
def test_hours_stay_those_of_london_across_summer_time_and_year_ends(postgres, lines, today):
    dsn = postgres.create_database("season")
    load(dsn, today=today)
    london = ZoneInfo("Europe/London")

    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT number, changed_at FROM exactly_contract.orders").fetchall()

    shift = today - timedelta(days=1) - date(2010, 12, 5)
    expected = {}
    for line in lines:
        moment = datetime.fromisoformat(line["InvoiceDate"]) + shift
        expected[line["InvoiceNo"]] = max(moment, expected.get(line["InvoiceNo"], moment))
    assert {number: moment.astimezone(london).replace(tzinfo=None) for number, moment in found} == {
        number: moment for number, moment in expected.items() if not number.startswith("C")
    }


def test_a_document_written_over_two_minutes_is_ordered_in_the_first_and_changed_in_the_last(shop):
    query = "SELECT to_char(ordered_at, 'MI'), to_char(invoiced_at, 'MI'), to_char(changed_at, 'MI') FROM exactly_contract.orders"

    assert rows(shop, f"{query} WHERE number = '536591'") == [("57", "58", "58")]


def test_codes_that_are_no_articles_tell_the_kind_of_line(shop):
    query = """
        SELECT DISTINCT article_code, kind, product_group FROM
            (SELECT article_code, kind, product_group FROM exactly_contract.order_lines
             UNION ALL SELECT article_code, kind, product_group FROM exactly_contract.return_lines) l
        WHERE article_code !~ '^[0-9]{5}' ORDER BY 1
    """

    assert rows(shop, query) == [
        ("BANK CHARGES", "payment_cost", "bank_charges"),
        ("C2", "shipping", "shipping"),
        ("D", "discount", "discount"),
        ("DOT", "shipping", "shipping"),
        ("M", "article", "manual"),
        ("POST", "shipping", "shipping"),
    ]


def test_an_article_has_one_product_group_however_its_code_is_spelled(shop):
    several = "SELECT upper(article_code) FROM exactly_contract.order_lines GROUP BY 1 HAVING count(DISTINCT product_group) > 1"
    groups = {group for (group,) in rows(shop, "SELECT DISTINCT product_group FROM exactly_contract.order_lines")}

    assert rows(shop, several) == []
    assert groups == {"gifts", "home", "kitchen", "bags", "stationery", "christmas", "shipping", "manual", "bank_charges"}


def test_a_second_load_changes_nothing_even_on_another_day(postgres):
    dsn = postgres.create_database("keep")
    first = load(dsn, today=TODAY)
    before = fingerprint(dsn)

    again = load(dsn, today=TODAY)
    next_week = load(dsn, today=TODAY + timedelta(days=7))

    assert first == again == next_week
    assert fingerprint(dsn) == before


def test_two_loads_at_once_make_one_shop(postgres):
    dsn = postgres.create_database("twice")
    outcomes = []
    workers = [threading.Thread(target=lambda: outcomes.append(load(dsn, today=TODAY))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(outcomes) == 2
    assert outcomes[0] == outcomes[1]
    assert outcomes[0].orders == 469


def test_a_load_that_fails_leaves_nothing_behind(postgres, tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_text(FILE.read_text(encoding="utf-8").replace("United Kingdom", "Atlantis", 1), encoding="utf-8")
    dsn = postgres.create_database("broken")

    with pytest.raises(KeyError, match="Atlantis"):
        load(dsn, today=TODAY, path=broken)

    assert load(dsn, today=TODAY).orders == 469


def test_the_contract_is_kept_and_each_of_its_columns_is_documented_in_the_database(shop):
    documented = rows(
        shop,
        "SELECT a.attname, col_description(c.oid, a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE c.relnamespace = 'exactly_contract'::regnamespace",
    )

    assert check_contract(shop) == []
    assert len(documented) == sum(len(view.columns) for view in VIEWS)
    assert all(comment for _, comment in documented)


def test_every_customer_of_the_file_is_there_with_an_address(shop, lines):
    expected = {line["CustomerID"] for line in lines if line["CustomerID"]}
    found = rows(shop, "SELECT number FROM exactly_contract.customers WHERE name <> '' AND city <> '' AND country <> ''")

    assert {number for (number,) in found} == expected


def test_the_rules_speak_of_all_that_is_made_up():
    for word in ("Days", "GBP", "VAT rate", "Total as paid", "Product group", "Customers", "Buyers", "Article codes"):
        assert word in RULES


def fingerprint(dsn: str) -> list:
    with psycopg.connect(dsn) as connection:
        return [
            connection.execute(f"SELECT md5(string_agg(v::text, '|' ORDER BY v::text)) FROM exactly_contract.{v} v").fetchone()
            for v in CONTRACT
        ]
