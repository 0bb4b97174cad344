"""Is everything there that booking needs? Configuration, our database, the webshop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg

from include.administrations.loader import Administrations, load_administrations
from include.administrations.mistakes import ConfigurationError
from include.administrations.model import Administration, Mode
from include.checks.findings import Finding, failed, failure, fine, warning
from include.errors import ExactlyError
from include.sources.contract_check import check_contract
from include.sources.webshop import Webshop
from include.store.database import Database
from include.store.installation import check_installation
from include.store.migrate import schema_versions

CONFIGURATION, STORE, WEBSHOP = "configuration", "our database", "webshop"
CONNECT_TIMEOUT_S = 10
_CURE = "check host, port, user and password of connection %s"


def read_configuration(directory: Path | None = None) -> tuple[Administrations | None, list[Finding]]:
    """Load every administration's file; None and each mistake with file and line when one of them is wrong."""
    try:
        administrations = load_administrations(directory)
    except ConfigurationError as refusal:
        return None, [failure(CONFIGURATION, _place(each.file, each.line, each.cause), each.cure) for each in refusal.mistakes]
    return administrations, [_described(administration) for administration in administrations]


def _place(file: str, line: int, cause: str) -> str:
    return f"{file}:{line}: {cause}" if line else f"{file}: {cause}"


def _described(administration: Administration) -> Finding:
    target = administration.target.value.replace("_", " ")
    says = f"{administration.name}: division {administration.division}, {target}, from {administration.book_from}"
    if administration.mode is Mode.BOOK:
        return fine(CONFIGURATION, f"{says}, books")
    return warning(
        CONFIGURATION,
        f"{says}, mode {administration.mode.value}: nothing is sent",
        f"set mode: book in {administration.name}.yaml when it is to book",
    )


def store_findings(dsn: str, environment: str) -> Iterator[Finding]:
    """Reachable, of the newest schema, and this environment's own."""
    try:
        found, newest = schema_versions(dsn)
    except psycopg.OperationalError as error:
        yield failure(STORE, f"cannot be reached ({type(error).__name__})", _CURE % "exactly_store")
        return
    if found != newest:
        yield failure(STORE, f"has schema {found or 'none'}, wanted is {newest}", "exactly migrate")
        return
    database = Database(dsn, name="exactly doctor")
    try:
        check_installation(database, environment)
    except ExactlyError as error:
        yield failed(STORE, error)
    else:
        yield fine(STORE, f"reached, schema {newest}, environment {environment!r}")
    finally:
        database.close()


def webshop_findings(dsn: str) -> Iterator[Finding]:
    """Reachable, and its views keep the contract: every difference by view and column."""
    try:
        with psycopg.connect(dsn, connect_timeout=CONNECT_TIMEOUT_S) as connection:
            differences = check_contract(connection)
    except psycopg.OperationalError as error:
        yield failure(WEBSHOP, f"cannot be reached ({type(error).__name__})", _CURE % "webshop")
        return
    for difference in differences:
        yield failure(WEBSHOP, f"{difference.code}: {difference.subject}", difference.cure)
    if not differences:
        yield from _newest_change(dsn)


def _newest_change(dsn: str) -> Iterator[Finding]:
    try:
        with Webshop(dsn) as webshop:
            newest = webshop.newest_change()
    except ExactlyError as error:
        yield failed(WEBSHOP, error)
        return
    if newest is None:
        yield warning(WEBSHOP, "its views keep the contract, but hold no order", "see whether the views read the right tables")
    else:
        yield fine(WEBSHOP, f"its views keep the contract; last change {newest:%Y-%m-%d %H:%M} UTC")
