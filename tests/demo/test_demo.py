"""`make demo`, as a user runs it: the orders of the file, booked; what is expected is counted from the file by SQL of this test's own."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from include.demo.processes import marked, sweep

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
FORGOTTEN = datetime.now(UTC).date() - timedelta(days=60)
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
def second(first: Ran) -> Ran:
    return run(first.directory, KEEP="1")


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


def test_going_on_with_what_is_there_posts_nothing_new(first: Ran, second: Ran) -> None:
    assert second.status == 0, second.printed
    assert second.summary["duplicates"] == 0
    for count in ("documents", "posted", "dead_letter", "dismissed", "unknown", "causes"):
        assert second.summary[count] == first.summary[count]
    # Each start reads the mirror twice, by hand and by the schedule that is switched on, and compares; 454 documents are not sent again.
    assert second.summary["calls"] - first.summary["calls"] < 300
