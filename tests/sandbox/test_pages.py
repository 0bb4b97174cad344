"""The sandbox's pages in a browser: what they show, and that each button does what it says."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.sync_api import expect

from include.sandbox import page_kinds, page_trials
from include.sandbox.catalogue import Catalogue
from include.sandbox.schema import EXTRA
from tests.sandbox import company
from tests.sandbox.books import ENTRIES, INVOICES, PRINTED, entry, invoice
from tests.sandbox.conftest import CALLBACK_ONE, application_one
from tests.sandbox.receiver import Receiver

NASTY = "<script>alert('x')</script>"
PAGES = ("", "calls", "webhooks", "faults", "switches", "state", "test-your-client")
TABS = ("documents", "relations", "open", "ledger", "stock", "periods")


@pytest.fixture(scope="module")
def window(chromium, shared_sandbox):
    """One window for all tests, which notes whatever is wrong and every request that leaves the sandbox."""
    opened = chromium.new_page()
    opened.problems = []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.on("console", lambda message: opened.problems.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda asked: None if asked.url.startswith(shared_sandbox.url) else opened.problems.append(asked.url))
    return opened


@pytest.fixture
def page(window, sandbox):
    window.problems.clear()
    yield window
    assert window.problems == []


def press(page, name):
    """Press a button and see that the page it leads to says that it is done."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name=name, exact=True).first.click()
    assert page.locator(".told.good").count() == 1, shown(page)


def shown(page):
    return page.locator("main").inner_text()


def test_a_document_is_found_by_its_reference_and_shows_lines_and_bookings(sandbox, client, page):
    key = client.post(INVOICES, invoice(client, YourRef="R-17")).json()["d"]["InvoiceID"]
    client.post(PRINTED, {"InvoiceID": key})
    client.post(ENTRIES, entry(client, YourRef="other"))
    page.goto(sandbox.url)
    page.click("text=First company")
    page.fill("input[name=q]", "r-17")
    page.click("text=Search")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.click("text=R-17")
    assert page.locator("h2.big").inner_text() == "Sales invoice 20000001"
    assert "First customer B.V." in shown(page)
    assert "24.20" in shown(page)
    page.click("text=1300")
    assert "Debtors" in page.locator("h2.big").inner_text()


def test_every_kind_of_document_is_listed_and_shows_that_its_bookings_add_up(sandbox, client, page):
    known = company.keys(client)
    sold = company.sale(client, YourRef="S-1")
    company.made(client, "purchaseentry/PurchaseEntries", company.purchase(client, YourRef="P-1"))
    company.made(client, "financialtransaction/BankEntries", company.bank(client, {"AmountFC": 121, "OurRef": sold["EntryNumber"]}))
    count = {"Item": known["item:S1"], "QuantityNew": 12}
    body = {"Warehouse": known["warehouse:1"], "StockCountDate": "2026-11-01", "Status": 21, "StockCountLines": [count]}
    company.made(client, "inventory/StockCounts", body)
    lines = [{"Item": known["item:S1"], "Quantity": 3, "NetPrice": 12, "VATCode": "E21"}]
    company.made(client, "salesorder/SalesOrders", {"OrderedBy": known["account:1"], "SalesOrderLines": lines})
    scan = company.made(client, "documents/Documents", {"Subject": "A scan", "Type": 55, "Account": known["account:1"]})
    company.made(client, "documents/DocumentAttachments", {"Document": scan["ID"], "FileName": "bill.pdf", "Attachment": "SGVsbG8="})
    rest = [{"GLAccount": known["gl:4000"], "AmountFC": 10}, {"GLAccount": known["gl:4010"], "AmountFC": -10}]
    company.made(client, "generaljournalentry/GeneralJournalEntries", {"JournalCode": "90", "GeneralJournalEntryLines": rest})
    hours = {
        "Project": known["project:P1"],
        "Item": known["item:HOUR"],
        "Quantity": 2,
        "Date": "2026-11-02",
        "Employee": known["employee:1"],
    }
    company.made(client, "project/TimeTransactions", {**hours, "Account": known["account:1"]})
    page.goto(f"{sandbox.url}/companies/200")
    links = page.locator("tbody tr td:first-child a").evaluate_all("links => links.map(link => [link.innerText, link.href])")
    expected = {"Sales entry", "Purchase entry", "Bank entry", "Stock count", "Sales order", "Document", "Journal entry", "Hours and costs"}
    assert {name for name, _ in links} == expected
    for name, address in links:
        text = requests.get(address, timeout=5).text
        sums = re.findall(
            r"Together</td><td class=\"right\"><b><span>([\d.,]+)</span></b></td><td class=\"right\"><b><span>([\d.,]+)", text
        )
        assert len(sums) == (name in ("Sales entry", "Purchase entry", "Bank entry", "Stock count", "Journal entry")), name
        assert all(debit == credit for debit, credit in sums), name
    page.goto(f"{sandbox.url}/entries/{sold['EntryID']}")
    assert page.url.endswith(f"/documents/{sold['EntryID']}")
    assert "matched" in shown(page)


