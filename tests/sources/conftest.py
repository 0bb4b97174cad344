"""A webshop with the real orders, and bare ones whose contract views accept whatever a test plants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from include.demo.loader import load
from tests.sources.bare_shop import BareShop, make_bare

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def shop_dsn(postgres) -> str:
    """The demo's webshop with the real orders; not to be changed."""
    dsn = postgres.create_database("shop")
    load(dsn, today=TODAY)
    return dsn


@pytest.fixture(scope="module")
def bare_database(postgres) -> str:
    dsn = postgres.create_database("bare")
    with psycopg.connect(dsn, autocommit=True) as connection:
        make_bare(connection)
    return dsn


@pytest.fixture
def bare(bare_database) -> Iterator[BareShop]:
    """A shop without rows."""
    with psycopg.connect(bare_database, autocommit=True) as connection:
        yield BareShop(bare_database, connection)
        connection.execute(
            "TRUNCATE exactly_contract.customers, exactly_contract.orders, exactly_contract.order_lines,"
            " exactly_contract.returns, exactly_contract.return_lines"
        )
