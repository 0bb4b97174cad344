"""Rows of the books as OData v2 JSON: envelopes, `__metadata`, `__deferred`, Int64 as text, `/Date(ms)/` (FACTS 3.2, 3.3, 3.12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from include.sandbox.catalogue import Entity
from include.sandbox.database import Row
from include.sandbox.sheet import Column, Sheet

Converter = Callable[[Column], Column]


def _dates(column: Column) -> Column:
    return [None if value is None else f"/Date({value})/" for value in column]


def _doubles(column: Column) -> Column:
    return [value if value is None or value % 1 else int(value) for value in column]


def _booleans(column: Column) -> Column:
    return [None if value is None else bool(value) for value in column]


def _texts(column: Column) -> Column:
    return [None if value is None else str(value) for value in column]


CONVERTERS: dict[str, Converter] = {"Edm.DateTime": _dates, "Edm.Boolean": _booleans, "Edm.Double": _doubles}


@lru_cache(maxsize=512)
def _plan(entity: Entity, names: tuple[str, ...], int64_as_text: bool) -> tuple[tuple[str, Converter | None], ...]:
    found = []
    for name in dict.fromkeys(names):
        edm = entity.fields[name].edm
        converter = _texts if edm == "Edm.Int64" and int64_as_text else CONVERTERS.get(edm)
        found.append((name, converter))
    return tuple(found)


_QUOTES = {"Edm.Guid": ("guid'", "'"), "Edm.Int64": ("", "L"), "Edm.String": ("'", "'")}


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
        return self.rows(entity, Sheet.of(row), names)[0]

    def rows(self, entity: Entity, sheet: Sheet, names: tuple[str, ...]) -> list[dict[str, Any]]:
        """Return rows in their order, each with its `__metadata`; nulls are explicit."""
        keys, columns = ["__metadata"], [self._about(entity, sheet)]
        for name, column in self._converted(entity, sheet, names):
            keys.append(name)
            columns.append(column)
        return [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]

    def _converted(self, entity: Entity, sheet: Sheet, names: tuple[str, ...]) -> Iterator[tuple[str, Column]]:
        for name, converter in _plan(entity, names, self._int64_as_text):
            column = sheet.column(name)
            yield name, column if converter is None else converter(column)

    def _about(self, entity: Entity, sheet: Sheet) -> Column:
        kind = entity.type_name
        return [{"uri": uri, "type": kind} for uri in self._uris(entity, sheet)]

    def _uris(self, entity: Entity, sheet: Sheet) -> Iterator[str]:
        """Yield the address of each row."""
        address = self._base + entity.endpoint
        if entity.key == "":
            return (address for _ in range(len(sheet)))
        before, after = _QUOTES.get(entity.fields[entity.key].edm, ("", ""))
        head, tail = f"{address}({before}", f"{after})"
        return (f"{head}{value}{tail}" for value in sheet.column(entity.key))

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
