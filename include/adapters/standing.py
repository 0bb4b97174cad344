"""How a record stands in Exact that is to be changed or deleted: still as we wrote it, changed already, or touched by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from include.exact.client import ExactClient, Query
from include.exact.comparison import differences, fields_of, line_fields_of
from include.exact.documents import KINDS, PROCESSED, DocumentKind
from include.exact.odata import Row, equal
from include.outbox.changes import CHANGED_AFTER_PROCESSING, DELETED
from include.outbox.model import Cause, Found, Method, Mutation

MADE = [Found()]
# So many differences tell what happened; a document that was written anew has no end of them.
TOLD_MAX = 8


class Standing:
    """Reads the record of a change, and says whether it may be made: `[]` yes, else that it is made already, or why not."""

    def __init__(self, client: ExactClient) -> None:
        self._client = client

    def look(self, mutation: Mutation) -> Sequence[Found]:
        """One read for a change, two for the deletion of a document with lines."""
        if mutation.target_id is None:
            raise ValueError(f"mutation {mutation.mutation_id} changes no record")
        if mutation.method is Method.DELETE:
            return self._before_deletion(mutation, mutation.target_id)
        return self._before_change(mutation, mutation.target_id)

    def _before_change(self, mutation: Mutation, target_id: UUID) -> Sequence[Found]:
        payload = mutation.payload or "{}"
        row = self._row(KINDS[mutation.endpoint], target_id, fields_of(payload))
        if row is None:
            return [Found(objection=Cause(DELETED, mutation.your_ref))]
        return [] if differences(payload, row) else MADE

    def _before_deletion(self, mutation: Mutation, target_id: UUID) -> Sequence[Found]:
        kind = KINDS[mutation.endpoint]
        written = mutation.written or "{}"
        row = self._row(kind, target_id, (*fields_of(written), "Status", kind.number_field))
        if row is None:
            # Gone before we asked for it: somebody else did that, and must say what is to become of the order.
            return MADE if mutation.may_have_left else [Found(objection=Cause(DELETED, mutation.your_ref))]
        if row.get(kind.number_field) or int(row.get("Status") or 0) >= PROCESSED:
            number = str(row.get(kind.number_field) or "")
            return [Found(objection=Cause(CHANGED_AFTER_PROCESSING, mutation.your_ref, {"number": number}))]
        found = differences(written, row, self._lines(kind, target_id, written))
        told = {name: f"{ours} → {theirs}" for name, (ours, theirs) in list(found.items())[:TOLD_MAX]}
        return [Found(objection=Cause("changed_in_exact", mutation.your_ref, told))] if found else []

    def _row(self, kind: DocumentKind, target_id: UUID, fields: Sequence[str]) -> Row | None:
        names = tuple(dict.fromkeys((kind.id_field, *fields)))
        return next(iter(self._client.rows(Query(kind.endpoint, names, equal(kind.id_field, target_id)))), None)

    def _lines(self, kind: DocumentKind, target_id: UUID, written: str) -> dict[str, list[Row]]:
        if kind.lines is None:
            return {}
        fields = ("LineNumber", *line_fields_of(written, kind.lines.collection))
        rows = self._client.rows(Query(kind.lines.endpoint, fields, equal(kind.lines.document_field, target_id)))
        return {kind.lines.collection: sorted(rows, key=lambda row: int(row.get("LineNumber") or 0))}
