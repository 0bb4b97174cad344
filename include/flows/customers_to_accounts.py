"""Customers of the webshop become relations in Exact, with contacts and addresses."""

from __future__ import annotations

import logging

from include.adapters.relations import FLOW
from include.feeds import asked_for, customers_feed, is_off, plan_news, send, told
from include.outbox.model import Tally
from include.run import Run

log = logging.getLogger(__name__)


def relate_customers(run: Run) -> Tally:
    """Plan a relation, or its change, for each customer that changed; send them, then the contacts and addresses that wait for them."""
    if is_off(run):
        return Tally()
    if run.administration.customers is None:
        log.info("%s makes no relations: its file has no key customers", run.administration.name)
        return Tally()
    customers = customers_feed(run)
    tally = plan_news(run, customers)
    if not run.dry_run:
        tally += send(run, customers, only=_relations)
    return told(run, tally)


def _relations(run: Run) -> frozenset[int]:
    """No document is sent from here: those are mapped again first, by the flows that know how."""
    planned, named = run.relations.store.planned(FLOW), asked_for(run)
    return planned if named is None else planned & named
