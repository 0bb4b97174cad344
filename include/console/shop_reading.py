"""The shop's documents of some days, read once, and whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from include.adapters.drafts import CREDIT, effect_of
from include.administrations.loader import Administrations
from include.administrations.model import Administration
from include.checks.completeness import SourceRecord
from include.checks.source_totals import net_of, net_off_by
from include.errors import RecordError
from include.sources.records import BadRecord, ShopDocument
from include.sources.webshop import BUSINESS_DAY, Webshop
from include.store.audit import Days

# Days of the books begin at other moments in other time zones.
MARGIN = timedelta(days=1)


@dataclass(frozen=True)
class ShopReading:
    """Records by administration; `counted` by the shop in one sum, `read` one by one in the same span."""

    records: dict[str, list[SourceRecord]]
    counted: int
    read: int

    def keys_but_of(self, administration: str) -> set[tuple[str, str]]:
        """Number and effect of what belongs to other administrations."""
        others = (records for name, records in self.records.items() if name != administration)
        return {(record.number, record.effect) for records in others for record in records}


def read_shop(webshop: Webshop, administrations: Administrations, days: Days) -> ShopReading:
    """Read orders and returns of these days, by moment of change: none changes before it is ordered."""
    begin = datetime.combine(days.since, time.min, BUSINESS_DAY)
    end = datetime.combine(days.until, time.min, BUSINESS_DAY)
    records: dict[str, list[SourceRecord]] = defaultdict(list)
    read: set[tuple[str, str]] = set()
    for record in _all(webshop, begin - MARGIN):
        if isinstance(record, BadRecord) or begin <= record.ordered_at < end:
            read.add((record.number, effect_of(record)))
        administration = _route(administrations, record)
        if _concerns(administration, record, days):
            records[administration.name].append(_summary(administration, record))
    counted = sum(total.documents for total in webshop.counts_and_sums_per_day(begin, end))
    return ShopReading({name: _once(each) for name, each in records.items()}, counted, len(read))


def _all(webshop: Webshop, since: datetime) -> Iterator[ShopDocument | BadRecord]:
    until = datetime.now(UTC) + MARGIN
    for read in (webshop.orders, webshop.returns):
        for page in read(since, until):
            yield from page


def _route(administrations: Administrations, record: ShopDocument | BadRecord) -> Administration:
    try:
        return administrations.route(record.country or "")
    except RecordError:
        return next(each for each in administrations if each.routes.rest)


def _concerns(administration: Administration, record: ShopDocument | BadRecord, days: Days) -> bool:
    if isinstance(record, BadRecord):
        return record.changed_at is None or administration.local_day(record.changed_at) in days
    day = administration.local_day(record.ordered_at)
    return day in days and day >= administration.book_from


def _summary(administration: Administration, record: ShopDocument | BadRecord) -> SourceRecord:
    document = record if isinstance(record, ShopDocument) else None
    return SourceRecord(
        number=record.number,
        effect=effect_of(record),
        day=administration.local_day(document.ordered_at) if document else None,
        currency=document.currency if document else "",
        net=_net(document) if document else None,
        version=record.version,
        changed_at=record.changed_at,
        net_off_by=net_off_by(document) if document else Decimal(0),
    )


def _net(document: ShopDocument) -> Decimal | None:
    """What goes back to the customer counts less."""
    net = net_of(document)
    return -net if net is not None and effect_of(document) == CREDIT else net


def _once(records: list[SourceRecord]) -> list[SourceRecord]:
    return list({(record.number, record.effect): record for record in records}.values())
