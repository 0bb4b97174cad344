"""Clients that others published run against the sandbox as they are: `exactonline` 0.4 and `exactpy` 0.0.24, over HTTPS as they insist.

Where a client is wrong about Exact, its test says so and names the fact.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
from exactonline.api import ExactApi
from exactonline.elements.invoice import ExactInvoice
from exactonline.elements.relation import ExactCustomer
from exactonline.exceptions import ObjectDoesNotExist
from exactonline.http import HTTPError
from exactonline.resource import GET, POST
from exactonline.storage import IniStorage

from include.proof.certificate import write_certificate
from tests.sandbox.conftest import AMPLE, CALLBACK_ONE
from tests.sandbox.driver import SandboxProcess

# bin/setup.sh puts what cannot live beside Airflow into this folder; what stands in both is taken from our own.
sys.path.append(str(Path(sys.prefix) / "clients"))

from exactpy.client import Client
from exactpy.exceptions import TokenRefreshError

DIVISION = 100
INI = """
[server]
auth_url = {url}/api/oauth2/auth
rest_url = {url}/api
token_url = {url}/api/oauth2/token
[application]
base_url = {callback}
client_id = app-one
client_secret = secret-one
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Trusted by whatever asks the environment whom to trust."""
    path = write_certificate(tmp_path_factory.mktemp("tls") / "sandbox.pem")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(path))
        environment.setenv("REQUESTS_CA_BUNDLE", str(path))
        yield path


@pytest.fixture(scope="module")
def process(certificate):
    own = SandboxProcess("--seed", "small", "--auto-consent", "--tls-certificate", str(certificate), *AMPLE)
    yield own
    own.stop()


@pytest.fixture
def served(process):
    process.reset(keep_tokens=False)
    return process


@pytest.fixture
def slow_minutes(certificate):
    """A sandbox of two calls a minute, whose minutes take two seconds."""
    own = SandboxProcess(
        "--seed", "small", "--auto-consent", "--tls-certificate", str(certificate), "--time-scale", "30", "--minutely-limit", "2"
    )
    yield own
    own.stop()


def redirected(url: str) -> str:
    """Open the authorise page as a browser does, and return where it leads back to."""
    return requests.get(url, allow_redirects=False, timeout=10).headers["Location"]


def exactonline_client(own, directory) -> ExactApi:
    config = directory / "exactonline.ini"
    config.write_text(INI.format(url=own.url, callback=CALLBACK_ONE))
    api = ExactApi(storage=IniStorage(str(config)))
    api.request_token(parse_qs(urlsplit(redirected(api.create_auth_request_url())).query)["code"][0])
    api.set_division(DIVISION)
    return api


def exactpy_client(own) -> Client:
    client = Client("app-one", "secret-one", CALLBACK_ONE, caching_enabled=False, base_url=f"{own.url}/api", verbose=False)
    client.auth_client.acquire_token(redirected(client.auth_client.get_authorization_url()))
    client.set_initial_division()
    return client


@pytest.fixture
def api(served, tmp_path):
    return exactonline_client(served, tmp_path)


@pytest.fixture
def client(served):
    return exactpy_client(served)


def add_ledger_accounts(own, count):
    for number in range(count):
        row = {"endpoint": "financial/GLAccounts", "division": DIVISION, "Code": f"N{number:03}", "Description": "more", "Type": 110}
        own.control("POST", "rows", row)


def wait_for_a_minute_to_begin(own):
    until = time.monotonic() + 10
    while own.control("GET", "clock")["now_ms"] % 2000 > 300:
        assert time.monotonic() < until
        time.sleep(0.02)


class Customer(ExactCustomer):
    def get_code(self):
        return "77"

    def get_name(self):
        return "Seventy-seven B.V."

    def get_address(self):
        return {"AddressLine1": "Dorpsstraat 7", "Postcode": "2611 AB", "City": "Delft"}


class Invoice(ExactInvoice):
    amount = Decimal("12.10")

    def get_customer(self):
        return Customer(api=self._api)

    def get_created_date(self):
        return datetime.now(UTC).date().replace(day=1)

    def get_exact_journal(self):
        return "70"

    def get_invoice_number(self):
        return "2024-0001"

    def get_total_amount_incl_vat(self):
        return self.amount

    def get_total_vat(self):
        return Decimal("2.10")

    def get_vatcode_for_ledger_line(self, ledger_line):
        return "E21"

    def hint_exact_invoice_number(self):
        return 1

    def get_ledger_lines(self):
        excluding = self.amount - self.get_total_vat()
        return [{"code": "8000", "vat_percentage": 21, "total_amount_excl_vat": excluding, "description": "gifts"}]


def test_exactonline_signs_in_and_chooses_a_division(api):
    choices, current = api.get_divisions()
    assert (set(choices), choices[100], current) == ({100, 200}, "First company", 100)


def test_exactonline_refreshes_when_its_token_is_refused(served, api):
    before = api.storage.get_refresh_token()
    served.control("POST", "clock", {"advance_s": 601})
    assert api.relations.get(relation_code="25")["Name"] == "Second customer B.V."
    assert api.storage.get_refresh_token() != before
    served.control("POST", "clock", {"offset_s": 0})


def test_exactonline_is_told_400_when_it_refreshes_too_early_where_its_comments_expect_401_1_6(api):
    with pytest.raises(HTTPError) as refused:
        api.refresh_token()
    assert refused.value.code == 400
    assert b"access_token not expired" in refused.value.response


def test_exactonline_pages_through_all_rows(served, api):
    add_ledger_accounts(served, 130)
    rows = api.ledgeraccounts.filter(filter="startswith(Code,'N')")
    assert sorted(row["Code"] for row in rows) == [f"N{number:03}" for number in range(130)]


def test_exactonline_filters_by_padded_code_and_by_several(api):
    assert api.relations.get(relation_code="1")["Code"] == "1".rjust(18)
    assert {row["Code"] for row in api.ledgeraccounts.filter(code__in=["8000", "8010", "none"])} == {"8000", "8010"}
    with pytest.raises(ObjectDoesNotExist):
        api.relations.get(relation_code="999")


def test_exactonline_books_an_invoice_for_a_new_customer_changes_it_and_takes_it_away(served, api):
    condition = {"endpoint": "cashflow/PaymentConditions", "division": DIVISION, "Code": "15", "PaymentDays": 15}
    served.control("POST", "rows", condition)
    Invoice(api=api).commit()
    found = api.invoices.get(invoice_number="2024-0001")
    assert (found["AmountDC"], found["Type"], len(found["SalesEntryLines"])) == (12.1, 20, 1)
    assert api.relations.get(relation_code="77")["Name"] == "Seventy-seven B.V."

    bigger = Invoice(api=api)
    bigger.amount = Decimal("14.52")
    bigger.get_total_vat = lambda: Decimal("2.52")
    bigger.commit()
    (document,) = served.documents()
    assert (document["amount_dc"], document["lines"]) == ("14.52", 1)

    api.invoices.delete(found["EntryID"])
    with pytest.raises(ObjectDoesNotExist):
        api.invoices.get(invoice_number="2024-0001")
    assert served.documents() == []


def test_exactonline_shows_what_a_bookkeeper_refuses(api):
    with pytest.raises(HTTPError) as refused:
        api.restv1(POST("salesentry/SalesEntries", {"YourRef": "1"}))
    assert refused.value.code == 500
    assert b"Verplicht: " in refused.value.response


def test_exactonline_cannot_read_a_count_beside_the_rows_though_exact_puts_it_there_3_9(api):
    assert len(api.restv1(GET("financial/GLAccounts?$select=Code"))) > 5
    with pytest.raises(ValueError, match="only"):
        api.restv1(GET("financial/GLAccounts?$select=Code&$inlinecount=allpages"))


def test_exactonline_waits_when_the_minute_is_used_up(slow_minutes, tmp_path):
    api = exactonline_client(slow_minutes, tmp_path)
    wait_for_a_minute_to_begin(slow_minutes)
    codes = [row["Code"] for _ in range(3) for row in api.ledgeraccounts.filter(code__in=["8000"])]
    assert codes == ["8000"] * 3
    assert [call["status"] for call in slow_minutes.calls() if call["counted"]].count(200) >= 3


def test_exactpy_signs_in_and_finds_its_division(client):
    assert client.division == DIVISION
    assert client.get_current_division().description == "First company"


def test_exactpy_refreshes_after_nine_and_a_half_minutes(served, client):
    before = dict(client.auth_client.token_info)
    with pytest.raises(TokenRefreshError):
        client.auth_client.refresh_token()
    served.control("POST", "clock", {"advance_s": 575})
    client.auth_client.refresh_token()
    assert client.auth_client.token_info["refresh_token"] != before["refresh_token"]
    assert client.financial.gl_accounts.count() > 5
    served.control("POST", "clock", {"offset_s": 0})


def test_exactpy_pages_by_the_token_alone_and_counts(served, client):
    add_ledger_accounts(served, 130)
    accounts = client.financial.gl_accounts.all(
        filters=[{"key": "code", "val": "N", "op": "ge"}], order_by={"key": "code", "direction": "desc"}
    )
    assert [account.code for account in accounts] == [f"N{number:03}" for number in reversed(range(130))]
    assert client.financial.gl_accounts.count() > 130


def test_exactpy_filters_selects_and_shows_one(client):
    (account,) = client.financial.gl_accounts.all(filters=[{"key": "code", "val": "8000", "op": "eq"}])
    assert client.financial.gl_accounts.show(account.id).description == "Revenue"
    assert [found.code for found in client.financial.gl_accounts.all(top=1, order_by={"key": "code", "direction": "asc"})] == ["1100"]


def test_exactpy_s_blank_before_a_quote_may_be_refused_by_switch_3_10(served, client):
    key = client.financial.gl_accounts.all(top=1)[0].id
    served.switch(blank_before_quote=False)
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        client.financial.gl_accounts.show(key)


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "code", "val": "80", "op": "contains"},  # there is substringof, and no contains: 3.9
        {"key": "id", "val": "96fe14ed-c046-541f-b0fa-38be8c8afe88", "op": "eq"},  # a GUID without its prefix: 3.10
    ],
)
def test_exactpy_s_filters_of_a_newer_odata_are_refused_3_9_3_10(client, wrong):
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        client.financial.gl_accounts.all(filters=[wrong])


def test_exactpy_loses_the_rows_of_a_top_beyond_a_page_because_it_takes_top_for_the_size_of_one_3_5(served, client):
    add_ledger_accounts(served, 130)
    assert len(client.financial.gl_accounts.all(top=60)) == 60
    assert client.financial.gl_accounts.all(top=100) == []


def test_exactpy_waits_when_the_minute_is_used_up(slow_minutes):
    client = exactpy_client(slow_minutes)
    wait_for_a_minute_to_begin(slow_minutes)
    assert [client.financial.gl_accounts.count() > 5 for _ in range(3)] == [True] * 3
    assert [call["status"] for call in slow_minutes.calls() if call["counted"]].count(200) >= 3
