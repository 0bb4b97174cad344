"""Size: loaded, paged through, weighed, saved and loaded again; the whole million is `python -m tests.sandbox.size`."""

from __future__ import annotations

import requests

from tests.sandbox.books import DIVISION, ENTRIES, entry
from tests.sandbox.size import measure

LINES = 20_000


def test_a_history_loads_balances_and_pages_fast_in_little_memory(tmp_path):
    size = measure(LINES, 100, str(tmp_path / "size.sqlite"))
    assert (size.lines, size.pages, size.sum_dc) == (LINES, LINES // 1000 + 1, "0.00")
    assert size.pages_per_cpu_s >= 20
    assert size.load_cpu_s <= 60
    assert size.memory_mb <= 400


def test_a_history_reads_like_bookings_of_sales_that_were_paid(sandbox, client):
    sandbox.control("POST", "history", {"division": 200, "lines": 50})
    rows = client.all_rows("200/sync/Financial/TransactionLines", "Timestamp gt 1L")
    sums: dict[str, float] = {}
    for row in rows:
        sums[row["GLAccountCode"]] = round(sums.get(row["GLAccountCode"], 0) + row["AmountDC"], 2)
    assert len({row["ID"] for row in rows}) == len({row["Timestamp"] for row in rows}) == 50
    assert sums["1300"] == 0
    assert sums["1100"] == -sums["8000"] - sums["1500"]
    assert {(row["AccountName"], row["FinancialYear"] > 2000, row["Type"]) for row in rows} >= {("First customer B.V.", True, 20)}
    sandbox.control("POST", "history", {"division": 200, "lines": 5})
    assert len(client.all_rows("200/sync/Financial/TransactionLines", "Timestamp gt 1L", select="ID")) == 55


def test_a_state_is_saved_and_loaded(sandbox, client, tmp_path):
    path = str(tmp_path / "books.sqlite")
    client.post(ENTRIES, entry(client, YourRef="kept"))
    sandbox.switch(negative_stock=False)
    sandbox.control("POST", "save", {"path": path})
    sandbox.reset()
    assert sandbox.documents() == []
    assert sandbox.control("POST", "load", {"path": path})["seed"] == "small"
    assert [document["your_ref"] for document in sandbox.documents()] == ["kept"]
    assert sandbox.control("GET", "switches")["negative_stock"] is False
    assert client.post(ENTRIES, entry(client)).status_code == 201
    numbers = client.rows(ENTRIES, f"Journal eq '70' and Division eq {DIVISION}", select="EntryNumber")
    assert len({row["EntryNumber"] for row in numbers}) == 2


def test_what_is_no_state_is_not_loaded(sandbox, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("no database at all, only some text that is long enough to be looked at", "utf-8")
    for path in (str(other), str(tmp_path / "missing.sqlite")):
        assert requests.post(f"{sandbox.url}/control/load", json={"path": path}, timeout=5).status_code == 400
    assert sandbox.control("GET", "health")["seed"] == "small"
