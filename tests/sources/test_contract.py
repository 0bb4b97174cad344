"""The contract is said once; its template, its table and its check follow from it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

import include.sources
from include.sources.contract import VIEWS, Need
from include.sources.contract_check import ContractFinding, check_contract
from include.sources.contract_text import contract_markdown, contract_sql
from tests.sources.bare_shop import TEMPLATE

TEMPLATE_FILE = Path(include.sources.__file__).with_name("contract.sql")


@pytest.fixture(scope="module")
def company_dsn(postgres) -> str:
    dsn = postgres.create_database("company")
    with psycopg.connect(dsn) as connection:
        connection.execute(TEMPLATE)
    return dsn


@pytest.fixture
def company(company_dsn):
    """A database that keeps the contract, with views made of the template; what a test changes is undone."""
    with psycopg.connect(company_dsn) as connection:
        yield connection
        connection.rollback()


def planted(connection, *mistakes: str) -> set[tuple[str, str]]:
    for mistake in mistakes:
        connection.execute(mistake)
    return {(finding.code, finding.subject) for finding in check_contract(connection)}


def remade(view: str, columns: str) -> str:
    """The view of the template with other columns."""
    return f"DROP VIEW exactly_contract.{view}; CREATE VIEW exactly_contract.{view} AS SELECT {columns}"


def columns_of(view: str, *without: str, **types: str) -> str:
    """The columns of a view as a query that gives no row, without some and with other types for some."""
    types = {"number": "text", **types}
    found = next(each for each in VIEWS if each.name == view)
    kinds = {
        "moment": "timestamptz",
        "flag": "boolean",
        "number": "numeric",
        "price": "numeric",
        "percent": "numeric",
        "position": "integer",
    }
    kept = [column for column in found.columns if column.name not in without]
    return ", ".join(
        f"NULL::{types.get(column.name, {**kinds, 'day': 'date'}.get(column.form, 'text'))} AS {column.name}" for column in kept
    )


def test_the_template_is_the_contract_as_it_stands():
    assert TEMPLATE_FILE.read_text(encoding="utf-8") == contract_sql(), "write it anew: contract.sql follows from contract.py"


def test_the_template_keeps_the_contract(company):
    assert check_contract(company) == []


def test_a_database_without_views_is_told_which_to_make(postgres):
    with psycopg.connect(postgres.create_database("nothing")) as connection:
        findings = check_contract(connection)

    assert {(finding.code, finding.subject) for finding in findings} == {("view_missing", view.name) for view in VIEWS}
    assert all(finding.cure.startswith("create view exactly_contract.") for finding in findings)


def test_all_mistakes_are_told_at_once_by_view_and_column(company):
    found = planted(
        company,
        "DROP VIEW exactly_contract.returns",
        remade("orders", columns_of("orders", "currency", "customer_number", ordered_at="timestamp", prices_include_vat="text")),
        remade("order_lines", columns_of("order_lines", "vat_rate", unit_price="double precision", quantity="money")),
        remade("customers", columns_of("customers", "name", changed_at="date")),
    )

    assert found == {
        ("view_missing", "returns"),
        ("column_missing", "orders.currency"),
        ("column_missing", "orders.customer_number"),
        ("column_type", "orders.ordered_at"),
        ("column_type", "orders.prices_include_vat"),
        ("column_missing", "order_lines.vat_rate"),
        ("column_type", "order_lines.unit_price"),
        ("column_type", "order_lines.quantity"),
        ("column_missing", "customers.name"),
        ("column_type", "customers.changed_at"),
    }


@pytest.mark.parametrize(("view", "column", "need"), [(view.name, column.name, column.need) for view in VIEWS for column in view.columns])
def test_each_column_is_missed_unless_it_is_optional(company, view, column, need):
    found = planted(company, remade(view, columns_of(view, column)))

    assert found == (set() if need is Need.OPTIONAL else {("column_missing", f"{view}.{column}")})


@pytest.mark.parametrize(
    ("view", "column", "kind", "fits"),
    [
        ("orders", "number", "varchar", True),
        ("orders", "number", "char(12)", True),
        ("orders", "number", "bigint", False),
        ("orders", "country", "char(2)", True),
        ("orders", "total_paid", "bigint", True),
        ("orders", "total_paid", "numeric(12, 2)", True),
        ("orders", "total_paid", "real", False),
        ("orders", "ordered_at", "timestamp", False),
        ("orders", "changed_at", "date", False),
        ("orders", "prices_include_vat", "integer", False),
        ("orders", "vat_number_checked_on", "timestamptz", False),
        ("order_lines", "position", "smallint", True),
        ("order_lines", "position", "bigint", True),
        ("order_lines", "position", "numeric", False),
        ("order_lines", "quantity", "integer", True),
        ("order_lines", "quantity", "double precision", False),
        ("order_lines", "unit_price", "money", False),
        ("order_lines", "description", "json", False),
    ],
)
def test_types_that_lose_nothing_fit_and_no_others(company, view, column, kind, fits):
    found = planted(company, remade(view, columns_of(view, **{column: kind})))

    assert found == (set() if fits else {("column_type", f"{view}.{column}")})


def test_a_domain_counts_as_the_type_beneath_it(company):
    company.execute("CREATE DOMAIN price AS numeric(12, 2)")

    assert planted(company, remade("order_lines", columns_of("order_lines", unit_price="price"))) == set()


def test_a_table_may_stand_for_a_view(company):
    made = "CREATE TABLE exactly_contract.made AS TABLE exactly_contract.orders; DROP VIEW exactly_contract.orders"

    assert planted(company, made, "ALTER TABLE exactly_contract.made RENAME TO orders") == set()


def test_a_user_without_the_right_to_read_is_told_what_to_grant(company):
    company.execute("CREATE ROLE reader_of_views")
    company.execute("GRANT SELECT ON exactly_contract.customers TO reader_of_views; SET ROLE reader_of_views")
    without_schema = {finding.subject for finding in check_contract(company)}
    company.execute("RESET ROLE; GRANT USAGE ON SCHEMA exactly_contract TO reader_of_views; SET ROLE reader_of_views")
    findings = check_contract(company)

    assert "customers.number" in without_schema
    assert {finding.code for finding in findings} == {"column_not_readable"}
    assert {finding.subject.split(".")[0] for finding in findings} == {"orders", "order_lines", "returns", "return_lines"}
    assert "grant" in findings[0].cure


def test_a_finding_says_what_to_do(company):
    company.execute(remade("orders", columns_of("orders", "currency", total_paid="real")))

    assert check_contract(company) == [
        ContractFinding("column_missing", "orders.currency", "add column currency text: currency of all amounts of the document"),
        ContractFinding("column_type", "orders.total_paid", "is float4; make it numeric, as in total_paid::numeric"),
    ]


def test_the_table_for_the_manual_has_a_row_for_each_column():
    table = contract_markdown()

    for view in VIEWS:
        assert f"### `exactly_contract.{view.name}`" in table
    assert table.count("\n| `") == sum(len(view.columns) for view in VIEWS)
    assert "| `currency` | text | mandatory | ISO 4217, three letters |" in table
