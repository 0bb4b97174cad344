"""Sign-in and the token chain (FACTS 1)."""

from __future__ import annotations

import base64
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox.conftest import application_one, application_two

OLD = {"error": "unauthorized_client", "error_description": "Old refresh token used."}
CHAIN = "Token is not allowed, because of invalid or empty chainId"
EARLY = "Rate limit exceeded: access_token not expired"


@pytest.fixture
def own(new_sandbox):
    """A sandbox of its own, so that its clock may be turned."""
    return new_sandbox()


@pytest.fixture
def app(own):
    return application_one(own).sign_in()


def advance(sandbox, seconds):
    sandbox.control("POST", "clock", {"advance_s": seconds})


def test_1_2_the_authorise_page_shows_a_form_and_consent_leads_back_with_code_and_state(own):
    own.switch(auto_consent=False)
    app = application_one(own)
    page = app.authorize(state="a b&c")
    assert page.status_code == 200
    assert "<form" in page.text
    assert "First company" in page.text
    user = page.text.split('name="user" value="')[1].split('"')[0]
    form = {"user": user, "division": "200", "decision": "allow"}
    back = requests.post(page.url, data=form, allow_redirects=False, timeout=10)
    answer = parse_qs(urlsplit(back.headers["Location"]).query)
    assert answer["state"] == ["a b&c"]
    app.tokens = app.exchange(answer["code"][0]).json()
    assert [row["Code"] for row in app.rows("200/system/Divisions", select="Code")] == [200]


def test_1_2_a_consent_can_be_denied(own):
    own.switch(auto_consent=False)
    page = application_one(own).authorize()
    back = requests.post(page.url, data={"decision": "deny"}, allow_redirects=False, timeout=10)
    assert "error=access_denied" in back.headers["Location"]


def test_an_address_given_at_the_start_is_registered_with_every_application_and_stays_so_after_a_reset(new_sandbox):
    sandbox = new_sandbox("--redirect-uri", "http://127.0.0.1:8080/signed-in")
    for _ in range(2):
        assert application_one(sandbox).authorize(redirect_uri="http://127.0.0.1:8080/signed-in").status_code in {200, 302}
        assert application_one(sandbox).authorize(redirect_uri="http://127.0.0.1:8081/signed-in").status_code == 400
        sandbox.control("POST", "reset")


def test_1_2_an_address_that_is_not_registered_is_refused_and_a_switch_allows_it(own):
    app = application_one(own)
    assert app.authorize(redirect_uri="https://elsewhere.example/").status_code == 400
    own.switch(check_redirect_uri=False)
    assert app.authorize(redirect_uri="https://elsewhere.example/").status_code == 302


def test_1_3_the_code_is_escaped_once_single_use_and_lives_three_minutes(own):
    app = application_one(own)
    location = app.authorize().headers["Location"]
    assert "%21" in location
    assert "!" not in location
    code = app.code()
    assert "!" in code
    assert app.exchange(code).status_code == 200
    again = app.exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    late = app.code()
    advance(own, 181)
    assert app.exchange(late).status_code == 400


def test_1_4_client_id_and_secret_may_come_in_a_basic_header(own):
    app = application_one(own)
    basic = base64.b64encode(b"app-one:secret-one").decode()
    form = {"grant_type": "authorization_code", "code": app.code(), "redirect_uri": app.redirect_uri}
    answer = requests.post(f"{own.url}/api/oauth2/token", data=form, headers={"Authorization": f"Basic {basic}"}, timeout=10)
    assert answer.status_code == 200
    app.secret = "wrong"
    assert app.exchange(app.code()).json()["error"] == "invalid_client"


def test_1_5_expires_in_is_a_text(app):
    assert app.tokens["expires_in"] == "600"
    assert app.tokens["token_type"].lower() == "bearer"


