"""The whole way without Airflow: real orders, a real PostgreSQL, a sandbox over HTTP, and runs opened on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import requests
from cryptography.fernet import Fernet
from psycopg.rows import dict_row

from include.administrations.loader import load_administrations
from include.administrations.names import DIRECTORY
from include.demo.loader import load
from include.exact.oauth import App, TokenEndpoint
from include.exact.transport import Transport
from include.outbox.ports import Pair
from include.outbox.times import Times
from include.run import Access, Run, Settings, Window, chain_name, open_run
from include.store.chain import StoredChain
from include.store.database import Database
from include.store.migrate import upgrade
from tests.sandbox.driver import SandboxProcess

LAST_DAY = datetime.now(UTC).date()
DEMO_SANDBOX = ("--seed", "demo", "--minutely-limit", "6000", "--daily-limit", "100000", "--auto-consent")


@dataclass
class World:
    """A shop, a memory and a sandbox; `run` opens an administration on them."""

    shop_dsn: str
    store_dsn: str
    sandbox: SandboxProcess
    cipher: Fernet = field(default_factory=lambda: Fernet(Fernet.generate_key()))
    configuration: Path | None = None
    times: Times = field(default_factory=Times)

    def app(self, name: str) -> App:
        lower = name.lower()
        return App(self.sandbox.url, f"exactly-{lower}", f"exactly-{lower}-secret", "https://localhost/signed-in")

    def sign_in(self, name: str) -> None:
        endpoint = TokenEndpoint(self.app(name), Transport(requests.Session))
        landed = requests.get(endpoint.sign_in_address("s", force_login=False), allow_redirects=False, timeout=10).headers["Location"]
        database = Database(self.store_dsn)
        chain = StoredChain(database, chain_name(self.app(name)), self.cipher)
        asked_at = chain.now()
        tokens = endpoint.exchange(parse_qs(urlsplit(landed).query)["code"][0]).tokens
        assert tokens is not None
        chain.save(Pair(tokens.access_token, tokens.refresh_token, asked_at, chain.now()))
        database.close()

    def settings(self, name: str, **others: Any) -> Settings:
        now = datetime.now(UTC)
        standard = Settings(
            administrations=load_administrations(self.configuration),
            name=name,
            access=Access(self.app(name), requests.Session),
            store_dsn=self.store_dsn,
            source_dsn=self.shop_dsn,
            cipher=self.cipher,
            environment="test",
            window=Window(now - timedelta(days=9), now),
            times=self.times,
        )
        return replace(standard, **others)

    @contextmanager
    def run(self, name: str, **others: Any) -> Iterator[Run]:
        with open_run(self.settings(name, **others)) as run:
            yield run

    def mutations(self, where: str = "true", *values: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.store_dsn, row_factory=dict_row) as connection:
            return connection.execute(f"select * from mutation where {where} order by mutation_id", values).fetchall()

    def add_order(self, number: str, *, like: str, changed_at: datetime | None = None) -> str:
        """Copy an order of the shop under a new number."""
        copy_order(self.shop_dsn, number, like=like, changed_at=changed_at)
        return number

    def shop(self, statement: str, *values: Any) -> None:
        with psycopg.connect(self.shop_dsn) as connection:
            connection.execute(statement, values)


def copy_order(shop_dsn: str, number: str, *, like: str, changed_at: datetime | None = None) -> None:
    """Add an order to the shop that is like another one but for its number."""
    with psycopg.connect(shop_dsn) as connection:
        for table in ("sales", "sale_items"):
            columns = connection.execute(
                "select column_name from information_schema.columns where table_schema = 'webshop' and table_name = %s", (table,)
            ).fetchall()
            values = {name: f"'{number}'" if name == "sale_no" else name for (name,) in columns}
            chosen, given = ", ".join(values), ", ".join(values.values())
            connection.execute(f"insert into webshop.{table} ({chosen}) select {given} from webshop.{table} where sale_no = %s", (like,))
        connection.execute("update webshop.sales set updated_at = %s where sale_no = %s", (changed_at or datetime.now(UTC), number))


@pytest.fixture(scope="session")
def flow_sandbox() -> Iterator[SandboxProcess]:
    process = SandboxProcess(*DEMO_SANDBOX)
    yield process
    process.stop()


@pytest.fixture(scope="session")
def loaded_shop(postgres) -> str:
    dsn = postgres.create_database("shop")
    load(dsn, today=LAST_DAY)
    return dsn


@pytest.fixture(scope="session")
def without_customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of the demo, but customers do not become relations: that is for the tests of that flow."""
    folder = tmp_path_factory.mktemp("administrations")
    for file in DIRECTORY.glob("*.yaml"):
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("customers:")]
        (folder / file.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def world(postgres, loaded_shop: str, flow_sandbox: SandboxProcess, without_customers: Path) -> World:
    """A fresh memory and fresh books over the real orders; all administrations have signed in."""
    flow_sandbox.reset(keep_tokens=False)
    shop_dsn = copied(postgres, loaded_shop)
    store_dsn = postgres.create_database("exactly")
    upgrade(store_dsn, environment="test")
    world = World(shop_dsn, store_dsn, flow_sandbox, configuration=without_customers)
    for name in ("UK", "BE", "NL"):
        world.sign_in(name)
    return world


def copied(postgres, dsn: str) -> str:
    """A copy of a database, so that a test may change the shop."""
    template = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
    name = f"{template}_copy_{datetime.now(UTC).timestamp():.6f}".replace(".", "_")
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (template,))
        connection.execute(f'create database "{name}" template "{template}"')
    return postgres.dsn(name)
