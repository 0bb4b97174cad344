"""Do the shop and Exact agree, to the cent? Each difference gets its kind and its documents, and what needs a person becomes a case."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from include.adapters.expected_sales import ExpectedSales, vat_types_of
from include.adapters.mirrored_sales import LEDGER_ACCOUNTS, mirrored_documents
from include.administrations.loader import Administrations
from include.administrations.model import Administration, Mode
from include.exact.entities import DOCUMENTS, MASTER_DATA
from include.outbox.model import Tally
from include.reports.reconciliation_kinds import WITH_CASE, Amount, Compared, compared, kind_of
from include.run import Run, Window
from include.sources.webshop import BUSINESS_DAY, Webshop
from include.store.audit import Days
from include.store.mirror import MirrorStore
from include.store.reconciliation import Books, Difference, ReconciliationStore

log = logging.getLogger(__name__)

VAT_CODES = next(entity for entity in MASTER_DATA if entity.name == "VATCodes")
# A night looks back so far, since people change documents after the day.
LOOKS_BACK = timedelta(days=30)
# A difference that is older than this, and still open, is looked at when somebody asks for its days.
LOOKS_BACK_MOST = timedelta(days=400)


@dataclass(frozen=True)
class BothSides:
    """The shop, the memory that holds the mirrors, and which books there are."""

    shop: Webshop
    administrations: Administrations
    store: ReconciliationStore
    mirrors: Mapping[str, MirrorStore]


def refresh_books(run: Run) -> Tally:
    """Bring the mirror's documents up to date, deletions too, and note what people changed: some three calls."""
    if run.administration.mode is Mode.OFF:
        return Tally()
    run.pulls.pull_missing([LEDGER_ACCOUNTS, VAT_CODES])
    documents = DOCUMENTS[mirrored_documents(run.administration)]
    return Tally({documents.name: run.pulls.pull(documents), "deleted": run.pulls.pull_deleted()}) + run.way_back.follow()


def days_of(window: Window, oldest_open: date | None) -> Days:
    """The days of a window. A scheduled run looks back, to the oldest difference that is still open; others keep to what was asked."""
    since, until = (moment.astimezone(BUSINESS_DAY).date() for moment in (window.since, window.until))
    until = max(until, since + timedelta(days=1))
    if not window.follows_cursor:
        return Days(since, until)
    oldest = max(oldest_open or since, since - LOOKS_BACK_MOST)
    return Days(min(since - LOOKS_BACK, oldest), until)


def reconcile(sides: BothSides, days: Days, started_by: str) -> Tally:
    """Compare the days of all administrations; returns counts: documents, kinds of differences, settled ones, and the run's number."""
    store = sides.store
    books = _books(sides)
    store.begin(books.values())
    for page in _expected(sides, books).amounts(days, store.now()):
        store.load_shop(page)
    store.shop_is_read()
    store.load_exact(days.since, days.until)
    run_id = store.begin_run(days.since, days.until, started_by)
    tally = classified(store, run_id, {each.division: name for name, each in books.items()})
    row = store.finish(run_id, WITH_CASE)
    tally += Tally({name: row[f"{name}_documents"] for name in ("expected", "booked", "agreeing")}) + Tally(settled=row["settled"])
    log.info("%s to %s: %s", days.since, days.until, ", ".join(f"{count} {what}" for what, count in sorted(tally.items())))
    return tally + Tally(run_id=run_id)


def classified(store: ReconciliationStore, run_id: int, names: Mapping[int, str]) -> Tally:
    """Compare what was loaded, and keep each document that differs with its one kind; `names` of the administrations by division."""
    store.analyse()
    store.compare(run_id)
    tally: Tally = Tally()
    for rows in store.differing():
        found = [difference_of(row, names) for row in rows]
        tally.update(each.kind for each in found)
        store.keep(run_id, found)
    return tally


def difference_of(row: Mapping[str, Any], names: Mapping[int, str]) -> Difference:
    """What is kept of a row of `differing`."""
    document = compared(row)
    division = document.expected_in or document.amounts[0].division
    return Difference(
        kind=kind_of(document).value,
        administration=names[division],
        division=division,
        day=row["day"],
        document_type=row["effect"],
        number=row["document"],
        mutation_id=row["mutation_id"],
        state=row["state"],
        cause_code=row["cause_code"],
        cause_subject=row["cause_subject"],
        facts=_facts(row, document, names),
        documents=[{name: value for name, value in each.items() if value is not None} for each in row["documents"]],
        amounts=[_kept(each, names) for each in document.amounts],
    )


def _facts(row: Mapping[str, Any], document: Compared, names: Mapping[int, str]) -> dict[str, Any]:
    """What helps a person at a glance; when nothing of it changes, a decision about the difference stays."""
    gaps = {
        f"{names[each.division]} {each.currency} {each.vat_code}".rstrip(): _told(each)
        for each in document.amounts
        if (each.expected.net, each.expected.vat, each.expected.documents) != (each.booked.net, each.booked.vat, each.booked.documents)
    }
    sent_at, changed_at = row["source_changed_at"], row["changed_at"]
    since = {"changed in the shop since": "yes"} if sent_at is not None and changed_at is not None and changed_at > sent_at else {}
    return {**gaps, **since}


def _told(amount: Amount) -> str:
    return (
        f"{_money(amount.expected.gross)} → {_money(amount.booked.gross)}, VAT {_money(amount.expected.vat)} → {_money(amount.booked.vat)}"
    )


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _kept(each: Amount, names: Mapping[int, str]) -> tuple[str, str, str, tuple[int, int, int], tuple[int, int, int]]:
    expected, booked = ((side.documents, side.net, side.vat) for side in (each.expected, each.booked))
    return names[each.division], each.currency, each.vat_code, expected, booked


def _books(sides: BothSides) -> dict[str, Books]:
    """The books that the mirror has read; what was never read is compared with nothing, and said so."""
    found: dict[str, Books] = {}
    for each in sides.administrations:
        seen_at = sides.mirrors[each.name].pulled_at(mirrored_documents(each)) if each.mode is not Mode.OFF else None
        if seen_at is None:
            log.warning("%s is not compared: it is off, or the mirror holds none of its documents yet", each.name)
            continue
        found[each.name] = _books_of(each, seen_at)
    return found


def _books_of(administration: Administration, seen_at: Any) -> Books:
    entity = mirrored_documents(administration)
    return Books(administration.division, administration.name, entity, administration.journals.sales, seen_at)


def _expected(sides: BothSides, books: Mapping[str, Books]) -> ExpectedSales:
    types = {name: vat_types_of(row["data"] for row in sides.mirrors[name].records(VAT_CODES.name)) for name in books}
    return ExpectedSales(sides.shop, sides.administrations, types)
