"""Signing in with a sandbox, and what the *Test* button of a connection finds out before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from include.errors import SetupError
from include.store.migrate import upgrade
from tests.sandbox.driver import SandboxProcess
from tests.wiring.conftest import Declare


@pytest.fixture(scope="module")
def exact() -> Iterator[SandboxProcess]:
    process = SandboxProcess("--seed", "small", "--auto-consent")
    yield process
    process.stop()


@pytest.fixture
def store_dsn(postgres: Any) -> str:
    dsn = str(postgres.create_database("wiring"))
    upgrade(dsn, environment="test")
    return dsn


@pytest.fixture
def conn_id(declare: Declare, exact: SandboxProcess, store_dsn: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A connection to the sandbox that nobody has signed in with, and one to a fresh store."""
    monkeypatch.setenv("EXACTLY_ENVIRONMENT", "test")
    known = conninfo_to_dict(store_dsn)
    declare("exactly_store", conn_type="postgres", host=known["host"], login=known.get("user"), schema=known["dbname"])
    return connection(declare, exact.url)


def connection(declare: Declare, host: str, *, secret: str = "secret-one", conn_id: str = "exact_one") -> str:
    extra = {"redirect_uri": "https://app-one.example/callback"}
    return declare(conn_id, conn_type="exact_online", host=host, login="app-one", password=secret, extra=extra)


def said_by_the_button(conn_id: str) -> tuple[bool, str]:
    from include.wiring.hook import ExactHook

    return ExactHook(conn_id).test_connection()


def test_signing_in_stores_a_pair_that_works(conn_id: str, exact: SandboxProcess) -> None:
    from include.wiring.sign_in import SignIn

    sign_in = SignIn(conn_id)
    name = sign_in.finish(sign_in.consented())

    assert name == f"{exact.url} app-one"
    assert said_by_the_button(conn_id) == (True, f"Reached {exact.url} and signed in.")


def test_the_stored_pair_is_sealed(conn_id: str, store_dsn: str) -> None:
    from include.wiring.sign_in import SignIn

    sign_in = SignIn(conn_id)
    sign_in.finish(sign_in.consented())
    with psycopg.connect(store_dsn) as connection:
        tables = [name for (name,) in connection.execute("select tablename from pg_tables where schemaname = 'public'")]
        everything = "".join(str(connection.execute(f'select * from "{name}"').fetchall()) for name in tables)

    assert "app-one" in everything
    assert "stampNL001" not in everything


def test_the_button_says_that_nobody_has_signed_in(conn_id: str) -> None:
    fine, said = said_by_the_button(conn_id)

    assert not fine
    assert said.startswith("needs_consent")
    assert "exactly sign-in" in said


def test_the_button_says_that_the_host_is_not_there(conn_id: str, declare: Declare) -> None:
    connection(declare, "http://127.0.0.1:9")

    fine, said = said_by_the_button(conn_id)

    assert not fine
    assert said.startswith("not_reached")


def test_the_button_says_what_is_wrong_with_the_connection_itself(conn_id: str, declare: Declare) -> None:
    connection(declare, "https://evil.example")

    assert said_by_the_button(conn_id)[1].startswith("foreign_host")


def test_another_process_may_finish_a_sign_in(conn_id: str) -> None:
    from include.wiring.sign_in import SignIn

    landed = SignIn(conn_id).consented()

    assert SignIn(conn_id).finish(landed)


def test_an_address_of_a_sign_in_for_another_connection_is_refused(conn_id: str, declare: Declare, exact: SandboxProcess) -> None:
    from include.wiring.sign_in import SignIn

    landed = SignIn(connection(declare, exact.url, conn_id="exact_other")).consented()

    with pytest.raises(SetupError, match="sign_in_foreign"):
        SignIn(conn_id).finish(landed)


def test_an_address_with_a_state_that_is_not_ours_is_refused(conn_id: str) -> None:
    from include.wiring.sign_in import SignIn

    landed = SignIn(conn_id).consented().partition("state=")[0] + "state=forged"

    with pytest.raises(SetupError, match="sign_in_foreign"):
        SignIn(conn_id).finish(landed)


def test_a_code_works_once(conn_id: str) -> None:
    from include.wiring.sign_in import SignIn

    sign_in = SignIn(conn_id)
    landed = sign_in.consented()
    sign_in.finish(landed)

    with pytest.raises(SetupError, match="sign_in_failed"):
        sign_in.finish(landed)


def test_a_wrong_client_secret_is_told_when_signing_in(conn_id: str, declare: Declare, exact: SandboxProcess) -> None:
    from include.wiring.sign_in import SignIn

    connection(declare, exact.url, secret="wrong-secret")
    sign_in = SignIn(conn_id)

    with pytest.raises(SetupError, match="invalid_client") as refusal:
        sign_in.finish(sign_in.consented())
    assert "wrong-secret" not in str(refusal.value)


def test_after_a_refused_token_what_was_not_sent_looks_first(conn_id: str, declare: Declare, exact: SandboxProcess, store_dsn: str) -> None:
    """Files put back, which nobody notices: the token is an older one than Exact's, and so may be the outbox."""
    from include.wiring.sign_in import SignIn

    of_a_company = connection(declare, exact.url, conn_id="exact_uk")
    first = SignIn(of_a_company)
    first.finish(first.consented())
    with psycopg.connect(store_dsn) as store:
        assert store.execute("select count(*) from looks_first").fetchone() == (0,), "nobody lost anything yet"
        store.execute("update oauth_chain set state = 'needs_consent', refresh_begun_at = clock_timestamp()")

    second = SignIn(of_a_company)
    second.finish(second.consented())

    with psycopg.connect(store_dsn) as store:
        assert store.execute("select division from looks_first").fetchall() == [(820101,)]


def test_a_sign_in_that_was_merely_due_makes_nobody_look(conn_id: str, exact: SandboxProcess, store_dsn: str) -> None:
    from include.wiring.sign_in import SignIn

    for _ in range(2):
        sign_in = SignIn(conn_id)
        sign_in.finish(sign_in.consented())

    with psycopg.connect(store_dsn) as connection:
        assert connection.execute("select count(*) from looks_first").fetchone() == (0,)
