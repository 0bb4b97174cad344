"""What a person decides about a record that waits: dismissed with a reason, or matched with a document that stands in Exact already."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg.types.json import Jsonb

from include.errors import SetupError
from include.outbox.model import Cause, Draft, Mutation
from include.store.database import Database, named_queries
from include.store.rows import draft_columns, mutation_of

_sql = named_queries("acts")
_outbox_sql = named_queries("outbox")
# The cause of what was booked, and then deleted in Exact by a person.
DELETED = Cause("deleted_in_exact")


@dataclass(frozen=True)
class Document:
    """A document in Exact that is to become a record's own; `reference`: what it carries, ours or another."""

    exact_id: UUID
    number: str | None
    reference: str


class ActStore:
    """Each act is one transaction, and one event in the history under the name of who decided."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, number: str) -> list[Mutation]:
        """Records under the shop's number that wait for a person: dead letters, and what was deleted in Exact."""
        with self._database.transaction() as connection:
            return [mutation_of(row) for row in _sql.waiting_for_person(connection, number=number)]

    def dismiss(self, record: Mutation, reason: str, by: str) -> bool:
        """Do without the record, for a reason; False when it does not wait any more."""
        columns = {"mutation_id": record.mutation_id, "cause_code": DELETED.code, "by": by, "facts": Jsonb({"reason": reason})}
        with self._database.transaction() as connection:
            return _sql.dismiss(connection, **columns) is not None

    def adopt(self, record: Mutation, document: Document, draft: Draft | None, by: str) -> bool:
        """The document is the record's own from now on; what waited for the record comes back. False when it does not wait any more.

        `draft`: what a record without payload would send. Raises `SetupError` when the document is another record's.
        """
        facts = {"adopted": str(document.exact_id), "reference": document.reference}
        with self._database.transaction() as connection:
            _sql.lock_document(connection, exact_id=document.exact_id)
            other = _sql.document_owner(connection, exact_id=document.exact_id, mutation_id=record.mutation_id)
            if other is not None:
                raise SetupError(
                    "document_taken", document.exact_id, cure=f"it is the document of {other['your_ref']} ({other['administration']})"
                )
            if draft is not None:
                _sql.give_payload(connection, mutation_id=record.mutation_id, by=by, **draft_columns(draft))
            where = {"mutation_id": record.mutation_id, "exact_id": document.exact_id, "exact_number": document.number}
            done = _sql.adopt(connection, **where, by=by, facts=Jsonb(facts)) is not None
            if done and record.cause is not None:
                cause = {"cause_code": record.cause.code, "cause_subject": record.cause.subject}
                _outbox_sql.revive_waiting(connection, mutation_id=record.mutation_id, by=by, **cause)
        return done
