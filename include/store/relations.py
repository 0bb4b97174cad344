"""What the outbox knows of the relations of customers: keys of master data carry the division."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from include.outbox.model import Mutation
from include.store.database import Database, named_queries
from include.store.rows import mutation_of

_sql = named_queries("relations")


class RelationStore:
    """Reads the mutations of one division's relations."""

    def __init__(self, database: Database, division: int) -> None:
        self._database = database
        self._division = division

    def history(self, source_system: str, source_ids: Sequence[str]) -> dict[str, list[Mutation]]:
        """The mutations of each of these customers that has any: its account, contact and addresses, changes after what they change."""
        with self._database.transaction() as connection:
            rows = list(_sql.history(connection, source_system=source_system, division=self._division, source_ids=list(source_ids)))
        found: defaultdict[str, list[Mutation]] = defaultdict(list)
        for row in rows:
            found[row["source_id"]].append(mutation_of(row))
        return dict(found)

    def planned(self, flow: str) -> frozenset[int]:
        """What the flow has planned here, and is still to be sent."""
        with self._database.transaction() as connection:
            return frozenset(row["mutation_id"] for row in _sql.planned_relations(connection, division=self._division, flow=flow))
