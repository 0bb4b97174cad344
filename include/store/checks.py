"""What the mapping checks found last, what they look at in the mirror, and the days that operators chose for single documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from include.outbox.model import Mutation
from include.store.database import Database, Row, named_queries

_sql = named_queries("checks")


@dataclass(frozen=True)
class LastCheck:
    """A verdict: the fingerprint of both sides that it was given about, when, and what was found."""

    administration: str
    fingerprint: str
    checked_at: datetime
    findings: Sequence[Mapping[str, Any]]


class CheckStore:
    """Verdicts by administration, and the part of a division's mirror that they rest on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mirror_fingerprint(self, division: int, *, whole: Collection[str], named: Collection[str], codes: Collection[str]) -> str:
        """Changes when a record changes: of these entities as a whole, or of longer ones under these codes (capitals)."""
        where = {"division": division, "whole": sorted(whole), "named": sorted(named), "codes": sorted(codes)}
        with self._database.transaction() as connection:
            return str(_sql.mirror_fingerprint(connection, **where))

    def records_named(self, division: int, entity: str, codes: Collection[str]) -> list[Row]:
        """The mirror's records of an entity under these codes (capitals)."""
        with self._database.transaction() as connection:
            return list(_sql.records_named(connection, division=division, entity=entity, codes=sorted(codes)))

    def last(self, administration: str) -> LastCheck | None:
        with self._database.transaction() as connection:
            row = _sql.last_check(connection, administration=administration)
        return LastCheck(**row) if row else None

    def all(self) -> list[LastCheck]:
        """The last verdict of each administration."""
        with self._database.transaction() as connection:
            return [LastCheck(**row) for row in _sql.last_checks(connection)]

    def save(self, administration: str, fingerprint: str, findings: Sequence[Mapping[str, Any]]) -> LastCheck:
        """Put a verdict in the place of the one before; returns it with its moment."""
        columns = {"administration": administration, "fingerprint": fingerprint, "findings": Jsonb(list(findings))}
        with self._database.transaction() as connection:
            return LastCheck(**_sql.save_check(connection, **columns))

    def currencies_asked_for(self, administration: str) -> list[str]:
        """Currencies for which documents wait that Exact has no exchange rate for."""
        with self._database.transaction() as connection:
            return [row["currency"] for row in _sql.currencies_asked_for(connection, administration=administration)]


class EntryDays:
    """The days on which operators have documents of closed periods booked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """The clock that all workers share."""
        with self._database.transaction() as connection:
            moment: datetime = _sql.moment(connection)
        return moment

    def choose(self, records: Sequence[Mutation], day: date, by: str) -> None:
        """Book these records on that day, whenever they are mapped."""
        with self._database.transaction() as connection:
            if records:
                rows = [{"mutation_id": record.mutation_id, "entry_day": day, "by": by} for record in records]
                _sql.choose_entry_day(connection, rows)

    def chosen(self, division: int) -> dict[tuple[str, str], date]:
        """The chosen days of what is not in Exact yet, by source id and effect."""
        with self._database.transaction() as connection:
            return {(row["source_id"], row["effect"]): row["entry_day"] for row in _sql.chosen_entry_days(connection, division=division)}
