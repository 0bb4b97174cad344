"""Orders of the webshop become draft sales invoices or sales entries in Exact."""

from __future__ import annotations

from include.adapters.drafts import SALE, Drafting, Order
from include.feeds import Feed, asked_for, is_off, plan_again, plan_news, told
from include.outbox.model import Tally
from include.run import Run

FLOW = "orders_to_invoices"


def book_orders(run: Run) -> Tally:
    """Plan a document for each order that changed, then send what is planned."""
    if is_off(run):
        return Tally()
    feed = _feed(run)
    tally = plan_news(run, feed)
    if not run.dry_run:
        tally += plan_again(run, feed)
        tally += run.outbox.drain(only=asked_for(run))
    return told(run, tally)


def _feed(run: Run) -> Feed[Order]:
    drafting = Drafting(run.administration, run.administrations, run.master, FLOW, run.window.until)
    return Feed(
        flow=FLOW,
        name="orders",
        effect=SALE,
        read=run.sources.orders,
        by_number=run.sources.orders_by_number,
        drafts=drafting.drafts,
        again=drafting.drafts_again,
    )
