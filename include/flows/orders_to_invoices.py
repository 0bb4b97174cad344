"""Orders of the webshop become draft sales invoices or sales entries in Exact."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from include.adapters.drafts import SOURCE, Drafting, Record, effect_of
from include.administrations.model import Mode
from include.outbox.model import Cursor, Draft, Tally
from include.run import Run

log = logging.getLogger(__name__)

FLOW = "orders_to_invoices"
# Rows that the shop commits late carry an earlier moment of change: read so far back each time.
OVERLAP = timedelta(hours=2)
BATCH = 200


def book_orders(run: Run) -> Tally:
    """Plan a document for each order that changed, then send what is planned."""
    if run.administration.mode is Mode.OFF:
        log.info("%s is off: its orders are not looked at", run.administration.name)
        return Tally()
    tally: Tally = Tally()
    drafting = Drafting(run.administration, run.administrations, run.master, FLOW, run.window.until)
    for records, cursor in _pages(run):
        drafts = [draft for record in _news(run, records, tally) if (draft := drafting.draft(record)) is not None]
        tally += _judge(run, drafts) if run.dry_run else run.outbox.plan(drafts, cursor)
    if not run.dry_run:
        tally += _planned_again(run, drafting)
        tally += run.outbox.drain(only=_asked_for(run))
    return _told(run, tally)


def _planned_again(run: Run, drafting: Drafting) -> Tally:
    """Map again what was planned with another configuration, as while observing; what is older than `book_from` by now is dismissed."""
    store, here = run.outbox.store, run.administration
    tally: Tally = Tally({"dismissed": store.dismiss_before(here.division, here.book_from)})
    numbers = store.planned_otherwise(here.division, FLOW, here.fingerprint)
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        records = [*run.sources.orders_by_number(batch), *run.sources.returns_by_number(batch)]
        tally += run.outbox.plan([drafting.again(record) for record in records])
    return tally


def _asked_for(run: Run) -> frozenset[int] | None:
    """The mutations of the orders that the run names; None when it names none, and all that is planned is meant."""
    numbers = run.window.order_numbers
    return run.outbox.store.ids_of(SOURCE, numbers) if numbers else None


def _pages(run: Run) -> Iterator[tuple[list[Record], Cursor | None]]:
    if run.window.order_numbers:
        numbers = run.window.order_numbers
        yield [*run.sources.orders_by_number(numbers), *run.sources.returns_by_number(numbers)], None
        return
    for feed, read in (("orders", run.sources.orders), ("returns", run.sources.returns)):
        for page in read(_since(run, feed), run.window.until):
            yield list(page), _cursor(run, feed, list(page))


def _news(run: Run, records: list[Record], tally: Tally) -> list[Record]:
    """Leave out what is known in this version: mapping it again would cost a read for each thing that Exact lacks."""
    known = run.figures.known_versions(SOURCE, [record.number for record in records])
    here = run.administration.division
    news = [record for record in records if known.get((record.number, effect_of(record))) != (record.version, here)]
    tally["known"] += len(records) - len(news)
    return news


def _since(run: Run, feed: str) -> datetime:
    if not run.window.follows_cursor:
        return run.window.since
    read_to = run.outbox.store.cursor(f"{FLOW}/{feed}", run.administration.name)
    if read_to is None:
        return datetime.combine(run.administration.book_from, time.min, UTC) - OVERLAP
    return min(read_to, run.window.since) - OVERLAP


def _cursor(run: Run, feed: str, page: list[Record]) -> Cursor | None:
    moments = [record.changed_at for record in page if record.changed_at is not None]
    if not run.window.follows_cursor or not moments:
        return None
    return Cursor(f"{FLOW}/{feed}", run.administration.name, max(moments))


def _judge(run: Run, drafts: list[Draft]) -> Tally:
    """Say what planning would do, and undo it."""
    tally = run.outbox.store.plan(drafts, None, keep=False)
    for draft in drafts:
        verdict = f"{draft.state}: {draft.cause}" if draft.cause else f"one call, {draft.amount_net} {draft.currency} excl. VAT"
        log.info("dry run: %s %s would be %s", draft.key.effect, draft.your_ref, verdict)
    return Tally({f"would_be_{verdict}": count for verdict, count in tally.items()})


def _told(run: Run, tally: Tally) -> Tally:
    tally["calls"] = run.calls()
    if run.dry_run:
        tally["would_be_calls"] = tally["would_be_planned"] + tally["would_be_superseded_planned"]
    log.info("%s: %s", run.administration.name, ", ".join(f"{count} {what}" for what, count in sorted(tally.items())) or "nothing new")
    return tally
