"""What people did, noted in the transaction that does it: append-only, in one chain of hashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from include.store.database import Database, Row, named_queries
from include.store.rows import json_of, storable

_sql = named_queries("deeds")

SAID_MAX = 2000
# Where people act.
DESK, TERMINAL, AIRFLOW = "desk", "terminal", "airflow"


@dataclass(frozen=True)
class Doer:
    """Somebody who acts, by the name that Airflow or the terminal knows, and where."""

    name: str
    via: str

    def doing(self, what: str) -> str:
        """Who it is in the history of a record: `dismiss by an`."""
        where = "errors " if self.via == TERMINAL else ""
        return f"{where}{what.replace('_', '-')} by {self.name}"


@dataclass(frozen=True)
class Deed:
    """Who did what about a case or a record; `said`: the reason, or the note, in the person's own words."""

    doer: Doer
    what: str
    _: KW_ONLY
    case_id: str | None = None
    mutation_id: int | None = None
    said: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A deed in the history; `untouched` is false where it was changed, or where one before it is missing."""

    act_id: int
    at: datetime
    who: str
    what: str
    via: str
    case_id: str | None
    mutation_id: int | None
    said: str
    facts: Mapping[str, Any]
    untouched: bool


def note_deed(connection: psycopg.Connection[Row], deed: Deed) -> None:
    """Note it within the caller's transaction."""
    columns = {"case_id": deed.case_id, "mutation_id": deed.mutation_id, "facts": json_of(deed.facts)}
    who = {"who": storable(deed.doer.name), "via": deed.doer.via}
    _sql.note_deed(connection, **who, what=deed.what, said=storable(deed.said), **columns)


class DeedStore:
    """Reads what people did; notes what changes nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, deed: Deed) -> None:
        """Note a deed that is complete with its note."""
        with self._database.transaction() as connection:
            note_deed(connection, deed)

    def of_case(self, case_id: str) -> list[Noted]:
        """All about a case, the oldest first; what was done to single records of it stands with the records."""
        return self._noted(_sql.deeds_of_case, case_id=case_id)

    def of_record(self, mutation_id: int) -> list[Noted]:
        """All about a record, the oldest first."""
        return self._noted(_sql.deeds_of_record, mutation_id=mutation_id)

    def broken(self) -> list[Noted]:
        """Deeds that were changed, or before which one is missing."""
        return self._noted(_sql.broken_deeds)

    def _noted(self, query: Any, **parameters: Any) -> list[Noted]:
        with self._database.transaction() as connection:
            return [Noted(**row) for row in query(connection, **parameters)]
