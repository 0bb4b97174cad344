"""What Exact's reference says of each endpoint: fields, types, flags, keys, filters. Read from `metadata/`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from include.sandbox.endpoints import ALSO_POSTED, CHILDREN, KEYS_OF, KNOWN_FILTERS, TABLES

METADATA = Path(__file__).parent / "metadata"


@dataclass(frozen=True)
class Field:
    """One property: its Edm type and whether a client may post or put it."""

    name: str
    edm: str
    mandatory: bool
    post: bool
    put: bool
    max_length: int | None
    length_is_sure: bool

    @property
    def is_collection(self) -> bool:
        """Tell whether this is a list of other rows."""
        return self.edm.startswith("Collection")


@dataclass(frozen=True, eq=False)
class Entity:
    """One endpoint of the API."""

    endpoint: str
    name: str
    kind: str
    methods: frozenset[str]
    scope: str | None
    page_max: int
    keys: tuple[str, ...]
    fields: dict[str, Field]
    mandatory_filter: tuple[str, ...]
    filterable: frozenset[str]
    select_required: bool
    table: str

    @property
    def key(self) -> str:
        """Return the first property of the key, most often the only one."""
        return self.keys[0] if self.keys else ""

    @cached_property
    def scalars(self) -> tuple[Field, ...]:
        """Return the properties that hold a value of their own."""
        return tuple(field for field in self.fields.values() if not field.is_collection)

    @cached_property
    def type_name(self) -> str:
        """Return the name that `__metadata.type` carries."""
        return f"Exact.Web.Api.Models.{_singular(self.name)}"

    def child(self, collection: str) -> tuple[str, str] | None:
        """Return endpoint and parent column of the rows in a collection, or None where it is always empty."""
        return CHILDREN.get((self.table, collection))


class Catalogue:
    """All endpoints, found by path: the service's case does not matter, the entity's does (FACTS 3.11)."""

    def __init__(self, directory: Path = METADATA) -> None:
        self.entities = {endpoint: _entity(directory, endpoint) for endpoint in TABLES}
        self._by_path = {_path_key(endpoint): entity for endpoint, entity in self.entities.items()}

    def __getitem__(self, endpoint: str) -> Entity:
        return self.entities[endpoint]

    def find(self, path: str) -> Entity | None:
        """Return the entity at `service/Entity`, or None."""
        return self._by_path.get(_path_key(path))

    def columns(self, table: str) -> dict[str, str]:
        """Return name and Edm type of every column that the endpoints of a table need."""
        found: dict[str, tuple[str, str]] = {}
        for entity in self.entities.values():
            if entity.table == table:  # SQLite knows no case: HID of one twin is Hid of the other
                found.update({field.name.lower(): (field.name, field.edm) for field in entity.scalars})
        return dict(found.values())


def _entity(directory: Path, endpoint: str) -> Entity:
    raw: dict[str, Any] = json.loads((directory / f"{endpoint.replace('/', '.')}.json").read_text("utf-8"))
    fields = {field["name"]: _field(field, also_posted=ALSO_POSTED.get(endpoint, frozenset())) for field in raw["fields"]}
    return Entity(
        endpoint=endpoint,
        name=raw["entity"].rsplit("/", 1)[-1],
        kind=raw["kind"],
        methods=frozenset(raw["methods"]),
        scope=_scope(raw["scope"]),
        page_max=raw["page_size"] or 60,
        keys=tuple(raw["key"]) or KEYS_OF.get(endpoint, ()),
        fields=fields,
        mandatory_filter=tuple(raw.get("mandatory_filter", KNOWN_FILTERS.get(endpoint, ()))),
        filterable=frozenset(raw.get("filterable", ())),
        select_required=bool(raw.get("select_required")),
        table=TABLES[endpoint],
    )


def _field(raw: dict[str, Any], *, also_posted: frozenset[str]) -> Field:
    return Field(
        name=raw["name"],
        edm=raw["edm_type"],
        mandatory=raw["mandatory"],
        post=raw["post"] or raw["name"] in also_posted,
        put=raw["put"],
        max_length=raw.get("max_length"),
        length_is_sure=raw.get("max_length_confidence") in ("high", "medium"),
    )


def _scope(label: str | None) -> str | None:
    """Turn a label of the reference, such as "Crm accounts", into a scope, such as "crm.accounts"."""
    return label.lower().replace(" ", ".") if label else None


def _path_key(path: str) -> str:
    service, _, name = path.rpartition("/")
    return f"{service.lower()}/{name}"


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    if name.endswith("sses"):
        return name[:-2]
    return name.removesuffix("s")
