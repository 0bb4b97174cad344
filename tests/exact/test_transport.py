"""The lowest level of HTTP: what may have left, how long and how large an answer may be, and what never happens."""

from __future__ import annotations

import datetime
import ipaddress
import resource
import socket
import ssl
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from include.exact.transport import Reply, Request, Transport
from tests.exact.raw_server import RawServer, Script, Visit, answer, says, trickles

FINE = answer(200, b'{"d":{}}')


def always() -> bool:
    return True


def post(url: str, *, still_in_time: Callable[[], bool] = always, deadline_s: float = 5.0, verify: str | bool = True) -> Reply:
    def session() -> requests.Session:
        made = requests.Session()
        made.verify = verify
        return made

    request = Request("POST", f"{url}/api/v1/1/salesinvoice/SalesInvoices", {"Content-Type": "application/json"}, b'{"A":1}', "secret")
    return Transport(session, deadline_s=deadline_s).change(request, still_in_time)


def get(url: str, *, deadline_s: float = 5.0) -> Reply:
    return Transport(requests.Session, deadline_s=deadline_s).read(Request("GET", f"{url}/x", bearer="secret"))


def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of `localhost` that nobody trusts, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    alternatives = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    signed = builder.add_extension(alternatives, critical=False).sign(key, hashes.SHA256())
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return file


def secured(script: Script, certificate: Path) -> RawServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return RawServer(script, tls=context)


# What may have left


def test_a_name_that_nobody_has_means_that_nothing_left() -> None:
    reply = post("http://exact.invalid")

    assert (reply.left, reply.status) == (False, None)


def test_a_refused_connection_means_that_nothing_left() -> None:
    reply = post(f"http://127.0.0.1:{unused_port()}")

    assert (reply.left, reply.status) == (False, None)


def test_a_connection_that_does_not_come_about_means_that_nothing_left() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(deaf.getsockname())
        reply = post(f"http://127.0.0.1:{deaf.getsockname()[1]}", deadline_s=0.5)
        for each in waiting:
            each.close()

    assert (reply.left, reply.status) == (False, None)
    assert reply.seconds < 2


def test_a_host_without_tls_means_that_nothing_left() -> None:
    with RawServer(says(FINE)) as server:
        reply = post(f"https://127.0.0.1:{server.port}", deadline_s=1.0)

    assert (reply.left, reply.status) == (False, None)
    assert server.heard == []


def test_a_certificate_that_nobody_vouches_for_means_that_nothing_left(certificate: Path) -> None:
    with secured(says(FINE), certificate) as server:
        reply = post(server.url)

    assert (reply.left, reply.status, reply.failure) == (False, None, "SSLError")
    assert server.heard == []


def test_a_host_of_another_name_than_its_certificate_means_that_nothing_left(certificate: Path) -> None:
    with secured(says(FINE), certificate) as server:
        reply = post(server.url.replace("localhost", "127.0.0.2"), verify=str(certificate))

    assert (reply.left, reply.status) == (False, None)
    assert server.heard == []


def test_a_trusted_certificate_lets_the_request_through(certificate: Path) -> None:
    with secured(says(FINE), certificate) as server:
        reply = post(server.url, verify=str(certificate))

    assert (reply.left, reply.status, reply.body) == (True, 200, b'{"d":{}}')


def test_a_guard_that_says_no_when_the_connection_stands_keeps_every_byte_back() -> None:
    with RawServer(says(FINE)) as server:
        reply = post(server.url, still_in_time=lambda: False)
        time.sleep(0.2)

    assert (reply.left, reply.status, reply.failure) == (False, None, "too_late")
    assert (server.connections, server.heard) == (1, [])


def test_the_guard_is_asked_only_when_the_connection_stands() -> None:
    asked: list[int] = []
    with RawServer(says(FINE)) as server:
        post(server.url, still_in_time=lambda: bool(asked.append(server.port) or True))
        post(f"http://127.0.0.1:{unused_port()}", still_in_time=lambda: bool(asked.append(0) or True))

    assert asked == [server.port]


@pytest.mark.parametrize(
    "script",
    [
        Visit.reset,
        lambda visit: None,
        lambda visit: visit.closing.wait(10),
        says(b"\x16\x03\x01\x02\x00"),
        says(b"HTTP/1.1 abc\r\n\r\n"),
        says(b"HTTP/1.1 201 Created\r\nContent-Length: 5, 6\r\n\r\n{}"),
        says(b"HTTP/1.1 201 Created\r\n" + b"A: b\r\n" * 200 + b"\r\n"),
        says(b"HTTP/1.1 201 Created\r\nA: " + b"b" * 100_000 + b"\r\n\r\n"),
    ],
    ids=["reset", "closed", "silent", "no HTTP", "no status", "two lengths", "many headers", "long header"],
)
def test_after_the_connection_stood_every_failure_says_that_the_request_may_have_left(script: Script) -> None:
    with RawServer(script) as server:
        reply = post(server.url, deadline_s=1.0)

    assert (reply.left, reply.status) == (True, None)
    assert reply.failure


@pytest.mark.parametrize(
    "answered",
    [
        b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n" + b'{"d":',
        b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    ],
    ids=["short", "none", "chunk cut off", "no chunk", "no gzip"],
)
def test_a_broken_body_is_a_failure_and_never_a_success(answered: bytes) -> None:
    with RawServer(says(answered)) as server:
        reply = post(server.url)

    assert reply.left
    assert reply.failure
    assert reply.body == b""


# Time


