"""A posted Atom entry as the object that its JSON twin would be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from include.sandbox.answers import BadRequestError
from include.sandbox.atom_feed import DATA, METADATA, RELATED
from include.sandbox.catalogue import Catalogue, Entity
from include.sandbox.payload import TOP_LEVEL

ATOM = "{http://www.w3.org/2005/Atom}"
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)


def is_atom(content_type: str) -> bool:
    """Tell whether a body is Atom by its header."""
    return content_type.partition(";")[0].strip().lower() in ("application/atom+xml", "application/xml")


def read_entry(body: bytes, entity: Entity, catalogue: Catalogue) -> dict[str, Any]:
    """Return what an entry says: values by property, lists of objects by collection. Raises `BadRequestError`."""
    if DOCTYPE.search(body):
        raise BadRequestError(TOP_LEVEL)
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - entities need a DOCTYPE, and that is refused above
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise BadRequestError(TOP_LEVEL) from error
    if root.tag != f"{ATOM}entry":
        raise BadRequestError(TOP_LEVEL)
    return dict(_members(root, entity, catalogue))


def _members(entry: ElementTree.Element, entity: Entity, catalogue: Catalogue) -> Iterator[tuple[str, Any]]:
    for properties in entry.iter(f"{{{METADATA}}}properties"):
        yield from ((_name(element), _value(element, entity)) for element in properties)
        break
    for link in entry.findall(f"{ATOM}link"):
        relation, inline = link.get("rel", ""), link.find(f"{{{METADATA}}}inline")
        if relation.startswith(RELATED) and inline is not None:
            name = relation.removeprefix(RELATED)
            child = entity.child(name)
            rows = inline.findall(f"{ATOM}feed/{ATOM}entry")
            yield name, [dict(_members(row, catalogue[child[0]] if child else entity, catalogue)) for row in rows]


def _name(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(f"{{{DATA}}}")


def _value(element: ElementTree.Element, entity: Entity) -> Any:
    if element.get(f"{{{METADATA}}}null") == "true":
        return None
    text, known = element.text or "", entity.fields.get(_name(element))
    return BOOLEANS.get(text.strip().lower(), text) if known and known.edm == "Edm.Boolean" else text
