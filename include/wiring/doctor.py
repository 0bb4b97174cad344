"""`exactly doctor`: every part that must work, asked one after the other. A part that fails spares only what needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import requests
from airflow.configuration import conf
from airflow.sdk import BaseHook
from airflow.sdk.crypto import get_fernet
from airflow.sdk.exceptions import AirflowException

from include.adapters.master import check_company
from include.adapters.mirrored_sales import mirrored_documents
from include.administrations.loader import Administrations
from include.administrations.model import Administration
from include.checks.airflow_health import AIRFLOW, health_findings, pool_findings
from include.checks.exact_access import chain_finding, company_finding, mirror_findings, quota_finding, user_finding
from include.checks.findings import Finding, failed, failure, fine, has_failure, warning
from include.checks.set_up import STORE as STORE_PART
from include.checks.set_up import read_configuration, store_findings, webshop_findings
from include.errors import ExactlyError
from include.exact.entities import MASTER_DATA
from include.exact.transport import Request, Transport
from include.run import Access, Run, chain_name
from include.store.database import Database
from include.store.figures import FigureStore
from include.wiring.connections import SOURCE, STORE, dsn_of, environment
from include.wiring.defaults import pool_of
from include.wiring.hook import ExactHook
from include.wiring.terminal import command_run

TIMEOUT_S = 10
CONNECTIONS = "connections"
_NEVER = datetime.min.replace(tzinfo=UTC)


def examine(directory: Path | None = None) -> Iterator[Finding]:
    """Ask every part; yields as it goes, since Exact and networks take their time."""
    administrations, configuration = read_configuration(directory)
    yield from configuration
    yield _encryption()
    store_dsn = yield from _database(STORE)
    store_works = False
    if store_dsn is not None:
        found = list(store_findings(store_dsn, environment()))
        store_works = not has_failure(found)
        yield from found
    source_dsn = yield from _database(SOURCE)
    if source_dsn is not None:
        yield from webshop_findings(source_dsn)
    if administrations is not None:
        for administration in administrations:
            yield from _exact(administration, administrations, store_dsn if store_works else None)
    yield from _airflow(administrations)


def _encryption() -> Finding:
    if get_fernet().is_encrypted:
        return fine(AIRFLOW, "its Fernet key is set: tokens are stored encrypted")
    return failure(
        AIRFLOW, "it has no Fernet key: nobody can sign in, since tokens would be stored readable", "set AIRFLOW__CORE__FERNET_KEY"
    )


def _database(conn_id: str) -> Iterator[Finding] | Any:
    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowException as error:
        yield _no_connection(conn_id, "Postgres", error)
        return None
    if connection.conn_type != "postgres" or not connection.schema:
        cure = "give it type Postgres, host, database, login and password"
        yield failure(CONNECTIONS, f"{conn_id} is no complete Postgres connection", cure)
        return None
    return dsn_of(conn_id)


def _no_connection(conn_id: str, kind: str, error: AirflowException) -> Finding:
    reason = str(error).partition("\n")[0]
    cure = (
        f"add {conn_id} in Airflow (Admin, Connections), type {kind}; if it is there, check which database and Fernet key Airflow has here"
    )
    return failure(CONNECTIONS, f"Airflow gives no connection {conn_id}: {reason}", cure)


def _exact(administration: Administration, administrations: Administrations, store_dsn: str | None) -> Iterator[Finding]:
    part = f"Exact {administration.name}"
    try:
        access = ExactHook(administration.connection).access()
    except AirflowException as error:
        yield _no_connection(administration.connection, "Exact Online", error)
        return
    except ExactlyError as error:
        yield failed(CONNECTIONS, error)
        return
    reached = _reached(part, access, administration.connection)
    yield reached
    if has_failure([reached]):
        return
    if store_dsn is None:
        yield failure(part, "sign-in, company and quota were not checked", f"mend {STORE_PART} first")
        return
    signed_in = _signed_in(part, administration, access, store_dsn)
    yield signed_in
    if not has_failure([signed_in]):
        yield from _inside(part, administration.name, administrations)


def _reached(part: str, access: Access, conn_id: str) -> Finding:
    address = f"{access.app.base_url}/api/v1/current/Me?$select=UserID"
    reply = Transport(access.new_session).read(Request("GET", address))
    if reply.status is None or reply.failure:
        cure = f"check host, port, proxy and certificates of connection {conn_id}"
        return failure(part, f"{access.app.base_url} does not answer ({reply.failure})", cure)
    how = "certificate verified" if access.app.base_url.startswith("https:") else "without TLS, as sandboxes are"
    return fine(part, f"reached {access.app.base_url}, {how}")


def _signed_in(part: str, administration: Administration, access: Access, store_dsn: str) -> Finding:
    database = Database(store_dsn, name="exactly doctor")
    try:
        figures = FigureStore(database)
        chains = {row["chain"]: row for row in figures.chains()}
        return chain_finding(part, chains.get(chain_name(access.app)), connection=administration.connection, now=figures.now())
    finally:
        database.close()


def _inside(part: str, name: str, administrations: Administrations) -> Iterator[Finding]:
    """One call that does not count (who am I) and one that does (which companies do I see)."""
    try:
        with command_run(name, administrations) as run:
            for ask in (_user, _company, _quota_left, _mirror):
                yield from _asked(part, run, ask)
    except ExactlyError as error:
        yield failed(part, error)


def _asked(part: str, run: Run, ask: Callable[[str, Run], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        yield from ask(part, run)
    except ExactlyError as error:
        yield failed(part, error)


def _user(part: str, run: Run) -> list[Finding]:
    return [user_finding(part, run.exact.me())]


def _company(part: str, run: Run) -> list[Finding]:
    wanted, before = run.administration, _company_name(run)
    run.pulls.pull(MASTER_DATA[0])
    name = check_company(run.mirror, wanted.division, registration=wanted.registration, vat_number=wanted.vat_number)
    return [company_finding(part, wanted.division, name_before=before, name=name)]


def _quota_left(part: str, run: Run) -> list[Finding]:
    return [quota_finding(part, _quota(run), now=run.figures.now())]


def _mirror(part: str, run: Run) -> Iterable[Finding]:
    wanted = [*(entity.name for entity in MASTER_DATA), mirrored_documents(run.administration)]
    return mirror_findings(part, run.mirror.ages(), wanted, now=run.figures.now())


def _company_name(run: Run) -> str | None:
    rows = [row["data"] for row in run.mirror.records("Divisions") if int(row["data"]["Code"]) == run.administration.division]
    return str(rows[0].get("Description") or "") if rows else None


def _quota(run: Run) -> dict[str, Any] | None:
    rows = [row for row in run.figures.quotas() if row["division"] == run.administration.division]
    return max(rows, key=lambda row: row["seen_at"] or _NEVER) if rows else None


def _airflow(administrations: Administrations | None) -> Iterator[Finding]:
    address = str(conf.get("api", "base_url", fallback="") or "").rstrip("/")
    if address:
        yield from health_findings(_health(address), address=address)
    else:
        cure = "set AIRFLOW__API__BASE_URL to the address of its pages"
        yield warning(AIRFLOW, "its health was not asked: its address is not known here", cure)
    wanted = [pool_of(administration.name) for administration in administrations or ()]
    yield from pool_findings(wanted, _pools())


def _health(address: str) -> dict[str, Any] | None:
    try:
        answer = requests.get(f"{address}/api/v2/monitor/health", timeout=TIMEOUT_S)
        found: dict[str, Any] = answer.json()
    except (requests.RequestException, ValueError):
        return None
    return found if answer.ok else None


def _pools() -> set[str] | None:
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session
    from sqlalchemy import select
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with create_session() as session:
            return set(session.scalars(select(Pool.pool)))
    except (SQLAlchemyError, psycopg.Error, RuntimeError):
        return None
