"""Whatever is done over HTTP: pages bring each row once, filters are brute force, refusals change nothing, the ledger is zero."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from include.sandbox.catalogue import Catalogue
from tests.sandbox.books import DIVISION, ENTRIES, INVOICES, PRINTED, entry, invoice, keys
from tests.sandbox.conftest import AMPLE, application_one
from tests.sandbox.driver import ExactClient, SandboxProcess, results
from tests.sandbox.filters import condition

CATALOGUE = Catalogue()
SEARCHED = ("crm/Accounts", "logistics/Items", "financial/GLAccounts", "salesentry/SalesEntries", "financialtransaction/TransactionLines")
PAGED = {
    "salesentry/SalesEntries": ["", "YourRef", "AmountDC desc", "EntryNumber", "Description,YourRef desc"],
    "crm/Accounts": ["", "Name", "City desc", "Code"],
    "sync/Financial/TransactionLines": [""],
}
PAGE_ROWS = 3
amounts = st.decimals(min_value=Decimal("-999.99"), max_value=Decimal("999.99"), places=2).map(float)
vat_codes = st.sampled_from(["E21", "I21", "E9", "N0", "nonsense", None])
lines = st.lists(st.tuples(amounts, vat_codes), max_size=3)
dates = st.sampled_from([None, "1999-01-01", "not a date"])


class ProtocolMachine(RuleBasedStateMachine):
    """A client with random hands."""

    process: ClassVar[SandboxProcess]
    client: ClassVar[ExactClient]

    def __init__(self) -> None:
        super().__init__()
        self.process.reset()
        self.process.switch(page_rows=PAGE_ROWS, mandatory_filter=False, error_block=False)
        self.made = 0

    def books(self) -> Any:
        return self.process.documents(), self.process.control("GET", "trial-balance")

    def attempt(self, method: str, path: str, body: Any = None) -> None:
        """Call, and see that a refusal leaves the books as they were."""
        before = self.books()
        answer = self.client.call(method, path, body)
        assert answer.status_code in (200, 201, 204, 400, 404, 500)
        assert "X-Sandbox-Failure" not in answer.headers
        if answer.status_code >= 400:
            assert self.books() == before

    @rule(lines=lines, day=dates, customer=st.sampled_from(["1", "25", "30", "40"]), number=st.one_of(st.none(), st.integers(1, 3)))
    def book_an_entry(self, lines, day, customer, number):
        posted = [{"AmountFC": amount, "VATCode": code} for amount, code in lines]
        header = {"EntryDate": day, "EntryNumber": number, "YourRef": f"r{len(lines)}"}
        body = entry(self.client, *posted, **{name: value for name, value in header.items() if value is not None})
        self.attempt("POST", ENTRIES, {**body, "Customer": keys(self.client)[customer]})

    @rule(lines=lines, kind=st.sampled_from([8020, 8021, 1]))
    def draft_an_invoice(self, lines, kind):
        posted = [{"NetPrice": amount, "Quantity": 2, "VATCode": code} for amount, code in lines]
        self.attempt("POST", INVOICES, invoice(self.client, *posted, Type=kind))

    @rule(place=st.integers(0, 9), act=st.sampled_from(["print", "delete", "change", "spoil"]))
    def treat_a_document(self, place, act):
        documents = self.process.documents()
        key = documents[place % len(documents)] if documents else {"kind": "sales_invoice", "id": "00000000-0000-0000-0000-000000000000"}
        path = f"{INVOICES if key['kind'] == 'sales_invoice' else ENTRIES}(guid'{key['id']}')"
        acts = {
            "print": ("POST", PRINTED, {"InvoiceID": key["id"]}),
            "delete": ("DELETE", path, None),
            "change": ("PUT", path, {"YourRef": f"c{place}"}),
            "spoil": ("PUT", path, {"YourRef": "x", "Nonsense": 1}),
        }
        self.attempt(*acts[act])

    def insert_a_row(self) -> None:
        self.made += 1
        assert self.client.call("POST", ENTRIES, entry(self.client, YourRef=f"p{self.made}")).status_code == 201
        assert self.client.call("POST", f"{DIVISION}/crm/Accounts", {"Name": f"New {self.made}"}).status_code == 201

    @rule(data=st.data(), endpoint=st.sampled_from(list(PAGED)), inserted=st.integers(0, 3), top=st.sampled_from([None, 2, 7]))
    def page_through(self, data, endpoint, inserted, top):
        """Rows that are there all the time come once each, however many are inserted between the pages."""
        key = "ID" if endpoint != "salesentry/SalesEntries" else "EntryID"
        order = data.draw(st.sampled_from(PAGED[endpoint]))
        options = {"select": key, **({"orderby": order} if order else {})}
        before = {row[key] for row in self.client.all_rows(f"{DIVISION}/{endpoint}", **options)}
        answer, seen = self.client.get(f"{DIVISION}/{endpoint}", **options, **({"top": str(top)} if top else {})), []
        while True:
            content = answer.json()["d"]
            seen += [row[key] for row in results(answer.json())]
            following = content.get("__next") if isinstance(content, dict) else None
            if following is None:
                break
            if inserted:
                inserted -= 1
                self.insert_a_row()
            answer = self.client.call("GET", following)
        assert len(seen) == len(set(seen))
        if top:
            assert len(seen) == min(top, len(before)) or len(before) < len(seen) <= top
        else:
            assert before <= set(seen)

    @rule(endpoint=st.sampled_from(SEARCHED), seed=st.integers(0, 2**32))
    def search(self, endpoint, seed):
        """Any filter from the metadata finds what a brute-force reading of it finds."""
        entity = CATALOGUE[endpoint]
        rows = self.client.all_rows(f"{DIVISION}/{endpoint}")
        if not rows:
            return
        dice = random.Random(seed)
        for _ in range(25):
            text, matches = condition(dice, entity, rows)
            found = self.client.all_rows(f"{DIVISION}/{endpoint}", text, select=entity.key)
            assert {row[entity.key] for row in found} == {row[entity.key] for row in rows if matches(row)}, text
        count = self.client.call("GET", f"{DIVISION}/{endpoint}/$count", query=f"$filter={quote(text)}", Accept="").text
        assert int(count) == len(found)

    @invariant()
    def the_trial_balance_is_zero(self):
        balances = self.process.control("GET", "trial-balance")["divisions"]
        assert {balance["sum_dc"] for balance in balances} == {"0.00"}


ProtocolMachine.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a failure small takes minutes over HTTP
    print_blob=True,
)
TestProtocol = ProtocolMachine.TestCase


@pytest.fixture(scope="module", autouse=True)
def _process():
    own = SandboxProcess("--seed", "small", "--auto-consent", *AMPLE)
    ProtocolMachine.process, ProtocolMachine.client = own, application_one(own).sign_in()
    yield
    own.stop()
