"""The whole story of one document: the shop's row, what was decided when and by whom, the calls, the document in Exact.

No personal data: numbers, moments, totals and codes, as they stand in the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from include.checks.source_totals import net_of
from include.exact.client import ExactClient, Query
from include.exact.documents import KINDS, find_by_id, find_by_token
from include.exact.odata import stamp
from include.outbox.causes import Language, explain
from include.sources.records import BadRecord, Customer, ShopDocument, ShopReturn
from include.sources.webshop import Webshop
from include.store.database import Row
from include.store.deeds import Noted
from include.store.figures import FigureStore

HEADER = 0
CUSTOMER = "customer"


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """What the webshop holds now."""

    kind: str
    number: str
    status: str
    ordered_at: datetime | None
    invoiced_at: datetime | None
    changed_at: datetime | None
    country: str | None
    currency: str | None
    lines: int
    net: Decimal | None
    total_paid: Decimal | None
    version: str


@dataclass(frozen=True, kw_only=True)
class MirroredDocument:
    """The document as the mirror has it, read at `pulled_at`."""

    pulled_at: datetime
    fields: Mapping[str, Any]
    lines: int


@dataclass(frozen=True, kw_only=True)
class Story:
    """One mutation from its source row to its document in Exact; `deeds`: what people did about it.

    `changed_since`: the shop's row is not the version that the outbox knows; `untouched`: the chain of events is whole.
    """

    mutation: Mapping[str, Any]
    source: SourceRow | None
    changed_since: bool
    events: Sequence[Row]
    calls: Sequence[Row]
    untouched: bool
    cause: str | None
    cure: str | None
    mirrored: MirroredDocument | None
    deeds: Sequence[Noted] = ()


SHOWN = (
    "mutation_id", "source_system", "source_id", "effect", "effect_number", "administration", "division", "endpoint", "state", "your_ref",
    "token", "source_day", "source_version", "payload_version", "payload_sha256", "currency", "amount_net", "vat", "attempt", "exact_id",
    "exact_number", "posted_at", "late_by_s", "cause_code", "cause_subject", "cause_facts",
)  # fmt: skip


def find_mutations(figures: FigureStore, number: str) -> list[Row]:
    """Mutations by the shop's number, by the number or id in Exact, or by a number that Exact gave later."""
    found = figures.trace(number)
    for kind in KINDS.values():
        terms = {"entity": kind.mirror_entity, "id_field": kind.mirror_id_field, "number_field": kind.number_field}
        found = found or figures.trace_mirrored(number, **terms)
    return found


def source_rows(webshop: Webshop, number: str) -> list[SourceRow]:
    """The order, the return and the customer of that number, as the shop has them now."""
    records = [*webshop.orders_by_number([number]), *webshop.returns_by_number([number])]
    return [*map(_source_row, records), *map(_customer_row, webshop.customers_by_number([number]))]


def story_of(figures: FigureStore, webshop: Webshop, row: Row, *, language: Language, deeds: Sequence[Noted] = ()) -> Story:
    """Gather all that is known about a mutation."""
    document = "return" if row["effect"] == "credit" else "order"
    wanted = CUSTOMER if row["key_division"] else document
    source = next((each for each in source_rows(webshop, row["source_id"]) if each.kind == wanted), None)
    events = figures.events(row["mutation_id"])
    texts = explain(row["cause_code"], row["cause_subject"], language) if row["cause_code"] and row["state"] != "posted" else (None, None)
    return Story(
        mutation={name: row[name] for name in SHOWN},
        source=source,
        changed_since=source is not None and source.version != row["source_version"],
        events=events,
        calls=figures.calls_of(row["mutation_id"]),
        untouched=bool(events) and all(event["untouched"] for event in events) and all(deed.untouched for deed in deeds),
        cause=texts[0],
        cure=texts[1],
        mirrored=_mirrored(figures, row),
        deeds=deeds,
    )


def live_document(client: ExactClient, row: Row) -> Row | None:
    """The document as Exact has it now, in one call, by its id or else by its token; None when Exact has none."""
    kind = KINDS[row["endpoint"]]
    fields = tuple(dict.fromkeys((kind.id_field, kind.number_field, kind.token_field, *kind.shown)))
    known = row["exact_id"] or row["target_id"]
    where = find_by_id(kind, known, row["look"]) if known else find_by_token(kind, row["token"], row["look"])
    found = next(client.rows(Query(row["endpoint"], fields, where)), None)
    return {name: _readable(found.get(name)) for name in fields} if found else None


def _readable(value: Any) -> Any:
    """A day as people write it, whatever Exact wraps it into."""
    moment = stamp(value) if isinstance(value, str) else None
    return moment.date().isoformat() if moment else value


def _source_row(record: ShopDocument | BadRecord) -> SourceRow:
    if isinstance(record, BadRecord):
        return _unreadable(record)
    return SourceRow(
        kind="return" if isinstance(record, ShopReturn) else "order",
        number=record.number,
        status=record.status,
        ordered_at=record.ordered_at,
        invoiced_at=record.invoiced_at,
        changed_at=record.changed_at,
        country=record.country,
        currency=record.currency,
        lines=len(record.lines),
        net=net_of(record),
        total_paid=record.total_paid,
        version=record.version,
    )


def _customer_row(record: Customer | BadRecord) -> SourceRow:
    if isinstance(record, BadRecord):
        return _unreadable(record)
    return SourceRow(
        kind=CUSTOMER,
        number=record.number,
        status="open",
        ordered_at=None,
        invoiced_at=None,
        changed_at=record.changed_at,
        country=record.country,
        currency=None,
        lines=0,
        net=None,
        total_paid=None,
        version=record.version,
    )


def _unreadable(record: BadRecord) -> SourceRow:
    return SourceRow(
        kind=record.kind,
        number=record.number,
        status=f"unreadable: {record.code} {record.subject}",
        ordered_at=None,
        invoiced_at=None,
        changed_at=record.changed_at,
        country=record.country,
        currency=None,
        lines=0,
        net=None,
        total_paid=None,
        version=record.version,
    )


def _mirrored(figures: FigureStore, row: Row) -> MirroredDocument | None:
    if row["exact_id"] is None:
        return None
    kind = KINDS[row["endpoint"]]
    where = {"id_field": kind.mirror_id_field, "exact_id": str(row["exact_id"])}
    rows = figures.mirrored_rows(row["division"], kind.mirror_entity, **where)
    header = next((each for each in rows if each["data"].get("LineNumber") == HEADER), None)
    if header is None:
        return None
    fields = {name: value for name, value in header["data"].items() if value is not None}
    return MirroredDocument(pulled_at=header["pulled_at"], fields=fields, lines=len(rows) - 1)
