"""From a record of the shop to a draft of the outbox: routed, judged, mapped, or buried with its cause."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from include.administrations.loader import Administrations
from include.administrations.model import Administration, Target
from include.errors import RecordError
from include.exact.documents import KINDS
from include.mappings.master_data import MasterData
from include.mappings.orders_to_invoices import not_a_sale, sales_document
from include.outbox.model import Cause, Draft, Key
from include.sources.records import BadRecord, ShopDocument, ShopOrder, ShopReturn

SOURCE = "webshop"
ENDPOINTS = {Target.SALES_INVOICE: "salesinvoice/SalesInvoices", Target.SALES_ENTRY: "salesentry/SalesEntries"}
CANCELLED = "cancelled"

log = logging.getLogger(__name__)

Record = ShopDocument | BadRecord


@dataclass(frozen=True)
class Drafting:
    """Drafts the documents of one administration; `read_at` stands in for the moment of change that a bad record lacks."""

    administration: Administration
    administrations: Administrations
    master: MasterData
    flow: str
    read_at: datetime

    def draft(self, record: Record) -> Draft | None:
        """The draft of a record, or None when it is another administration's, or older than `book_from`."""
        if self._route(record) != self.administration.name:
            return None
        if isinstance(record, BadRecord):
            return self._draft(record, Cause(record.code, record.subject, record.facts))
        if self.administration.local_day(record.ordered_at) < self.administration.book_from:
            return None
        return self._judged(record)

    def again(self, record: Record) -> Draft:
        """The draft of a record that is planned here already: when another administration would get it by now, it is a dead letter."""
        route = self._route(record)
        elsewhere = Cause("routed_elsewhere", route, {"planned_for": self.administration.name})
        return (self.draft(record) if route == self.administration.name else None) or self._draft(record, elsewhere)

    def _route(self, record: Record) -> str:
        try:
            return self.administrations.route(record.country or "").name
        except RecordError:
            return next(each.name for each in self.administrations if each.routes.rest)

    def _judged(self, record: ShopDocument) -> Draft:
        if record.status == CANCELLED:
            return self._draft(record, Cause("cancelled_in_source"), dismissed=True)
        if not isinstance(record, ShopOrder):
            return self._draft(record, Cause("returns_not_yet_booked"))
        if not_a_sale(record):
            return self._draft(record, Cause("not_a_sale"), dismissed=True)
        try:
            return self._mapped(record)
        except RecordError as error:
            return self._draft(record, Cause(error.code, error.subject, error.facts))
        except (ValueError, TypeError, ArithmeticError, LookupError) as error:
            # What nobody thought of is one record's trouble as well: it must not stop the others.
            return self._draft(record, _not_mappable(record, error))

    def _mapped(self, record: ShopOrder) -> Draft:
        key = _key(record)
        document = sales_document(record, self.administration, self.master)
        endpoint = ENDPOINTS[self.administration.target]
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
        )

    def _draft(self, record: Record, cause: Cause, *, dismissed: bool = False) -> Draft:
        changed_at = record.changed_at or self.read_at
        ordered_at = record.ordered_at if isinstance(record, ShopDocument) else changed_at
        return Draft(
            key=_key(record),
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
        )


def _not_mappable(record: ShopDocument, error: Exception) -> Cause:
    """Where it happened, but not the error's own text, which may quote the record."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    log.error("%s cannot be mapped: %s at %s", record.number, type(error).__name__, place)
    return Cause("not_mappable", type(error).__name__, {"order": record.number, "at": place})


def _key(record: Record) -> Key:
    return Key(SOURCE, record.number, effect_of(record))


def effect_of(record: Record) -> str:
    """What a record wants in Exact: a sale, or a credit."""
    returned = isinstance(record, ShopReturn) or (isinstance(record, BadRecord) and record.kind == "return")
    return "credit" if returned else "sale"
