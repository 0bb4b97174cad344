"""Faults on request: each does to the client and to the books what its name says."""

from __future__ import annotations

import json
import socket
import time
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.sandbox.books import ENTRIES, INVOICES, entry
from tests.sandbox.conftest import application_one
from tests.sandbox.driver import error_text

# kind -> what the client sees, whether the books have the entry
OUTCOMES = {
    "timeout_before_commit": ("nothing", False),
    "timeout_after_commit": ("nothing", True),
    "reset_before_commit": ("reset", False),
    "reset_after_commit": ("reset", True),
    "unavailable_before_commit": (503, False),
    "unavailable_after_commit": (503, True),
    "unavailable_html_before_commit": (503, False),
    "unavailable_html_after_commit": (503, True),
    "error_html_before_commit": (500, False),
    "error_html_after_commit": (500, True),
    "problem_before_commit": (500, False),
    "problem_after_commit": (500, True),
    "bad_gateway_before_commit": (502, False),
    "bad_gateway_after_commit": (502, True),
    "gateway_timeout_before_commit": (504, False),
    "gateway_timeout_after_commit": (504, True),
    "request_timeout": (408, False),
    "redirected": (302, False),
    "login_page_after_commit": (200, True),
    "clock_skew": (201, True),
    "late_visible": (201, True),
    "stranger": (201, True),
    "unknown_text": (500, False),
    "truncated_after_commit": ("cut", True),
    "empty_after_commit": (201, True),
    "too_many_requests": (429, False),
    "unauthorised": (401, False),
    "slow": (201, True),
}


def seen(client, timeout=0.4):
    try:
        return client.call("POST", ENTRIES, entry(client, YourRef="F"), timeout=timeout, follow=False).status_code
    except requests.exceptions.ReadTimeout:
        return "nothing"
    except requests.exceptions.ChunkedEncodingError:
        return "cut"
    except requests.exceptions.ConnectionError as error:
        return "reset" if "reset" in str(error).lower() else "nothing"


@pytest.mark.parametrize("kind", OUTCOMES)
def test_a_fault_strikes_once_and_is_in_the_log(sandbox, client, kind):
    what, booked = OUTCOMES[kind]
    sandbox.fault(kind, endpoint="salesentry/SalesEntries", **({"seconds": 0.05} if kind == "slow" else {}))
    assert seen(client) == what
    assert len(sandbox.documents()) == booked
    call = sandbox.calls()[-1]
    assert (call["fault"], call["committed"], call["injected_429"]) == (kind, booked, what == 429)
    assert (call["row_key"] is not None) == booked
    assert (call["status"] is None) == (what in ("nothing", "reset"))
    assert seen(client) == 201


def test_every_kind_is_tested(sandbox):
    alone = {"late_commit", "next_foreign_host", "next_loop", "maintenance", "refuse_connections"}
    assert set(sandbox.control("GET", "faults")["kinds"]) == {*OUTCOMES, *alone}


def test_a_page_may_lead_to_a_foreign_host_or_to_itself(sandbox, client):
    path, query = "100/financial/GLAccounts", "$select=Code"
    sandbox.fault("next_foreign_host")
    assert client.call("GET", path, query=query).json()["d"]["__next"] == (
        "https://start.exactonline.nl.attacker.example/api/v1/100/financial/GLAccounts?$select=Code"
    )
    sandbox.fault("next_loop")
    assert client.call("GET", path, query=query).json()["d"]["__next"] == f"{sandbox.url}/api/v1/{path}?{query}"
    sandbox.fault("next_loop")
    feed = client.call("GET", path, query=query, Accept="application/atom+xml").text
    assert feed.endswith(f'<link rel="next" href="{sandbox.url}/api/v1/{path}?{query}" /></feed>')
    assert "__next" not in client.call("GET", path, query=query).json()["d"]


