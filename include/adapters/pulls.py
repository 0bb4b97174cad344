"""Bring the mirror up to date: sync feeds from where they stood, other services whole; deletions applied."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from include.exact.client import ExactClient, Page, Query, newest
from include.exact.entities import DELETED_ENDPOINT, DELETED_FIELDS, ENTITIES, Entity
from include.exact.odata import Row, every, int64
from include.store.mirror import MirrorRow, MirrorStore

log = logging.getLogger(__name__)

DELETED = "Deleted"


class Pulls:
    """Pulls entities of one division. `overlap_s`: how long a change may take in Exact to become visible (FACTS 4.3)."""

    def __init__(self, client: ExactClient, mirror: MirrorStore, *, overlap_s: float) -> None:
        self._client = client
        self._mirror = mirror
        self._overlap_s = overlap_s

    def pull(self, entity: Entity) -> int:
        """Pull one entity to its last page; returns how many rows came."""
        asked_at = self._mirror.now()
        count = 0
        began_at: datetime | None = None
        for page in self._pages(entity):
            began_at = began_at or min(asked_at, page.at or asked_at)
            self._mirror.save(entity.name, [_row(entity, row) for row in page.rows])
            count += len(page.rows)
        whole = not entity.by_sync
        self._mirror.finish(entity.name, asked_at if whole else (began_at or asked_at), whole=whole, overlap_s=self._overlap_s)
        log.info("mirror of division %s: %s %s", self._client.site.division, count, entity.name)
        return count

    def pull_missing(self, entities: Iterable[Entity]) -> None:
        """Pull what was never pulled."""
        for entity in entities:
            if self._mirror.pulled_at(entity.name) is None:
                self.pull(entity)

    def pull_older(self, entities: Iterable[Entity], age: timedelta) -> None:
        """Pull what was never pulled, or not since that long."""
        for entity in entities:
            began_at = self._mirror.pulled_at(entity.name)
            if began_at is None or self._mirror.now() - began_at > age:
                self.pull(entity)

    def pull_deleted(self) -> int:
        """Apply Exact's log of deletions (kept for two months, FACTS 4.4); its position moves with every row, ours or not."""
        entities = {entity.deleted_type: entity for entity in ENTITIES.values() if entity.deleted_type is not None}
        asked_at = self._mirror.now()
        count = 0
        for page in self._client.sync(DELETED_ENDPOINT, DELETED_FIELDS, self._since(DELETED)):
            for number, entity in entities.items():
                gone = [(_key(row["EntityKey"]), int64(row["Timestamp"])) for row in page.rows if int(row["EntityType"]) == number]
                self._mirror.delete(entity.name, gone)
                count += len(gone)
            self._mirror.note(DELETED, newest(page.rows))
        self._mirror.finish(DELETED, asked_at, whole=False, overlap_s=self._overlap_s)
        return count

    def _since(self, name: str) -> int:
        return max(1, self._mirror.position(name, overlap_s=self._overlap_s))

    def _pages(self, entity: Entity) -> Iterable[Page]:
        if entity.by_sync:
            return self._client.sync(entity.endpoint, entity.fields, self._since(entity.name))
        return self._client.pages(Query(entity.endpoint, entity.fields, self._narrowed(entity)))

    def _narrowed(self, entity: Entity) -> str | None:
        """The filter of an entity that is read whole; a financial year may have begun in the calendar year before its own."""
        recent = f"{entity.year_field} ge {self._mirror.now().year - 1}" if entity.year_field else None
        return every(*filter(None, (entity.where, recent))) or None

    def find(self, entity: Entity, endpoint: str, where: str) -> Sequence[MirrorRow]:
        """One targeted read for what the mirror misses; what is found is kept, and returned as the mirror would show it."""
        fields = tuple(name for name in entity.fields if name != "Timestamp")
        rows = [_row(entity, row) for row in self._client.rows(Query(endpoint, fields, where))]
        self._mirror.save(entity.name, rows)
        return rows


def _row(entity: Entity, row: Row) -> MirrorRow:
    return MirrorRow(
        record_id=_key("/".join(str(row[name]) for name in entity.key_fields or (entity.id_field,))),
        data={name: _plain(row.get(name)) for name in entity.fields},
        row_timestamp=int64(row["Timestamp"]) if "Timestamp" in row else 0,
        code=str(row[entity.code_field]).strip() if entity.code_field and row.get(entity.code_field) is not None else None,
        token=(row.get(entity.token_field) or None) if entity.token_field else None,
        your_ref=row.get("YourRef") or None,
        document_id=UUID(str(row[entity.document_field])) if entity.document_field else None,
    )


def _key(value: object) -> str:
    """Keys are compared as text, and a GUID may come in either case."""
    return str(value).lower()


def _plain(value: Any) -> Any:
    """Numbers stay exact in the mirror: as text."""
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
