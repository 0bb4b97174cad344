"""A small company with its Airflow, for every module of commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.fernet import Fernet

from include.demo.loader import load
from include.store.migrate import upgrade
from tests.cli.company import BOOKED, FERNET_KEY, OTHERS, SECRETS, Company
from tests.flows.conftest import DEMO_SANDBOX, LAST_DAY, World, copied
from tests.sandbox.driver import SandboxProcess

# Set here, so that they are set back at the end.
CHANGED_BY_COMMANDS = (
    "PYTHONWARNINGS",
    "_AIRFLOW_PROCESS_CONTEXT",
    "AIRFLOW__LOGGING__LOGGING_LEVEL",
    "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG",
)


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
    for name in ("UK", "BE", "NL"):
        world.sign_in(name)
    company.book()
    tokens = company.tokens()
    with entered(company):
        yield company
    said = "\n".join(company.outputs)
    assert not [secret for secret in (*SECRETS, *tokens, *company.tokens()) if secret in said]


@contextmanager
def entered(company: Company) -> Iterator[None]:
    """Make this process one of the company's Airflow; whatever a command changes in the environment is undone at the end."""
    from airflow.sdk.crypto import get_fernet

    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AIRFLOW", "EXACTLY_"))]:
            patch.delenv(name)
        for name, value in {**company.environment, **dict.fromkeys(CHANGED_BY_COMMANDS, "")}.items():
            patch.setenv(name, value)
        get_fernet.cache_clear()
        yield
    get_fernet.cache_clear()
