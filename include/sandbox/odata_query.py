"""A GET on a collection: options checked, turned into SQL, paged (FACTS 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from include.sandbox.answers import BadRequestError
from include.sandbox.catalogue import Entity
from include.sandbox.clock import moment
from include.sandbox.odata_filter import SYNTAX, Literal, parse_filter, split_literals
from include.sandbox.odata_sql import LITERALS, Condition
from include.sandbox.sql import named, quoted, select
from include.sandbox.switches import Switches

OPTIONS = frozenset({"$filter", "$select", "$top", "$orderby", "$expand", "$inlinecount", "$skiptoken", "$skip", "$format"})

NUMBER = re.compile(r"[0-9]{1,9}")
NO_STAR = frozenset({"sync/Inventory/StockPositions"})  # refuses $select=* (FACTS 3.8)


@dataclass
class Query:
    """A checked GET: what to select, from which rows, in which order, up to how many."""

    entity: Entity
    division: int | None
    names: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    child_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    where: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    top: int | None = None
    count: bool = False
    options: dict[str, str] = field(default_factory=dict)
    page_rows: int = 0  # how many rows a page holds, where not the entity says it

    @property
    def page_max(self) -> int:
        """Return how many rows a page may hold."""
        return self.page_rows or self.entity.page_max

    @property
    def page(self) -> int:
        """Return how many rows this page holds at most."""
        return self.page_max if self.top is None else min(self.top, self.page_max)

    @property
    def is_bare(self) -> bool:
        """Tell whether the answer is a bare array: `$top` within one page and no count (FACTS 3.2a)."""
        return self.top is not None and self.top <= self.page_max and not self.count

    def statement(self, *, skip: int = 0) -> str:
        """Return the SELECT of this page; columns that rendering and paging need are always there."""
        order = ", ".join(f"{quoted(name)} {'DESC' if down else 'ASC'}" for name, down in self.order)
        tail = f"ORDER BY {order} LIMIT {self.page} OFFSET {skip}"
        return select(self._columns(), self.entity.table, " AND ".join(self.where), tail)

    def count_statement(self, where: list[str]) -> str:
        """Return the SELECT that counts the rows of a filter."""
        return select("count(*)", self.entity.table, " AND ".join(where))

    def _columns(self) -> str:
        needed = dict.fromkeys(self.names)
        needed.update(dict.fromkeys(name for name, _ in self.order))
        needed[self.entity.key] = None
        if "ID" in self.entity.fields:
            needed["ID"] = None
        return named(needed)

    def next_link(self, base: str, last: dict[str, Any]) -> str:
        """Return the absolute address of the page after this one (FACTS 3.5)."""
        token = ",".join(_token(self.entity, name, last[name]) for name, _ in self.order)
        options = {name: value for name, value in self.options.items() if name not in ("$skiptoken", "$top", "$skip")}
        if self.top is not None:
            options["$top"] = str(self.top - self.page)
        options["$skiptoken"] = token
        return base + "?" + "&".join(f"{name}={quote(value, safe=_SAFE)}" for name, value in options.items())


_SAFE = "()',:$*/"


def read_query(entity: Entity, division: int | None, options: dict[str, str], switches: Switches) -> Query:
    """Check the options of a GET on a collection. Raises `BadRequestError`."""
    for name in options:
        if name.startswith("$") and name not in OPTIONS:
            raise BadRequestError(SYNTAX)
    query = Query(entity, division, options=options, page_rows=switches.page_rows)
    if division is not None and entity.table != "divisions":
        query.where.append('"Division" = ?')
        query.parameters.append(division)
    _read_counts(query)
    _check_select(query, switches)
    read_select(query)
    _read_filter(query, switches)
    _read_order(query)
    return query


def _read_counts(query: Query) -> None:
    text = query.options.get("$top")
    if text is not None:
        query.top = _whole(text)
    wanted = query.options.get("$inlinecount", "none")
    if wanted not in ("none", "allpages"):
        raise BadRequestError(SYNTAX)
    query.count = wanted == "allpages"
    if "$skip" in query.options:
        if query.entity.kind in ("sync", "bulk"):
            raise BadRequestError(SYNTAX)
        _whole(query.options["$skip"])


def _whole(text: str) -> int:
    """Return a number of rows. Raises `BadRequestError`."""
    if not NUMBER.fullmatch(text):
        raise BadRequestError(SYNTAX)
    return int(text)


def _check_select(query: Query, switches: Switches) -> None:
    named = {name.strip() for name in switches.select_required.split(",")}
    if (query.entity.select_required or query.entity.endpoint in named) and "$select" not in query.options and query.top != 1:
        raise BadRequestError("Please add a $select or a $top=1 statement to the query string.")
    if query.options.get("$select", "").strip() == "*" and query.entity.endpoint in NO_STAR:
        raise BadRequestError(SYNTAX)


def read_select(query: Query) -> None:
    """Read `$select` and `$expand`; without `$select` every property is there."""
    fields = query.entity.fields
    expand = _names(query.options.get("$expand", ""))
    for name in expand:
        if name not in fields or not fields[name].is_collection:
            raise BadRequestError(f"No property '{name}' exists in type '{query.entity.type_name}' at position 0.")
    query.expand = tuple(expand)
    wanted = _names(query.options.get("$select", ""))
    if not wanted or wanted == ["*"]:
        query.names = tuple(known.name for known in query.entity.scalars)
        query.child_names = {known.name: () for known in fields.values() if known.is_collection}
        return
    query.names = tuple(name for name in wanted if "/" not in name and not _must_know(query.entity, name))
    collections = [name for name in wanted if "/" in name or _must_know(query.entity, name)]
    query.child_names = _child_names(query.entity, collections)


def _child_names(entity: Entity, wanted: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in wanted:
        collection, _, name = path.partition("/")
        if not _must_know(entity, collection):
            raise BadRequestError(SYNTAX)
        found[collection] = (*found.get(collection, ()), *([name] if name else []))
    return found


def _must_know(entity: Entity, name: str) -> bool:
    """Return whether a property is a collection. Raises `BadRequestError` where there is none of that name."""
    known = entity.fields.get(name)
    if known is None:
        raise BadRequestError(f"No property '{name}' exists in type '{entity.type_name}' at position 0.")
    return known.is_collection


def _read_filter(query: Query, switches: Switches) -> None:
    entity, text = query.entity, query.options.get("$filter", "")
    used: set[str] = set()
    if text.strip():
        condition = Condition.of(entity, parse_filter(text, strict=not switches.blank_before_quote))
        query.where.append(condition.sql)
        query.parameters += condition.parameters
        used = condition.used
    _check_fields(entity, used, switches)


def _check_fields(entity: Entity, used: set[str], switches: Switches) -> None:
    if entity.filterable and used - entity.filterable:
        raise BadRequestError(f"Filtering on these fields is not supported: {', '.join(sorted(used - entity.filterable))}")
    mandatory = entity.mandatory_filter
    if entity.kind == "bulk" and mandatory and switches.bulk_filters_only_indexed and used - set(mandatory):
        raise BadRequestError(f"Filtering on these fields is not supported: {', '.join(sorted(used - set(mandatory)))}")
    if mandatory and switches.mandatory_filter and not used & set(mandatory):
        raise BadRequestError(
            "This endpoint has mandatory filtering applied. A GET request for this endpoint must have a $filter parameter "
            f"with one of the following fields in the url:{','.join(mandatory)}"
        )


def _read_order(query: Query) -> None:
    for part in _names(query.options.get("$orderby", "")):
        name, _, direction = part.partition(" ")
        if direction.strip() not in ("", "asc", "desc") or _must_know(query.entity, name):
            raise BadRequestError(SYNTAX)
        query.order.append((name, direction.strip() == "desc"))
    ordered = {name for name, _ in query.order}
    query.order += [(name, False) for name in query.entity.keys if name not in ordered]


def continue_after(query: Query) -> None:
    """Narrow a query to what comes after its `$skiptoken`, which holds a value per ordered property."""
    text = query.options.get("$skiptoken")
    if text is None:
        return
    values = [_checked(query.entity, name, literal) for (name, _), literal in zip(query.order, _literals(query, text), strict=True)]
    alternatives: list[str] = []
    parameters: list[Any] = []
    for place, (name, down) in enumerate(query.order):
        same = [f"{quoted(earlier)} IS ?" for earlier, _ in query.order[:place]]
        beyond, bound = _beyond(name, down, values[place])
        alternatives.append("(" + " AND ".join([*same, beyond]) + ")")
        parameters += [*values[:place], *bound]
    # Of two lower bounds of a column SQLite seeks by the first: the filter's would read all earlier pages again.
    query.where.insert(0, "(" + " OR ".join(alternatives) + ")")
    query.parameters[:0] = parameters


def _literals(query: Query, text: str) -> list[Literal]:
    literals = split_literals(text)
    if len(literals) != len(query.order):
        raise BadRequestError(SYNTAX)
    return literals


def _beyond(name: str, down: bool, value: Any) -> tuple[str, list[Any]]:
    """Return the condition for rows after a value; SQLite sorts nulls first, or last when descending."""
    column = quoted(name)
    if value is None:
        return ("0", []) if down else (f"{column} IS NOT NULL", [])
    if down:
        return f"({column} < ? OR {column} IS NULL)", [value]
    return f"{column} > ?", [value]


def _checked(entity: Entity, name: str, literal: Literal) -> Any:
    if literal.kind == "null":
        return None
    edm = entity.fields[name].edm
    if literal.kind not in LITERALS.get(edm, set()):
        raise BadRequestError(SYNTAX)
    return literal.value if isinstance(literal.value, str | int) else float(literal.value)


def _token(entity: Entity, name: str, value: Any) -> str:
    """Return a value as the literal that `$skiptoken` carries."""
    edm = entity.fields[name].edm
    if value is None:
        return "null"
    if edm == "Edm.Guid":
        return f"guid'{value}'"
    if edm == "Edm.Boolean":
        return "true" if value else "false"
    if edm == "Edm.DateTime":
        return f"datetime'{_iso(value)}'"
    if edm == "Edm.Int64":
        return f"{value}L"
    return "'" + str(value).replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def _iso(ms: int) -> str:
    return moment(ms).replace(tzinfo=None).isoformat(timespec="milliseconds")


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
