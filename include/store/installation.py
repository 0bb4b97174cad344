"""Which environment a database belongs to: a copy of it elsewhere must neither refresh tokens nor post until somebody accepts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from include.errors import SetupError
from include.store.database import Database, named_queries

_sql = named_queries("installation")


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What the database was stamped with, and where it was found: cluster, line of its history, database and table.

    `is_its_own_row`: the stamp was written where it stands, and not put there by a restore.
    """

    environment: str
    place: str
    found: str
    is_its_own_row: bool

    @property
    def is_copy(self) -> bool:
        return self.place != self.found or not self.is_its_own_row


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """What accepting a database changed."""

    records: int
    chains: int


def installation_of(database: Database) -> Installation:
    """Read the stamp. Raises `SetupError` when there is none."""
    try:
        with database.transaction() as connection:
            row = _sql.installation(connection)
    except psycopg.errors.UndefinedTable:
        row = None
    if row is None:
        raise SetupError("not_installed", cure="bring the database to the newest schema: exactly migrate")
    return Installation(**row)


def check_installation(database: Database, environment: str) -> None:
    """Raise `SetupError` in another environment than the one that the database was made for, or on another PostgreSQL cluster."""
    found = installation_of(database)
    if found.environment != environment:
        raise SetupError(
            "foreign_environment",
            environment,
            cure=f"this database belongs to {found.environment!r}: use one of this environment's own, or exactly accept-database",
        )
    if found.is_copy:
        raise SetupError(
            "copied_database",
            environment,
            cure="this is a copy or a restored backup: its tokens and its outbox may be older than Exact; exactly accept-database",
        )


def accept(database: Database, environment: str, *, by: str) -> Accepted:
    """Make a copied, moved or restored database this environment's own, in one transaction.

    What is not sent yet looks in Exact first, and so does what the shop changed before now and the outbox has forgotten. The tokens
    are thrown away: Exact has newer ones, and an old one used again would end the chain of whoever has those.
    """
    with database.transaction() as connection:
        records = _sql.look_first(connection, by=by)
        chains = _sql.forget_tokens(connection)
        _sql.stamp(connection, environment=environment)
    return Accepted(records=records, chains=chains)


def look_first_if_broken(database: Database, chain: str, divisions: Sequence[int], *, by: str) -> int:
    """Before somebody signs in anew: was the chain's token refused, then another one may have been used since, which the outbox forgot.

    What these companies planned until then, or will plan of what the shop had by then, looks in Exact before it is sent. Returns how many.
    """
    with database.transaction() as connection:
        return int(_sql.look_first_if_broken(connection, chain=chain, divisions=list(divisions), by=by))
