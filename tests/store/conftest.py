"""Databases with the schema in place, one for each test that asks, copied from one that was migrated once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql

from include.store.migrate import upgrade
from tests.conftest import Postgres
from tests.store.rigs import PostgresRig, Rig, TwinRig

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    """The name of a migrated database that nobody is connected to."""
    dsn = postgres.create_database("store_template")
    upgrade(dsn, environment="test")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
        return connection.info.dbname


@pytest.fixture(scope="session")
def new_dsn(postgres: Postgres, template: str) -> Callable[[], str]:
    """Makes a migrated, empty database."""

    def make() -> str:
        name = f"store_{next(_numbers)}"
        with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return postgres.dsn(name)

    return make


@pytest.fixture
def dsn(new_dsn: Callable[[], str]) -> str:
    return new_dsn()


@pytest.fixture(params=["postgres", "twin"])
def rig(request: pytest.FixtureRequest, new_dsn: Callable[[], str]) -> Iterator[Rig]:
    """The outbox's memory, once as it is and once as it is simulated: one contract for both."""
    made = PostgresRig(new_dsn()) if request.param == "postgres" else TwinRig()
    yield made
    made.close()
