"""A small company whose books agree, and what a person may do to them; for the tests of the reconciliation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from include.administrations.loader import load_administrations
from include.flows.mirror_refresh import refresh
from include.flows.nightly_reconciliation import BothSides, reconcile, refresh_books
from include.flows.orders_to_invoices import book_orders
from include.flows.returns_to_credit_notes import credit_returns
from include.outbox.model import Tally
from include.sources.webshop import Webshop
from include.store.audit import Days
from include.store.cases import CaseStore
from include.store.database import Database
from include.store.mirror import MirrorStore
from include.store.reconciliation import ReconciliationStore
from tests.flows.conftest import LAST_DAY, World
from tests.sandbox.driver import ExactClient

NAMES = ("UK", "BE", "NL")
DAYS = Days(LAST_DAY - timedelta(days=30), LAST_DAY + timedelta(days=1))


@dataclass
class Reconciling:
    """The company. Each act of a person is undone by nothing but another act."""

    world: World
    clients: dict[str, ExactClient] = field(default_factory=dict)

    def keep_only(self, numbers: tuple[str, ...]) -> None:
        """Leave these documents in the shop."""
        for table, column in (("sale_items", "sale_no"), ("refund_items", "refund_no"), ("refunds", "refund_no"), ("sales", "sale_no")):
            self.world.shop(f"delete from webshop.{table} where not {column} = any(%s)", list(numbers))

    def book(self) -> None:
        for name in NAMES:
            with self.world.run(name) as run:
                refresh(run)
                book_orders(run)
                credit_returns(run)
        self.long_ago()

    def long_ago(self) -> None:
        """Booked and changed two hours ago, so that nothing is new any more."""
        self.memory("update mutation set posted_at = posted_at - interval '2 hours' where state = 'posted'")
        self.world.shop("update webshop.sales set updated_at = least(updated_at, now() - interval '3 days')")

    def refresh(self) -> None:
        for name in NAMES:
            with self.world.run(name) as run:
                refresh_books(run)

    def reconcile(self, days: Days = DAYS) -> Tally:
        with self.sides() as sides:
            return reconcile(sides, days, "test")

    @contextmanager
    def sides(self) -> Iterator[BothSides]:
        database = Database(self.world.store_dsn)
        administrations = load_administrations(self.world.configuration)
        with Webshop(self.world.shop_dsn) as shop:
            mirrors = {each.name: MirrorStore(database, each.division) for each in administrations}
            yield BothSides(shop, administrations, ReconciliationStore(database), mirrors)
        database.close()

    def found(self) -> dict[str, str]:
        """The kind of each difference of the last run, by number."""
        rows = self.rows("select number, kind from reconciliation_difference where run_id = (select max(run_id) from reconciliation_run)")
        return {row["number"]: row["kind"] for row in rows}

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.world.store_dsn, row_factory=dict_row) as connection:
            return connection.execute(query, values).fetchall()

    def memory(self, statement: str, *values: Any) -> None:
        with psycopg.connect(self.world.store_dsn) as connection:
            connection.execute(statement, values)

    def mutation(self, number: str) -> dict[str, Any]:
        (row,) = self.world.mutations("your_ref = %s and method = 'POST'", number)
        return row

    def cases(self) -> dict[str, int]:
        """Open cases of differences, and how much is in each."""
        database = Database(self.world.store_dsn)
        cases = CaseStore(database)
        cases.close_empty()
        found = {row["case_id"]: row["records"] for row in cases.open() if row["code"].startswith("reconciliation")}
        database.close()
        return found

    def exact(self, name: str) -> ExactClient:
        """Somebody who works in Exact past us."""
        if name not in self.clients:
            lower = name.lower()
            client = ExactClient(self.world.sandbox, f"exactly-{lower}", f"exactly-{lower}-secret", "https://localhost/signed-in")
            with self.world.run(name) as run:
                client.tokens = {"access_token": run.chain.access_token()}
            self.clients[name] = client
        return self.clients[name]

    def enter_by_hand(self, name: str, like: str, **changes: Any) -> str:
        """Type a document into Exact that resembles one of ours; returns its id. None leaves a field out."""
        mutation = self.mutation(like)
        body = {key: value for key, value in {**json.loads(mutation["payload"]), **changes}.items() if value is not None}
        answer = self.exact(name).post(f"{mutation['division']}/{mutation['endpoint']}", body)
        created = answer.json()["d"]
        return str(created.get("EntryID") or created["InvoiceID"])

    def change(self, method: str, number: str, act: str = "", **body: Any) -> None:
        """Change or delete a document of ours in Exact."""
        self.world.sandbox.control(method, f"documents/{self.mutation(number)['exact_id']}{act}", body)
