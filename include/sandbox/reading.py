"""GET on the API: collections, rows by key, collections of a row, counts."""

from __future__ import annotations

from typing import Any

from include.sandbox import odata_json, sql
from include.sandbox.answers import BadRequestError, NotFoundError, TooBroadError
from include.sandbox.atom_feed import AtomRenderer
from include.sandbox.catalogue import Entity
from include.sandbox.clock import AMSTERDAM, iso, moment, wall_ms
from include.sandbox.database import Row
from include.sandbox.functions import argument
from include.sandbox.oauth import Identity
from include.sandbox.odata_accept import Form
from include.sandbox.odata_filter import SYNTAX, parse_literal
from include.sandbox.odata_json import Page, Renderer
from include.sandbox.odata_query import Query, continue_after, read_query, read_select
from include.sandbox.odata_sql import LITERALS, bound
from include.sandbox.sheet import Column, Sheet
from include.sandbox.world import World

DAY_MS = 86_400_000


class Reader:
    """Answers GETs for one division, as one user sees it; addresses in answers begin with `origin`."""

    def __init__(self, world: World, identity: Identity, division: int | None, origin: str, form: Form) -> None:
        self._world = world
        self._division = division
        self._user_id = identity.user_id
        self._client_id = identity.client_id
        self._divisions = identity.divisions
        self._base = f"{origin}/api/v1/" + (f"{division}/" if division is not None else "")
        kind = AtomRenderer if form == "atom" else Renderer
        self._render = kind(self._base, iso(world.clock.now_ms()) or "", int64_as_text=world.switches.int64_as_text)

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of an answer."""
        return self._render.headers

    def collection(self, entity: Entity, options: dict[str, str]) -> bytes:
        """Return a page of a collection."""
        query = self._query(entity, options)
        self._refuse_too_broad(query)
        count = self._count(query) if query.count else None
        continue_after(query)
        skip = int(options.get("$skip", "0"))
        sheet = self._world.database.sheet(query.statement(skip=skip), query.parameters) if query.page else Sheet((), [])
        shown = self._shown(query, sheet)
        more = len(sheet) == query.page_max and (query.top is None or query.top > query.page_max)
        link = query.next_link(self._base + entity.endpoint, sheet.last()) if more else None
        return self._render.collection(entity, shown, Page(bare=query.is_bare, next_link=link, count=count))

    def _refuse_too_broad(self, query: Query) -> None:
        """Give up on a query that matches more rows than a switch allows (FACTS 2.12)."""
        rows_max = self._world.switches.too_broad_rows
        if rows_max and self._count(query) > rows_max:
            raise TooBroadError("Request timed out.")

    def count(self, entity: Entity, options: dict[str, str]) -> bytes:
        """Return the bare number that `/$count` answers."""
        return str(self._count(self._query(entity, options))).encode()

    def single(self, entity: Entity, key: str, options: dict[str, str]) -> bytes:
        """Return one row by its key. Raises `NotFoundError`."""
        row = self.row(entity, key)
        query = Query(entity, self._division, options=options)
        read_select(query)
        return self._render.single(entity, self._shown(query, Sheet.of(row))[0])

    def children(self, entity: Entity, key: str, collection: str, options: dict[str, str]) -> bytes:
        """Return the collection of a row, such as `SalesEntries(guid'…')/SalesEntryLines`."""
        row = self.row(entity, key)
        known = entity.fields.get(collection)
        if known is None or not known.is_collection:
            raise NotFoundError(f"Resource not found for the segment '{collection}'.")
        child = entity.child(collection)
        if child is None:
            return self._render.collection(entity, [], Page())
        child_entity = self._world.catalogue[child[0]]
        query = Query(child_entity, self._division, options=options)
        read_select(query)
        return self._render.collection(child_entity, self._shown(query, self._child_rows(child, row[entity.key])), Page())

    def row(self, entity: Entity, key: str) -> Row:
        """Return a row of the books by its key. Raises `NotFoundError`, `BadRequestError`."""
        if not entity.key:
            raise NotFoundError(f"Resource not found for the segment '{entity.name}'.")
        literal = parse_literal(key)
        if literal.kind not in LITERALS.get(entity.fields[entity.key].edm, set()):
            raise BadRequestError(SYNTAX)
        where, parameters = [f"{sql.quoted(entity.key)} = ?"], [bound(literal)]
        self._only_visible(entity, where, parameters)
        columns = sql.named(known.name for known in entity.scalars)
        row = self._world.database.one(sql.select(columns, entity.table, " AND ".join(where)), parameters)
        if row is None:
            raise NotFoundError(f"Resource not found for the segment '{entity.name}'.")
        return row

    def posted(self, entity: Entity, row: Row, *, whole: bool, given: set[str]) -> bytes:
        """Return the answer of a POST: all of the row, or only its key and what was posted (FACTS 3.14)."""
        names = tuple(known.name for known in entity.scalars)
        shown_row = {name: row.get(name) if whole or name in given or name == entity.key else None for name in names}
        shown_row[entity.key] = row.get(entity.key)
        shown = self._render.row(entity, shown_row, names)
        for known in entity.fields.values():
            if known.is_collection:
                shown[known.name] = odata_json.deferred(shown["__metadata"]["uri"], known.name)
        return self._render.single(entity, shown)

    def me(self, options: dict[str, str]) -> bytes:
        """Return the user's own row; no division is asked for, and none of it is counted (FACTS 1.17, 2.1)."""
        entity = self._world.catalogue["current/Me"]
        row = self._world.database.find("users", UserID=self._user_id)
        if row is None:
            raise NotFoundError("Resource not found for the segment 'Me'.")
        now = self._world.clock.now_ms()
        offset = moment(now).astimezone(AMSTERDAM).utcoffset()
        row["ServerTime"] = f"/Date({wall_ms(now)})/"
        row["ServerUtcOffset"] = offset.total_seconds() if offset else 0.0
        query = Query(entity, None, options=options)
        read_select(query)
        return self._render.collection(entity, self._shown(query, Sheet.of(row)), Page())

    def sync_timestamp(self, options: dict[str, str]) -> bytes:
        """Return the timestamp from which sync shows all that changed since a moment (FACTS 4.7)."""
        modified, endpoint = parse_literal(options.get("modified", "")), parse_literal(options.get("endPoint", ""))
        entity = next((e for e in self._world.catalogue.entities.values() if e.kind == "sync" and e.name == endpoint.value), None)
        if modified.kind != "datetime" or entity is None or "Modified" not in entity.fields:
            raise BadRequestError(SYNTAX)
        where = '"Division" = ? AND "Modified" < ?'
        newest = self._world.database.scalar(sql.select('max("Timestamp")', entity.table, where), (self._division, modified.value))
        own = self._world.catalogue["read/sync/Sync/SyncTimestamp"]
        row = {"Modified": modified.value, "API": endpoint.value, "TimeStampAsBigInt": newest or 0}
        return self._render.single(own, self._render.row(own, row, tuple(row)))

    def _query(self, entity: Entity, options: dict[str, str]) -> Query:
        query = read_query(entity, self._division, options, self._world.switches)
        picked = argument(entity, options)
        if picked:
            query.where.append(f"{sql.quoted(picked[0])} = ?")
            query.parameters.append(picked[1])
        self._only_visible(entity, query.where, query.parameters, divided=False)
        return query

    def _only_visible(self, entity: Entity, where: list[str], parameters: list[Any], *, divided: bool = True) -> None:
        """Leave out what another division owns, what is not visible yet and what the deletion log has forgotten."""
        now = self._world.clock.now_ms()
        if entity.table == "divisions":
            where.append(f'"Code" IN ({", ".join(str(code) for code in sorted(self._divisions))})')
            return
        if divided:
            where.append('"Division" = ?')
            parameters.append(self._division)
        if entity.table == "webhook_subscriptions":
            where.append('"ClientID" = ?')
            parameters.append(self._client_id)
        if entity.kind == "sync" and self._world.sync_visible_ms > now:
            where.append("_synced_ms <= ?")
            parameters.append(now)
        elif self._world.read_visible_ms > now:
            where.append("_seen_ms <= ?")
            parameters.append(now)
        if entity.table == "deleted":
            where.append('"DeletedDate" >= ?')
            parameters.append(self._world.stamp_ms() - self._world.switches.forget_deleted_days * DAY_MS)

    def _count(self, query: Query) -> int:
        return int(self._world.database.scalar(query.count_statement(list(query.where)), list(query.parameters)))

    def _shown(self, query: Query, sheet: Sheet) -> list[dict[str, Any]]:
        shown = self._render.rows(query.entity, sheet, query.names)
        for collection, names in query.child_names.items():
            self._show_collection(query, sheet.column(query.entity.key), shown, (collection, names))
        return shown

    def _show_collection(self, query: Query, keys: Column, shown: list[dict[str, Any]], wanted: tuple[str, tuple[str, ...]]) -> None:
        collection, names = wanted
        child = query.entity.child(collection)
        for key, target in zip(keys, shown, strict=True):
            if collection not in query.expand:
                target[collection] = odata_json.deferred(target["__metadata"]["uri"], collection)
            elif child is None:
                target[collection] = {"results": []}
            else:
                entity = self._world.catalogue[child[0]]
                picked = names or tuple(known.name for known in entity.scalars)
                children = self._child_rows(child, key)
                target[collection] = {"results": self._render.rows(entity, children, picked)}

    def _child_rows(self, child: tuple[str, str], key: Any) -> Sheet:
        entity = self._world.catalogue[child[0]]
        order = 'ORDER BY "LineNumber"' if "LineNumber" in entity.fields else 'ORDER BY "Timestamp"'
        return self._world.database.sheet(sql.select("*", entity.table, f"{sql.quoted(child[1])} = ?", order), (key,))
