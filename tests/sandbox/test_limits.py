"""Rate limits and the hourly error block (FACTS 2)."""

from __future__ import annotations

import time

import pytest

from tests.sandbox.conftest import application_one, application_two

ACCOUNTS = "100/crm/Accounts"
ANY = "Code eq 'x'"


@pytest.fixture
def app(sandbox, client):
    sandbox.control("POST", "limits", {"minutely": 60, "daily": 5000})
    return client


def until_a_minute_begins(sandbox):
    """Turn the clock to just after a full minute, so that no window ends during the test."""
    now = sandbox.control("GET", "clock")["now_ms"]
    sandbox.control("POST", "clock", {"advance_s": (60_000 - now % 60_000) / 1000 + 0.2})


def test_2_1_sixty_calls_a_minute_then_429(sandbox, app):
    until_a_minute_begins(sandbox)
    statuses = [app.get(ACCOUNTS, ANY, select="ID").status_code for _ in range(62)]
    assert statuses == [200] * 60 + [429] * 2


def test_2_3_the_window_is_the_minute_of_the_clock(sandbox, app):
    until_a_minute_begins(sandbox)
    sandbox.control("POST", "limits", {"minutely": 3, "daily": 5000})
    assert [app.get(ACCOUNTS, ANY).status_code for _ in range(4)] == [200, 200, 200, 429]
    sandbox.control("POST", "clock", {"advance_s": 60})
    assert app.get(ACCOUNTS, ANY).status_code == 200