def test_1_6_a_token_lives_600_seconds_and_is_refreshed_from_570_on(own, app):
    advance(own, 569)
    early = app.refresh()
    assert early.status_code == 400
    assert early.json() == {"error": "access_denied", "error_description": EARLY}
    assert early.headers["Reason"] == f"TooEarlyToRefreshTokens: {EARLY}"
    advance(own, 2)
    refreshed = app.refresh()
    assert refreshed.status_code == 200
    assert app.get("current/Me").status_code == 200
    advance(own, 30)
    assert app.get("current/Me").status_code == 401
    app.tokens = refreshed.json()
    assert app.get("current/Me").status_code == 200


def test_1_6_refreshes_that_come_too_early_may_block_the_token_endpoint_by_switch(own, app):
    own.switch(token_errors_block=True)
    assert [app.refresh().status_code for _ in range(11)] == [400] * 10 + [429]
    advance(own, 3601)
    assert app.refresh().status_code == 200


def test_1_9_a_used_token_is_refused_and_its_second_replay_kills_the_chain(own, app):
    used = app.tokens["refresh_token"]
    advance(own, 580)
    app.tokens = app.refresh().json()
    first = app.refresh(used)
    assert (first.status_code, first.json()) == (401, OLD)
    assert app.get("current/Me").status_code == 200
    second = app.refresh(used)
    assert (second.status_code, second.json()["error_description"]) == (400, CHAIN)
    assert second.headers["Reason"] == f"Unknown: {CHAIN}"
    assert app.get("current/Me").status_code == 401
    advance(own, 580)
    assert app.refresh().json()["error"] == "invalid_grant"


def test_1_9_the_older_status_of_a_used_token_is_a_switch(own, app):
    own.switch(old_token_status=400)
    used = app.tokens["refresh_token"]
    advance(own, 580)
    app.refresh()
    assert app.refresh(used).status_code == 400


def test_1_9_a_token_that_nobody_knows_has_no_chain(app):
    assert app.refresh("nonsense").json() == {"error": "invalid_grant", "error_description": CHAIN}


def test_1_8_a_token_idle_for_thirty_days_has_expired(own, app):
    advance(own, 30 * 86_400 + 1)
    answer = app.refresh()
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["error_description"].startswith("The refresh token expired at ")
    assert " and it is now " in answer.json()["error_description"]


def test_1_11_of_sixteen_refreshes_at_once_one_wins(own, app):
    own.switch(replays_before_kill=0)
    advance(own, 580)
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(application_one(own).refresh(app.tokens["refresh_token"]).status_code))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [401] * 15


def test_1_11_lenient_rotation_takes_an_old_token_until_its_successor_is_used(own, app):
    own.switch(rotation="lenient")
    old = app.tokens["refresh_token"]
    advance(own, 580)
    assert app.refresh(old).status_code == 200
    app.tokens = app.refresh(old).json()
    assert app.get("current/Me").status_code == 200
    assert app.refresh(old).status_code == 401


def test_1_11_a_new_consent_of_the_same_user_ends_the_old_chain(own, app):
    other = application_one(own).sign_in()
    assert app.get("current/Me").status_code == 401
    assert other.get("current/Me").status_code == 200


def test_1_14_two_hundred_token_calls_a_day_is_a_switch(own, app):
    own.switch(token_calls_per_day=2)
    app.refresh()
    refused = app.refresh()
    assert (refused.status_code, refused.json()["error"]) == (400, "access_denied")


