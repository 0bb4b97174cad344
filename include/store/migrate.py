"""Bring the database to the newest schema, and stamp it with the environment that it belongs to."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

CONNECT_TIMEOUT_S = 10
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(dsn: str, *, environment: str) -> None:
    """Create or upgrade the schema in the database at `dsn` (a libpq URI). The first call stamps the installation with `environment`."""
    config = _config()
    config.attributes["url"] = make_url(dsn).set(drivername="postgresql+psycopg")
    command.upgrade(config, "head")
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "insert into installation (environment, place) select %s, database_place() on conflict do nothing",
            (environment,),
        )


def schema_versions(dsn: str) -> tuple[str | None, str | None]:
    """The schema's version in the database (None: no tables of ours) and the newest one."""
    with psycopg.connect(dsn, connect_timeout=CONNECT_TIMEOUT_S) as connection:
        try:
            row = connection.execute("select version_num from alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            row = None
    return (row[0] if row else None), ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
