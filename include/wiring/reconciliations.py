"""Both sides of a reconciliation, opened by Airflow's connections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.sdk import get_current_context

from include.administrations.loader import load_administrations
from include.flows.nightly_reconciliation import BothSides, days_of, reconcile
from include.sources.webshop import Webshop
from include.store.database import Database
from include.store.installation import check_installation
from include.store.mirror import MirrorStore
from include.store.reconciliation import ReconciliationStore
from include.wiring.connections import SOURCE, STORE, dsn_of, environment
from include.wiring.runs import run_type, window_of


@contextmanager
def both_sides() -> Iterator[BothSides]:
    """The shop and our memory, for all administrations."""
    administrations = load_administrations()
    database = Database(dsn_of(STORE), name="exactly reconciliation")
    try:
        check_installation(database, environment())
        with Webshop(dsn_of(SOURCE)) as shop:
            mirrors = {each.name: MirrorStore(database, each.division) for each in administrations}
            yield BothSides(shop, administrations, ReconciliationStore(database), mirrors)
    finally:
        database.close()


def reconciled() -> dict[str, int]:
    """Compare the days of the running task; returns counts."""
    context = get_current_context()
    window = window_of(context, context.get("params") or {})
    with both_sides() as sides:
        return dict(reconcile(sides, days_of(window, sides.store.oldest_open()), run_type(context)))