def test_1_15_a_bad_token_gets_an_html_page(client):
    answer = requests.get(f"{client.sandbox.url}/api/v1/100/crm/Accounts", headers={"Authorization": "Bearer nonsense"}, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Object moved" in answer.text
    assert "/docs/Login.aspx" in answer.text


def test_1_16_an_application_without_the_scope_is_refused(sandbox):
    app = application_two(sandbox).sign_in()
    refused = app.get("100/salesentry/SalesEntries", "Journal eq '70'")
    assert refused.status_code == 403
    assert "Forbidden - Application Scope Violated. Cannot read 'financial.accounting' scope." in refused.text
    assert app.get("100/salesinvoice/SalesInvoices", "YourRef eq 'x'").status_code == 200


def test_1_17_only_granted_divisions_are_listed_and_entered(sandbox, client):
    assert {row["Code"] for row in client.rows("100/system/Divisions", select="Code")} == {100, 200}
    refused = client.get("300/crm/Accounts", "Code eq 'x'")
    assert (refused.status_code, refused.headers["Reason"]) == (403, "NoDivisionAccess")


def test_1_17_the_current_division_drifts_with_the_user(sandbox, client):
    sandbox.control("POST", "users", {"name": "tester", "current_division": 200})
    assert client.rows("current/Me")[0]["CurrentDivision"] == 200


def test_a_blocked_user_is_told_so(sandbox, client):
    sandbox.control("POST", "users", {"name": "tester", "blocked": True})
    refused = client.get("100/crm/Accounts", "Code eq 'x'")
    assert (refused.status_code, refused.headers["Reason"]) == (403, "BlockedUser")


@pytest.mark.parametrize("reason", ["InactiveUser", "BlockedCustomer", "LicenseExpired"])
def test_3_16_the_header_reason_says_why_a_user_may_do_nothing(sandbox, client, reason):
    sandbox.control("POST", "users", {"name": "tester", "blocked": True, "reason": reason})
    refused = client.get("100/crm/Accounts", "Code eq 'x'")
    assert (refused.status_code, refused.headers["Reason"]) == (403, reason)
    assert client.get("current/Me").status_code == 403


def test_3_16_a_blocked_division_says_so(sandbox, client):
    sandbox.control("POST", "divisions", {"division": 100, "BlockingStatus": 1})
    refused = client.get("100/crm/Accounts", "Code eq 'x'")
    assert (refused.status_code, refused.headers["Reason"]) == (403, "DivisionBlocked")
    assert client.get("200/crm/Accounts", "Code eq 'x'").status_code == 200


@pytest.fixture
def person(own):
    """Somebody with a browser of their own, who gives consent by hand."""
    own.switch(auto_consent=False)
    return application_one(own)


def consent(app):
    """Enter the form of the authorise page, and return the query that leads back."""
    page = app.authorize()
    user = page.text.split('name="user" value="')[1].split('"')[0]
    form = {"user": user, "division": "100", "decision": "allow"}
    back = app.http.post(page.url, data=form, allow_redirects=False, timeout=10)
    app.http.headers["Cookie"] = back.headers["Set-Cookie"].split(";")[0]
    return parse_qs(urlsplit(back.headers["Location"]).query)


def test_1_2_who_is_signed_in_and_gave_consent_passes_without_a_page_unless_sign_in_is_forced(person):
    person.tokens = person.exchange(consent(person)["code"][0]).json()
    again = person.authorize(state="x")
    assert again.status_code == 302
    person.tokens = person.exchange(parse_qs(urlsplit(again.headers["Location"]).query)["code"][0]).json()
    assert {row["Code"] for row in person.rows("100/hrm/Divisions", select="Code")} == {100}
    assert person.authorize(force_login="1").status_code == 200


def test_1_2_a_second_application_and_a_withdrawn_consent_ask_again(own, person):
    person.tokens = person.exchange(consent(person)["code"][0]).json()
    second = application_two(own)
    second.http.headers["Cookie"] = person.http.headers["Cookie"]
    assert "Application two" in second.authorize().text
    own.control("POST", "tokens", {"client_id": "app-one"})
    assert "Application one" in person.authorize().text


def test_a_withdrawn_consent_ends_the_chain(own, app):
    own.control("POST", "tokens", {"client_id": "app-one"})
    assert app.get("current/Me").status_code == 401
    assert app.refresh().json()["error"] == "invalid_grant"


def test_refusals_count_as_errors_in_the_log_and_secrets_stay_out_of_it(own, app):
    app.refresh()
    app.authorize()
    calls = own.calls()
    assert calls[-1]["error_counted"] == 1
    assert app.tokens["refresh_token"] not in str(calls)
    assert "secret-one" not in str(calls)