def test_the_clock_of_the_server_may_be_wrong_for_one_answer_or_for_all(sandbox, client):
    def ahead():
        date = client.get("100/hrm/Divisions").headers["Date"]
        return parsedate_to_datetime(date).timestamp() - sandbox.control("GET", "clock")["now_ms"] / 1000

    sandbox.fault("clock_skew", method="GET", seconds=-3600)
    assert -3630 < ahead() < -3570
    assert -30 < ahead() < 30
    sandbox.switch(date_skew_s=300.0)
    assert 270 < ahead() < 330


def test_a_row_may_show_late_in_sync_with_its_low_timestamp(sandbox, client):
    lines = "100/sync/Financial/TransactionLines"
    sandbox.fault("late_visible", seconds=30)
    client.post(ENTRIES, entry(client, YourRef="late"))
    client.post(ENTRIES, entry(client, YourRef="early"))
    seen = client.all_rows(lines, "Timestamp gt 1L", select="YourRef,Timestamp")
    assert {row["YourRef"] for row in seen} == {"early"}
    sandbox.control("POST", "clock", {"advance_s": 31})
    whole = client.all_rows(lines, "Timestamp gt 1L", select="YourRef,Timestamp")
    assert max(int(row["Timestamp"]) for row in whole if row["YourRef"] == "late") < min(int(row["Timestamp"]) for row in seen)
    sandbox.control("POST", "clock", {"offset_s": 0})


def test_a_stranger_may_use_up_the_minute_between_two_calls(sandbox, client):
    now = sandbox.control("GET", "clock")["now_ms"]
    sandbox.control("POST", "clock", {"advance_s": (60_000 - now % 60_000) / 1000 + 0.2})
    sandbox.control("POST", "limits", {"minutely": 60, "daily": 5000})
    sandbox.fault("stranger", method="GET", calls=1000)
    first = client.get("100/hrm/Divisions")
    assert (first.status_code, first.headers["X-RateLimit-Minutely-Remaining"]) == (200, "59")
    assert client.get("100/hrm/Divisions").status_code == 429
    sandbox.control("POST", "clock", {"offset_s": 0})
    client.sign_in()


def test_maintenance_closes_everything_but_the_control_door_for_a_while(sandbox, client):
    sandbox.fault("maintenance", seconds=30)
    assert client.post(ENTRIES, entry(client)).status_code == 503
    closed = [client.get("current/Me"), client.get(ENTRIES, "Journal eq '70'"), client.refresh(), client.authorize()]
    assert {answer.status_code for answer in closed} == {503}
    assert "temporarily unavailable" in closed[0].text
    assert sandbox.calls()[-1]["fault"] == "maintenance"
    sandbox.control("POST", "clock", {"advance_s": 31})
    assert client.post(ENTRIES, entry(client)).status_code == 201
    sandbox.control("POST", "outage", {"kind": "maintenance", "seconds": 600})
    assert sandbox.control("GET", "outage")["maintenance"] is True
    sandbox.control("DELETE", "outage")
    assert client.post(ENTRIES, entry(client)).status_code == 201
    assert len(sandbox.documents()) == 2
    sandbox.control("POST", "clock", {"offset_s": 0})


