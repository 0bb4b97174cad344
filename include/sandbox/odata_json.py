"""Rows of the books as OData v2 JSON: envelopes, `__metadata`, `__deferred`, Int64 as text, `/Date(ms)/` (FACTS 3.2, 3.3, 3.12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from include.sandbox.catalogue import Entity
from include.sandbox.database import Row

Converter = Callable[[Any], Any]


def _date(value: int) -> str:
    return f"/Date({value})/"


def _double(value: float) -> float | int:
    return int(value) if value == int(value) else value


CONVERTERS: dict[str, Converter] = {"Edm.DateTime": _date, "Edm.Boolean": bool, "Edm.Double": _double}


@lru_cache(maxsize=512)
def _plan(entity: Entity, names: tuple[str, ...], int64_as_text: bool) -> tuple[tuple[str, Converter | None], ...]:
    found = []
    for name in names:
        edm = entity.fields[name].edm
        converter = str if edm == "Edm.Int64" and int64_as_text else CONVERTERS.get(edm)
        found.append((name, converter))
    return tuple(found)


@dataclass(frozen=True)
class Page:
    """What surrounds the rows of a collection."""

    bare: bool = False
    next_link: str | None = None
    count: int | None = None


class Renderer:
    """Renders rows as JSON, for one base address."""

    media_type = "application/json; charset=utf-8"

    def __init__(self, base: str, now: str, *, int64_as_text: bool) -> None:
        self._base = base
        self._now = now
        self._int64_as_text = int64_as_text

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of an answer in this representation."""
        return {"Content-Type": self.media_type, "DataServiceVersion": "1.0;", "Cache-Control": "private"}

    def row(self, entity: Entity, row: Row, names: tuple[str, ...]) -> dict[str, Any]:
        """Return one row with its `__metadata`; nulls are explicit."""
        shown: dict[str, Any] = {"__metadata": {"uri": self.uri(entity, row), "type": entity.type_name}}
        for name, converter in _plan(entity, names, self._int64_as_text):
            value = row[name]
            shown[name] = value if value is None or converter is None else converter(value)
        return shown

    def rows(self, entity: Entity, rows: Iterable[Row], names: tuple[str, ...]) -> list[dict[str, Any]]:
        """Return rows in their order."""
        return [self.row(entity, row, names) for row in rows]

    def uri(self, entity: Entity, row: Row) -> str:
        """Return the address of a row."""
        if entity.key == "":
            return self._base + entity.endpoint
        value, edm = row.get(entity.key), entity.fields[entity.key].edm
        literal = (
            f"guid'{value}'" if edm == "Edm.Guid" else f"{value}L" if edm == "Edm.Int64" else f"'{value}'" if edm == "Edm.String" else value
        )
        return f"{self._base}{entity.endpoint}({literal})"

    def collection(self, entity: Entity, rows: list[dict[str, Any]], page: Page) -> bytes:
        """Return the body of a collection."""
        if page.bare:
            return orjson.dumps({"d": rows})
        content: dict[str, Any] = {"results": rows}
        if page.count is not None:
            content["__count"] = str(page.count)
        if page.next_link:
            content["__next"] = page.next_link
        return orjson.dumps({"d": content})

    def single(self, entity: Entity, row: dict[str, Any]) -> bytes:
        """Return the body of a single row."""
        return orjson.dumps({"d": row})


def deferred(uri: str, collection: str) -> dict[str, Any]:
    """Return the link that stands for a collection that was not expanded."""
    return {"__deferred": {"uri": f"{uri}/{collection}"}}


def error(text: str) -> bytes:
    """Return the body of an error: code and language stay empty (FACTS 3.15)."""
    return orjson.dumps({"error": {"code": "", "message": {"lang": "", "value": text}}})
