"""What commands at a terminal need of Airflow: connections, outside any task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from airflow.sdk.exceptions import AirflowNotFoundException

from include.administrations.loader import load_administrations
from include.administrations.model import Administration, Mode
from include.checks.completeness import all_were_read
from include.checks.findings import Finding
from include.console.shop_reading import ShopReading, read_shop
from include.console.status import AdministrationStatus, StatusBoard
from include.console.verify import Verdict, refresh_documents, verify
from include.errors import SetupError
from include.exact.oauth import App
from include.outbox.causes import Language
from include.outbox.ports import Purpose
from include.run import Run, Window, chain_name, open_run
from include.sources.webshop import Webshop
from include.store.audit import Audit, Days
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
def command_run(name: str) -> Iterator[Run]:
    """A run of one administration on behalf of the person at the terminal."""
    now = datetime.now(UTC)
    administration = load_administrations()[name]
    for conn_id in (administration.connection, STORE, SOURCE):
        with _named(conn_id):
            ExactHook.get_connection(conn_id)
    with open_run(settings_of(name, Window(now, now), purpose=Purpose.OPERATOR)) as run:
        yield run


def migrate() -> str:
    """Create our tables or bring them up to date; returns the environment that the database belongs to."""
    upgrade(dsn(STORE), environment=environment())
    with store(accepted=False):
        return environment()


def all_statuses(language: Language) -> list[AdministrationStatus]:
    """Where everything stands, for each administration that has a file."""
    administrations = load_administrations()
    with store() as database:
        board = StatusBoard(database, {each.name: _chain_of(each) for each in administrations}, language)
        return [board.of(each) for each in administrations]


def all_verdicts(days: Days, *, refresh: bool) -> tuple[list[Finding], list[Verdict]]:
    """Compare every administration; first what concerns the shop as a whole. `refresh`: read Exact anew before."""
    administrations = load_administrations()
    with webshop() as shop:
        reading = read_shop(shop, administrations, days)
    verdicts = [_verdict(each.name, reading, days, refresh=refresh) for each in administrations]
    return list(all_were_read(reading.counted, reading.read)), verdicts


def _verdict(name: str, reading: ShopReading, days: Days, *, refresh: bool) -> Verdict:
    with store() as database, command_run(name) as run:
        if refresh and run.administration.mode is not Mode.OFF:
            refresh_documents(run)
        return verify(run, Audit(database, name), reading, days)


def _chain_of(administration: Administration) -> str:
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
