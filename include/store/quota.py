"""What is left of Exact's limits and what is going to need them, as our memory has it. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from include.store.database import Database, Row, named_queries

_sql = named_queries("quota")

MEASURED_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Planned records of a flow, and the calls that documents of that flow needed lately."""

    flow: str
    is_bulk: bool
    documents: int
    measured_calls: int
    measured_documents: int


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of Exact's, as the headers told it: what is left of it until `resets_at`, and our own calls in it."""

    minute_limit: int
    day_limit: int
    remaining: int
    resets_at: datetime
    paused_until: datetime
    own_calls: int


class QuotaStore:
    """Limits, calls and backlog of one division."""

    def __init__(self, database: Database, division: int) -> None:
        self._database = database
        self._division = division

    def now(self) -> datetime:
        """The clock that all workers share."""
        with self._database.transaction() as connection:
            moment: datetime = _sql.moment(connection)
        return moment

    def day(self) -> Day | None:
        """What the headers said last; None before Exact told its limits."""
        with self._database.transaction() as connection:
            row: Row | None = _sql.day_of(connection, division=self._division)
        return Day(**row) if row else None

    def backlogs(self) -> list[Backlog]:
        """What is planned, by flow; what is bulk comes last."""
        with self._database.transaction() as connection:
            planned = list(_sql.backlogs(connection, division=self._division))
            if not planned:
                return []
            measured = {row["flow"]: row for row in _sql.measured(connection, division=self._division, days=MEASURED_DAYS)}
        return [
            Backlog(
                **row,
                measured_calls=measured.get(row["flow"], {}).get("calls", 0),
                measured_documents=measured.get(row["flow"], {}).get("documents", 0),
            )
            for row in planned
        ]

    def background(self) -> tuple[int, float]:
        """Calls of the last days that carried no document, and the seconds in which they were made."""
        with self._database.transaction() as connection:
            row: Row = _sql.background(connection, division=self._division, days=MEASURED_DAYS)
        return row["calls"], row["seconds"]
