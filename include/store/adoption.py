"""What an administration that begins to book finds in Exact already, under the numbers of the shop."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from include.outbox.model import Cause
from include.store.database import Database, named_queries
from include.store.rows import json_of

_sql = named_queries("adoption")


@dataclass(frozen=True)
class TakenNumber:
    """A planned effect, and a document in Exact with its number that is none of ours."""

    mutation_id: int
    your_ref: str
    effect: str
    endpoint: str
    payload: str
    document_id: UUID


class AdoptionStore:
    """Planned effects of one division beside the documents of the mirror; each method one transaction."""

    def __init__(self, database: Database, division: int, *, owner: str) -> None:
        self._database = database
        self._division = division
        self._owner = owner

    def begin(self) -> bool:
        """Note when the administration first booked; tells whether what Exact held then was compared already."""
        with self._database.transaction() as connection:
            return bool(_sql.begin_booking(connection, division=self._division))

    def compared(self) -> None:
        """All that Exact held at the beginning was compared."""
        with self._database.transaction() as connection:
            _sql.compared(connection, division=self._division)

    def taken(self, endpoint: str, *, entity: str, journal_field: str, effects: tuple[str, ...]) -> list[TakenNumber]:
        """What is planned under a number that a document of the same journal carries, of what was sold before the first booking."""
        where = {"endpoint": endpoint, "entity": entity, "journal_field": journal_field, "effects": list(effects)}
        with self._database.transaction() as connection:
            return [TakenNumber(**row) for row in _sql.taken_numbers(connection, division=self._division, **where)]

    def take(self, mutation_id: int, exact_id: UUID, number: str | None) -> bool:
        """The document is the effect's own from now on; False when it is another's, or the effect moved on."""
        with self._database.transaction() as connection:
            _sql.lock_document(connection, exact_id=exact_id)
            return bool(_sql.take(connection, mutation_id=mutation_id, exact_id=exact_id, exact_number=number, by=self._owner))

    def ask_about(self, mutation_id: int, cause: Cause) -> bool:
        """A person must say whether the document is the effect's own; False when the effect moved on."""
        columns = {"cause_code": cause.code, "cause_subject": cause.subject, "cause_facts": json_of(cause.facts)}
        with self._database.transaction() as connection:
            return bool(_sql.ask_about(connection, mutation_id=mutation_id, by=self._owner, **columns))
