"""Which environment a database belongs to: a copy of it elsewhere must neither refresh tokens nor post."""

from __future__ import annotations

from include.errors import SetupError
from include.store.database import Database, named_queries

_sql = named_queries("installation")


def check_installation(database: Database, environment: str) -> None:
    """Raise `SetupError` in another environment than the one that the database was made for, or on another PostgreSQL cluster."""
    with database.transaction() as connection:
        row = _sql.installation(connection)
    if row is None:
        raise SetupError("not_installed", cure="bring the database to the newest schema: python -m include.store.migrate")
    if row["environment"] != environment:
        raise SetupError(
            "foreign_environment",
            environment,
            cure=f"this database belongs to {row['environment']!r}; use one of this environment's own, or sign in anew after clearing it",
        )
    if row["system_identifier"] != row["found"]:
        raise SetupError(
            "copied_database",
            environment,
            cure="this is a copy or a restored backup: tokens and outbox may be older than Exact; compare with Exact, then accept it",
        )