def test_2_4_every_answer_carries_six_headers_with_resets_in_milliseconds(sandbox, app):
    until_a_minute_begins(sandbox)
    headers = app.get(ACCOUNTS, ANY).headers
    now = sandbox.control("GET", "clock")["now_ms"]
    assert headers["X-RateLimit-Limit"] == "5000"
    assert headers["X-RateLimit-Remaining"] == "4999"
    assert headers["X-RateLimit-Minutely-Limit"] == "60"
    assert headers["X-RateLimit-Minutely-Remaining"] == "59"
    assert int(headers["X-RateLimit-Minutely-Reset"]) == (now // 60_000 + 1) * 60_000
    assert int(headers["X-RateLimit-Reset"]) == (now // 86_400_000 + 1) * 86_400_000


def test_2_5_a_minute_429_is_empty_and_tells_of_the_minute_only(sandbox, app):
    until_a_minute_begins(sandbox)
    sandbox.control("POST", "limits", {"minutely": 0, "daily": 5000})
    answer = app.get(ACCOUNTS, ANY)
    assert (answer.status_code, answer.content) == (429, b"")
    assert {name for name in answer.headers if name.startswith("X-RateLimit")} == {
        "X-RateLimit-Minutely-Limit",
        "X-RateLimit-Minutely-Remaining",
        "X-RateLimit-Minutely-Reset",
    }
    assert "Retry-After" not in answer.headers


def test_2_5_a_day_429_tells_of_the_day_only(sandbox, app):
    sandbox.control("POST", "limits", {"minutely": 60, "daily": 0})
    answer = app.get(ACCOUNTS, ANY)
    assert {name for name in answer.headers if name.startswith("X-RateLimit")} == {
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
    }


def test_2_5_retry_after_is_a_switch(sandbox, app):
    sandbox.switch(retry_after=True)
    sandbox.control("POST", "limits", {"minutely": 0, "daily": 5000})
    assert 0 < int(app.get(ACCOUNTS, ANY).headers["Retry-After"]) <= 61


def test_2_6_the_quota_is_shared_by_an_application_but_not_between_divisions_or_applications(sandbox, app):
    until_a_minute_begins(sandbox)
    sandbox.control("POST", "limits", {"minutely": 2, "daily": 5000})
    for _ in range(2):
        app.get(ACCOUNTS, ANY)
    assert app.get(ACCOUNTS, ANY).status_code == 429
    assert app.get("200/crm/Accounts", ANY).status_code == 200
    assert application_two(sandbox).sign_in().get(ACCOUNTS, ANY).status_code == 200


def test_2_6_a_stranger_may_use_the_quota(sandbox, app):
    until_a_minute_begins(sandbox)
    sandbox.control("POST", "limits", {"client_id": "app-one", "division": 100, "use": 50})
    assert app.get(ACCOUNTS, ANY).headers["X-RateLimit-Minutely-Remaining"] == "9"


def test_2_6_a_stranger_may_call_all_the_time_by_switch(sandbox, app):
    until_a_minute_begins(sandbox)
    sandbox.switch(stranger_per_minute=30)
    early = int(app.get(ACCOUNTS, ANY).headers["X-RateLimit-Minutely-Remaining"])
    sandbox.control("POST", "clock", {"advance_s": 30})
    late = int(app.get(ACCOUNTS, ANY).headers["X-RateLimit-Minutely-Remaining"])
    assert early >= 57
    assert 40 <= late <= 44
    sandbox.switch(stranger_per_minute=0)
    sandbox.control("POST", "clock", {"offset_s": 0})
    app.sign_in()


def test_2_1_calls_without_a_division_are_not_counted(sandbox, app):
    until_a_minute_begins(sandbox)
    app.get(ACCOUNTS, ANY)
    assert "X-RateLimit-Limit" not in app.get("current/Me").headers
    assert app.get(ACCOUNTS, ANY).headers["X-RateLimit-Remaining"] == "4998"


@pytest.mark.parametrize(("path", "where", "status"), [("100/crm/Accounts", "Nonsense eq 1", 400), ("100/crm/Nothing", "", 404)])
def test_2_8_ten_errors_block_the_endpoint_for_an_hour(sandbox, app, path, where, status):
    sandbox.control("POST", "limits", {"minutely": 1000, "daily": 5000})
    assert [app.get(path, where).status_code for _ in range(10)] == [status] * 10
    blocked = app.get(path, where)
    assert (blocked.status_code, blocked.content) == (429, b"")
    assert not [name for name in blocked.headers if name.startswith("X-RateLimit")]
    assert app.get("100/logistics/Items", "Code eq 'A1'").status_code == 200
    sandbox.control("POST", "clock", {"advance_s": 3599})
    assert app.sign_in().get(path, where).status_code == 429
    sandbox.control("POST", "clock", {"advance_s": 2})
    assert app.get(path, where).status_code == status
    sandbox.control("POST", "clock", {"offset_s": 0})
    app.sign_in()


def test_2_8_refusals_of_a_bookkeeper_do_not_count(sandbox, app):
    assert {app.post("100/salesentry/SalesEntries", {}).status_code for _ in range(12)} == {500}


def test_2_8_what_a_blocked_endpoint_answers_is_a_switch(sandbox, app):
    sandbox.switch(error_block_status=403, error_block_max=1)
    app.get(ACCOUNTS, "Nonsense eq 1")
    assert app.get(ACCOUNTS, ANY).status_code == 403
    sandbox.switch(error_block=False)
    assert app.get(ACCOUNTS, ANY).status_code == 200


def test_time_scale_shortens_minutes_and_tokens(new_sandbox):
    fast = new_sandbox("--time-scale", "200", "--minutely-limit", "2")
    app = application_one(fast).sign_in()
    began = time.monotonic()
    statuses = []
    while time.monotonic() - began < 1.5:  # five minutes of 0.3 s
        statuses.append(app.get(ACCOUNTS, ANY).status_code)
        time.sleep(0.02)
    assert 8 <= statuses.count(200) <= 12
    assert app.refresh().json()["error"] == "access_denied"
    time.sleep(max(0, 2.87 - (time.monotonic() - began)))
    assert app.refresh().status_code == 200
    time.sleep(0.3)
    assert app.get("current/Me").status_code == 401


def test_used_quota_survives_a_restart(new_sandbox, tmp_path):
    state = str(tmp_path / "state.sqlite")
    first = new_sandbox("--state", state)
    app = application_one(first).sign_in()
    for _ in range(3):
        app.get(ACCOUNTS, ANY)
    first.stop()
    second = new_sandbox("--state", state)
    app.sandbox = second
    assert app.get(ACCOUNTS, ANY).headers["X-RateLimit-Remaining"] == "4996"
