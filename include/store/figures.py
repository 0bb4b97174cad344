"""What people ask of the outbox: counts, causes, calls, the history of a document. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from include.store.database import Database, Row, named_queries

_sql = named_queries("figures")


class FigureStore:
    """Named questions; each answer is a list of rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _rows(self, query: Any, **parameters: Any) -> list[Row]:
        with self._database.transaction() as connection:
            return list(query(connection, **parameters))

    def states(self) -> list[Row]:
        """Documents by administration and state."""
        return self._rows(_sql.states)

    def flows(self) -> list[Row]:
        """Records by administration, flow, state and cause."""
        return self._rows(_sql.flows)

    def causes(self) -> list[Row]:
        """Dead letters by administration and cause."""
        return self._rows(_sql.causes)

    def dismissals(self) -> list[Row]:
        return self._rows(_sql.dismissals)

    def calls(self) -> list[Row]:
        """Calls to Exact by division, and the seconds from the first document sent to the last one booked."""
        return self._rows(_sql.calls)

    def divisions(self) -> dict[str, int]:
        """The division of each administration that planned anything."""
        return {row["administration"]: row["division"] for row in self._rows(_sql.divisions)}

    def late(self) -> list[Row]:
        return self._rows(_sql.late)

    def quotas(self) -> list[Row]:
        """What the headers said last, by app and division."""
        return self._rows(_sql.quotas)

    def chains(self) -> list[Row]:
        """State and age of each token chain, without tokens."""
        return self._rows(_sql.chains)

    def trace(self, number: str) -> list[Row]:
        """Mutations by the shop's number, or by number or id in Exact."""
        return self._rows(_sql.trace, number=number)

    def events(self, mutation_id: int) -> list[Row]:
        """The history of a mutation; `untouched` is false where an event was changed or one before it is missing."""
        return self._rows(_sql.events, mutation_id=mutation_id)

    def calls_of(self, mutation_id: int) -> list[Row]:
        return self._rows(_sql.calls_of, mutation_id=mutation_id)

    def known_versions(self, source_system: str, source_ids: Sequence[str]) -> dict[tuple[str, str], tuple[str, int]]:
        """Version and division under which (source id, effect) is known."""
        rows = self._rows(_sql.known_versions, source_system=source_system, source_ids=list(source_ids))
        return {(row["source_id"], row["effect"]): (row["source_version"], row["division"]) for row in rows}

    def sums_per_day(self, since: date, until: date) -> list[Row]:
        return self._rows(_sql.sums_per_day, since=since, until=until)

    def waiting(self) -> list[Row]:
        """Since when the oldest planned and the oldest unknown record wait, by administration."""
        return self._rows(_sql.waiting)

    def cursors(self) -> list[Row]:
        """How far each flow has read its source, by administration."""
        return self._rows(_sql.cursors)

    def last_events(self) -> list[Row]:
        """When the outbox last changed anything, by administration."""
        return self._rows(_sql.last_events)

    def trace_mirrored(self, number: str, *, entity: str, id_field: str, number_field: str) -> list[Row]:
        """Mutations by a number that Exact gave later, found through the mirror."""
        return self._rows(_sql.trace_mirrored, number=number, entity=entity, id_field=id_field, number_field=number_field)

    def mirrored_rows(self, division: int, entity: str, *, id_field: str, exact_id: str) -> list[Row]:
        """The rows of one document in the mirror: `record_id`, `data`, `pulled_at`."""
        return self._rows(_sql.mirrored_rows, division=division, entity=entity, id_field=id_field, exact_id=exact_id)

    def now(self) -> datetime:
        """The clock that all workers share."""
        with self._database.transaction() as connection:
            moment: datetime = _sql.moment(connection)
        return moment
