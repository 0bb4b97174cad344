"""ExactHook: the access to Exact that a connection gives, and all that it refuses to give."""

from __future__ import annotations

import pytest
import requests

from include.errors import SetupError
from include.exact.transport import Request, Transport
from tests.exact.raw_server import RawServer, answer, says
from tests.wiring.conftest import Declare

REDIRECT = {"redirect_uri": "https://shop.example/signed-in"}
APP = {"conn_type": "exact_online", "login": "client", "password": "planted-secret"}


def access(declare: Declare, **parts: object):
    from include.wiring.hook import ExactHook

    extra = {**REDIRECT, **parts.pop("extra", {})}  # type: ignore[dict-item]
    return ExactHook(declare("exact_nl", **{**APP, **parts, "extra": extra})).access()


@pytest.mark.parametrize(
    ("parts", "base_url"),
    [
        ({}, "https://start.exactonline.nl"),
        ({"host": "start.exactonline.be"}, "https://start.exactonline.be"),
        ({"host": "https://start.exactonline.co.uk/"}, "https://start.exactonline.co.uk"),
        ({"host": "start.exactonline.de", "schema": "https", "port": 443}, "https://start.exactonline.de"),
        ({"host": "http://127.0.0.1:8123"}, "http://127.0.0.1:8123"),
        ({"host": "127.0.0.1", "schema": "http", "port": 8123}, "http://127.0.0.1:8123"),
        ({"host": "http://localhost:8123"}, "http://localhost:8123"),
        ({"host": "http://sandbox.example:8123", "extra": {"sandbox": True}}, "http://sandbox.example:8123"),
    ],
)
def test_a_connection_names_the_host_of_its_country_or_a_sandbox(declare: Declare, parts: dict[str, object], base_url: str) -> None:
    given = access(declare, **parts)

    assert given.app.base_url == base_url
    assert (given.app.client_id, given.app.client_secret) == ("client", "planted-secret")
    assert given.app.redirect_uri == REDIRECT["redirect_uri"]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"host": "http://start.exactonline.nl"}, "no_tls"),
        ({"host": "start.exactonline.nl", "schema": "http"}, "no_tls"),
        ({"host": "http://evil.example"}, "foreign_host"),
        ({"host": "https://evil.example"}, "foreign_host"),
        ({"host": "start.exactonline.nl.evil.example"}, "foreign_host"),
        ({"host": "evil-start.exactonline.nl"}, "foreign_host"),
        ({"host": "start.exactonline.xyz"}, "foreign_host"),
        ({"host": "start.exactonline.uk"}, "foreign_host"),
        ({"host": "127.0.0.1.evil.example"}, "foreign_host"),
        ({"host": "10.0.0.1"}, "foreign_host"),
        ({"host": "https://evil.example", "extra": {"sandbox": "false"}}, "foreign_host"),
        ({"host": "https://evil.example", "extra": {"sandbox": "no"}}, "foreign_host"),
        ({"host": "https://evil.example", "extra": {"sandbox": 0}}, "foreign_host"),
        ({"host": "https://start.exactonline.nl@evil.example"}, "host_malformed"),
        ({"host": "https://user:secret@start.exactonline.nl"}, "host_malformed"),
        ({"host": "https://start.exactonline.nl/docs"}, "host_malformed"),
        ({"host": "https://start.exactonline.nl?x=1"}, "host_malformed"),
        ({"host": "ftp://start.exactonline.nl"}, "host_malformed"),
        ({"host": "https://"}, "host_malformed"),
        ({"login": None}, "connection_incomplete"),
        ({"password": ""}, "connection_incomplete"),
        ({"extra": {"redirect_uri": None}}, "connection_incomplete"),
    ],
)
def test_a_connection_that_leads_elsewhere_or_lacks_something_is_refused(declare: Declare, parts: dict[str, object], code: str) -> None:
    with pytest.raises(SetupError) as refusal:
        access(declare, **parts)

    assert refusal.value.code == code
    assert "secret" not in str(refusal.value).replace("client secret", "")


def test_a_sandbox_needs_no_redirect_uri(declare: Declare) -> None:
    assert access(declare, host="http://127.0.0.1:8123", extra={"redirect_uri": None}).app.redirect_uri.startswith("https://")


def test_certificates_are_always_verified(declare: Declare) -> None:
    with pytest.raises(SetupError, match="tls_not_verified"):
        access(declare, extra={"verify": False}).new_session()


@pytest.mark.parametrize(("verify", "verified"), [(None, True), ("", True), (True, True), ("/etc/bundle.pem", "/etc/bundle.pem")])
def test_a_bundle_of_certificates_may_be_named(declare: Declare, verify: object, verified: object) -> None:
    assert access(declare, extra={"verify": verify}).new_session().verify == verified


def test_nothing_in_the_extra_becomes_a_header(declare: Declare) -> None:
    extra = {"refresh_token": "planted-token", "X-Api-Key": "planted-key", "headers": {"A": "planted"}, "redirect_uri": "https://x.example"}
    given = access(declare, host="127.0.0.1", schema="http", extra=extra)
    with RawServer(says(answer(200, b"{}"))) as server:
        Transport(given.new_session).read(Request("GET", f"{server.url}/x"))

    assert "planted" not in str(server.heard[0])
    assert server.heard[0].headers["user-agent"].startswith("Exactly/")
    assert given.app.redirect_uri == "https://x.example"


def test_proxies_of_the_connection_are_used(declare: Declare) -> None:
    with RawServer(says(answer(200, b"through the proxy"))) as proxy:
        given = access(declare, extra={"proxies": {"http": proxy.url}})
        reply = Transport(given.new_session).read(Request("GET", "http://exact.invalid/x"))
        posted = Transport(given.new_session).change(Request("POST", "http://exact.invalid/x", {}, b"{}"), lambda: True)

    assert (reply.body, posted.body, posted.left) == (b"through the proxy", b"through the proxy", True)
    assert proxy.heard[0].target == "http://exact.invalid/x"


def test_a_session_neither_retries_nor_authorises_by_itself(declare: Declare) -> None:
    session = access(declare).new_session()

    assert isinstance(session, requests.Session)
    assert session.auth is None
    assert all(adapter.max_retries.total == 0 for adapter in session.adapters.values())


def test_what_a_connection_gives_shows_no_secret(declare: Declare) -> None:
    given = access(declare)

    assert "planted" not in f"{given!r} {given} {given.app!r}"


def test_airflow_knows_the_hook_by_its_provider() -> None:
    from importlib.metadata import entry_points

    from include.wiring.hook import ExactHook

    declared = next(each for each in entry_points(group="apache_airflow_provider") if each.value.startswith("include.")).load()()
    kind = declared["connection-types"][0]

    assert (kind["connection-type"], kind["hook-class-name"]) == (ExactHook.conn_type, f"{ExactHook.__module__}.{ExactHook.__name__}")
    assert set(kind["conn-fields"]) == {"redirect_uri", "verify", "sandbox", "document_url", "secret_expires"}