def wait_until(condition):
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def listens(sandbox):
    try:
        socket.create_connection(("127.0.0.1", sandbox.port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.mark.parametrize("how", ["outage", "fault"])
def test_connections_are_refused_for_a_while_and_taken_again(new_sandbox, how):
    own = new_sandbox()
    app = application_one(own).sign_in()
    if how == "outage":
        own.control("POST", "outage", {"kind": "refuse", "seconds": 0.6})
    else:
        own.fault("refuse_connections", seconds=0.6)
        assert seen(app) == "reset"
    wait_until(lambda: not listens(own))
    wait_until(lambda: listens(own))
    assert app.get("current/Me").status_code == 200
    assert own.documents() == []


def test_it_can_be_stopped_while_it_refuses(new_sandbox):
    own = new_sandbox()
    own.control("POST", "outage", {"kind": "refuse", "seconds": 600})
    wait_until(lambda: not listens(own))
    assert own.stop() == 0


def test_an_outage_without_sense_is_refused(sandbox):
    assert sandbox.http.post(f"{sandbox.url}/control/outage", data='{"kind": "flood"}', timeout=10).status_code == 400


def test_a_late_commit_shows_in_the_books_after_the_client_gave_up(sandbox, client):
    sandbox.fault("late_commit", seconds=0.6)
    assert seen(client, timeout=0.2) == "nothing"
    assert sandbox.documents() == []
    time.sleep(0.7)
    assert len(sandbox.documents()) == 1
    call = sandbox.calls()[-1]
    assert call["committed"] == 1
    assert call["committed_ms"] - call["received_ms"] >= 590
    assert (call["answered_ms"], call["status"]) == (None, None)


def test_a_late_commit_is_refused_if_it_is_invalid_by_then(sandbox, client):
    sandbox.fault("late_commit", seconds=0.2)
    with pytest.raises(requests.exceptions.RequestException):
        client.call("POST", ENTRIES, {}, timeout=0.1)
    time.sleep(0.3)
    assert (sandbox.documents(), sandbox.calls()[-1]["committed"]) == ([], 0)


def test_scripts_run_in_order_and_as_often_as_told(sandbox, client):
    sandbox.control("POST", "faults", [{"kind": "unavailable_before_commit", "times": 2}, {"kind": "too_many_requests"}])
    assert [seen(client) for _ in range(4)] == [503, 503, 429, 201]


def test_a_fault_can_be_for_one_method_endpoint_division_or_content(sandbox, client):
    sandbox.fault("unavailable_before_commit", endpoint="salesinvoice/SalesInvoices", times=None)
    sandbox.fault("too_many_requests", contains="MARKED", times=None)
    sandbox.fault("unauthorised", method="GET", division=200, times=None)
    assert seen(client) == 201
    assert client.post(INVOICES, {}).status_code == 503
    assert client.post(ENTRIES, entry(client, YourRef="MARKED")).status_code == 429
    assert client.get(ENTRIES, "Journal eq '70'").status_code == 200
    assert client.get("200/salesentry/SalesEntries", "Journal eq '70'").status_code == 401


def test_rates_are_shares_and_the_same_seed_throws_the_same_dice(new_sandbox):
    patterns = []
    for _ in range(2):
        own = new_sandbox("--seed", "42", "--minutely-limit", "100000")
        own.control("POST", "faults", [{"kind": "unavailable_before_commit", "rate": 0.2}, {"kind": "too_many_requests", "rate": 0.1}])
        app = application_one(own).sign_in()
        patterns.append([app.call("POST", ENTRIES, {}).status_code for _ in range(300)])
    assert patterns[0] == patterns[1]
    assert 35 <= patterns[0].count(503) <= 85
    assert 15 <= patterns[0].count(429) <= 50


def test_the_token_endpoint_has_faults_of_its_own(new_sandbox):
    own = new_sandbox()
    app = application_one(own).sign_in()
    own.fault("unavailable_before_commit", times=None)
    own.fault("reset_after_commit", endpoint="oauth2/token")
    own.control("POST", "clock", {"advance_s": 575})
    with pytest.raises(requests.exceptions.ConnectionError):
        app.refresh()
    assert app.refresh().json()["error"] == "unauthorized_client"


def test_faults_can_be_taken_away(sandbox, client):
    sandbox.fault("unavailable_before_commit", times=None)
    first = sandbox.control("GET", "faults")["faults"][0]
    assert sandbox.control("DELETE", "faults", id=first["id"]) == {"removed": 1}
    sandbox.fault("unavailable_before_commit", times=None)
    assert sandbox.control("DELETE", "faults") == {"removed": 1}
    assert seen(client) == 201


def test_the_unknown_text_is_in_the_users_language_and_in_no_list(sandbox, client):
    sandbox.fault("unknown_text")
    text = error_text(client.call("POST", ENTRIES, entry(client)))
    assert text.startswith("Handeling niet uitgevoerd")


def test_a_fault_without_sense_is_refused(sandbox):
    for body in ({"kind": "nonsense"}, {"kind": "slow", "colour": "red"}, {}):
        assert requests.post(f"{sandbox.url}/control/faults", data=json.dumps(body), timeout=5).status_code == 400
