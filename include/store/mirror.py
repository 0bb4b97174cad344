"""The mirror of what Exact holds: rows by division and entity, and how far and when each entity was pulled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from include.outbox.model import Mutation
from include.store.database import Database, Row, named_queries
from include.store.rows import json_of, storable

_sql = named_queries("mirror")


@dataclass(frozen=True)
class MirrorRow:
    """One row of Exact. `row_timestamp` is its rowversion (0 where Exact gives none), `token` what stands in the field of our token.

    `document_id`: the document that it is the header or a line of.
    """

    record_id: str
    data: Mapping[str, Any]
    row_timestamp: int = 0
    code: str | None = None
    token: str | None = None
    your_ref: str | None = None
    document_id: UUID | None = None


@dataclass(frozen=True)
class Witness:
    """Where the mirror shows a document: the entity, the field with the document's id, and the one with the journal."""

    entity: str
    id_field: str
    journal_field: str


class MirrorStore:
    """The mirror of one division."""

    def __init__(self, database: Database, division: int) -> None:
        self._database = database
        self._division = division

    def position(self, entity: str, *, overlap_s: float) -> int:
        """The rowversion to read on from: where the feed stood `overlap_s` seconds ago, 0 at first (FACTS 4.3)."""
        with self._database.transaction() as connection:
            return int(_sql.position(connection, division=self._division, entity=entity, overlap_s=overlap_s))

    def now(self) -> datetime:
        """The clock that all workers share."""
        with self._database.transaction() as connection:
            moment: datetime = _sql.moment(connection)
        return moment

    def pulled_at(self, entity: str) -> datetime | None:
        """When the last complete pull began, or None."""
        with self._database.transaction() as connection:
            row = _sql.mirror_cursor(connection, division=self._division, entity=entity)
        return row["began_at"] if row else None

    def save(self, entity: str, rows: Sequence[MirrorRow]) -> None:
        """Store a page and its position, together."""
        with self._database.transaction() as connection:
            if rows:
                _sql.upsert_record(connection, [self._columns(entity, row) for row in rows])
                self._note_documents(connection, rows)
            self._note_position(connection, entity, max((row.row_timestamp for row in rows), default=0))

    def _note_documents(self, connection: psycopg.Connection[Row], rows: Sequence[MirrorRow]) -> None:
        """Documents of ours among these rows, and others with our token, are to be looked at."""
        found = {row.document_id: row.token for row in rows if row.document_id is not None}
        if found:
            tokens = [_storable(token) for token in found.values()]
            _sql.note_documents(connection, division=self._division, document_ids=list(found), tokens=tokens)

    def _note_position(self, connection: psycopg.Connection[Row], entity: str, newest: int) -> None:
        if newest:
            _sql.note_position(connection, division=self._division, entity=entity, row_timestamp=newest)

    def _columns(self, entity: str, row: MirrorRow) -> dict[str, Any]:
        return {
            "division": self._division,
            "entity": entity,
            "record_id": row.record_id,
            "row_timestamp": row.row_timestamp,
            "code": _storable(row.code),
            "token": _storable(row.token),
            "your_ref": _storable(row.your_ref),
            "document_id": row.document_id,
            "data": json_of(row.data),
        }

    def delete(self, entity: str, deleted: Sequence[tuple[str, int]]) -> None:
        """Apply deletions: record id, rowversion of the deletion."""
        with self._database.transaction() as connection:
            if deleted:
                where = {"division": self._division, "entity": entity}
                _sql.note_lost_documents(connection, **where, record_ids=[key for key, _ in deleted])
                _sql.delete_record(connection, [{**where, "record_id": key, "row_timestamp": stamp} for key, stamp in deleted])

    def note(self, feed: str, row_timestamp: int) -> None:
        """Note how far a feed was read, after all that it brought was applied."""
        with self._database.transaction() as connection:
            self._note_position(connection, feed, row_timestamp)

    def finish(self, entity: str, began_at: datetime, *, whole: bool, overlap_s: float = 0.0) -> None:
        """A pull reached its last page. `whole`: it read everything, so that what it did not bring is gone."""
        with self._database.transaction() as connection:
            if whole:
                _sql.forget_absent(connection, division=self._division, entity=entity, began_at=began_at)
            _sql.prune_positions(connection, division=self._division, entity=entity, overlap_s=overlap_s)
            _sql.finish_pull(connection, division=self._division, entity=entity, began_at=began_at)

    def moved_at(self) -> str | None:
        """Exact's word for when the division moved, as it was when the positions were begun; None before the first pull."""
        with self._database.transaction() as connection:
            moment: str | None = _sql.origin(connection, division=self._division)
        return moment

    def begin_anew(self, entities: Sequence[str], moved_at: str) -> None:
        """Start over: rowversions do not survive a move of the division (FACTS 4.6), and deletions are told for two months (4.4).

        Documents of ours are looked at when all was read again.
        """
        with self._database.transaction() as connection:
            for entity in entities:
                _sql.note_lost_documents(connection, division=self._division, entity=entity, record_ids=None)
            _sql.store_origin(connection, division=self._division, moved_at=moved_at)
            _sql.forget_entity(connection, division=self._division, entities=list(entities))
            _sql.forget_positions(connection, division=self._division, entities=list(entities))
            _sql.forget_cursors(connection, division=self._division, entities=list(entities))

    def rows_of(self, document_ids: Sequence[UUID]) -> list[Row]:
        """Headers and lines of these documents: `document_id`, `data`."""
        with self._database.transaction() as connection:
            return list(_sql.rows_of_documents(connection, division=self._division, document_ids=list(document_ids)))

    def records(self, entity: str) -> list[Row]:
        """All rows of an entity: `record_id`, `code`, `data`."""
        with self._database.transaction() as connection:
            return list(_sql.records(connection, division=self._division, entity=entity))

    def ages(self) -> list[Row]:
        """Per entity: when it was pulled and how many records it has."""
        with self._database.transaction() as connection:
            return list(_sql.mirror_ages(connection, division=self._division))


def _storable(text: str | None) -> str | None:
    return storable(text) if text is not None else None


def is_ours(row: Row, mutation: Mutation, witness: Witness) -> str | None:
    """The document's id when a mirrored row is the mutation's document: by token, else by reference and journal."""
    by_token = row["token"] == mutation.token
    by_reference = not row["token"] and row["your_ref"] == mutation.your_ref
    if by_token or (by_reference and row["data"].get(witness.journal_field) == mutation.look.get("Journal")):
        return str(row["data"][witness.id_field])
    return None
