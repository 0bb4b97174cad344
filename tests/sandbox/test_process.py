"""The process itself: starting, stopping, surviving, several clients at once, speed."""

from __future__ import annotations

import signal
import socket
import statistics
import subprocess
import sys
import threading
import time

import pytest

from tests.sandbox.books import DIVISION, ENTRIES, INVOICES, entry, invoice
from tests.sandbox.conftest import application_one
from tests.sandbox.driver import BE, NL, ROOT, UK, ExactClient


def test_it_says_where_it_is_and_starts_at_once(demo):
    assert demo.first_line.startswith(f"Exact Online sandbox on http://127.0.0.1:{demo.port} ")
    assert demo.start_s < 6  # 0.8 s alone; the machine may be busy


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_at_once_even_while_it_holds_an_answer(new_sandbox, number):
    own = new_sandbox()
    app = application_one(own).sign_in()
    own.fault("timeout_before_commit")
    with pytest.raises(Exception, match="timed out"):
        app.call("POST", ENTRIES, {}, timeout=0.2)
    began = time.monotonic()
    assert own.stop(number) == 0
    assert time.monotonic() - began < 3


def test_it_says_what_is_wrong_when_it_cannot_start(new_sandbox):
    own = new_sandbox()
    nothing = "/nowhere/at/all"
    wrong = [["--port", str(own.port)], *([option, nothing] for option in ("--seed", "--state", "--faults", "--tls-certificate"))]
    for arguments in wrong:
        command = [sys.executable, "-m", "include.sandbox", *arguments]
        assert subprocess.run(command, cwd=ROOT, capture_output=True, timeout=20, check=False).returncode == 1


def test_faults_can_be_in_force_from_the_start(new_sandbox, tmp_path):
    script = tmp_path / "script.yaml"
    script.write_text("- {kind: unavailable_before_commit, endpoint: salesentry/SalesEntries}\n- {kind: slow, rate: 0.5, seconds: 0.01}\n")
    own = new_sandbox("--faults", str(script))
    app = application_one(own).sign_in()
    assert [app.post(ENTRIES, entry(app)).status_code for _ in range(2)] == [503, 201]
    assert [fault["kind"] for fault in own.control("GET", "faults")["faults"]] == ["unavailable_before_commit", "slow"]


@pytest.mark.parametrize("script", ["- {kind: flood}", "kind: slow", "- [", "- 1"])
def test_faults_without_sense_keep_it_from_starting(tmp_path, script):
    (tmp_path / "script.yaml").write_text(script)
    command = [sys.executable, "-m", "include.sandbox", "--port", "0", "--seed", "small", "--faults", str(tmp_path / "script.yaml")]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, timeout=20, check=False).returncode == 1


def test_its_state_survives_a_kill(new_sandbox, tmp_path):
    state = str(tmp_path / "state.sqlite")
    first = new_sandbox("--state", state)
    app = application_one(first).sign_in()
    key = app.post(ENTRIES, entry(app, YourRef="K")).json()["d"]["EntryID"]
    first.process.kill()
    first.process.wait()
    second = new_sandbox("--state", state)
    app.sandbox = second
    assert [document["id"] for document in second.documents()] == [key]
    assert second.control("GET", "calls")["calls"][-1]["row_key"] == key
    again = app.post(ENTRIES, entry(app, YourRef="K2")).json()["d"]
    assert again["EntryID"] != key
    assert len(second.documents()) == 2


def test_the_language_of_all_users_can_be_set(new_sandbox):
    own = new_sandbox("--language", "FR")
    assert "Obligatoire : Journal" in application_one(own).sign_in().post(ENTRIES, {}).text


