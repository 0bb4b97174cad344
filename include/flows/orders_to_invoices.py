"""Orders of the webshop become draft sales invoices or sales entries in Exact."""

from __future__ import annotations

from include.feeds import customers_feed, is_off, orders_feed, plan_news, send, told
from include.outbox.model import Tally
from include.rebooking import credit_cancelled
from include.run import Run


def book_orders(run: Run) -> Tally:
    """Plan a document for each order that changed, send what is planned, and credit what was cancelled too late to be deleted."""
    if is_off(run):
        return Tally()
    orders = orders_feed(run)
    tally = plan_news(run, orders)
    if not run.dry_run:
        tally += send(run, customers_feed(run), orders)
        tally += credit_cancelled(run)
    return told(run, tally)
