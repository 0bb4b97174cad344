"""Relations, contacts and addresses as Exact has them now: pulled once when they are first asked for, then looked up in the mirror."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from include.adapters.pulls import Pulls
from include.exact.documents import KINDS
from include.exact.entities import ENTITIES
from include.mappings.relation_matching import Relation, Relations
from include.store.mirror import MirrorStore


class RelationMirror:
    """The relations of one division, for one run: one call for each kind of record, and none for a customer."""

    def __init__(self, mirror: MirrorStore, pulls: Pulls) -> None:
        self._mirror = mirror
        self._pulls = pulls
        self._fields: dict[str, dict[str, Mapping[str, Any]]] = {}

    @cached_property
    def relations(self) -> Relations:
        """All relations, by what they carry."""
        return Relations.over(Relation.of(data) for data in self._records("Accounts").values())

    def fields_of(self, endpoint: str, record_id: UUID) -> Mapping[str, Any] | None:
        """What Exact shows of a record that we made or took; None when it is gone."""
        return self._records(KINDS[endpoint].mirror_entity).get(str(record_id))

    def _records(self, entity: str) -> dict[str, Mapping[str, Any]]:
        if entity not in self._fields:
            self._pulls.pull(ENTITIES[entity])
            self._fields[entity] = {row["record_id"]: row["data"] for row in self._mirror.records(entity)}
        return self._fields[entity]