def test_a_ledger_card_has_the_balance_after_each_line_on_every_page(sandbox, client, page):
    sandbox.control("POST", "history", {"division": 100, "lines": 300})
    client.post(ENTRIES, entry(client, YourRef="last"))
    page.goto(f"{sandbox.url}/companies/100/ledger")
    assert page.locator("#sum").inner_text() == "0.00"
    client.post(ENTRIES, entry(client, YourRef="later still"))
    page.reload()
    assert page.locator("#sum").inner_text() == "0.00"
    page.click("text=1300")
    balances = []
    while True:
        rows = page.locator("tbody tr").all_inner_texts()
        balances += [[cell.replace(",", "") for cell in row.split("\t")[-3:]] for row in rows]
        if page.locator("text=older →").count() == 0:
            break
        page.click("text=older →")
    assert [balances[0], balances[1][2]] == [["121.00", "", "242.00"], "121.00"]
    running = 0.0
    for debit, credit, balance in reversed(balances):
        running += float(debit or 0) - float(credit or 0)
        assert round(running, 2) == float(balance)
    page.click("text=← newest")
    page.locator("tbody a").last.click()
    assert "no document behind it" in shown(page)


def test_relations_show_their_open_items_and_are_blocked_by_a_button(sandbox, client, page):
    client.post(ENTRIES, entry(client, YourRef="R-1"))
    page.goto(f"{sandbox.url}/companies/100/relations?q=nobody")
    assert "No relation matches" in shown(page)
    page.goto(f"{sandbox.url}/companies/100/open")
    assert "121.00 EUR" in shown(page)
    page.goto(f"{sandbox.url}/companies/100/relations")
    page.locator("tbody a").first.click()
    assert "121.00 EUR" in shown(page)
    press(page, "Block")
    assert "blocked" in page.locator(".heading .tag").inner_text()
    assert client.post(ENTRIES, entry(client)).status_code == 500
    press(page, "Unblock")


def test_a_document_is_processed_opened_and_deleted_by_buttons(sandbox, client, page):
    key = client.post(ENTRIES, entry(client)).json()["d"]["EntryID"]
    page.goto(f"{sandbox.url}/documents/{key}")
    press(page, "Process")
    assert page.locator(".heading .tag").inner_text() == "Processed"
    press(page, "Open again")
    page.click("text=Delete …")
    press(page, "Delete it")
    assert "Nothing is booked yet" in shown(page)
    assert "curl -s -X DELETE" in page.locator(".told pre").first.text_content()