def test_a_server_that_never_answers_holds_nobody_beyond_the_deadline() -> None:
    with RawServer(lambda visit: visit.closing.wait(20)) as server:
        reply = post(server.url, deadline_s=1.0)

    assert reply.left
    assert 0.9 < reply.seconds < 2.0


@pytest.mark.parametrize("send", [post, get])
def test_a_body_that_drips_holds_nobody_beyond_the_deadline(send: Callable[..., Reply]) -> None:
    drops = [b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n", *([b"x"] * 1000)]
    with RawServer(trickles(drops, 0.05)) as server:
        reply = send(server.url, deadline_s=1.0)

    assert (reply.left, reply.failure, reply.body) == (True, "answer too slow", b"")
    assert reply.seconds < 2.0


@pytest.mark.parametrize("send", [post, get])
def test_headers_that_drip_hold_nobody_beyond_the_deadline(send: Callable[..., Reply]) -> None:
    drops = [b"HTTP/1.1 201 Created\r\n", *([b"A: b\r\n"] * 90), b"\r\n"]
    with RawServer(trickles(drops, 0.05)) as server:
        reply = send(server.url, deadline_s=1.0)

    assert (reply.left, reply.failure, reply.body) == (True, "answer too slow", b"")
    assert reply.seconds < 2.0


def test_a_handshake_that_drips_holds_nobody_and_nothing_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        started = time.monotonic()
        reply = post(f"https://127.0.0.1:{listening.getsockname()[1]}", deadline_s=1.0)

    assert not reply.left
    assert time.monotonic() - started < 2.5


def test_an_answer_in_time_is_whole_however_it_was_cut_into_pieces() -> None:
    drops = [bytes([each]) for each in answer(201, b'{"d":{"ID":"1"}}')]
    with RawServer(trickles(drops, 0.001)) as server:
        reply = post(server.url)

    assert (reply.status, reply.failure, reply.body) == (201, "", b'{"d":{"ID":"1"}}')


# Size


def test_an_answer_beyond_the_bound_is_not_kept() -> None:
    part = b"x" * 1_000_000
    head = b"HTTP/1.1 200 Said\r\nContent-Length: %d\r\n\r\n" % (200 * len(part))
    with RawServer(lambda visit: visit.say(head, *([part] * 200))) as server:
        reply = get(server.url, deadline_s=30)

    assert (reply.failure, reply.body) == ("answer too large", b"")


def bomb(coding: str, megabytes: int) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    return b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(megabytes)) + packer.flush()


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_is_bounded_by_what_it_becomes(coding: str) -> None:
    small = bomb(coding, 500)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with RawServer(says(answer(200, small, Content_Encoding=coding))) as server:
        reply = get(server.url, deadline_s=30)
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024

    assert (reply.failure, reply.body) == ("answer too large", b"")
    assert grown_mb < 250


# What never happens


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with RawServer(says(FINE)) as elsewhere, RawServer(says(answer(status, Location=f"{elsewhere.url}/x"))) as server:
        replies = [post(server.url), get(server.url)]

    assert [reply.status for reply in replies] == [status, status]
    assert elsewhere.heard == []


@pytest.mark.parametrize(
    ("send", "script"),
    [(post, Visit.reset), (post, says(answer(503))), (post, says(answer(429))), (get, Visit.reset), (get, says(answer(503)))],
    ids=["POST reset", "POST 503", "POST 429", "GET reset", "GET 503"],
)
def test_nothing_is_sent_twice_by_itself(send: Callable[..., Reply], script: Script) -> None:
    with RawServer(script) as server:
        send(server.url)
        time.sleep(0.1)

    assert (server.connections, len(server.heard)) == (1, 1)


def test_a_post_goes_over_a_connection_of_its_own() -> None:
    def lively(visit: Visit) -> None:
        visit.say(b"HTTP/1.1 200 Said\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}")
        visit.closing.wait(5)

    with RawServer(lively) as server:
        transport = Transport(requests.Session, deadline_s=5.0)
        transport.read(Request("GET", f"{server.url}/x"))
        transport.change(Request("POST", f"{server.url}/x", {}, b"{}"), always)
        transport.change(Request("POST", f"{server.url}/x", {}, b"{}"), always)

    assert server.connections == 3


def test_no_password_file_of_the_machine_is_sent_to_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password netrc-secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with RawServer(says(FINE)) as server:
        get(server.url)
        Transport(requests.Session).read(Request("GET", f"{server.url}/x"))

    assert [each.headers.get("authorization") for each in server.heard] == ["Bearer secret", None]


def test_the_payload_goes_byte_for_byte() -> None:
    payload = '{"Description":"Café \u2028 ☃","Price":10.10}'.encode()
    with RawServer(says(FINE)) as server:
        Transport(requests.Session).change(Request("POST", f"{server.url}/x", {}, payload), always)

    assert server.heard[0].body == payload


def test_cookies_of_one_answer_are_not_sent_with_the_next_request() -> None:
    with RawServer(says(answer(200, b"{}", Set_Cookie="session=theirs"))) as server:
        transport = Transport(requests.Session)
        transport.read(Request("GET", f"{server.url}/x"))
        transport.read(Request("GET", f"{server.url}/x"))

    assert "cookie" not in server.heard[1].headers


def test_no_secret_is_shown_by_a_request_or_a_reply() -> None:
    request = Request("POST", "https://start.exactonline.nl/x", {}, b"client_secret=planted", "planted")
    reply = Reply(True, 200, {}, 0.1, b'{"access_token":"planted"}')

    assert "planted" not in f"{request!r} {request} {reply!r} {reply}"
