from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet

from include.demo.loader import load
from include.store.migrate import upgrade
from tests.cli.company import BOOKED, FERNET_KEY, OTHERS, SECRETS, Company
from tests.flows.conftest import DEMO_SANDBOX, LAST_DAY, World, copied
from tests.sandbox.driver import SandboxProcess


@pytest.fixture(scope="session")
def cli_sandbox() -> Iterator[SandboxProcess]:
    process = SandboxProcess(*DEMO_SANDBOX)
    yield process
    process.stop()


@pytest.fixture(scope="session")
def small_shop(postgres) -> str:
    dsn = postgres.create_database("small_shop")
    load(dsn, today=LAST_DAY)
    return dsn


@pytest.fixture(scope="module")
def company(postgres, small_shop, cli_sandbox, tmp_path_factory) -> Iterator[Company]:
    """A company per module, its orders booked; whatever its commands said is searched for secrets at the end."""
    cli_sandbox.reset(keep_tokens=False)
    cli_sandbox.control("DELETE", "faults")
    store_dsn = postgres.create_database("exactly")
    upgrade(store_dsn, environment="test")
    world = World(copied(postgres, small_shop), store_dsn, cli_sandbox, Fernet(FERNET_KEY))
    company = Company(world, tmp_path_factory.mktemp("airflow"))
    company.keep_only((*BOOKED, *OTHERS))
    for name in ("UK", "BE"):
        world.sign_in(name)
    company.book()
    with entered(company):
        yield company
    said = "\n".join(company.outputs)
    assert not [secret for secret in SECRETS if secret in said]


def entered(company: Company) -> pytest.MonkeyPatch:
    """Make this process one of the company's Airflow."""
    from airflow.sdk.crypto import get_fernet

    patch = pytest.MonkeyPatch()
    for name in [name for name in os.environ if name.startswith(("AIRFLOW_CONN_", "AIRFLOW__LOGGING", "_AIRFLOW"))]:
        patch.delenv(name)
    for name, value in {**company.environment, "PYTHONWARNINGS": "", "_AIRFLOW_PROCESS_CONTEXT": ""}.items():
        patch.setenv(name, value)
    get_fernet.cache_clear()
    return _Entered(patch)


class _Entered:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        self._patch.undo()
