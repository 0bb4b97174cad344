"""Orders of the webshop become draft sales invoices or sales entries in Exact."""

from __future__ import annotations

from include.feeds import asked_for, is_off, orders_feed, plan_again, plan_news, told
from include.outbox.model import Tally
from include.run import Run


def book_orders(run: Run) -> Tally:
    """Plan a document for each order that changed, then send what is planned."""
    if is_off(run):
        return Tally()
    orders = orders_feed(run)
    tally = plan_news(run, orders)
    if not run.dry_run:
        tally += plan_again(run, orders)
        tally += run.outbox.drain(only=asked_for(run))
    return told(run, tally)
