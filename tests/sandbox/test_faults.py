"""Faults on request: each does to the client and to the books what its name says."""

from __future__ import annotations

import json
import time

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
    "unknown_text": (500, False),
    "truncated_after_commit": ("cut", True),
    "empty_after_commit": (201, True),
    "too_many_requests": (429, False),
    "unauthorised": (401, False),
    "slow": (201, True),
}


def seen(client, timeout=0.4):
    try:
        return client.call("POST", ENTRIES, entry(client, YourRef="F"), timeout=timeout).status_code
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
    assert set(sandbox.control("GET", "faults")["kinds"]) == {*OUTCOMES, "late_commit"}


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
