"""How a flow reads its feed of the shop: a window or single records, only what is new, and what is planned already mapped again.

What flows that move documents have in common, as they never import each other: it stands between them and `run`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Generic, Protocol, TypeVar

from include.adapters.changes import numbered
from include.adapters.credits import Crediting, Return
from include.adapters.drafts import CREDIT, SALE, SOURCE, Drafting, Order
from include.adapters.net_orders import NetOrders
from include.adapters.relations import ACCOUNT, CHANGED_IN_EXACT, FLOW
from include.adapters.relations import Record as CustomerRecord
from include.adapters.standing import Standing
from include.administrations.model import Mode
from include.outbox.model import Cursor, Draft, Mutation, Tally
from include.run import Run
from include.sources.records import BadRecord, ShopDocument
from include.store.outbox import MovedOnError

log = logging.getLogger(__name__)

# Rows that the shop commits late carry an earlier moment of change: read so far back each time.
OVERLAP = timedelta(hours=2)
BATCH = 200
# So often are drafts judged beside documents that another worker is sending at this moment.
JUDGED_MAX = 3
# The flows, as their Dags are called.
ORDERS, RETURNS = "orders_to_invoices", "returns_to_credit_notes"


class FeedRecord(Protocol):
    """What every record of a feed has, one that could not be read included."""

    @property
    def number(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def changed_at(self) -> datetime | None: ...


R = TypeVar("R", bound=FeedRecord)


@dataclass(frozen=True, kw_only=True)
class Feed(Generic[R]):
    """A feed of the shop, and what a flow makes of its records.

    `drafts` leaves out what is another administration's; `again` has a draft for each record, since all of them are planned here already.
    `is_booked`: it needs journals, periods and accounts, which are checked first.
    """

    flow: str
    name: str
    effect: str
    read: Callable[[datetime, datetime], Iterator[Sequence[R]]]
    by_number: Callable[[Sequence[str]], Sequence[R]]
    drafts: Callable[[Sequence[R]], list[Draft]]
    again: Callable[[Sequence[R]], list[Draft]]
    is_booked: bool = True


def orders_feed(run: Run) -> Feed[Order]:
    """Orders, which become sales."""
    drafting, orders = _drafting(run), NetOrders(run.sources, run.credits)
    return Feed(
        flow=ORDERS,
        name="orders",
        effect=SALE,
        read=orders.orders,
        by_number=orders.orders_by_number,
        drafts=lambda orders: [*_relations(run, drafting, orders), *drafting.drafts(orders)],
        again=lambda orders: [*_relations(run, drafting, orders), *drafting.drafts_again(orders)],
    )


def returns_feed(run: Run) -> Feed[Return]:
    """Returns, which become credits of the sales that they take back."""
    sales = _drafting(run)
    crediting = Crediting(sales, RETURNS, run.sources, run.credits, Standing(run.exact).look)
    return Feed(
        flow=RETURNS,
        name="returns",
        effect=CREDIT,
        read=run.sources.returns,
        by_number=run.sources.returns_by_number,
        drafts=lambda returns: [*_relations(run, sales, returns), *crediting.drafts(returns)],
        again=lambda returns: [*_relations(run, sales, returns), *crediting.drafts_again(returns)],
    )


def customers_feed(run: Run) -> Feed[CustomerRecord]:
    """Customers, who become relations."""
    return Feed(
        flow=FLOW,
        name="customers",
        effect=ACCOUNT,
        read=run.sources.customers,
        by_number=run.sources.customers_by_number,
        drafts=run.relations.drafts,
        again=run.relations.again,
        is_booked=False,
    )


def drafts_by_number(run: Run, numbers: Sequence[str]) -> list[Draft]:
    """What is to be planned for orders and returns with these numbers, as the shop has them now; nothing for what it has no more."""
    orders, returns = orders_feed(run), returns_feed(run)
    return run.changes.revised([*orders.drafts(orders.by_number(numbers)), *returns.drafts(returns.by_number(numbers))])


def drafts_anew(run: Run, record: Mutation) -> list[Draft]:
    """What is to be planned to book once more what somebody deleted in Exact, as the shop has it now: under the next effect number."""
    number, orders, returns = [record.key.source_id], orders_feed(run), returns_feed(run)
    found = returns.drafts(returns.by_number(number)) if record.key.effect == CREDIT else orders.drafts(orders.by_number(number))
    return [numbered(draft, record.key.effect_number + 1) if draft.key.effect == record.key.effect else draft for draft in found]


def drafts_of_relations(run: Run, records: Sequence[Mutation]) -> list[Draft]:
    """What is to be planned for the customers of these records; a person who tries a change once more wants the shop's value."""
    numbers = sorted({record.key.source_id for record in records})
    decided = frozenset(record.key.source_id for record in records if record.cause is not None and record.cause.code == CHANGED_IN_EXACT)
    return run.relations.again(run.sources.customers_by_number(numbers), decided=decided) if numbers else []


def _drafting(run: Run) -> Drafting:
    chosen = run.entry_days.chosen(run.administration.division)
    return Drafting(run.administration, run.administrations, run.master, ORDERS, run.window.until, chosen, run.relations.accounts)


def _relations(run: Run, drafting: Drafting, records: Sequence[ShopDocument | BadRecord]) -> list[Draft]:
    """What is to be planned first, so that these records have relations to be booked on; nothing where the administration makes none."""
    if run.administration.customers is None:
        return []
    return run.relations.missing(drafting.customers_of(records), run.sources.customers_by_number)


