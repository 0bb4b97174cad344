"""The client of one division: where its calls go, what it makes of answers, and when it asks for another token."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from include.errors import RetryableError, SetupError
from include.exact.client import BODY_MAX_BYTES, ExactClient, Query, Site
from include.exact.transport import Transport
from tests.exact.conftest import GivenTokens, OpenGuard
from tests.exact.raw_server import RawServer, Visit, answer, says
from tests.sandbox.driver import SandboxProcess

DIVISION = 820101
ROW = {"__metadata": {"uri": "u"}, "ID": "1"}
ACCOUNTS = Query("crm/Accounts", ("ID",))


def page(*rows: dict[str, Any], following: str | None = None, **headers: str) -> bytes:
    content: dict[str, Any] = {"results": list(rows), **({"__next": following} if following else {})}
    return answer(200, json.dumps({"d": content}).encode(), **headers)


def client_of(server: RawServer, *tokens: str) -> ExactClient:
    transport = Transport(requests.Session, deadline_s=5.0)
    return ExactClient(Site(server.url, DIVISION), transport, GivenTokens(list(tokens or ("token",))), OpenGuard(), lambda seconds: None)


def always() -> bool:
    return True


# Where calls go


def test_a_read_names_division_fields_and_filter() -> None:
    with RawServer(says(page(ROW))) as server:
        rows = list(client_of(server).rows(Query("crm/Accounts", ("ID", "Code"), "Code eq 'a b&c'", top=5)))

    assert [row["ID"] for row in rows] == ["1"]
    assert server.heard[0].target == f"/api/v1/{DIVISION}/crm/Accounts?%24select=ID%2CCode&%24filter=Code+eq+%27a+b%26c%27&%24top=5"
    assert server.heard[0].headers["authorization"] == "Bearer token"
    assert server.heard[0].headers["accept"] == "application/json"


def test_pages_are_read_one_after_the_other_to_the_last() -> None:
    def script(visit: Visit) -> None:
        number = int(visit.heard.target.rpartition("=")[2]) if "skiptoken" in visit.heard.target else 0
        following = f"{server.url}/api/v1/{DIVISION}/crm/Accounts?$skiptoken={number + 1}" if number < 3 else None
        visit.say(page({**ROW, "ID": str(number)}, following=following))

    with RawServer(script) as server:
        assert [row["ID"] for row in client_of(server).rows(ACCOUNTS)] == ["0", "1", "2", "3"]


def address(form: str, server: RawServer) -> str:
    return form.format(host=f"127.0.0.1:{server.port}", port=server.port, division=DIVISION, other=820202)


@pytest.mark.parametrize(
    "following",
    [
        "http://{host}/api/v1/{division}/crm/Accounts?$skiptoken=2",
        "HTTP://{host}/api/v1/{division}/crm/Accounts?$skiptoken=2",
        "http://{host}/API/V1/{division}/crm/Accounts?%24skiptoken=2",
        "/api/v1/{division}/crm/Accounts?$skiptoken=2",
        "Accounts?$skiptoken=2",
        "?$skiptoken=2",
        "../crm/Accounts?$skiptoken=2",
        "../api/v1/{division}/crm/Accounts?$skiptoken=2",
        "//{host}/api/v1/{division}/crm/Accounts?$skiptoken=2",
    ],
)
def test_the_next_page_is_followed_within_host_and_division(following: str) -> None:
    with RawServer(
        lambda visit: visit.say(page(ROW, following=None if "skiptoken" in visit.heard.target else address(following, server)))
    ) as server:
        rows = list(client_of(server).rows(ACCOUNTS))

    assert len(rows) == 2
    assert server.heard[1].target.lower().startswith(f"/api/v1/{DIVISION}/crm/accounts?")


@pytest.mark.parametrize(
    "following",
    [
        "http://192.0.2.1/api/v1/{division}/crm/Accounts",
        "https://{host}/api/v1/{division}/crm/Accounts",
        "ftp://{host}/api/v1/{division}/crm/Accounts",
        "file:///etc/passwd",
        "http://{host}@192.0.2.1/api/v1/{division}/crm/Accounts",
        "http://{host}\\@192.0.2.1/api/v1/{division}/crm/Accounts",
        "http://someone:secret@{host}/api/v1/{division}/crm/Accounts",
        "http://127.0.0.1/api/v1/{division}/crm/Accounts",
        "http://localhost:{port}/api/v1/{division}/crm/Accounts",
        "//192.0.2.1/api/v1/{division}/crm/Accounts",
        "http://{host}/api/v1/{other}/crm/Accounts",
        "http://{host}/api/v1/{division}0/crm/Accounts",
        "http://{host}/api/v1/{division}",
        "http://{host}/docs/Login.aspx",
        "http://{host}/api/v1/{division}/../{other}/crm/Accounts",
        "http://{host}/api/v1/{division}/%2e%2e/{other}/crm/Accounts",
        "http://{host}/api/v1/{division}/%2E%2E%2F{other}/crm/Accounts",
        "http://{host}/api/v1/{division}/%252e%252e/{other}/crm/Accounts",
        "http://{host}/api/v1/{division}/..%5C{other}/crm/Accounts",
        "http://{host}/api/v1/{division}/crm/..",
        "../../{other}/crm/Accounts",
        "../../../../../api/v1/{other}/crm/Accounts",
        "../api/v1/{other}/crm/Accounts",
        "/api/v1/{other}/crm/Accounts",
        "http://[::1/api/v1/{division}/crm/Accounts",
        "http://{host}:x/api/v1/{division}/crm/Accounts",
    ],
)
def test_a_next_page_that_leads_elsewhere_is_never_asked_for(following: str) -> None:
    def script(visit: Visit) -> None:
        visit.say(page(ROW, following=address(following, server)))

    with RawServer(script) as server, pytest.raises(SetupError) as refusal:
        list(client_of(server).rows(ACCOUNTS))

    assert refusal.value.code == "foreign_address"
    assert len(server.heard) == 1


@pytest.mark.parametrize("length", [1, 2, 5])
def test_pages_that_run_in_a_circle_end_in_an_error(length: int) -> None:
    def script(visit: Visit) -> None:
        number = len(server.heard) % length
        visit.say(page(ROW, following=f"{server.url}/api/v1/{DIVISION}/crm/Accounts?$skiptoken={number}"))

    with RawServer(script) as server, pytest.raises(RetryableError, match="circle"):
        list(client_of(server).rows(ACCOUNTS))

    assert len(server.heard) <= length + 1


def test_an_empty_page_at_the_end_is_no_error() -> None:
    following = f"/api/v1/{DIVISION}/crm/Accounts?$skiptoken=1"
    with RawServer(says(page(ROW, following=following), page())) as server:
        assert len(list(client_of(server).rows(ACCOUNTS))) == 1


# What it makes of answers


@pytest.mark.parametrize(
    ("refused", "code", "words"),
    [
        (answer(403, Reason="NoDivisionAccess"), "exact_403", "NoDivisionAccess"),
        (answer(403, b"<html>Forbidden</html>"), "exact_403", "no reason given"),
        (answer(404), "exact_404", "no reason given"),
        (
            answer(400, b'{"error":{"code":"","message":{"lang":"","value":"Error in query syntax."}}}'),
            "exact_400",
            "Error in query syntax.",
        ),
        (answer(302, Location="http://192.0.2.1/"), "exact_302", "no reason given"),
    ],
)
def test_a_refused_read_stops_at_once_with_exacts_reason(refused: bytes, code: str, words: str) -> None:
    with RawServer(says(refused)) as server, pytest.raises(SetupError) as refusal:
        list(client_of(server).rows(ACCOUNTS))

    assert (refusal.value.code, refusal.value.subject) == (code, "crm/Accounts")
    assert words in refusal.value.cure
    assert len(server.heard) == 1


def in_ms(seconds: float) -> str:
    return str(int((time.time() + seconds) * 1000))


DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
MIDNIGHT_MS = 1767225600000


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"X_RateLimit_Minutely_Remaining": "0", "X_RateLimit_Minutely_Reset": str(MIDNIGHT_MS + 30_000)}, 31),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": str(MIDNIGHT_MS + 3_600_000)}, 3601),
        ({"X_RateLimit_Minutely_Remaining": "0", "X_RateLimit_Minutely_Reset": str(MIDNIGHT_MS - 5000)}, 1),
        ({}, 61),
        ({"X_RateLimit_Minutely_Remaining": "0"}, 61),
        ({"X_RateLimit_Minutely_Remaining": "0", "X_RateLimit_Minutely_Reset": "soon"}, 61),
        ({"X_RateLimit_Minutely_Remaining": "-1", "X_RateLimit_Minutely_Reset": "9" * 5000}, 61),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "9" * 15}, 86_401),
    ],
    ids=["minute", "day", "past", "none", "no reset", "no number", "huge", "far"],
)
def test_a_limit_is_waited_for_until_its_reset_by_exacts_own_clock(headers: dict[str, str], wait_s: float) -> None:
    with RawServer(says(answer(429, Date=DATE, **headers))) as server, pytest.raises(RetryableError) as full:
        list(client_of(server).rows(ACCOUNTS))

    assert full.value.retry_after_s == wait_s
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    "broken",
    [
        answer(500, b'{"error":{"code":"","message":{"lang":"","value":"A problem has occurred."}}}'),
        answer(503, b"<html>Maintenance</html>"),
        answer(408),
        answer(200, b'{"d":{"results":[')[:-1],
        b"HTTP/1.1 200 Said\r\nContent-Length: 500\r\n\r\n{}",
    ],
    ids=["500", "503", "408", "cut off", "short"],
)
def test_a_read_is_tried_again_and_then_left_for_later(broken: bytes) -> None:
    with RawServer(says(broken, page(ROW))) as server:
        assert len(list(client_of(server).rows(ACCOUNTS))) == 1
    with RawServer(says(broken)) as server:
        with pytest.raises(RetryableError):
            list(client_of(server).rows(ACCOUNTS))
        assert len(server.heard) == 3


def test_a_read_that_answers_with_no_json_is_left_for_later() -> None:
    moved = b"<html>Object moved to <a href='/docs/Login.aspx'>here</a></html>"
    with RawServer(says(answer(200, moved))) as server, pytest.raises(RetryableError):
        list(client_of(server).rows(ACCOUNTS))


# Tokens


def accepts(*good: str) -> Callable[[Visit], None]:
    def script(visit: Visit) -> None:
        known = visit.heard.headers["authorization"].removeprefix("Bearer ") in good
        visit.say(page(ROW) if known else answer(401, b"<html><title>Object moved</title>/docs/Login.aspx</html>"))

    return script


def test_a_rejected_token_is_refreshed_once_and_the_read_goes_on() -> None:
    with RawServer(accepts("second")) as server:
        assert len(list(client_of(server, "first", "second").rows(ACCOUNTS))) == 1

    assert [each.headers["authorization"] for each in server.heard] == ["Bearer first", "Bearer second"]


def test_two_rejected_tokens_in_a_row_are_for_an_administrator() -> None:
    with RawServer(accepts("third")) as server, pytest.raises(SetupError) as refusal:
        list(client_of(server, "first", "second", "third").rows(ACCOUNTS))

    assert refusal.value.code == "not_accepted"
    assert len(server.heard) == 2


def test_a_token_that_was_accepted_may_be_rejected_later() -> None:
    answers = [answer(401), page(ROW), answer(401), page(ROW)]
    with RawServer(says(*answers)) as server:
        client = client_of(server, "first", "second", "third")
        assert [len(list(client.rows(ACCOUNTS))) for _ in range(2)] == [1, 1]

    assert [each.headers["authorization"][7:] for each in server.heard] == ["first", "second", "second", "third"]


def test_a_token_that_cannot_be_renewed_yet_is_left_for_later() -> None:
    with RawServer(accepts("other")) as server, pytest.raises(RetryableError):
        list(client_of(server, "only").rows(ACCOUNTS))

    assert len(server.heard) == 3


def test_a_post_that_two_tokens_could_not_send_still_returns_its_answer() -> None:
    with RawServer(accepts("third")) as server:
        client = client_of(server, "first", "second", "third")
        client.prepare()
        statuses = [client.post("salesinvoice/SalesInvoices", "{}", always).status]
        client.prepare()
        statuses.append(client.post("salesinvoice/SalesInvoices", "{}", always).status)

        assert statuses == [401, 401]
        with pytest.raises(SetupError):
            client.prepare()


# Posts


def test_a_post_asks_for_the_whole_record_and_goes_to_its_division() -> None:
    with RawServer(says(answer(201, b'{"d":{"InvoiceID":"1"}}'))) as server:
        client = client_of(server)
        client.prepare()
        reply = client.post("salesinvoice/SalesInvoices", '{"YourRef":"é"}', always)

    heard = server.heard[0]
    assert reply.status == 201
    assert heard.line == f"POST /api/v1/{DIVISION}/salesinvoice/SalesInvoices HTTP/1.1"
    assert heard.body == '{"YourRef":"é"}'.encode()
    assert {name: heard.headers[name] for name in ("prefer", "content-type", "accept", "connection")} == {
        "prefer": "return=representation",
        "content-type": "application/json",
        "accept": "application/json",
        "connection": "close",
    }


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_a_post_returns_whatever_came_and_is_never_repeated(status: int) -> None:
    with RawServer(says(answer(status, b"x"))) as server:
        client = client_of(server)
        client.prepare()
        assert client.post("salesinvoice/SalesInvoices", "{}", always).status == status

    assert len(server.heard) == 1


def test_what_is_larger_than_exact_takes_is_not_sent() -> None:
    with RawServer(says(answer(201, b"{}"))) as server:
        client = client_of(server)
        client.prepare()
        reply = client.post("salesinvoice/SalesInvoices", "x" * (BODY_MAX_BYTES + 1), always)
        fits = client.post("salesinvoice/SalesInvoices", "x" * BODY_MAX_BYTES, always)

    assert (reply.left, reply.status) == (False, 413)
    assert (fits.left, fits.status) == (True, 201)
    assert server.connections == 1


# Against the sandbox


def test_a_sync_feed_is_read_from_a_rowversion_on(reader: ExactClient) -> None:
    whole = [row for each in reader.sync("sync/CRM/Accounts", ("ID", "Timestamp"), 1) for row in each.rows]
    middle = sorted(int(row["Timestamp"]) for row in whole)[len(whole) // 2]

    later = [row for each in reader.sync("sync/CRM/Accounts", ("ID", "Timestamp"), middle) for row in each.rows]

    assert {row["ID"] for row in later} == {row["ID"] for row in whole if int(row["Timestamp"]) > middle}


def test_each_page_says_what_exacts_clock_showed(reader: ExactClient) -> None:
    shown = [each.at for each in reader.pages(Query("financial/Journals", ("ID", "Code")))]

    assert all(at is not None and abs(at.timestamp() - time.time()) < 5 for at in shown)


def test_the_user_is_asked_for_without_a_division(reader: ExactClient) -> None:
    assert reader.me()["FullName"] == "Test User"


def test_a_company_that_nobody_granted_is_a_matter_for_an_administrator(sandbox_url: SandboxProcess, access_token: str) -> None:
    foreign = ExactClient(
        Site(sandbox_url.url, 300), Transport(requests.Session), GivenTokens([access_token]), OpenGuard(), lambda seconds: None
    )

    with pytest.raises(SetupError) as refusal:
        list(foreign.rows(Query("financial/Journals", ("ID",))))

    assert refusal.value.code == "exact_403"
    assert "NoDivisionAccess" in refusal.value.cure
