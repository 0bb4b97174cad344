"""What commands at a terminal need of Airflow: connections, outside any task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from airflow.sdk.exceptions import AirflowNotFoundException

from include.adapters.mapping_checks import checked_of
from include.administrations.loader import Administrations, load_administrations
from include.administrations.model import Administration
from include.checks.mapping_page import Checked
from include.errors import SetupError
from include.exact.oauth import App
from include.outbox.ports import Purpose
from include.run import Run, Window, chain_name, open_run
from include.sources.webshop import Webshop
from include.store.checks import CheckStore
from include.store.database import Database
from include.store.installation import check_installation
from include.store.migrate import upgrade
from include.wiring.connections import SOURCE, STORE, dsn_of, environment, settings_of
from include.wiring.hook import ExactHook
from include.wiring.sign_in import SignIn


def dsn(conn_id: str) -> str:
    """The address of a database. Raises `SetupError` when Airflow has no such connection."""
    with _named(conn_id):
        return dsn_of(conn_id)


def app_of(administration: Administration) -> App:
    """The app that the administration's connection describes. Raises `SetupError`."""
    with _named(administration.connection):
        return ExactHook(administration.connection).access().app


@contextmanager
def store(*, accepted: bool = True) -> Iterator[Database]:
    """Our database; `accepted` refuses one of another environment or cluster."""
    database = Database(dsn(STORE), name="exactly command")
    try:
        if accepted:
            check_installation(database, environment())
        yield database
    finally:
        database.close()


@contextmanager
def webshop() -> Iterator[Webshop]:
    """The readers of the webshop."""
    with Webshop(dsn(SOURCE)) as readers:
        yield readers


@contextmanager
def command_run(name: str, administrations: Administrations | None = None) -> Iterator[Run]:
    """A run of one administration on behalf of the person at the terminal; `administrations`: others than the installed ones."""
    now = datetime.now(UTC)
    administrations = administrations or load_administrations()
    for conn_id in (administrations[name].connection, STORE, SOURCE):
        with _named(conn_id):
            ExactHook.get_connection(conn_id)
    with open_run(settings_of(name, Window(now, now), administrations=administrations, purpose=Purpose.OPERATOR)) as run:
        yield run


def last_checks() -> list[Checked]:
    """The last verdicts of the mapping checks."""
    with store() as database:
        return [checked_of(last) for last in CheckStore(database).all()]


def migrate() -> str:
    """Create our tables or bring them up to date; returns the environment that the database belongs to."""
    upgrade(dsn(STORE), environment=environment())
    with store(accepted=False):
        return environment()


def chain_of(administration: Administration) -> str:
    """The name of the token chain; none for a connection that is missing or incomplete, as the doctor says."""
    try:
        return chain_name(app_of(administration))
    except SetupError:
        return ""


def begin_sign_in(conn_id: str) -> SignIn:
    """A sign-in for a connection. Raises `SetupError`."""
    with _named(conn_id):
        return SignIn(conn_id)


@contextmanager
def _named(conn_id: str) -> Iterator[None]:
    try:
        yield
    except AirflowNotFoundException as error:
        raise SetupError("missing_connection", conn_id, cure="add it in Airflow (Admin, Connections), then run exactly doctor") from error
