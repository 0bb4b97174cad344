"""A migrated database for the checker."""

from __future__ import annotations

import pytest

from include.store.migrate import upgrade
from tests.conftest import Postgres


@pytest.fixture
def checked_dsn(postgres: Postgres) -> str:
    dsn = postgres.create_database("checked")
    upgrade(dsn, environment="test")
    return dsn