def test_faults_and_outages_begin_and_end_by_buttons(sandbox, client, page):
    page.goto(f"{sandbox.url}/faults")
    form = page.locator("form", has=page.locator("input[name=times]"))
    form.locator("[name=kind]").select_option("unavailable_before_commit")
    form.locator("[name=times]").fill("1")
    press(page, "Inject")
    assert client.post(ENTRIES, entry(client)).status_code == 503
    form = page.locator("form", has=page.locator("input[name=percent]"))
    form.locator("[name=kind]").select_option("bad_gateway_before_commit")
    form.locator("[name=percent]").fill("100")
    press(page, "Inject until cleared")
    assert client.post(ENTRIES, entry(client)).status_code == 502
    # Faults are numbered for as long as the process lives.
    press(page, page.get_by_role("button", name=re.compile("Clear fault")).first.get_attribute("aria-label"))
    expect(page.locator("tbody >> nth=0").locator("tr")).to_have_count(1)
    press(page, "Clear all")
    assert client.post(ENTRIES, entry(client)).status_code == 201
    press(page, "Close Exact")
    assert client.get("current/Me").status_code == 503
    press(page, "End it")
    assert client.get("current/Me").status_code == 200
    form = page.locator("form", has=page.get_by_role("button", name="Close Exact"))
    form.locator("[name=kind]").select_option("refuse")
    form.locator("[name=seconds]").fill("0.5")
    with page.expect_navigation(wait_until="commit"):
        page.get_by_role("button", name="Close Exact").click()
    expect(page.locator("h1")).to_contain_text("Nobody listens for 0.5 seconds")
    wait_for_the_outage_to_pass(sandbox)
    page.goto(f"{sandbox.url}/faults")
    page.problems.clear()  # the style sheet that the browser asked for while nobody listened


def listens(sandbox):
    try:
        return requests.get(f"{sandbox.url}/control/health", timeout=5).ok
    except requests.ConnectionError:
        return False


def wait_for_the_outage_to_pass(sandbox):
    """Wait until it has begun (or was over before anybody looked), and then until it is over."""
    for listening, seconds in ((False, 3), (True, 20)):
        until = time.monotonic() + seconds
        while listens(sandbox) is not listening and time.monotonic() < until:
            time.sleep(0.01)
    assert listens(sandbox)


def test_switches_periods_and_limits_change_by_buttons(sandbox, client, page):
    page.goto(f"{sandbox.url}/switches")
    press(page, "Switch on retry_after")
    page.locator("[name=rotation]").select_option("lenient")
    press(page, "Set rotation")
    page.locator("[name=page_rows]").fill("7")
    press(page, "Set page_rows")
    switches = sandbox.control("GET", "switches")
    assert (switches["retry_after"], switches["rotation"], switches["page_rows"]) == (True, "lenient", 7)
    page.goto(f"{sandbox.url}/companies/100/periods")
    year = int(page.locator(".year b").first.inner_text())
    press(page, f"Close {year} period 3")
    press(page, "Close the year")
    press(page, f"Open {year} period 12")
    closed = [each["period"] for each in sandbox.control("GET", "periods", division=100)["periods"] if each["closed"]]
    assert closed == list(range(1, 12))
    press(page, page.locator("button", has_text="Add ").inner_text())
    press(page, "Move this company")
    assert "Last moved" in shown(page)
    press(page, "Write history")
    assert '{"lines":1000}' in page.locator(".told").text_content()


def test_the_clock_the_sign_ins_and_the_state_change_by_buttons(sandbox, client, page, tmp_path):
    client.post(ENTRIES, entry(client, YourRef="kept"))
    page.goto(f"{sandbox.url}/state")
    for label in ("+ 1 minute", "+ 10 minutes", "Move"):
        press(page, label)
    assert sandbox.control("GET", "clock")["offset_s"] == 60 + 600 + 570
    press(page, "Back to real time")
    press(page, "A stranger uses 10 calls of app-one in 100")
    page.locator("[name=minutely]").fill("0")
    press(page, "Set limits")
    assert client.get("100/crm/Accounts", select="ID").status_code == 429
    press(page, "Forgive all errors and blocks")
    page.locator("form[action$=save] input[name=path]").fill(str(tmp_path / "books.sqlite"))
    press(page, "Save")
    press(page, "Reset, keep sign-ins")
    assert sandbox.documents() == []
    page.locator("form[action$=load] input[name=path]").fill(str(tmp_path / "books.sqlite"))
    press(page, "Load")
    assert [document["your_ref"] for document in sandbox.documents()] == ["kept"]
    page.locator("form[action$=load] input[name=path]").fill(str(tmp_path / "none.sqlite"))
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.locator(".told.bad")).to_contain_text("Nothing was done")
    for name in ("Expire access tokens of app-two", "Withdraw the consent of app-two"):
        press(page, name)


