"""After any sequence of bookings of every kind the ledger adds up to zero, open items agree with it, and an error changes nothing."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from include.sandbox.acts import DELETES, POSTS
from include.sandbox.answers import NotFoundError, ValidationError
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.books import Books
from include.sandbox.desk import Desk, DeskError
from include.sandbox.payload import read_payload
from include.sandbox.seed import plant
from include.sandbox.world import Settings, World

DIVISION, DAY = 200, "2026-11-01T00:00:00"
KEYS = {
    "salesentry/SalesEntries": ("sales_entries", "EntryID"),
    "salesinvoice/SalesInvoices": ("sales_invoices", "InvoiceID"),
    "purchaseentry/PurchaseEntries": ("purchase_entries", "EntryID"),
    "financialtransaction/BankEntries": ("bank_entries", "EntryID"),
    "financialtransaction/CashEntries": ("cash_entries", "EntryID"),
    "generaljournalentry/GeneralJournalEntries": ("journal_entries", "EntryID"),
    "inventory/StockCounts": ("stock_counts", "StockCountID"),
    "inventory/WarehouseTransfers": ("warehouse_transfers", "TransferID"),
    "salesorder/SalesOrders": ("sales_orders", "OrderID"),
    "project/TimeTransactions": ("time_cost_transactions", "ID"),
}
amounts = st.decimals(min_value=Decimal("-999.99"), max_value=Decimal("999.99"), places=2)
vat = st.sampled_from(["E21", "I21", "E9", "N0", None])
entry_lines = st.lists(st.tuples(amounts, vat), max_size=3)
currencies = st.sampled_from([None, "GBP", "USD"])


class CompanyMachine(RuleBasedStateMachine):
    """A company under random hands."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Settings(":memory:", "small", 1, 60, 5000, 1.0, None, False))
        plant(self.world)
        self.gl = {row["Code"]: row["ID"] for row in self.rows("gl_accounts")}
        self.account = {row["Code"].strip(): row["ID"] for row in self.rows("accounts")}
        self.item = {row["Code"]: row["ID"] for row in self.rows("items")}
        self.warehouse = {row["Code"]: row["ID"] for row in self.rows("warehouses")}
        self.project = self.rows("projects")[0]["ID"]

    def rows(self, table):
        return self.world.database.find_all(table, Division=DIVISION)

    def state(self):
        database = self.world.database
        return [database.scalar(f"SELECT count(*) || '/' || total(\"Timestamp\") FROM {table}") for table in database.tables]

    def attempt(self, act) -> None:
        before = self.state()
        try:
            with self.world.database.transaction():
                act(Bookkeeper(self.world, DIVISION, None))
        except (ValidationError, NotFoundError, DeskError):
            assert self.state() == before

    def post(self, endpoint, body) -> None:
        payload = read_payload(self.world.catalogue[endpoint], body, verb="POST")
        self.attempt(lambda keeper: POSTS[endpoint](keeper, payload))

    def pick(self, endpoint, place):
        table, key = KEYS[endpoint]
        rows = self.rows(table)
        return rows[place % len(rows)][key] if rows else None

    @rule(lines=entry_lines, currency=currencies)
    def sell(self, lines, currency):
        whole = [{"GLAccount": self.gl["8000"], "AmountFC": amount, "VATCode": code} for amount, code in lines]
        self.post(
            "salesentry/SalesEntries", {"Customer": self.account["1"], "Journal": "70", "Currency": currency, "SalesEntryLines": whole}
        )

    @rule(lines=entry_lines, currency=currencies, code=st.sampled_from(["4000", "4010", "1600"]))
    def buy(self, lines, currency, code):
        whole = [{"GLAccount": self.gl[code], "AmountFC": amount, "VATCode": each} for amount, each in lines]
        body = {"Supplier": self.account["40"], "Journal": "60", "Currency": currency, "PurchaseEntryLines": whole}
        self.post("purchaseentry/PurchaseEntries", body)

    @rule(lines=st.lists(st.tuples(amounts, vat, st.integers(1, 4)), max_size=3), kind=st.sampled_from([8020, 8021]))
    def invoice(self, lines, kind):
        whole = [{"Item": self.item["A1"], "NetPrice": price, "Quantity": quantity, "VATCode": code} for price, code, quantity in lines]
        self.post("salesinvoice/SalesInvoices", {"OrderedBy": self.account["1"], "Type": kind, "SalesInvoiceLines": whole})

    @rule(amount=amounts, place=st.integers(0, 9), share=st.sampled_from([1, 2, 3]), named=st.booleans(), opening=st.booleans())
    def pay(self, amount, place, share, named, opening):
        terms = [row for row in self.rows("payment_terms") if row["Status"] == 20]
        term = terms[place % len(terms)] if terms else None
        line = {"GLAccount": self.gl["2990"], "AmountFC": amount}
        if term and named:
            control = "1300" if term["LineType"] == 20 else "1600"
            paid = round(-Decimal(str(term["AmountFC"])) / share, 2)
            line = {"GLAccount": self.gl[control], "Account": term["Account"], "AmountFC": paid, "OurRef": term["InvoiceNumber"]}
        body = {"JournalCode": "20", "BankEntryLines": [line], **({"OpeningBalanceFC": 0} if opening else {})}
        self.post("financialtransaction/BankEntries", body)

    @rule(amount=amounts, code=vat, closing=st.sampled_from([None, 0]))
    def spend(self, amount, code, closing):
        line = {"GLAccount": self.gl["4000"], "AmountFC": amount, "VATCode": code}
        self.post("financialtransaction/CashEntries", {"JournalCode": "10", "ClosingBalanceFC": closing, "CashEntryLines": [line]})

    @rule(amount=amounts, gap=st.sampled_from([0, 0, 1]), debtors=st.booleans())
    def correct(self, amount, gap, debtors):
        first = {"GLAccount": self.gl["1300"], "Account": self.account["25"]} if debtors else {"GLAccount": self.gl["4010"]}
        lines = [{**first, "AmountFC": amount}, {"GLAccount": self.gl["2990"], "AmountFC": gap - amount}]
        self.post("generaljournalentry/GeneralJournalEntries", {"JournalCode": "90", "GeneralJournalEntryLines": lines})

    @rule(quantity=st.integers(-30, 30), new=st.booleans(), status=st.sampled_from([12, 21]), item=st.sampled_from(["S1", "S2", "A1"]))
    def count(self, quantity, new, status, item):
        line = {"Item": self.item[item], "QuantityNew" if new else "QuantityDifference": quantity}
        body = {"StockCountDate": DAY, "Warehouse": self.warehouse["1"], "Status": status, "StockCountLines": [line]}
        self.post("inventory/StockCounts", body)

    @rule(quantity=st.integers(-5, 20), to=st.sampled_from(["1", "2", "3"]), status=st.sampled_from([10, 50]))
    def transfer(self, quantity, to, status):
        ends = {"WarehouseFrom": self.warehouse["1"], "WarehouseTo": self.warehouse[to]}
        lines = [{"Item": self.item["S1"], "Quantity": quantity}]
        self.post("inventory/WarehouseTransfers", {"EntryDate": DAY, "Status": status, **ends, "WarehouseTransferLines": lines})

    @rule(quantity=st.integers(-2, 6), item=st.sampled_from(["S1", "A1"]))
    def order(self, quantity, item):
        lines = [{"Item": self.item[item], "Quantity": quantity, "NetPrice": 5, "VATCode": "E21"}]
        self.post("salesorder/SalesOrders", {"OrderedBy": self.account["1"], "SalesOrderLines": lines})

    @rule(place=st.integers(0, 9), quantity=st.integers(0, 6))
    def deliver(self, place, quantity):
        lines = self.rows("sales_order_lines")
        if lines:
            line = {"SalesOrderLineID": lines[place % len(lines)]["ID"], "QuantityDelivered": quantity}
            self.post("salesorder/GoodsDeliveries", {"DeliveryDate": DAY, "GoodsDeliveryLines": [line]})

    @rule(place=st.integers(0, 9), modes=st.tuples(st.sampled_from([0, 1]), st.sampled_from([0, 1])))
    def invoice_order(self, place, modes):
        key = self.pick("salesorder/SalesOrders", place)
        if key:
            body = {"CreateMode": modes[0], "InvoiceMode": modes[1], "JournalCode": "70"}
            payload = read_payload(self.world.catalogue["salesinvoice/InvoiceSalesOrders"], body, verb="POST")
            payload.children["SalesOrderIDs"] = [{"ID": key}]
            self.attempt(lambda keeper: POSTS["salesinvoice/InvoiceSalesOrders"](keeper, payload))

    @rule(quantity=amounts, status=st.sampled_from([1, 10, 20]))
    def work(self, quantity, status):
        employee = self.rows("employees")[0]["ID"]
        body = {"Item": self.item["HOUR"], "Project": self.project, "Quantity": quantity, "HourStatus": status, "Employee": employee}
        self.post("project/TimeTransactions", body)

    @rule(
        endpoint=st.sampled_from(sorted(KEYS)),
        place=st.integers(0, 9),
        act=st.sampled_from(["delete", "process", "reopen", "line", "drop"]),
    )
    def treat(self, endpoint, place, act):
        key = self.pick(endpoint, place)
        desk = Desk(self.world)
        found = desk.find(key) if key else None
        if found is None:
            return
        kind = found[0]
        acts = {
            "delete": lambda keeper: DELETES[endpoint](keeper, key),
            "process": lambda keeper: kind.process(keeper, key),
            "reopen": lambda keeper: desk.reopen(keeper, kind, key),
            "line": lambda keeper: desk.edit_line(keeper, kind, (key, 1), {"Quantity": 2} if "sales" in endpoint else {}),
            "drop": lambda keeper: desk.delete_line(keeper, kind, (key, 1)),
        }
        self.attempt(acts[act])

    @rule(negative=st.booleans(), match=st.booleans())
    def switch(self, negative, match):
        self.world.change_switches({"negative_stock": negative, "match_by_our_ref": match})

    @rule(closed=st.booleans())
    def close(self, closed):
        self.world.database.run('UPDATE periods SET _closed = ? WHERE "FinPeriod" = 11 AND "Division" = 200', (closed,))

    @invariant()
    def the_ledger_adds_up_to_zero(self):
        assert {balance["sum_dc"] for balance in Books(self.world.database).trial_balance(DIVISION)} == {"0.00"}

    @invariant()
    def open_items_are_what_debtors_and_creditors_say(self):
        balance = Books(self.world.database).trial_balance(DIVISION)[0]["balances"]
        booked = {row["code"]: Decimal(row["amount_dc"]) for row in balance}
        for code, kind in (("1300", 20), ("1600", 22)):
            rows = [row for row in self.rows("payment_terms") if row["LineType"] == kind]
            stated: dict[str, Decimal] = {}
            for row in rows:
                stated[row["TransactionID"]] = stated.get(row["TransactionID"], Decimal(0)) + Decimal(str(row["AmountDC"]))
            paid = sum((-Decimal(str(row["AmountDC"])) for row in rows if row["Status"] == 50), Decimal(0))
            left = sum((-Decimal(str(row["AmountDC"])) for row in rows if row["Status"] == 20), Decimal(0))
            if all(row["Currency"] == "EUR" for row in rows):
                assert left == booked.get(code, Decimal(0)), (paid, left)

    @invariant()
    def stock_is_what_its_warehouses_hold(self):
        for row in self.rows("items"):
            if row["IsStockItem"]:
                held = [each["CurrentStock"] for each in self.rows("item_warehouses") if each["Item"] == row["ID"]]
                assert row["Stock"] == sum(held)


CompanyMachine.TestCase.settings = settings(max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
TestCompany = CompanyMachine.TestCase
