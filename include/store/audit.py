"""What a comparison asks of the outbox. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from include.store.database import Database, Row, named_queries

_sql = named_queries("audit")


@dataclass(frozen=True)
class Days:
    """A window of days of the books: `since` included, `until` excluded."""

    since: date
    until: date

    def __contains__(self, day: date) -> bool:
        return self.since <= day < self.until


class Audit:
    """Named questions about one administration."""

    def __init__(self, database: Database, administration: str) -> None:
        self._database = database
        self._administration = administration

    def mutations(self, days: Days) -> list[Row]:
        """All mutations whose source lies in these days."""
        return self._rows(_sql.mutations, since=days.since, until=days.until)

    def broken_history(self, days: Days) -> list[Row]:
        """Events that are not legal, or were changed or taken out."""
        return self._rows(_sql.broken_history, since=days.since, until=days.until)

    def reach(self) -> Row:
        """`first_day` of the source, and the last moment of change that was read (`read_up_to`); None for an empty outbox."""
        return self._rows(_sql.days)[0]

    def known_tokens(self, division: int, tokens: Sequence[str]) -> set[str]:
        """Which of these tokens are ours, whatever the day."""
        with self._database.transaction() as connection:
            return {row["token"] for row in _sql.known_tokens(connection, division=division, tokens=list(tokens))}

    def _rows(self, query: Any, **parameters: Any) -> list[Row]:
        with self._database.transaction() as connection:
            return list(query(connection, administration=self._administration, **parameters))
