"""Bring the database to the newest schema, and stamp it with the environment that it belongs to."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(dsn: str, *, environment: str) -> None:
    """Create or upgrade the schema in the database at `dsn` (a libpq URI). The first call stamps the installation with `environment`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = make_url(dsn).set(drivername="postgresql+psycopg")
    command.upgrade(config, "head")
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "insert into installation (environment, system_identifier)"
            " select %s, system_identifier::text from pg_control_system() on conflict do nothing",
            (environment,),
        )
