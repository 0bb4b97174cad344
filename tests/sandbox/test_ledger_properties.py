"""After any sequence of bookings, changes and deletions the ledger adds up to zero and agrees with the documents."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from include.sandbox.answers import ValidationError
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.books import Books
from include.sandbox.payload import read_payload
from include.sandbox.sales_entries import change_entry, delete_entry, post_entry, process_entry
from include.sandbox.sales_invoices import delete_invoice, post_invoice, process_invoice
from include.sandbox.seed import plant
from include.sandbox.world import Settings, World

DIVISION = 100
amounts = st.decimals(min_value=Decimal("-9999.99"), max_value=Decimal("9999.99"), places=2)
lines = st.lists(st.tuples(amounts, st.sampled_from(["E21", "I21", "E9", "N0", None]), st.integers(1, 9)), min_size=0, max_size=5)


class BooksMachine(RuleBasedStateMachine):
    """Books under random hands."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Settings(":memory:", "small", 1, 60, 5000, 1.0, None, False))
        plant(self.world)
        database = self.world.database
        self.customer = database.find("accounts", Division=DIVISION, Code="1".rjust(18))["ID"]
        self.item = database.find("items", Division=DIVISION, Code="A1")["ID"]
        self.account = database.find("gl_accounts", Division=DIVISION, Code="8000")["ID"]

    def attempt(self, act) -> None:
        keeper = Bookkeeper(self.world, DIVISION, None)
        before = self.state()
        try:
            with self.world.database.transaction():
                act(keeper)
        except ValidationError:
            assert self.state() == before

    def state(self):
        return [(table, self.world.database.scalar(f"SELECT count(*) || '/' || total(\"Timestamp\") FROM {table}")) for table in TABLES]

    def pick(self, table: str, key: str, place: int):
        rows = self.world.database.all(f'SELECT "{key}" AS key FROM {table} ORDER BY rowid')
        return rows[place % len(rows)]["key"] if rows else None

    @rule(lines=lines, currency=st.sampled_from([None, "EUR", "GBP", "CHF", "USD"]), number=st.one_of(st.none(), st.integers(1, 5)))
    def enter(self, lines, currency, number):
        posted = [{"GLAccount": self.account, "AmountFC": amount, "VATCode": code} for amount, code, _ in lines]
        body = {"Customer": self.customer, "Journal": "70", "Currency": currency, "EntryNumber": number, "SalesEntryLines": posted}
        payload = read_payload(self.world.catalogue["salesentry/SalesEntries"], body, verb="POST")
        self.attempt(lambda keeper: post_entry(keeper, payload))

    @rule(lines=lines, currency=st.sampled_from([None, "GBP", "CHF"]), kind=st.sampled_from([8020, 8021]))
    def invoice(self, lines, currency, kind):
        posted = [{"Item": self.item, "NetPrice": price, "Quantity": quantity, "VATCode": code} for price, code, quantity in lines]
        body = {"OrderedBy": self.customer, "Currency": currency, "Type": kind, "SalesInvoiceLines": posted}
        payload = read_payload(self.world.catalogue["salesinvoice/SalesInvoices"], body, verb="POST")
        self.attempt(lambda keeper: post_invoice(keeper, payload))

    @rule(place=st.integers(0, 20), act=st.sampled_from(["process", "delete"]))
    def treat_invoice(self, place, act):
        key = self.pick("sales_invoices", "InvoiceID", place)
        if key:
            self.attempt(lambda keeper: (process_invoice if act == "process" else delete_invoice)(keeper, key))

    @rule(place=st.integers(0, 20), act=st.sampled_from(["process", "delete", "change"]), currency=st.sampled_from(["EUR", "GBP", "USD"]))
    def treat_entry(self, place, act, currency):
        key = self.pick("sales_entries", "EntryID", place)
        acts = {
            "process": process_entry,
            "delete": delete_entry,
            "change": lambda keeper, entry: change_entry(keeper, entry, {"Currency": currency}),
        }
        if key:
            self.attempt(lambda keeper: acts[act](keeper, key))

    @invariant()
    def the_ledger_adds_up_to_zero_and_debtors_are_what_documents_say(self):
        books = Books(self.world.database)
        assert {balance["sum_dc"] for balance in books.trial_balance()} == {"0.00"}
        owed: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.world.database.all(
            'SELECT "EntryID" AS entry, "AmountDC" AS dc FROM transaction_lines WHERE "GLAccountCode" = \'1300\''
        ):
            owed[row["entry"]] += Decimal(str(row["dc"]))
        booked = {row["EntryID"]: row["AmountDC"] for row in self.world.database.all("SELECT * FROM sales_entries")}
        booked |= {
            row["_entry_id"]: row["AmountDC"] for row in self.world.database.all("SELECT * FROM sales_invoices WHERE _entry_id IS NOT NULL")
        }
        assert {key: Decimal(str(value)) for key, value in booked.items()} == owed


TABLES = ("sales_invoices", "sales_invoice_lines", "sales_entries", "sales_entry_lines", "transaction_lines", "deleted")
BooksMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
TestBooks = BooksMachine.TestCase
