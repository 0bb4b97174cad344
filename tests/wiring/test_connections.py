"""From Airflow's connections to data source names and the settings of a run; tokens are masked on their way."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.wiring.conftest import Declare

REGISTERED = {"redirect_uri": "https://shop.example/signed-in"}
BASE = {"conn_type": "postgres", "schema": "exactly"}


def dsn(declare: Declare, **parts: object) -> dict[str, Any]:
    from include.wiring.connections import dsn_of

    return conninfo_to_dict(dsn_of(declare("exactly_store", **{**BASE, **parts})))


@pytest.mark.parametrize(
    ("parts", "understood"),
    [
        ({"host": "db.example", "login": "me", "port": 5433}, {"host": "db.example", "user": "me", "port": "5433", "dbname": "exactly"}),
        ({"host": "/var/run/postgresql", "login": "me"}, {"host": "/var/run/postgresql", "user": "me", "dbname": "exactly"}),
        ({"host": "/run/a b&c", "port": 5433}, {"host": "/run/a b&c", "port": "5433", "dbname": "exactly"}),
        ({"host": "::1", "login": "me", "port": 5432}, {"host": "::1", "user": "me", "port": "5432", "dbname": "exactly"}),
        ({"host": "db", "schema": "a/b?c d"}, {"host": "db", "dbname": "a/b?c d"}),
        ({"host": "db", "login": "me@home:x"}, {"host": "db", "user": "me@home:x", "dbname": "exactly"}),
        ({"host": "db", "extra": {"sslmode": "require", "cursor": "x"}}, {"host": "db", "dbname": "exactly", "sslmode": "require"}),
    ],
)
def test_a_postgres_connection_means_the_same_to_libpq(declare: Declare, parts: dict[str, object], understood: dict[str, str]) -> None:
    assert dsn(declare, **parts) == understood


@pytest.mark.parametrize("password", ["simple", "p@ss:w/ord?#[]%", "ünï✓", "a b+c&d=e", "'\"\\"])
def test_a_password_of_any_characters_arrives_as_it_is(declare: Declare, password: str) -> None:
    assert dsn(declare, host="db", login="me", password=password)["password"] == password


def test_a_folder_of_a_socket_is_connected_to(declare: Declare, postgres: Any) -> None:
    from include.wiring.connections import dsn_of

    known = conninfo_to_dict(postgres.dsn())
    declare("exactly_store", conn_type="postgres", host=known["host"], login=known.get("user"), schema=known["dbname"])

    with psycopg.connect(dsn_of("exactly_store")) as connection:
        assert connection.execute("select current_database()").fetchone() == (known["dbname"],)


def test_a_token_is_masked_in_logs_from_the_moment_it_is_decrypted(declare: Declare) -> None:
    from airflow.sdk.log import redact

    from include.wiring.connections import cipher

    token = "stampNL001.planted!token+1/2=="
    sealed = cipher().encrypt(token.encode())
    opened = cipher().decrypt(sealed).decode()

    assert opened == token
    assert token not in str(redact(f"refresh failed for {token}"))
    assert "planted" not in str(redact("POST /x?refresh_token=stampNL001.planted%21token%2B1%2F2%3D%3D"))


def test_a_token_is_never_stored_as_it_is() -> None:
    from include.wiring.connections import cipher

    assert b"planted" not in cipher().encrypt(b"planted-token")


@pytest.fixture
def declared(declare: Declare) -> Declare:
    declare("exactly_store", conn_type="postgres", host="db", login="me", password="planted-store", schema="exactly")
    declare("webshop", conn_type="postgres", host="shop", login="me", password="planted-shop", schema="webshop")
    declare("exact_uk", conn_type="exact_online", host="start.exactonline.co.uk", login="client", password="planted-app", extra=REGISTERED)
    return declare


def test_the_settings_of_a_run_come_from_its_administration_and_its_connections(declared: Declare, monkeypatch: pytest.MonkeyPatch) -> None:
    from include.wiring.connections import settings_of

    monkeypatch.setenv("EXACTLY_ENVIRONMENT", "acceptance")
    settings = settings_of("UK")

    assert (settings.name, settings.environment, settings.dry_run) == ("UK", "acceptance", False)
    assert settings.access.app.base_url == "https://start.exactonline.co.uk"
    assert (settings.window.until - settings.window.since).total_seconds() == 3600
    assert settings.times.quarantine_s == settings.administrations["UK"].quarantine_s


def test_settings_show_no_secret_when_they_are_logged(declared: Declare) -> None:
    from include.wiring.connections import settings_of

    assert "planted" not in repr(settings_of("UK"))
