"""Adapters between the real things: a sandbox over HTTP and a mirror in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from include.adapters.pulls import Pulls
from include.exact.client import ExactClient, Site
from include.exact.transport import Transport
from include.store.database import Database
from include.store.migrate import upgrade
from include.store.mirror import MirrorStore
from tests.exact.conftest import GivenTokens, OpenGuard
from tests.sandbox.driver import ExactClient as PlainClient
from tests.sandbox.driver import SandboxProcess

DIVISION = 100
AMPLE = ("--minutely-limit", "1000000", "--daily-limit", "1000000")


@pytest.fixture(scope="session")
def adapters_sandbox() -> Iterator[SandboxProcess]:
    process = SandboxProcess("--seed", "small", "--auto-consent", *AMPLE)
    yield process
    process.stop()


@pytest.fixture(scope="session")
def signed_in(adapters_sandbox: SandboxProcess) -> PlainClient:
    return PlainClient(adapters_sandbox, "app-one", "secret-one", "https://app-one.example/callback").sign_in()


@pytest.fixture
def sandbox(adapters_sandbox: SandboxProcess, signed_in: PlainClient) -> SandboxProcess:
    """The sandbox with its books as at the beginning."""
    adapters_sandbox.reset()
    return adapters_sandbox


@pytest.fixture
def books(sandbox: SandboxProcess, signed_in: PlainClient) -> PlainClient:
    """A client that knows nothing of ours, to change the books and to read them."""
    return signed_in


@pytest.fixture(scope="session")
def migrated(postgres: Any) -> str:
    dsn = str(postgres.create_database("adapters"))
    upgrade(dsn, environment="test")
    return dsn


@pytest.fixture
def database(migrated: str) -> Iterator[Database]:
    """A memory whose mirror is empty."""
    database = Database(migrated, name="tests of adapters")
    with database.transaction() as connection:
        connection.execute("truncate mirror_record, mirror_position, mirror_cursor")
    yield database
    database.close()


@pytest.fixture
def mirror(database: Database) -> MirrorStore:
    return MirrorStore(database, DIVISION)


@pytest.fixture
def guard() -> OpenGuard:
    return OpenGuard()


def client_of(url: str, token: str, guard: OpenGuard) -> ExactClient:
    return ExactClient(Site(url, DIVISION), Transport(requests.Session, deadline_s=5), GivenTokens([token]), guard, lambda seconds: None)


@pytest.fixture
def pulls(sandbox: SandboxProcess, signed_in: PlainClient, mirror: MirrorStore, guard: OpenGuard) -> Pulls:
    return Pulls(client_of(sandbox.url, signed_in.tokens["access_token"], guard), mirror, overlap_s=60.0)


@pytest.fixture
def pulls_from(mirror: MirrorStore, guard: OpenGuard) -> Callable[..., Pulls]:
    """Pulls from any address, with an overlap of any length."""

    def made(url: str, *, token: str = "token", overlap_s: float = 60.0) -> Pulls:
        return Pulls(client_of(url, token, guard), mirror, overlap_s=overlap_s)

    return made
