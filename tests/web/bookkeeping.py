"""A small company: its orders in a webshop, its books in the sandbox, its desk in Airflow's web server of the tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
from cryptography.fernet import Fernet

from include.flows.attention import CaseOpenError, settle_case
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.outbox.ports import Purpose
from include.run import Window
from include.store.cases import CaseStore
from include.store.database import Database
from tests.flows.conftest import World
from tests.sandbox.driver import UK, SandboxProcess
from tests.web.airflow_server import AirflowServer

# Orders that others are made like, of the United Kingdom and of France.
BRITISH, FRENCH = "536365", "536370"
BOOKS_OF = ("UK", "BE")


class Books:
    """`world` has the shop, the memory that the desk reads too, and the sandbox."""

    def __init__(self, server: AirflowServer, shop_dsn: str, sandbox: SandboxProcess) -> None:
        self.server = server
        self.world = World(shop_dsn, server.dsn, sandbox, Fernet(Fernet.generate_key()))
        self.database = Database(server.dsn)
        self.cases = CaseStore(self.database)
        self.world.shop("alter table webshop.sales drop constraint sales_buyer_no_fkey")
        self.world.shop("alter table webshop.refunds drop constraint refunds_buyer_no_fkey")
        # No relation is made of a customer that the shop does not describe.
        self.world.shop("delete from webshop.buyers")
        for name in BOOKS_OF:
            self.world.sign_in(name)

    def order(self, number: str, *, like: str = BRITISH, buyer: str | None = None, day: datetime | None = None) -> str:
        """An order of the shop: of another customer, or of another day, than the one that it is like."""
        self.world.add_order(number, like=like)
        self.world.shop("update webshop.sales set buyer_no = coalesce(%s, buyer_no) where sale_no = %s", buyer, number)
        if day is not None:
            self.world.shop("update webshop.sales set placed_at = %s, billed_at = %s where sale_no = %s", day, day, number)
        return number

    def call_article(self, number: str, before: str, after: str) -> None:
        """Somebody types another code for an article of an order."""
        self.world.shop("update webshop.sale_items set sku = %s where sale_no = %s and sku = %s", after, number, before)
        self.world.shop("update webshop.sales set updated_at = %s where sale_no = %s", datetime.now(UTC), number)

    def make_relation(self, code: str) -> None:
        """The bookkeeper makes a relation in Exact's own pages."""
        self.world.sandbox.control("POST", "accounts", {"division": UK, "Code": code, "Name": f"Customer {code} Ltd"})

    def book(self, *numbers: str) -> None:
        """What the hourly flow does with these orders; their cases get their red squares in Airflow."""
        now = datetime.now(UTC)
        for name in BOOKS_OF:
            with self.world.run(name, window=Window(now - timedelta(days=1), now, numbers)) as run:
                refresh(run)
                book_orders(run)
        for case in self.cases.take_due(at_most=100):
            if case.is_open:
                self.server.draw(case.run_id)

    def work_off(self) -> None:
        """What Airflow does with cleared squares where it has a scheduler, which this one has not."""
        for row in self.cases.open():
            if self.cases.retries.unfinished(row["case_id"]):
                with self.world.run(row["administration"], purpose=Purpose.OPERATOR) as run:
                    try:
                        settle_case(run, row["case_id"])
                    except CaseOpenError:
                        continue

    def states(self, *numbers: str) -> list[str]:
        with psycopg.connect(self.server.dsn) as connection:
            rows = connection.execute("select state from mutation where your_ref = any(%s) order by your_ref", (list(numbers),))
            return [state for (state,) in rows]

    def close(self) -> None:
        self.database.close()


def settle_all(dsn: str) -> None:
    """Nothing waits for a person any more: what other tests left open is settled."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("update mutation set state = 'dismissed', actor = 'end' where state in ('dead_letter', 'gone')")
        connection.execute("update case_finding set settled_at = now(), settled_by = 'end' where settled_at is null")
        connection.execute("update attention_case set state = 'closed', closed_at = now() where state = 'open'")
