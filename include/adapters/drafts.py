"""From a record of the shop to a draft of the outbox: routed, judged, mapped, or buried with its cause."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from include.administrations.loader import Administrations
from include.administrations.model import Administration, Target
from include.checks.source_totals import total_of
from include.errors import RecordError
from include.exact.documents import KINDS
from include.mappings.document import SalesDocument
from include.mappings.master_data import MasterData
from include.mappings.orders_to_invoices import not_a_sale, sales_document
from include.mappings.taken_back import TAKEN_BACK
from include.outbox.model import Cause, Draft, Key
from include.sources.records import BadRecord, ShopDocument, ShopOrder, ShopReturn

SOURCE = "webshop"
SALE, CREDIT = "sale", "credit"
ENDPOINTS = {Target.SALES_INVOICE: "salesinvoice/SalesInvoices", Target.SALES_ENTRY: "salesentry/SalesEntries"}
CANCELLED = "cancelled"

log = logging.getLogger(__name__)

Record = ShopDocument | BadRecord
Order = ShopOrder | BadRecord


@dataclass(frozen=True)
class Clerk:
    """Who drafts: for which administration and flow; `read_at` stands in for the moment of change that a bad record lacks.

    `customers`: the relations of customers, or the mutations that make them.
    """

    administration: Administration
    flow: str
    read_at: datetime
    customers: Mapping[str, UUID | Key | None] = field(default_factory=dict)

    def planned(self, record: ShopDocument, document: SalesDocument, endpoint: str, *, waits_for: Key | None = None) -> Draft:
        """The draft that sends a document for a record, as soon as its relation has an id in Exact."""
        key = key_of(record)
        relation = self.customers.get(record.customer_number or "")
        if waits_for is None and isinstance(relation, Key):
            return self.awaiting(record, endpoint, relation)
        wire = document.record.with_token(key.token)
        return Draft(
            key=key,
            administration=self.administration.name,
            division=self.administration.division,
            flow=self.flow,
            endpoint=endpoint,
            source_day=self.administration.local_day(record.ordered_at),
            source_version=record.version,
            source_changed_at=record.changed_at,
            mapped_with=self.administration.fingerprint,
            your_ref=record.number,
            payload=wire.payload(),
            look={name: getattr(document.record, name.lower()) for name in KINDS[endpoint].filter_fields},
            currency=document.currency,
            amount_net=document.net_fc,
            vat=document.vat_fc,
            subjects=document.subjects,
            waits_for=waits_for,
            **_for_people(record),
        )

    def awaiting(self, record: ShopDocument, endpoint: str, awaited: Key) -> Draft:
        """The draft of a record that is mapped once what it waits for is in Exact: what it needs of it is not known before."""
        return replace(self.buried(record, Cause("")), cause=None, endpoint=endpoint, waits_for=awaited)

    def buried(self, record: Record, cause: Cause, *, dismissed: bool = False) -> Draft:
        """The draft that sends nothing, and says why."""
        changed_at = record.changed_at or self.read_at
        ordered_at = record.ordered_at if isinstance(record, ShopDocument) else changed_at
        return Draft(
            key=key_of(record),
            administration=self.administration.name,
            division=self.administration.division,
            flow=self.flow,
            endpoint=ENDPOINTS[self.administration.target],
            source_day=self.administration.local_day(ordered_at),
            source_version=record.version,
            source_changed_at=changed_at,
            mapped_with=self.administration.fingerprint,
            your_ref=record.number,
            cause=cause,
            dismissed=dismissed,
            **_for_people(record),
        )

    def attempted(self, record: ShopDocument, mapped: Callable[[], Draft]) -> Draft:
        """The draft of a mapping, or a dead letter with what speaks against it."""
        try:
            return mapped()
        except RecordError as error:
            return self.buried(record, Cause(error.code, error.subject, error.facts))
        except (ValueError, TypeError, ArithmeticError, LookupError) as error:
            # What nobody thought of is one record's trouble as well: it must not stop the others.
            return self.buried(record, _not_mappable(record, error))


@dataclass(frozen=True)
class Drafting:
    """Drafts the sales of one administration; `read_at` stands in for the moment of change that a bad record lacks.

    `entry_days`: the days for the books that operators chose for single documents, by number and effect.
    """

    administration: Administration
    administrations: Administrations
    master: MasterData
    flow: str
    read_at: datetime
    entry_days: Mapping[tuple[str, str], date] = field(default_factory=dict)
    customers: Mapping[str, UUID | Key | None] = field(default_factory=dict)

    def customers_of(self, records: Sequence[Record]) -> list[str]:
        """The numbers of the customers whose relations are needed to book these records here."""
        wanted = [record for record in records if isinstance(record, ShopDocument) and record.status != CANCELLED and self._is_ours(record)]
        sold = [record for record in wanted if not (isinstance(record, ShopOrder) and not_a_sale(record))]
        return list(dict.fromkeys(record.customer_number for record in sold if record.customer_number))

    def _is_ours(self, record: ShopDocument) -> bool:
        here = self.administration
        return route_of(record, self.administrations) == here.name and here.local_day(record.ordered_at) >= here.book_from

    def drafts(self, records: Sequence[Order]) -> list[Draft]:
        """The drafts of these records, without those of other administrations, and those older than `book_from`."""
        return [draft for record in records if (draft := self.draft(record)) is not None]

    def drafts_again(self, records: Sequence[Order]) -> list[Draft]:
        """The drafts of records that are planned here already."""
        return [self.again(record) for record in records]

    def draft(self, record: Order) -> Draft | None:
        """The draft of a record, or None when it is another administration's, or older than `book_from`."""
        if route_of(record, self.administrations) != self.administration.name:
            return None
        if isinstance(record, BadRecord):
            return self._clerk.buried(record, Cause(record.code, record.subject, record.facts))
        if self.administration.local_day(record.ordered_at) < self.administration.book_from:
            return None
        return self._judged(record)

    def again(self, record: Order) -> Draft:
        """The draft of a record that is planned here already: when another administration would get it by now, it is a dead letter."""
        route = route_of(record, self.administrations)
        elsewhere = Cause("routed_elsewhere", route, {"planned_for": self.administration.name})
        return (self.draft(record) if route == self.administration.name else None) or self._clerk.buried(record, elsewhere)

    def _judged(self, record: ShopOrder) -> Draft:
        if record.status == CANCELLED:
            return self._clerk.buried(record, Cause("cancelled_in_source"), dismissed=True)
        if record.status == TAKEN_BACK:
            return self._clerk.buried(record, Cause("all_taken_back"), dismissed=True)
        if not_a_sale(record):
            return self._clerk.buried(record, Cause("not_a_sale"), dismissed=True)
        return self._clerk.attempted(record, lambda: self._mapped(record))

    def _mapped(self, record: ShopOrder) -> Draft:
        document = sales_document(record, self.administration, self.master, self.entry_days.get((record.number, SALE)))
        return self._clerk.planned(record, document, ENDPOINTS[self.administration.target])

    @property
    def _clerk(self) -> Clerk:
        return Clerk(self.administration, self.flow, self.read_at, self.customers)


