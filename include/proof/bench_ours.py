"""Exactly beside the others: the production flow as the task of a Dag, and the upkeep of unknown outcomes as a process of its own."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

import psycopg
from cryptography.fernet import Fernet

from include.administrations.loader import load_administrations
from include.demo.loader import lay_out
from include.errors import ExactlyError
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.flows.unknown_outcomes import settle
from include.proof.bench_plan import ADMINISTRATION, BLOCKED, PRICE, VAT_RATE, BenchOrder, BenchPlan, Told
from include.proof.fleet_plan import ENVIRONMENT, FleetPlan, Place, app, settings
from include.proof.fleet_scale import divide_constants
from include.proof.signing_in import sign_in
from include.run import Settings, Window, chain_name, open_run
from include.store.chain import StoredChain
from include.store.database import Database
from include.store.migrate import upgrade

BUYER = "insert into webshop.buyers values (%s, %s, null, null, null, null, null, null, 'BE', null, 'nl', false, null, null, null, %s)"
SALE = "insert into webshop.sales values (%s, %s, 'BE', 'GBP', false, %s, null, null, %s, false, 'card', null, false, null, null)"
ITEM = "insert into webshop.sale_items values (%s, 1, '10002', 'An article', %s, %s, %s, 'gifts')"
SETTLED = "select count(*) from mutation where effect = 'sale' and state in ('posted', 'dead_letter', 'dismissed', 'gone')"
DAY = timedelta(days=1)
UPKEEP_EVERY_S = 60.0


def prepare(plan: BenchPlan, told: Told, orders: Sequence[BenchOrder]) -> None:
    """A shop with these orders, our tables, a person's sign-in and the mirror, all in one empty database."""
    with psycopg.connect(told.store_dsn) as connection:
        lay_out(connection)
        _fill(connection, orders)
    upgrade(told.store_dsn, environment=ENVIRONMENT)
    place = _place(told)
    database = Database(told.store_dsn)
    sign_in(app(place, ADMINISTRATION), StoredChain(database, chain_name(app(place, ADMINISTRATION)), Fernet(place.cipher_key)))
    database.close()
    with open_run(_settings(plan.wire, told)) as run:
        refresh(run)


def book(told: str) -> None:
    """The task: what the Dag `orders_to_invoices` does for one administration."""
    here = Told.read(told)
    _run_faster(here.time_scale)
    with open_run(_settings(FleetPlan(fault_rate=0.0, seed=here.seed, time_scale=here.time_scale, minutely=here.minutely), here)) as run:
        book_orders(run)


def left(told: str) -> int:
    """How many orders are not settled."""
    here = Told.read(told)
    with psycopg.connect(here.store_dsn) as connection:
        row = connection.execute(SETTLED).fetchone()
    return len(here.orders()) - int(row[0] if row else 0)


@contextmanager
def upkeep(plan: BenchPlan, told: Told) -> Iterator[None]:
    """The process that finds out what became of what nobody knows, as the Dag `unknown_outcomes` does."""
    nursery = multiprocessing.get_context("forkserver")
    nursery.set_forkserver_preload([__name__])
    process = nursery.Process(target=_look_after_unknowns, args=(plan.wire, told), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def _look_after_unknowns(wire: FleetPlan, told: Told) -> None:
    """Each minute, as long as this process lives."""
    _run_faster(told.time_scale)
    while True:
        with suppress(ExactlyError), open_run(_settings(wire, told)) as run:
            settle(run)
        time.sleep(UPKEEP_EVERY_S / told.time_scale)


@cache
def _run_faster(time_scale: float) -> None:
    """Once in a process, however often Airflow starts the task in it."""
    divide_constants(time_scale)


def _settings(wire: FleetPlan, told: Told) -> Settings:
    now = datetime.now(UTC)
    known = settings(wire, _place(told), ADMINISTRATION, load_administrations())
    return replace(known, window=Window(now - 3 * DAY, now + DAY))


def _place(told: Told) -> Place:
    return Place(told.store_dsn, told.exact_url, told.exact_url, told.cipher_key.encode())


def _fill(connection: psycopg.Connection[tuple[object, ...]], orders: Sequence[BenchOrder]) -> None:
    for code in BLOCKED:
        connection.execute(BUYER, (code, f"Customer {code}", datetime.now(UTC)))
    for order in orders:
        moment = datetime.fromisoformat(f"{order.day}T12:00:00+00:00")
        buyer = order.customer if order.customer in BLOCKED else None
        connection.execute(SALE, (order.number, buyer, moment, moment))
        connection.execute(ITEM, (order.number, Decimal(order.quantity), PRICE, VAT_RATE))