def is_off(run: Run) -> bool:
    """Say whether the administration is not looked at, and tell the log."""
    off = run.administration.mode is Mode.OFF
    if off:
        log.info("%s is off: nothing of it is looked at", run.administration.name)
    return off


def plan_news(run: Run, feed: Feed[R]) -> Tally:
    """Plan what changed in the run's window; in a dry run, say what would be planned, and undo it.

    Raises `SetupError` before it reads anything when division, journal, currencies or periods are not as the file says.
    """
    if feed.is_booked:
        run.mapping.require()
    tally: Tally = Tally()
    for records, cursor in _pages(run, feed):
        drafts = feed.drafts(_news(run, feed, records, tally))
        tally += _judge(run, run.changes.revised(drafts)) if run.dry_run else _planned(run, drafts, cursor)
    return tally


def plan_again(run: Run, feed: Feed[R]) -> Tally:
    """Map again what was planned with another configuration, as while observing; what is older than `book_from` by now is dismissed."""
    store, here = run.outbox.store, run.administration
    tally: Tally = Tally({"dismissed": store.dismiss_before(here.division, here.book_from)})
    numbers = store.planned_otherwise(here.division, feed.flow, here.fingerprint)
    for start in range(0, len(numbers), BATCH):
        tally += _planned(run, feed.again(feed.by_number(numbers[start : start + BATCH])), None)
    return tally


def send(run: Run, *feeds: Feed[Any], only: Callable[[Run], frozenset[int] | None] | None = None) -> Tally:
    """Send what is planned, mapped with today's configuration; then what waited for it, which is mapped only now.

    `only`: which mutations, asked anew each time; else those that the run names.
    """
    wanted = only or asked_for
    tally = _planned_again(run, feeds)
    run.quota.announce()
    tally += run.outbox.drain(only=wanted(run))
    while (again := _planned_again(run, feeds))["superseded_planned"]:
        tally += again + run.outbox.drain(only=wanted(run))
    return tally


def _planned(run: Run, drafts: Sequence[Draft], cursor: Cursor | None) -> Tally:
    """Judge the drafts beside what stands, and plan them; judged again when another worker sent one of them in between."""
    for _ in range(JUDGED_MAX - 1):
        with suppress(MovedOnError):
            return run.outbox.plan(run.changes.revised(drafts), cursor)
    return run.outbox.plan(run.changes.revised(drafts), cursor)


def asked_for(run: Run) -> frozenset[int] | None:
    """The mutations of the records that the run names, and what they wait for; None when it names none: all that is planned is meant."""
    numbers = run.window.order_numbers
    return run.outbox.store.ids_of(SOURCE, numbers) if numbers else None


def _planned_again(run: Run, feeds: Sequence[Feed[Any]]) -> Tally:
    return sum((plan_again(run, feed) for feed in feeds), Tally())


def told(run: Run, tally: Tally) -> Tally:
    """Add the calls that the run made, and tell the log what came of it, what still waits, and until when."""
    tally["calls"] = run.calls()
    if run.dry_run:
        tally["would_be_calls"] = tally["would_be_planned"] + tally["would_be_superseded_planned"]
    log.info("%s: %s", run.administration.name, ", ".join(f"{count} {what}" for what, count in sorted(tally.items())) or "nothing new")
    if not run.dry_run:
        run.quota.tell_rest()
    return tally


def _pages(run: Run, feed: Feed[R]) -> Iterator[tuple[Sequence[R], Cursor | None]]:
    if run.window.order_numbers:
        yield feed.by_number(run.window.order_numbers), None
        return
    for page in feed.read(_since(run, feed), run.window.until):
        yield page, _cursor(run, feed, page)


def _news(run: Run, feed: Feed[R], records: Sequence[R], tally: Tally) -> list[R]:
    """Leave out what is known in this version: mapping it again would cost a read for each thing that Exact lacks."""
    known = run.figures.known_versions(SOURCE, [record.number for record in records])
    here = run.administration.division
    news = [record for record in records if known.get((record.number, feed.effect)) != (record.version, here)]
    tally["known"] += len(records) - len(news)
    return news


def _since(run: Run, feed: Feed[R]) -> datetime:
    if not run.window.follows_cursor:
        return run.window.since
    read_to = run.outbox.store.cursor(_cursor_name(feed), run.administration.name)
    if read_to is None:
        return datetime.combine(run.administration.book_from, time.min, UTC) - OVERLAP
    return min(read_to, run.window.since) - OVERLAP


def _cursor(run: Run, feed: Feed[R], page: Sequence[R]) -> Cursor | None:
    moments = [record.changed_at for record in page if record.changed_at is not None]
    if not run.window.follows_cursor or not moments:
        return None
    return Cursor(_cursor_name(feed), run.administration.name, max(moments))


def _cursor_name(feed: Feed[R]) -> str:
    return f"{feed.flow}/{feed.name}"


def _judge(run: Run, drafts: Sequence[Draft]) -> Tally:
    """Say what planning would do, and undo it."""
    tally = run.outbox.store.plan(drafts, None, keep=False)
    for draft in drafts:
        log.info("dry run: %s %s would be %s", draft.key.effect, draft.your_ref, _verdict(draft))
    return Tally({f"would_be_{verdict}": count for verdict, count in tally.items()})


def _verdict(draft: Draft) -> str:
    if draft.cause is not None:
        return f"{draft.state}: {draft.cause}"
    if draft.adopts is not None:
        return "taken as it stands in Exact"
    return f"one call, {draft.amount_net} {draft.currency} excl. VAT" if draft.amount_net is not None else "one call"
