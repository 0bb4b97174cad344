"""The demo's webshop holds the real orders, all of them, to the cent, on the days of last week, and one order more.

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
from include.demo import loader, seeds
from include.demo.loader import RULES, load
from include.sources.contract import VIEWS
from include.sources.contract_check import check_contract

TODAY = date(2026, 11, 20)
FILE = Path(loader.__file__).parent / "data" / "online_retail.csv"
FORGOTTEN = "530001"
LATE = TODAY - timedelta(days=60)
CENT = Decimal("0.01")
# Standard rates, for those who pay VAT: at home in the seller's country, or as a consumer whose VAT is declared there or at home.
RATES = {"United Kingdom": 20, "Belgium": 21, "Netherlands": 21}
ONE_STOP_SHOP = {"Germany": 19, "Poland": 23, "Lithuania": 21}
FROM_BELGIUM = ("France", "EIRE", "Spain", "Portugal", "Italy")
DUTCH = ("Netherlands", "Germany", "Norway", "Poland", "Lithuania")
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


def rate_of(document) -> int:
    """The VAT rate of a document of the file: what its country, and a buyer who is a consumer, make of it."""
    country, buyer = document[0]["Country"], document[0]["CustomerID"]
    consumer = not buyer or buyer[-1] in "789"
    if country in RATES:
        return RATES[country]
    if not consumer:
        return 0
    return 21 if country in FROM_BELGIUM else ONE_STOP_SHOP.get(country, 0)


def price_of(line) -> Decimal:
    """The price that the shop shows: with VAT where the goods come from the Netherlands."""
    price = Decimal(line["UnitPrice"])
    return (price * (100 + rate_of([line])) / 100).quantize(CENT, ROUND_HALF_UP) if line["Country"] in DUTCH else price


def sum_of(document) -> Decimal:
    amounts = (Decimal(line["Quantity"]) * price_of(line) for line in document)
    return sum((amount.quantize(CENT, ROUND_HALF_UP) for amount in amounts), Decimal(0))


def paid_for(document) -> Decimal:
    total = abs(sum_of(document))
    if document[0]["Country"] == "Netherlands":
        return (total * 20).quantize(Decimal(1), ROUND_HALF_UP) / 20
    if document[0]["Country"] in DUTCH:
        return total
    return total + (total * rate_of(document) / 100).quantize(CENT, ROUND_HALF_UP)


def rows(shop, query: str) -> list:
    return shop.execute(query).fetchall()


def test_every_document_of_the_file_is_an_order_or_a_return(shop, loaded, documents):
    orders = {number for (number,) in rows(shop, "SELECT number FROM exactly_contract.orders")}
    returns = {number for (number,) in rows(shop, "SELECT number FROM exactly_contract.returns")}

    assert orders | returns == {*documents, FORGOTTEN}
    assert returns == {number for number in documents if number.startswith("C")}
    assert (loaded[1].orders, loaded[1].returns) == (len(orders), len(returns)) == (470, 43)


def test_the_shop_holds_45_documents_without_price_and_424_sales_of_which_23_are_guests(shop):
    query = f"""
        SELECT count(*) FILTER (WHERE NOT priced), count(*) FILTER (WHERE priced),
               count(*) FILTER (WHERE priced AND customer_number IS NULL)
        FROM (SELECT o.number, o.customer_number, bool_or(l.unit_price <> 0) AS priced
              FROM exactly_contract.orders o JOIN exactly_contract.order_lines l ON l.order_number = o.number
              WHERE o.number <> '{FORGOTTEN}' GROUP BY 1, 2) d
    """

    assert rows(shop, query) == [(45, 424, 23)]


def test_every_line_of_the_file_is_in_the_shop_once(shop, loaded, lines):
    credited = sum(line["InvoiceNo"].startswith("C") for line in lines)

    assert loaded[1].return_lines == credited
    query = f"SELECT count(*) FROM exactly_contract.order_lines WHERE order_number <> '{FORGOTTEN}'"
    query += " UNION ALL SELECT count(*) FROM exactly_contract.return_lines"
    assert rows(shop, query) == [(len(lines) - credited,), (credited,)]


def test_sums_agree_with_the_file_to_the_cent(shop, documents):
    query = f"""
        SELECT order_number, sum(round(quantity * unit_price, 2)) FROM exactly_contract.order_lines
        WHERE order_number <> '{FORGOTTEN}' GROUP BY 1
        UNION ALL
        SELECT return_number, -sum(round(quantity * unit_price, 2)) FROM exactly_contract.return_lines GROUP BY 1
    """

    assert dict(rows(shop, query)) == {number: sum_of(document) for number, document in documents.items()}


def test_totals_as_paid_are_sums_with_the_vat_of_country_and_buyer(shop, documents):
    query = "SELECT number, total_paid FROM exactly_contract.orders UNION ALL SELECT number, total_paid FROM exactly_contract.returns"
    expected = {number: paid_for(document) for number, document in documents.items()}

    assert {number: paid for number, paid in rows(shop, query) if number != FORGOTTEN} == expected
    assert expected["536403"] - sum_of(documents["536403"]) == CENT, "rounded to five cents"


def test_goods_from_the_netherlands_have_prices_that_include_vat_and_no_others(shop, documents):
    query = "SELECT number, prices_include_vat FROM exactly_contract.orders UNION ALL SELECT number, prices_include_vat"

    for number, include in rows(shop, f"{query} FROM exactly_contract.returns"):
        assert include == (number != FORGOTTEN and documents[number][0]["Country"] in DUTCH)


def test_businesses_of_the_union_have_a_vat_number_that_is_checked_and_nobody_else_has(shop):
    union = ("DE", "IE", "FR", "LT", "NL", "ES", "PL", "PT", "IT", "BE")
    query = (
        "SELECT country, customer_number, kind_of_buyer, vat_number, vat_number_checked_on = ordered_at::date FROM exactly_contract.orders"
    )
    consumers = set()

    for country, customer, kind, number, checked in rows(shop, query):
        wanted = country in union and kind == "business"
        assert (number is not None, bool(checked)) == (wanted, wanted)
        assert not wanted or vat_number_fault(country, number) is None
        consumers |= {customer} if kind == "consumer" else set()
    assert consumers == {None, "12427", "12738", "12647", "12779", "12567", "12557"}


def test_one_vat_number_has_a_wrong_digit(shop):
    for number, vat in rows(
        shop, "SELECT number, vat_number FROM exactly_contract.customers WHERE country = 'FR' AND vat_number IS NOT NULL"
    ):
        right = (12 + 3 * (int(vat[4:]) % 97)) % 97 == int(vat[2:4])
        assert right == (number != "12583")


def test_one_order_more_is_dated_60_days_ago_and_was_entered_last(shop):
    query = "SELECT ordered_at::date, invoiced_at::date, changed_at, country FROM exactly_contract.orders WHERE number = %s"
    last = rows(shop, "SELECT max(changed_at) FROM exactly_contract.orders")[0][0]

    assert shop.execute(query, (FORGOTTEN,)).fetchall() == [(LATE, LATE, last, "BE")]


def test_the_last_day_of_the_file_is_yesterday_and_gaps_stay(shop, loaded):
    days = [day for (day,) in rows(shop, "SELECT DISTINCT ordered_at::date FROM exactly_contract.orders ORDER BY 1") if day != LATE]

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
    assert {number: moment.astimezone(london).replace(tzinfo=None) for number, moment in found if number != FORGOTTEN} == {
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
    assert outcomes[0].orders == 470


def test_a_load_that_fails_leaves_nothing_behind(postgres, tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_text(FILE.read_text(encoding="utf-8").replace("United Kingdom", "Atlantis", 1), encoding="utf-8")
    dsn = postgres.create_database("broken")

    with pytest.raises(KeyError, match="Atlantis"):
        load(dsn, today=TODAY, path=broken)

    assert load(dsn, today=TODAY).orders == 470


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


def test_the_sandbox_s_books_have_the_shop_s_customers_and_articles(shop, tmp_path):
    seeds.main(tmp_path)

    for name in ("demo_accounts.csv", "demo_items.csv"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (seeds.TARGET / name).read_text(encoding="utf-8"), (
            "python -m include.demo.seeds"
        )
    books = {row["code"]: row["vat_number"] or None for row in written(tmp_path / "demo_accounts.csv")}
    assert books == dict(rows(shop, "SELECT number, vat_number FROM exactly_contract.customers"))


def written(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))
