"""`make demo`, as a user runs it: the orders of the file, booked; what is expected is counted from the file by SQL of this test's own."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from include.demo.processes import marked, sweep
from include.demo.summary import FLOWS
from tests.browser import Windows
from tests.demo.mistakes import FORGOTTEN, commands, put_right
from tests.demo.morning import Desk
from tests.demo.running import SOON_S, RunningDemo, wait_for
from tests.flows.conftest import copy_order
from tests.sandbox.driver import UK, ExactClient

PROJECT = Path(__file__).parents[2]
FILE = PROJECT / "include" / "demo" / "data" / "online_retail.csv"
DUTCH = ("Netherlands", "Germany", "Norway", "Poland", "Lithuania")
ROUTE = f"CASE WHEN Country = 'United Kingdom' THEN 'UK' WHEN Country IN {DUTCH} THEN 'NL' ELSE 'BE' END"
NAMES = ("BE", "NL", "UK")
# What becomes of a document, and why: the first cause that holds. What is wrong in the books is wrong in those of UK.
FATES = {
    "free": "InvoiceNo NOT LIKE 'C%' AND max(CAST(UnitPrice AS REAL)) = 0",
    "vat_number_refused:FR61001258300": "CustomerID = '12583'",
    "unknown_item:22139": f"{ROUTE} = 'UK' AND max(StockCode = '22139')",
    "missing_gl_account:8120": f"{ROUTE} = 'UK' AND max(StockCode = 'M')",
    "blocked_account:13468": "CustomerID = '13468'",
}
TIMEOUT_S = 400
pytestmark = pytest.mark.timeout(2 * TIMEOUT_S)


@dataclass(frozen=True)
class Ran:
    """How the demo ended, what it printed and wrote."""

    directory: Path
    status: int
    printed: str
    summary: dict[str, Any]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("a demo") / "demo"
    yield directory
    sweep(str(directory))


def run(directory: Path, **switches: str) -> Ran:
    command = [sys.executable, "-m", "include.demo", str(directory)]
    environment = {**os.environ, "DEMO_EXIT": "1", "PYTHONPATH": str(PROJECT), **switches}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    summary = directory / "summary.json"
    return Ran(directory, done.returncode, done.stdout + done.stderr, json.loads(summary.read_text()) if summary.exists() else {})


@pytest.fixture(scope="module")
def first(directory: Path) -> Ran:
    return run(directory)


@pytest.fixture(scope="module")
def second(first: Ran) -> Iterator[RunningDemo]:
    """The demo goes on with what is there, and stays up."""
    running = RunningDemo(first.directory, KEEP="1")
    for flow in FLOWS:
        # What their hourly runs send meanwhile would not be there to be looked at.
        running.airflow.pause(flow)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, Any]]:
    """Per administration: documents, free ones, and dead letters by cause."""
    database = sqlite3.connect(":memory:")
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    database.execute(f"CREATE TABLE line ({', '.join(rows[0])})")
    database.executemany(f"INSERT INTO line VALUES ({', '.join('?' * len(rows[0]))})", rows[1:])
    cases = " ".join(f"WHEN {condition} THEN '{fate}'" for fate, condition in FATES.items())
    documents = f"SELECT {ROUTE} AS administration, CASE {cases} ELSE 'posted' END AS fate FROM line GROUP BY InvoiceNo"
    found: dict[str, dict[str, Any]] = {name: {"documents": 0, "posted": 0, "free": 0, "causes": {}} for name in NAMES}
    for name, fate, count in database.execute(f"SELECT administration, fate, count(*) FROM ({documents}) GROUP BY 1, 2"):
        found[name]["documents"] += count
        if fate in ("posted", "free"):
            found[name][fate] = count
        else:
            found[name]["causes"][fate] = count
    # The order that the file does not have.
    found["BE"]["documents"] += 1
    found["BE"]["causes"][f"closed_period:{FORGOTTEN:%Y-%m}"] = 1
    return found


def test_the_demo_ends_well(first: Ran) -> None:
    assert first.status == 0, first.printed


def test_each_administration_booked_what_the_file_says(first: Ran, expected: dict[str, dict[str, Any]]) -> None:
    for name, counts in expected.items():
        booked = first.summary["administrations"][name]
        assert booked["documents"] == counts["documents"]
        assert booked["posted"] == counts["posted"]
        assert booked["dismissed"] == counts["free"]
        assert booked["causes"] == counts["causes"]
        assert booked["dead_letter"] == sum(counts["causes"].values())


def test_the_whole_is_the_512_documents_of_the_file_and_one_order_more_each_explained(first: Ran) -> None:
    total = first.summary
    assert total["documents"] == 513
    assert total["posted"] + total["dead_letter"] + total["dismissed"] == 513
    assert total["posted"] >= 430
    assert (total["planned"], total["unknown"], total["duplicates"], total["lost"], total["http_429"]) == (0, 0, 0, 0, 0)
    assert total["dismissed"] == 45


def test_the_new_customers_became_relations_and_the_others_were_known(first: Ran) -> None:
    relations = first.summary["flows"]["customers_to_accounts"]
    assert (relations["planned"], relations["unknown"]) == (0, 0)
    assert relations["dead_letter"] == 2, "one relation, whose VAT number is refused, and its person"
    assert relations["calls"] < relations["records"] / 5, "most of them are first looks at the books"


def test_a_document_costs_little_more_than_one_call(first: Ran) -> None:
    assert first.summary["calls"] / first.summary["posted"] < 1.3


def test_the_shop_and_exact_agree_to_the_cent_but_for_what_waits_for_a_person(first: Ran) -> None:
    found = first.summary["reconciliation"]
    assert set(found["kinds"]) <= {"not_sent", "rounding"}
    assert found["kinds"]["not_sent"] == found["documents"] - found["agreeing"]
    assert found["documents"] == first.summary["posted"] + found["kinds"]["not_sent"]
    assert found["to_decide"] == 0
    assert found["says"] in first.printed.replace("\n", " ")


def test_the_addresses_are_printed_with_user_and_password(first: Ran) -> None:
    secrets = json.loads((first.directory / "secrets.json").read_text())
    assert "http://127.0.0.1:" in first.printed
    assert "user admin" in first.printed
    assert f"password {secrets['password']}" in first.printed


def test_only_the_owner_can_read_the_secrets_and_no_log_holds_one(first: Ran) -> None:
    files = [first.directory / "secrets.json", first.directory / "airflow" / "passwords.json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    secrets = [*json.loads(files[0].read_text()).values(), *(f"exactly-{name.lower()}-secret" for name in NAMES)]
    logs = [*(first.directory / "logs").rglob("*.log"), *(first.directory / "airflow" / "logs").rglob("*.log")]
    assert len(logs) > 20
    for log in logs:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert [secret for secret in secrets if secret in text] == [], log


def test_each_cause_is_a_case_in_airflow(first: Ran, expected: dict[str, dict[str, Any]]) -> None:
    runs = {folder.name.removeprefix("run_id=") for folder in (first.directory / "airflow" / "logs" / "dag_id=attention").iterdir()}
    assert runs == {f"{name}:{cause}" for name, counts in expected.items() for cause in counts["causes"]}


def test_nothing_is_left_running(first: Ran) -> None:
    assert marked(str(first.directory)) == []


def test_going_on_with_what_is_there_posts_nothing_new(first: Ran, second: RunningDemo) -> None:
    assert second.summary["duplicates"] == 0
    for count in ("documents", "posted", "dead_letter", "dismissed", "unknown", "causes"):
        assert second.summary[count] == first.summary[count]
    # Each start reads the mirror twice, by hand and by the schedule that is switched on, and compares; 454 documents are not sent again.
    assert second.summary["calls"] - first.summary["calls"] < 300


@pytest.fixture(scope="module")
def windows(second: RunningDemo, chromium: Browser) -> Iterator[Windows]:
    opened = Windows(chromium, second.airflow_url)
    yield opened
    opened.close()


def test_a_morning_in_dutch_empties_the_queue_of_the_demo(
    second: RunningDemo, windows: Windows, expected: dict[str, dict[str, Any]]
) -> None:
    account, article, blocked, _, vat_number = commands()
    desk = Desk(windows.open(language="nl"), second.pictures, second.password)
    desk.sees("main", "16 documenten wachten op u.")
    desk.look("nl-first-look")
    for cause, command in (("Grootboekrekening 8120", account), ("Artikel 22139", article), ("Relatie 13468", blocked)):
        desk.open(cause)
        put_right(command, second.sandbox.url)
        desk.decide("Opnieuw proberen…", "Opnieuw proberen")
        desk.sees("#told", "Wordt opnieuw geprobeerd")
        desk.look(f"nl-retrying-{cause}")
        desk.sees("#case", "Deze oorzaak is afgehandeld")
        desk.turn_to("Te doen")
    desk.open("De periode")
    desk.decide("Boeken in de huidige periode…", "Boeken in de huidige periode")
    desk.sees("#case", "Deze oorzaak is afgehandeld")
    desk.look("nl-settled")
    desk.turn_to("Te doen")
    desk.open("FR61001258300")
    put_right(vat_number, second.sandbox.url)
    desk.clear_in_airflow(clear="wissen", confirm="Bevestig")
    desk.look("nl-cleared-in-airflow")
    desk.back_from_airflow()
    desk.looks_until("Te doen", "Niets te doen")
    desk.look("nl-nothing-left")
    desk.turn_to("Onderweg")
    desk.main.get_by_role("row", name="Orders").get_by_role("link").click()
    desk.sees("main", "536370")
    desk.look("nl-on-its-way")

    for flow in ("customers_to_accounts", "orders_to_invoices"):
        assert second.runs_to_its_end(flow, since=a_week_ago(), until=now()) == "success"
    desk.looks_until("Onderweg", "Niets onderweg")
    causes = [f"{name}:{cause}" for name, counts in expected.items() for cause in counts["causes"]]
    assert second.squares == dict.fromkeys(causes, "success")
    assert booked(second) == 513 - second.summary["dismissed"]
    assert windows.problems == []


def test_a_morning_in_english_empties_the_queue_of_the_demo(second: RunningDemo, windows: Windows) -> None:
    before = booked(second)
    second.sandbox.control("POST", "accounts", {"division": UK, "Code": "17809", "Blocked": True})
    for number, like in (("EN-1", "536365"), ("EN-2", "536365"), ("EN-3", "536380")):
        copy_order(second.dsn("webshop"), number, like=like)
    second.asked("webshop", "update webshop.sale_items set sku = '85I23A' where sale_no = 'EN-1' and sku = '85123A'")
    second.asked("webshop", "update webshop.sale_items set sku = 'TRIAL' where sale_no = 'EN-2' and sku = '85123A'")
    assert second.runs_to_its_end("orders_to_invoices", since=a_week_ago(), until=now()) == "success"
    assert Counter(second.squares.values())["failed"] == 3
    desk = Desk(windows.open(language="en", theme="dark"), second.pictures, second.password)
    desk.sees("main", "3 documents wait for you.")
    desk.look("en-first-look")

    desk.open("Item 85I23A")
    desk.main.get_by_role("link", name="EN-1").click()
    desk.sees("#record", "Item 85I23A does not exist")
    desk.look("en-record")
    second.asked("webshop", "update webshop.sale_items set sku = '85123A' where sale_no = 'EN-1' and sku = '85I23A'")
    second.asked("webshop", "update webshop.sales set updated_at = now() where sale_no = 'EN-1'")
    desk.decide("Try again…", "Try again")
    desk.sees("#record h1", "booked")
    desk.look("en-booked")

    desk.turn_to("Open")
    desk.open("Item TRIAL")
    desk.decide("Dismiss…", "Dismiss", "A trial of the sales department, no sale")
    desk.sees("#case", "This cause is settled")

    desk.turn_to("Open")
    desk.open("Relation 17809")
    desk.main.get_by_role("link", name="EN-3").click()
    page_in_exact = typed_by_hand(second, "EN-3")
    desk.decide("Match with a document in Exact…", "Look", page_in_exact)
    desk.sees("dialog.act", "This document carries another reference")
    desk.look("en-beside")
    assert desk.frame.locator("dialog.act").evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    desk.frame.get_by_role("dialog").get_by_role("button", name="Yes, match").click()
    desk.sees("#record h1", "booked")

    desk.looks_until("Open", "Nothing to do")
    desk.look("en-nothing-left")
    wait_for(lambda: set(second.squares.values()) == {"success"}, within_s=SOON_S)
    assert booked(second) == before + 2, "EN-1, which was sent, and EN-3, which a colleague typed"
    assert windows.problems == []


def test_after_the_mornings_shop_and_exact_agree_but_for_what_was_done_by_hand(second: RunningDemo, windows: Windows) -> None:
    for dag_id in ("mirror_refresh", "mapping_checks"):
        assert second.runs_to_its_end(dag_id) == "success", "what was wrong in Exact was put right"
    assert second.runs_to_its_end("nightly_reconciliation", since=a_week_ago(), until=now()) == "success"
    desk = Desk(windows.open(language="en", height=1250), second.pictures, second.password)
    desk.turn_to("Reconciliation")
    desk.sees(".light", "469 of 470 documents")
    desk.sees(".light", "1 was left out on purpose")
    desk.sees("main", "-166.95 GBP")
    desk.look("reconciliation")
    desk.turn_to("Health")
    desk.sees("h1", "Health")
    desk.look("health")
    desk.turn_to("Connections")
    desk.sees("main", "exact_uk")
    desk.look("connections")
    assert windows.problems == []


def test_ctrl_c_ends_the_demo_and_all_its_processes(second: RunningDemo) -> None:
    assert second.stop() == 0, second.printed
    assert marked(str(second.directory)) == []


def booked(demo: RunningDemo) -> int:
    """Sales and credits in the books of all companies; each reference stands there once."""
    references = Counter(document["your_ref"] for document in demo.sandbox.documents())
    assert set(references.values()) == {1}
    return len(references)


def typed_by_hand(demo: RunningDemo, number: str) -> str:
    """Somebody enters in Exact what an order says, under a reference of its own; the address of its page there."""
    demo.sandbox.control("POST", "accounts", {"division": UK, "Code": "17809", "Blocked": False})
    demo.sandbox.control("POST", "switches", {"consent_ends_old_chain": False})
    ((payload,),) = demo.asked("exactly", "select payload from mutation where your_ref = %s", number)
    invoice = {**json.loads(payload), "YourRef": "by telephone", "Description": "Order by telephone"}
    colleague = ExactClient(demo.sandbox, "exactly-uk", "exactly-uk-secret", f"{demo.airflow_url}/exactly/connections/callback").sign_in()
    answer = colleague.post(f"{UK}/salesinvoice/SalesInvoices", invoice)
    assert answer.status_code == 201, answer.text
    return f"{demo.sandbox.url}/docs/SalInvoice.aspx?ID={{{answer.json()['d']['InvoiceID']}}}"


def now() -> str:
    return datetime.now(UTC).isoformat()


def a_week_ago() -> str:
    return (datetime.now(UTC) - timedelta(days=8)).isoformat()
