"""The web server's connections to our database: few, shared, and given up when the database is away."""

from __future__ import annotations

import json
import threading

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from include.errors import RetryableError, SetupError
from include.store.migrate import upgrade
from include.web import places
from include.web.places import CONNECTIONS_MAX, Pool
from tests.conftest import Postgres


@pytest.fixture(scope="module")
def migrated(postgres: Postgres) -> str:
    dsn = postgres.create_database("places")
    upgrade(dsn, environment="test")
    return dsn


@pytest.fixture
def declared(migrated: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migrated database that Airflow's connection `exactly_store` names."""
    dsn = migrated
    parts = conninfo_to_dict(dsn)
    connection = {"conn_type": "postgres", "login": parts["user"], "host": parts["host"], "schema": parts["dbname"]}
    monkeypatch.setenv("AIRFLOW_CONN_EXACTLY_STORE", json.dumps(connection))
    monkeypatch.setenv("EXACTLY_ENVIRONMENT", "test")
    return dsn


def works(pool: Pool) -> bool:
    with pool.lend() as database, database.transaction() as connection:
        row = connection.execute("select 1 as one").fetchone()
    return row == {"one": 1}


def test_many_requests_share_a_few_connections(declared: str) -> None:
    pool, done = Pool(), []
    threads = [threading.Thread(target=lambda: done.append(works(pool))) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with psycopg.connect(declared) as watching:
        query = "select count(*) from pg_stat_activity where datname = current_database() and application_name = %s"
        opened = watching.execute(query, (places.NAME,)).fetchone()

    assert done == [True] * 30
    assert opened is not None
    assert opened[0] <= CONNECTIONS_MAX


def test_a_request_that_finds_all_connections_busy_is_told_to_come_again(declared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PATIENCE_S", 0.05)
    pool = Pool()
    held = [pool.lend() for _ in range(CONNECTIONS_MAX)]
    for each in held:
        each.__enter__()
    with pytest.raises(RetryableError, match="busy"):
        works(pool)
    for each in held:
        each.__exit__(None, None, None)

    assert works(pool)


def test_a_connection_that_lay_idle_is_made_anew(declared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool()
    assert works(pool)
    with psycopg.connect(declared, autocommit=True) as ending:
        ending.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s", (places.NAME,))
    monkeypatch.setattr(places, "IDLE_MAX_S", 0.0)

    assert works(pool)


def test_a_database_of_another_environment_is_refused_each_time(declared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXACTLY_ENVIRONMENT", "production")
    pool = Pool()
    for _ in range(2):
        with pytest.raises(SetupError, match="foreign_environment"):
            works(pool)


def test_a_connection_that_the_server_ended_meanwhile_costs_nobody_a_page(declared: str) -> None:
    pool = Pool()
    assert works(pool)
    with psycopg.connect(declared, autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and application_name = %s",
            (places.NAME,),
        )

    assert works(pool)
