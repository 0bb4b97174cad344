"""Connections to Exact for the console: what they say, trying one, signing in from a browser, taking the tokens away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date

from airflow.configuration import conf
from airflow.sdk.exceptions import AirflowException
from airflow.sdk.log import mask_secret

from include.adapters.connection import ExactConnection
from include.errors import ExactlyError, SetupError
from include.run import chain_name
from include.store.chain import StoredChain
from include.store.connections import ConnectionAct, ConnectionStore
from include.store.database import Database
from include.wiring.connection_test import try_connection
from include.wiring.connections import cipher
from include.wiring.hook import ExactHook
from include.wiring.sign_in import SignIn

CALLBACK = "/exactly/connections/callback"


def described(conn_id: str) -> ExactConnection:
    """What Airflow's connection says; without a chain, and with what is wrong, where it cannot be used."""
    try:
        hook = ExactHook(conn_id)
        extra = hook.get_connection(conn_id).extra_dejson
        app = hook.access().app
    except (SetupError, AirflowException) as error:
        problem = error if isinstance(error, SetupError) else _missing(conn_id)
        return ExactConnection(conn_id=conn_id, problem=problem)
    return ExactConnection(
        conn_id=conn_id,
        chain=chain_name(app),
        host=app.base_url,
        client_id=app.client_id,
        redirect_uri=app.redirect_uri,
        secret_expires=_day(extra.get("secret_expires")),
    )


def callback_address() -> str:
    """Where Exact may send the browser back to: to be registered with the app as its redirect URI."""
    return str(conf.get("api", "base_url", fallback="") or "").rstrip("/") + CALLBACK


def sign_in_address(conn_id: str, database: Database, *, who: str, session: str) -> str:
    """Begin a sign-in; where the person goes to consent."""
    store = ConnectionStore(database)
    address = SignIn(conn_id, state=store.begin_sign_in(conn_id, who=who, session=session)).address
    store.note(conn_id, ConnectionAct.BEGIN_SIGN_IN, who=who)
    return address


def finish_sign_in(conn_id: str, database: Database, find_code: Callable[[], str], *, who: str) -> None:
    """Exchange the code of a sign-in that `who` began. Raises an error of ours, which is noted."""

    def finish() -> None:
        code = find_code()
        mask_secret(code)
        SignIn(conn_id).exchange(code, who=who)

    _noted(conn_id, database, ConnectionAct.SIGN_IN, who=who, done=finish)


def try_out(conn_id: str, database: Database, *, who: str) -> None:
    """A harmless call with the stored sign-in. Raises an error of ours, which is noted."""
    _noted(conn_id, database, ConnectionAct.TEST, who=who, done=lambda: try_connection(ExactHook(conn_id)))


def revoke(conn_id: str, database: Database, *, who: str) -> None:
    """Forget the tokens, when no refresh is on its way: every call of the connection stops until somebody signs in."""
    name = chain_name(ExactHook(conn_id).access().app)

    def forget() -> None:
        with StoredChain(database, name, cipher()).exclusive():
            ConnectionStore(database).revoke(name, who=who)

    _noted(conn_id, database, ConnectionAct.REVOKE, who=who, done=forget)


def _noted(conn_id: str, database: Database, act: ConnectionAct, *, who: str, done: Callable[[], object]) -> None:
    store = ConnectionStore(database)
    try:
        done()
    except ExactlyError as error:
        store.note(conn_id, act, who=who, outcome=error.code if isinstance(error, SetupError) else "away")
        raise
    store.note(conn_id, act, who=who)


def _missing(conn_id: str) -> SetupError:
    return SetupError("missing_connection", conn_id, cure="add it in Airflow (Admin, Connections)")


def _day(text: object) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(str(text or ""))
    return None