def test_eight_clients_at_once_lose_nothing(sandbox, client):
    statuses: list[int] = []

    def post_ten(name: int) -> None:
        own = application_one(sandbox)
        own.tokens = client.tokens
        statuses.extend(own.post(ENTRIES, entry(client, YourRef=f"{name}-{number}")).status_code for number in range(10))

    threads = [threading.Thread(target=post_ten, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * 80
    assert len({document["your_ref"] for document in sandbox.documents()}) == 80
    assert len({document["number"] for document in sandbox.documents()}) == 80


def test_bodies_in_chunks_and_bad_http_are_understood_or_refused(sandbox, client):
    text = b'{"YourRef":"chunks"}'
    token = client.tokens["access_token"]
    head = f"POST /api/v1/{ENTRIES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n"
    chunked = head.encode() + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(text), text)
    assert b"500 Internal Server Error" in raw(sandbox, chunked)
    assert b"400 Bad Request" in raw(sandbox, b"NONSENSE\r\n\r\n")
    assert b"400 Bad Request" in raw(sandbox, b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n")


def raw(sandbox, content: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=5) as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_a_post_of_twenty_lines_takes_milliseconds(sandbox, client):
    body = invoice(client, *[{"Quantity": number, "NetPrice": 2.55, "VATCode": "E21"} for number in range(20)])
    took = []
    for _ in range(40):
        began = time.perf_counter()
        assert client.post(INVOICES, body).status_code == 201
        took.append(time.perf_counter() - began)
    assert statistics.median(took) < 0.05  # 4 ms alone


def test_the_demo_knows_what_both_sides_agree_on(demo):
    uk = ExactClient(demo, "exactly-uk", "exactly-uk-secret", "https://exactly.example/signed-in").sign_in()
    be = ExactClient(demo, "exactly-be", "exactly-be-secret", "https://exactly.example/signed-in").sign_in()
    nl = ExactClient(demo, "exactly-nl", "exactly-nl-secret", "https://exactly.example/signed-in").sign_in()
    company = uk.rows(f"{UK}/system/Divisions", select="Code,Description,ChamberOfCommerceNumber,VATNumber,Currency")
    assert [(row["Code"], row["ChamberOfCommerceNumber"], row["VATNumber"], row["Currency"]) for row in company] == [
        (UK, "01234567", "GB123456782", "GBP")
    ]
    known = {row["Code"].strip() for row in uk.all_rows(f"{UK}/sync/CRM/Accounts", "Timestamp gt 1L", select="Code")}
    known |= {row["Code"].strip() for row in be.all_rows(f"{BE}/sync/CRM/Accounts", "Timestamp gt 1L", select="Code")}
    known |= {row["Code"].strip() for row in nl.all_rows(f"{NL}/sync/CRM/Accounts", "Timestamp gt 1L", select="Code")}
    assert not known & {"17850", "13047", "12583", "12472"}
    assert len(known - {"90000", "80001"}) == 323 - 4
    items = {row["Code"] for row in uk.all_rows(f"{UK}/sync/Logistics/Items", "Timestamp gt 1L", select="Code")}
    assert {"85123A", "SHIPPING", "DISCOUNT", "MISC", "CHARGES"} <= items
    assert {row["Code"] for row in be.rows(f"{BE}/vat/VATCodes", select="Code")} == {"21", "I0", "X0"}
    types = {row["Code"]: row["Type"] for row in nl.rows(f"{NL}/vat/VATCodes", select="Code,Type")}
    assert {code for code, kind in types.items() if kind == "I"} == {"NL21", "NL9", "DE19", "DE7", "PL23", "PL8", "LT21", "LT9"}
    rates = be.rows(f"{BE}/financial/ExchangeRates", "SourceCurrency eq 'GBP'", orderby="StartDate desc", select="Rate,TargetCurrency")
    assert [(row["Rate"], row["TargetCurrency"]) for row in rates] == [(1.148, "EUR"), (1.15, "EUR")]
    assert {row["Code"]: row["PaymentMethod"] for row in be.rows(f"{BE}/cashflow/PaymentConditions", select="Code,PaymentMethod")} == {
        "PP": "K",
        "30": "B",
    }
    assert len(be.rows(f"{BE}/financial/FinancialPeriods", top="50", select="FinYear")) == 36
    assert DIVISION not in {row["Code"] for row in company}