def route_of(record: Record, administrations: Administrations) -> str:
    """The administration that books the record's country by the files of today; the one that takes the rest for what is no country."""
    try:
        return administrations.route(record.country or "").name
    except RecordError:
        return next(each.name for each in administrations if each.routes.rest)


def key_of(record: Record) -> Key:
    """The key of what a record wants in Exact."""
    return Key(SOURCE, record.number, effect_of(record))


def _for_people(record: Record) -> dict[str, Any]:
    """What a record is found by when its number is not at hand."""
    if isinstance(record, BadRecord):
        return {}
    total = total_of(record)
    if total is not None and effect_of(record) == CREDIT:
        total = -total
    return {"customer": record.customer_number or "", "total": total, "total_currency": record.currency}


def effect_of(record: Record) -> str:
    """What a record wants in Exact: a sale, or a credit."""
    returned = isinstance(record, ShopReturn) or (isinstance(record, BadRecord) and record.kind == "return")
    return CREDIT if returned else SALE


def _not_mappable(record: ShopDocument, error: Exception) -> Cause:
    """Where it happened, but not the error's own text, which may quote the record."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    log.error("%s cannot be mapped: %s at %s", record.number, type(error).__name__, place)
    return Cause("not_mappable", type(error).__name__, {"order": record.number, "at": place})
