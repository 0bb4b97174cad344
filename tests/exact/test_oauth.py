"""Token calls: the address to sign in at, the code, the pair, and every refusal that was ever seen."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from include.adapters.tokens import ChainWire, answer_of
from include.errors import SetupError
from include.exact.client import ExactClient, Query, Site
from include.exact.oauth import App, TokenEndpoint, TokenReply, Tokens, code_of
from include.exact.transport import Transport
from include.outbox.chain import TokenVerdict
from tests.exact.conftest import CALLBACK, GivenTokens, OpenGuard
from tests.exact.raw_server import RawServer, answer, says
from tests.sandbox.driver import SandboxProcess

LANDED = "https://app-one.example/callback?code=stampNL001.abc%21def%2Bg&state=ours"
PAIR = {"access_token": "a1", "token_type": "bearer", "expires_in": "600", "refresh_token": "r1"}


def endpoint_at(url: str, *, secret: str = "secret-one") -> TokenEndpoint:
    return TokenEndpoint(App(url, "app-one", secret, CALLBACK), Transport(requests.Session, deadline_s=5.0))


def refreshed(said: bytes) -> TokenReply:
    with RawServer(says(said)) as server:
        return endpoint_at(server.url).refresh("old-token")


@pytest.fixture
def exact() -> Iterator[SandboxProcess]:
    """A sandbox whose clock the test may move."""
    process = SandboxProcess("--seed", "small", "--auto-consent")
    yield process
    process.stop()


def landed_at(endpoint: TokenEndpoint, state: str = "ours") -> str:
    answered = requests.get(endpoint.sign_in_address(state, force_login=False), allow_redirects=False, timeout=10)
    return answered.headers["Location"]


# Signing in


def test_the_address_to_sign_in_at_says_who_asks_and_where_to_come_back() -> None:
    address = urlsplit(endpoint_at("https://start.exactonline.nl/").sign_in_address("a state&more"))

    assert (address.scheme, address.netloc, address.path) == ("https", "start.exactonline.nl", "/api/oauth2/auth")
    assert parse_qs(address.query) == {
        "client_id": ["app-one"],
        "redirect_uri": [CALLBACK],
        "response_type": ["code"],
        "state": ["a state&more"],
        "force_login": ["1"],
    }


@pytest.mark.parametrize(
    ("landed", "code"),
    [
        (LANDED, "stampNL001.abc!def+g"),
        (f"  {LANDED}\n", "stampNL001.abc!def+g"),
        ("https://app-one.example/callback?state=ours&code=a%2521b", "a%21b"),
        ("https://app-one.example/callback?code=a!b&state=ours#fragment", "a!b"),
        ("stampNL001.abc%21def", "stampNL001.abc!def"),
        ("stampNL001.abc!def", "stampNL001.abc!def"),
    ],
)
def test_the_code_is_decoded_exactly_once(landed: str, code: str) -> None:
    assert code_of(landed, "ours") == code


@pytest.mark.parametrize(
    ("landed", "refusal"),
    [
        ("https://app-one.example/callback?code=a&state=theirs", "sign_in_foreign"),
        ("https://app-one.example/callback?code=a&state=ours&state=theirs", "sign_in_foreign"),
        ("https://app-one.example/callback?error=access_denied&state=ours", "sign_in_refused"),
        ("https://app-one.example/callback", "sign_in_without_code"),
        ("https://app-one.example/callback?code=&state=ours", "sign_in_without_code"),
        ("", "sign_in_without_code"),
        ("   ", "sign_in_without_code"),
    ],
)
def test_what_holds_no_code_of_this_sign_in_is_refused_with_a_cure(landed: str, refusal: str) -> None:
    with pytest.raises(SetupError) as error:
        code_of(landed, "ours")

    assert error.value.code == refusal
    assert error.value.cure


def test_a_code_of_the_sandbox_becomes_a_pair_and_works_once(exact: SandboxProcess) -> None:
    endpoint = endpoint_at(exact.url)
    landed = landed_at(endpoint)

    first, second = endpoint.exchange(code_of(landed, "ours")), endpoint.exchange(code_of(landed, "ours"))

    assert "%21" in landed
    assert first.tokens is not None
    assert (second.tokens, second.status, second.broken) == (None, 400, True)


# The form


def test_client_secret_and_token_travel_in_the_body_and_nowhere_else() -> None:
    with RawServer(says(answer(200, json.dumps(PAIR).encode()))) as server:
        endpoint_at(server.url).refresh("r&0")
        endpoint_at(server.url).exchange("c!1")

    assert [each.target for each in server.heard] == ["/api/oauth2/token"] * 2
    assert "authorization" not in server.heard[0].headers
    assert parse_qs(server.heard[0].body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["r&0"],
        "client_id": ["app-one"],
        "client_secret": ["secret-one"],
    }
    assert parse_qs(server.heard[1].body.decode())["code"] == ["c!1"]


# Answers


@pytest.mark.parametrize("lifetime", ["600", 600, None])
def test_a_fresh_pair_is_read_whatever_its_lifetime_looks_like(lifetime: object) -> None:
    reply = refreshed(answer(200, json.dumps({**PAIR, "expires_in": lifetime, "token_type": "Bearer"}).encode()))

    assert reply.tokens is not None
    assert (reply.tokens.access_token, reply.tokens.refresh_token) == ("a1", "r1")


OLD = '{"error":"unauthorized_client","error_description":"Old refresh token used."}'
EMPTY = '{ "error":"invalid_grant","error_description":"Token is not allowed, because of invalid or empty chainId" }'
IDLE = "The refresh token expired at 10/11/2022 9:18:20 PM and it is now 10/28/2022 4:15:50 PM."
EXPIRED = json.dumps({"error": "invalid_request", "error_description": IDLE})
EARLY = '{ "error":"access_denied","error_description":"Rate limit exceeded: access_token not expired" }'
WRONG_APP = '{"error":"invalid_client","error_description":"Client authentication failed."}'


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (401, OLD, TokenVerdict.CHAIN_BROKEN),
        (400, OLD, TokenVerdict.CHAIN_BROKEN),
        (400, EMPTY, TokenVerdict.CHAIN_BROKEN),
        (400, EXPIRED, TokenVerdict.CHAIN_BROKEN),
        (400, EARLY, TokenVerdict.TOO_EARLY),
        (500, "", TokenVerdict.AWAY),
        (503, "<html>Maintenance</html>", TokenVerdict.AWAY),
        (429, "", TokenVerdict.AWAY),
        (401, "<html>Object moved to /docs/Login.aspx</html>", TokenVerdict.AWAY),
        (302, "", TokenVerdict.AWAY),
        (200, "", TokenVerdict.AWAY),
        (200, "[]", TokenVerdict.AWAY),
        (200, '{"access_token":"a1"}', TokenVerdict.AWAY),
        (200, '{"access_token":"a1","refresh_token":""}', TokenVerdict.AWAY),
        (200, '{"access_token":["a1"],"refresh_token":"r1"}', TokenVerdict.AWAY),
        (400, "[" * 100_000, TokenVerdict.AWAY),
        (400, '{"error":{"nested":true}}', TokenVerdict.AWAY),
    ],
)
def test_each_answer_of_the_token_endpoint_is_sorted(status: int, body: str, verdict: TokenVerdict) -> None:
    reply = refreshed(answer(status, body.encode()))

    assert reply.tokens is None
    assert answer_of(reply).verdict is verdict


def test_an_app_that_exact_does_not_accept_is_a_matter_for_an_administrator() -> None:
    with pytest.raises(SetupError) as refusal:
        answer_of(refreshed(answer(400, WRONG_APP.encode())))

    assert refusal.value.code == "app_refused"
    assert "client secret" in refusal.value.cure


def test_a_wrong_secret_is_told_apart_from_a_broken_chain(exact: SandboxProcess) -> None:
    with pytest.raises(SetupError, match="app_refused"):
        ChainWire(endpoint_at(exact.url, secret="wrong")).refresh("whatever")


def test_a_cut_off_pair_is_no_pair() -> None:
    body = json.dumps(PAIR).encode()
    reply = refreshed(b"HTTP/1.1 200 Said\r\nContent-Length: %d\r\n\r\n" % (len(body) + 10) + body)

    assert answer_of(reply).verdict is TokenVerdict.AWAY


def test_the_token_endpoint_is_asked_once_whatever_it_does() -> None:
    with RawServer(lambda visit: visit.reset()) as server:
        assert answer_of(endpoint_at(server.url).refresh("r0")).verdict is TokenVerdict.AWAY
    assert len(server.heard) == 1


def test_a_real_chain_is_refreshed_when_its_time_has_come_and_not_before(exact: SandboxProcess) -> None:
    endpoint = endpoint_at(exact.url)
    first = endpoint.exchange(code_of(landed_at(endpoint), "ours")).tokens
    assert first is not None

    early = endpoint.refresh(first.refresh_token)
    exact.control("POST", "clock", {"advance_s": 571})
    in_time = endpoint.refresh(first.refresh_token)
    again = endpoint.refresh(first.refresh_token)

    assert answer_of(early).verdict is TokenVerdict.TOO_EARLY
    assert answer_of(in_time).verdict is TokenVerdict.FRESH
    assert answer_of(again).verdict is TokenVerdict.CHAIN_BROKEN


def test_a_chain_that_was_idle_for_a_month_is_broken(exact: SandboxProcess) -> None:
    endpoint = endpoint_at(exact.url)
    first = endpoint.exchange(code_of(landed_at(endpoint), "ours")).tokens
    assert first is not None
    exact.control("POST", "clock", {"advance_s": 31 * 86_400})

    reply = endpoint.refresh(first.refresh_token)

    assert reply.error.startswith("invalid_request: The refresh token expired at ")
    assert answer_of(reply).verdict is TokenVerdict.CHAIN_BROKEN


# Secrets


def test_no_secret_is_shown_by_anything_that_could_be_logged() -> None:
    shown = [
        App("https://start.exactonline.nl", "app-one", "planted-secret", CALLBACK),
        Tokens("planted-access", "planted-refresh"),
        TokenReply(Tokens("planted-access", "planted-refresh"), 200),
        answer_of(TokenReply(Tokens("planted-access", "planted-refresh"), 200)),
    ]

    assert "planted" not in " ".join(f"{each!r} {each}" for each in shown)


def test_a_token_that_the_answer_repeats_is_not_told() -> None:
    reply = refreshed(answer(400, b'{"error":"invalid_grant","error_description":"old-token of secret-one is unknown"}'))

    assert reply.error == "invalid_grant: *** of *** is unknown"


def test_no_secret_stands_in_any_log_at_any_level(exact: SandboxProcess, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint = endpoint_at(exact.url)
    code = code_of(landed_at(endpoint), "ours")
    caplog.clear()
    tokens = endpoint.exchange(code).tokens
    assert tokens is not None
    endpoint.refresh(tokens.refresh_token)
    client = ExactClient(
        Site(exact.url, 100), Transport(requests.Session), GivenTokens([tokens.access_token]), OpenGuard(), lambda seconds: None
    )
    list(client.rows(Query("financial/Journals", ("ID",))))
    client.prepare()
    client.post("salesentry/SalesEntries", "{}", lambda: True)

    said = caplog.text + " ".join(str(record.__dict__) for record in caplog.records)
    assert "api/oauth2/token" in said
    assert not [secret for secret in (code, "secret-one", tokens.access_token, tokens.refresh_token) if secret in said]
