"""What a person decides about a record that waits: dismissed with a reason, or matched with a document that stands in Exact already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from include.errors import SetupError
from include.outbox.model import Cause, Draft, Mutation
from include.store.database import Database, named_queries
from include.store.deeds import Deed, Doer, note_deed
from include.store.rows import draft_columns, json_of, mutation_of

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


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of a record that somebody wanted to act upon, when somebody or something was first: its state now, by whom, when."""

    mutation_id: int
    your_ref: str
    state: str
    by: str
    at: datetime


class ActStore:
    """Each act is one transaction, and one event in the history under the name of who decided."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, number: str) -> list[Mutation]:
        """Records under the shop's number that wait for a person: dead letters, and what was deleted in Exact."""
        with self._database.transaction() as connection:
            return [mutation_of(row) for row in _sql.waiting_for_person(connection, number=number)]

    def record(self, mutation_id: int) -> Mutation | None:
        """The record of this number, whether it waits or not."""
        with self._database.transaction() as connection:
            row = _sql.record_by_id(connection, mutation_id=mutation_id)
        return mutation_of(row) if row else None

    def dismiss(self, records: Collection[int], reason: str, doer: Doer, *, case_id: str | None = None) -> list[int]:
        """Do without these records, for a reason; returns those that still waited, and in a `case_id` those that still were in it."""
        columns = {"cause_code": DELETED.code, "by": doer.doing("dismiss"), "facts": json_of({"reason": reason})}
        with self._database.transaction() as connection:
            _sql.lock_records(connection, mutation_ids=sorted(records))
            done = [row["mutation_id"] for row in _sql.dismiss(connection, mutation_ids=sorted(records), case_id=case_id, **columns)]
            if done:
                only = done[0] if len(done) == 1 else None
                cases = [case_id] if case_id else [row["case_id"] for row in _sql.cases_of_records(connection, mutation_ids=done)]
                for each in cases:
                    deed = Deed(doer, "dismiss", case_id=each, mutation_id=only, said=reason, facts={"records": len(done)})
                    note_deed(connection, deed)
        return sorted(done)

    def fates(self, records: Collection[int]) -> list[Fate]:
        """How these records stand now, and who brought them there."""
        with self._database.transaction() as connection:
            return [Fate(**row) for row in _sql.fates(connection, mutation_ids=sorted(records))]

    def adopt(self, record: Mutation, document: Document, draft: Draft | None, doer: Doer) -> bool:
        """The document is the record's own from now on; what waited for the record comes back. False when it does not wait any more.

        `draft`: what a record without payload would send. Raises `SetupError` when the document is another record's.
        """
        facts = {"adopted": str(document.exact_id), "reference": document.reference}
        by = doer.doing("adopt")
        with self._database.transaction() as connection:
            _sql.lock_document(connection, exact_id=document.exact_id)
            other = _sql.document_owner(connection, exact_id=document.exact_id, mutation_id=record.mutation_id)
            if other is not None:
                raise SetupError(
                    "document_taken", document.exact_id, cure=f"it is the document of {other['your_ref']} ({other['administration']})"
                )
            (case_id,) = [row["case_id"] for row in _sql.cases_of_records(connection, mutation_ids=[record.mutation_id])] or [None]
            if draft is not None:
                _sql.give_payload(connection, mutation_id=record.mutation_id, by=by, **draft_columns(draft))
            where = {"mutation_id": record.mutation_id, "exact_id": document.exact_id, "exact_number": document.number}
            done = _sql.adopt(connection, **where, by=by, facts=Jsonb(facts)) is not None
            if done:
                note_deed(connection, Deed(doer, "adopt", case_id=case_id, mutation_id=record.mutation_id, facts=facts))
            if done and record.cause is not None:
                cause = {"cause_code": record.cause.code, "cause_subject": record.cause.subject}
                _outbox_sql.revive_waiting(connection, mutation_id=record.mutation_id, by=by, **cause)
        return done
