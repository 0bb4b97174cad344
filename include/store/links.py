"""What became of our documents in Exact, as the mirror shows it: kept for the shop, which reads the view `document_links`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from include.outbox.model import Cause
from include.outbox.states import State
from include.store.acts import DELETED
from include.store.database import Database, Row, named_queries
from include.store.rows import json_of

_sql = named_queries("links")

# The cause of a finding: another document carries the token of one of ours.
SECOND = Cause("two_documents")
Differences = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Where the mirror shows documents: the entity, the field with their number, from which status on they are processed, and what they
    are before: `draft` or `open`."""

    entity: str
    number_field: str
    processed: int
    begun: str


@dataclass(frozen=True, kw_only=True)
class DueDocument:
    """A document to be looked at. `was_seen`: the mirror showed it before; `being_deleted`: we delete it ourselves, or tried to."""

    mutation_id: int
    since: datetime
    endpoint: str
    state: State
    effect: str
    exact_id: UUID | None
    payload: str | None
    your_ref: str
    look: Mapping[str, str]
    posted_at: datetime | None
    was_seen: bool
    differences: Differences
    being_deleted: bool

    @property
    def stands(self) -> bool:
        """Whether it counts as a document in Exact."""
        return self.state is State.POSTED and self.exact_id is not None


class LinkStore:
    """The documents of one division."""

    def __init__(self, database: Database, division: int, *, owner: str) -> None:
        self._database = database
        self._division = division
        self._owner = owner

    def note_address(self, template: str) -> None:
        """Where people find a document; an empty template gives no link."""
        with self._database.transaction() as connection:
            _sql.note_address(connection, division=self._division, template=template)

    def due(self, after: int, *, at_most: int) -> list[DueDocument]:
        """Documents to be looked at, by mutation, beyond `after`."""
        with self._database.transaction() as connection:
            rows = list(_sql.due_documents(connection, division=self._division, after=after, limit=at_most))
        return [DueDocument(**{**row, "state": State(row["state"])}) for row in rows]

    def show(self, documents: Sequence[DueDocument], shown: Shown) -> None:
        """Number, status and total as the mirror shows them."""
        with self._database.transaction() as connection:
            _sql.show_documents(connection, **vars(shown), mutation_ids=_ids(documents))

    def differ(self, found: Mapping[int, Differences]) -> None:
        """What somebody changed in documents, by mutation; empty for what is as we wrote it (again)."""
        rows: list[Row] = [{"mutation_id": mutation_id, "differences": json_of(each)} for mutation_id, each in found.items()]
        if rows:
            with self._database.transaction() as connection:
                _sql.store_differences(connection, rows)

    def gone(self, documents: Sequence[DueDocument]) -> list[str]:
        """Somebody deleted these in Exact: each opens a case. Returns the numbers of those that still counted as booked."""
        columns: dict[str, Any] = {"mutation_ids": _ids(documents), "cause_code": DELETED.code, "by": self._owner}
        with self._database.transaction() as connection:
            return [row["your_ref"] for row in _sql.mark_gone(connection, **columns)]

    def seconds(self, documents: Sequence[DueDocument], shown: Shown) -> list[tuple[str, UUID]]:
        """Note other documents that carry the token of these, each with a case; returns number and id of the new ones."""
        where = {"entity": shown.entity, "number_field": shown.number_field, "code": SECOND.code}
        with self._database.transaction() as connection:
            return [(row["subject"], row["exact_id"]) for row in _sql.note_seconds(connection, mutation_ids=_ids(documents), **where)]

    def settle_vanished(self) -> int:
        """Settle the findings about documents that Exact does not show any more."""
        with self._database.transaction() as connection:
            return int(_sql.settle_vanished(connection, division=self._division, code=SECOND.code, by=self._owner))

    def looked_at(self, documents: Sequence[DueDocument]) -> None:
        """These need not be looked at again, unless something was noted meanwhile."""
        with self._database.transaction() as connection:
            _sql.looked_at(connection, mutation_ids=_ids(documents), sinces=[each.since for each in documents])


def _ids(documents: Sequence[DueDocument]) -> list[int]:
    return [each.mutation_id for each in documents]