@pytest.fixture
def receiver():
    started = Receiver()
    yield started
    started.stop()


def test_webhooks_are_shown_with_every_attempt_and_sent_again_by_buttons(sandbox, client, page, receiver):
    page.goto(f"{sandbox.url}/webhooks")
    press(page, "Allow them")
    assert client.post("100/webhooks/WebhookSubscriptions", {"Topic": "SalesInvoices", "CallbackURL": receiver.url}).status_code == 201
    client.post(INVOICES, invoice(client))
    assert len(receiver.wait_for(2)) == 2
    page.reload()
    press(page, "Send again")
    press(page, "Send again with another key under the old signature")
    press(page, "Move the clock by 121 seconds")
    assert len(receiver.wait_for(4)) == 4
    deliveries = sandbox.control("GET", "webhooks")["deliveries"]
    assert [each["body"] == deliveries[0]["body"] for each in deliveries] == [True, True, False]
    page.goto(f"{sandbox.url}/webhooks")
    expect(page.locator("tbody >> nth=1").locator("tr")).to_have_count(3)


def test_calls_faults_and_limits_are_shown(sandbox, client, page):
    client.post(ENTRIES, {})
    client.get("100/financial/GLAccounts", select="ID")
    sandbox.fault("slow", times=3)
    page.goto(sandbox.url)
    assert "slow" in shown(page)
    page.click("nav >> text=Calls")
    assert "Mandatory: Journal" in shown(page)
    page.click("text=Refused or unanswered")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert requests.get(f"{sandbox.url}/calls?follow=1", timeout=5).headers["Refresh"]
    page.goto(f"{sandbox.url}/calls?before=2")
    page.click("text=← newest")
    assert "financial/GLAccounts" in shown(page)


def test_the_page_for_other_people_s_clients_has_a_shell_line_that_works_and_a_button_per_trial(sandbox, client, page):
    sandbox.switch(consent_ends_old_chain=False)
    page.goto(f"{sandbox.url}/test-your-client")
    commands = page.locator("#by-hand").inner_text()
    ran = subprocess.run(["bash", "-c", commands], capture_output=True, text=True, timeout=60, check=True)
    assert '"UserName":"tester"' in ran.stdout.replace(" ", "")
    for client_name in ("exactonline", "exactpy"):
        assert client_name in shown(page)
    tries = page.get_by_role("button", name=re.compile("^Try: "))
    names = [name for name in tries.evaluate_all("all => all.map(each => each.ariaLabel)") if "Nobody listens" not in name]
    assert len(names) > 15
    forms = page.locator("form", has=tries).evaluate_all(
        "all => all.map(form => [form.getAttribute('action'), Object.fromEntries(new FormData(form))])"
    )
    own = {"Sec-Fetch-Site": "same-origin"}
    for action, fields in forms:
        if fields.get("kind") != "refuse":
            answer = requests.post(sandbox.url + action, data=fields, headers=own, timeout=5)
            assert 'class="told good"' in answer.text, fields
    kinds = {fault["kind"] for fault in sandbox.control("GET", "faults")["faults"]}
    assert {"timeout_after_commit", "late_visible", "stranger", "next_loop"} <= kinds
    press(page, "Take any address")
    press(page, "Check it again")
    press(page, "Reset, keep sign-ins")
    assert sandbox.control("GET", "faults")["faults"] == []


def test_the_manual_for_clients_has_each_trial_of_the_page_with_a_fact_that_the_table_knows():
    room = Path(page_trials.__file__).parent
    trials = page_trials.TRIALS + page_trials.OUTAGES
    manual, facts = (room / "CLIENTS.md").read_text("utf-8"), (room / "CONFORMANCE.md").read_text("utf-8")
    assert [trial.name for trial in trials if f"| {trial.name} | {trial.fact} | {trial.expect} |" not in manual] == []
    assert [trial.fact for trial in trials if f"\n| {trial.fact} |" not in facts] == []


