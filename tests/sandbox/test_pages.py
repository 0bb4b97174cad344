"""The sandbox's pages in a browser."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.sync_api import sync_playwright

from tests.sandbox.books import ENTRIES, INVOICES, PRINTED, entry, invoice
from tests.sandbox.conftest import CALLBACK_ONE, application_one

NASTY = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, sandbox):
    opened = browser.new_page()
    opened.problems = []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.on("console", lambda message: opened.problems.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda request: opened.problems.append(request.url) if not request.url.startswith(sandbox.url) else None)
    yield opened
    assert opened.problems == []
    opened.close()


def test_a_document_is_found_by_its_reference_and_shows_lines_and_bookings(sandbox, client, page):
    key = client.post(INVOICES, invoice(client, YourRef="R-17")).json()["d"]["InvoiceID"]
    client.post(PRINTED, {"InvoiceID": key})
    client.post(ENTRIES, entry(client, YourRef="other"))
    page.goto(sandbox.url)
    page.click("text=First company")
    page.fill("input[name=q]", "R-17")
    page.click("text=Search")
    assert page.locator("tbody tr").count() == 1
    page.click("text=R-17")
    assert page.locator("h2.big").inner_text() == "Invoice 20000001"
    text = page.locator("main").inner_text()
    assert "First customer B.V." in text
    assert "24.20" in text
    page.click("text=1300")
    assert "Debtors" in page.locator("h2.big").inner_text()


def test_the_ledger_shows_that_it_adds_up(sandbox, client, page):
    client.post(ENTRIES, entry(client))
    page.goto(f"{sandbox.url}/companies/100/ledger")
    assert page.locator("tfoot b").inner_text() == "0.00"
    page.goto(f"{sandbox.url}/companies/100/relations?q=Delft")
    assert "No relation matches" in page.locator("main").inner_text()


def test_calls_faults_and_limits_are_shown(sandbox, client, page):
    client.post(ENTRIES, {})
    sandbox.fault("slow", times=3)
    page.goto(sandbox.url)
    assert "slow" in page.locator("main").inner_text()
    page.click("nav >> text=Calls")
    assert "Mandatory: Journal" in page.locator("main").inner_text()
    page.click("nav >> text=Faults and switches")
    assert "auto_consent" in page.locator("main").inner_text()


def test_text_from_outside_is_never_markup(sandbox, client, page):
    sandbox.control("POST", "accounts", {"division": 100, "Code": "1", "Name": NASTY})
    client.post(INVOICES, invoice(client, {"Description": NASTY}, YourRef=NASTY, Description=NASTY))
    client.get(INVOICES, f"Nonsense eq '{NASTY}'")
    key = sandbox.documents()[0]["id"]
    for path in (
        "",
        "/companies/100",
        "/companies/100/relations",
        f"/documents/{key}",
        "/calls",
        f"/companies/100?q={NASTY}",
        f"/nothing/{NASTY}",
    ):
        assert NASTY not in requests.get(sandbox.url + path, timeout=5).text
    page.goto(f"{sandbox.url}/documents/{key}")
    assert NASTY in page.locator("main").inner_text()


def test_a_person_consents_on_the_page(sandbox, browser):
    sandbox.switch(auto_consent=False, consent_ends_old_chain=False)
    app = application_one(sandbox)
    address = app.authorize(state="s").request.url
    opened = browser.new_page()
    opened.route(f"{CALLBACK_ONE}*", lambda route: route.abort())
    opened.goto(address)
    opened.uncheck("text=Second company")
    with opened.expect_request(f"{CALLBACK_ONE}*") as asked:
        opened.click("text=Allow")
    code = parse_qs(urlsplit(asked.value.url).query)["code"][0]
    opened.close()
    app.tokens = app.exchange(code).json()
    assert [row["Code"] for row in app.rows("100/system/Divisions", select="Code")] == [100]
    sandbox.switch(auto_consent=True)


def test_dark_pages_are_dark(sandbox, browser):
    shown = {}
    for scheme in ("light", "dark"):
        opened = browser.new_page(color_scheme=scheme)
        opened.goto(sandbox.url)
        shown[scheme] = opened.evaluate("getComputedStyle(document.body).backgroundColor")
        opened.close()
    assert shown["light"] != shown["dark"]


def test_pages_that_do_not_exist_say_so(sandbox):
    for path in (
        "/nothing",
        "/companies/1",
        "/documents/00000000-0000-0000-0000-000000000000",
        "/static/../world.py",
        "/companies/100/ledger/1234",
    ):
        assert requests.get(sandbox.url + path, timeout=5).status_code == 404
