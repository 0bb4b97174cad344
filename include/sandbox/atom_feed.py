"""Rows of the books as Atom, the default representation: feed, entry, `m:properties` (FACTS 3.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from include.sandbox.catalogue import Entity
from include.sandbox.clock import moment
from include.sandbox.odata_json import Page, Renderer
from include.sandbox.sheet import Column, Sheet

DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"
METADATA = f"{DATA}/metadata"
RELATED = f"{DATA}/related/"
DECLARATION = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n'
NAMESPACES = f'xmlns="http://www.w3.org/2005/Atom" xmlns:d="{DATA}" xmlns:m="{METADATA}"'
# .NET writes what XML 1.0 forbids as references, so strict parsers choke on them (FACTS 3.1).
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]")

FEED = (
    '<title type="text">{title}</title><id>{uri}</id><updated>{now}</updated>'
    '<link rel="self" title="{title}" href={href} />{author}{entries}{following}'
)
ENTRY = (
    '<id>{uri}</id><title type="text"></title><updated>{now}</updated><author><name /></author>'
    '<link rel="edit" title="{title}" href={href} />{links}'
    '<category term="{type}" scheme="' + DATA + '/scheme" />'
    '<content type="application/xml"><m:properties>{properties}</m:properties></content>'
)
LINK = '<link rel="' + RELATED + '{name}" type="application/atom+xml;type=feed" title="{name}" href={href}{end}'
ERROR = DECLARATION + '<error xmlns="' + METADATA + '"><code></code><message xml:lang="">{text}</message></error>'


def text_of(value: str) -> str:
    """Return a text as element content."""
    if SPECIAL.search(value) is None:
        return value
    escaped = escape(value)
    return FORBIDDEN.sub(lambda found: f"&#x{ord(found.group()):X};", escaped) if FORBIDDEN.search(escaped) else escaped


def error(text: str) -> bytes:
    """Return the body of an error: code and language stay empty, as in JSON (FACTS 3.15)."""
    return ERROR.format(text=text_of(text)).encode("utf-8")


@lru_cache(maxsize=65_536)
def _date(value: int) -> str:
    at, milliseconds = moment(value), value % 1000
    fraction = f".{milliseconds:03d}".rstrip("0") if milliseconds else ""
    return f"{at:%Y-%m-%dT%H:%M:%S}{fraction}"


def _double(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def _boolean(value: Any) -> str:
    return "true" if value else "false"


def _string(value: Any) -> str:
    return text_of(str(value))


def _plain(value: Any) -> str:
    """Return a number or a GUID, which nothing in XML can mistake."""
    return str(value)


CONVERTERS: dict[str, Callable[[Any], str]] = {"Edm.DateTime": _date, "Edm.Double": _double, "Edm.Boolean": _boolean, "Edm.String": _string}


@lru_cache(maxsize=512)
def _templates(entity: Entity, names: tuple[str, ...]) -> tuple[tuple[str, str, str, Callable[[Any], str]], ...]:
    """Return per property its name, what opens it, what stands for null, and how its value becomes text."""
    found = []
    for name in dict.fromkeys(names):
        edm = entity.fields[name].edm
        typed = "" if edm == "Edm.String" else f' m:type="{edm}"'
        found.append((name, f"<d:{name}{typed}>", f'<d:{name}{typed} m:null="true" />', CONVERTERS.get(edm, _plain)))
    return tuple(found)


class AtomRenderer(Renderer):
    """Renders rows of one service, for one base address."""

    media_type = "application/atom+xml;charset=utf-8"

    def _converted(self, entity: Entity, sheet: Sheet, names: tuple[str, ...]) -> Iterator[tuple[str, Column]]:
        """Yield an element per property and row."""
        for name, opening, null, converter in _templates(entity, names):
            closing = f"</d:{name}>"
            yield name, [null if value is None else f"{opening}{converter(value)}{closing}" for value in sheet.column(name)]

    def _about(self, entity: Entity, sheet: Sheet) -> Column:
        """Return what each entry needs besides its elements."""
        kind = entity.type_name
        return [{"uri": uri, "type": kind, "entity": entity} for uri in self._uris(entity, sheet)]

    def collection(self, entity: Entity, rows: list[dict[str, Any]], page: Page) -> bytes:
        """Return a feed; Atom knows no bare arrays."""
        count = "" if page.count is None else f"<m:count>{page.count}</m:count>"
        feed = self._feed(entity, rows, self._base + entity.endpoint, page.next_link)
        return f"{DECLARATION}<feed xml:base={self._service(entity)} {NAMESPACES}>{count}{feed}</feed>".encode()

    def single(self, entity: Entity, row: dict[str, Any]) -> bytes:
        """Return an entry."""
        return f"{DECLARATION}<entry xml:base={self._service(entity)} {NAMESPACES}>{self._entry(row)}</entry>".encode()

    def _service(self, entity: Entity) -> str:
        return quoteattr(self._base + entity.endpoint.removesuffix(entity.name))

    def _feed(self, entity: Entity, rows: list[dict[str, Any]], uri: str, following: str | None = None) -> str:
        return FEED.format(
            title=entity.name,
            uri=escape(uri),
            now=self._now,
            href=quoteattr(self._relative(entity, uri)),
            author="" if rows else "<author><name /></author>",
            entries="".join(f"<entry>{self._entry(row)}</entry>" for row in rows),
            following=f'<link rel="next" href={quoteattr(following)} />' if following else "",
        )

    def _entry(self, row: dict[str, Any]) -> str:
        about = row["__metadata"]
        entity: Entity = about["entity"]
        href = self._relative(entity, about["uri"])
        return ENTRY.format(
            uri=escape(about["uri"]),
            now=self._now,
            title=about["type"].rpartition(".")[2],
            href=quoteattr(href),
            links="".join(self._link(entity, name, value, href) for name, value in row.items() if self._is_link(name, value)),
            type=about["type"],
            properties="".join(value for value in row.values() if isinstance(value, str)),
        )

    @staticmethod
    def _is_link(name: str, value: Any) -> bool:
        return isinstance(value, dict) and name != "__metadata"

    def _link(self, entity: Entity, name: str, value: dict[str, Any], href: str) -> str:
        """Return the link to a collection: deferred, or with its rows inline where it was expanded."""
        address = f"{href}/{name}"
        if "results" not in value:
            return LINK.format(name=name, href=quoteattr(address), end=" />")
        rows = value["results"]
        child: Entity = rows[0]["__metadata"]["entity"] if rows else entity
        feed = self._feed(child, rows, self._base + entity.endpoint.removesuffix(entity.name) + address)
        return LINK.format(name=name, href=quoteattr(address), end=f"><m:inline><feed>{feed}</feed></m:inline></link>")

    def _relative(self, entity: Entity, uri: str) -> str:
        return uri.removeprefix(self._base + entity.endpoint.removesuffix(entity.name))