def test_every_column_that_the_pages_name_exists():
    catalogue = Catalogue()
    known = {table: {*catalogue.columns(table), *EXTRA.get(table, {})} for kind in page_kinds.SHOWN for table in (kind.table, kind.lines)}
    for kind in page_kinds.SHOWN:
        named = {kind.key, kind.number, *kind.facts, *filter(None, (kind.party_key, kind.entry))}
        assert named - known[kind.table] == set(), kind.name
        assert set(kind.columns) - known[kind.lines] == set(), kind.name


def test_text_from_outside_is_never_markup(sandbox, client, page):
    sandbox.control("POST", "accounts", {"division": 100, "Code": "1", "Name": NASTY})
    sandbox.fault("slow", contains=NASTY, endpoint=NASTY)
    client.post(INVOICES, invoice(client, {"Description": NASTY}, YourRef=NASTY, Description=NASTY))
    client.post(ENTRIES, entry(client, {"Description": NASTY, "AmountFC": 1}, YourRef=NASTY, Description=NASTY))
    client.get(INVOICES, f"Nonsense eq '{NASTY}'")
    keys = [document["id"] for document in sandbox.documents()]
    documents = tuple(f"documents/{key}" for key in keys)
    tabs = tuple(f"companies/100/{tab}" for tab in TABS)
    more = ("companies/100/ledger/8000", "companies/100/relations/1", f"nothing/{NASTY}", f"calls?client={NASTY}", f"?told={NASTY}")
    for path in (*PAGES, *tabs, *documents, *more, *(f"{tab}?q={NASTY}&kind={NASTY}&side={NASTY}&page={NASTY}&before=x" for tab in tabs)):
        answer = requests.get(f"{sandbox.url}/{path}", timeout=5)
        assert answer.status_code in (200, 404)
        assert "<script" not in answer.text, path
    page.goto(f"{sandbox.url}/{documents[0]}")
    assert NASTY in shown(page)


def test_no_page_of_another_site_presses_a_button_or_uses_the_control_door(sandbox):
    reset, form = f"{sandbox.url}/do/post/faults", {"kind": "slow"}
    foreign = (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    )
    for headers in foreign:
        assert requests.post(reset, data=form, headers=headers, timeout=5).status_code == 403
        control = requests.post(f"{sandbox.url}/control/faults", data='{"kind": "slow"}', headers=headers, timeout=5)
        assert control.status_code == 403
    assert requests.post(reset, data=form, timeout=5).status_code == 403
    assert sandbox.control("GET", "faults")["faults"] == []
    assert requests.post(reset, data=form, headers={"Origin": sandbox.url}, timeout=5).status_code == 200
    assert len(sandbox.control("GET", "faults")["faults"]) == 1
    away = {**form, "back": "//elsewhere.example/"}
    led = requests.post(reset, data=away, headers={"Origin": sandbox.url}, timeout=5, allow_redirects=False)
    assert led.headers["Location"].startswith("/?told=")


def test_the_keyboard_reaches_the_content_and_every_button_has_a_name(sandbox, client, page):
    client.post(ENTRIES, entry(client))
    for path in (*PAGES, *(f"companies/100/{tab}" for tab in TABS)):
        page.goto(f"{sandbox.url}/{path}")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        nameless = "all => all.filter(each => !(each.ariaLabel || each.textContent || each.labels?.length)).length"
        assert page.locator("button, input:not([type=hidden]), select").evaluate_all(nameless) == 0


def test_a_person_consents_on_the_page(sandbox, chromium):
    sandbox.switch(auto_consent=False, consent_ends_old_chain=False)
    app = application_one(sandbox)
    address = app.authorize(state="s").request.url
    opened = chromium.new_page()
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


def test_dark_pages_are_dark(sandbox, page):
    page.goto(sandbox.url)
    colours = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(set(colours)) == 2


def test_pages_that_do_not_exist_say_so(sandbox):
    nobody = "00000000-0000-0000-0000-000000000000"
    missing = ("nothing", "companies/1", f"documents/{nobody}", f"entries/{nobody}", "static/../world.py", "companies/100/ledger/1234")
    for path in (*missing, "companies/100/relations/1234", "companies/100/periods/1", "companies/100/nothing", "do/post/faults"):
        assert requests.get(f"{sandbox.url}/{path}", timeout=5).status_code == 404
