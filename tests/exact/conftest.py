"""A sandbox of Exact with small books, and our client of it; nothing stands between them but HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from include.exact.client import ExactClient, Site
from include.exact.oauth import App, TokenEndpoint
from include.exact.transport import Reply, Transport
from tests.sandbox.driver import SandboxProcess

DIVISION = 100
CALLBACK = "https://app-one.example/callback"
AMPLE = ("--minutely-limit", "1000000", "--daily-limit", "1000000")


@dataclass
class OpenGuard:
    """Lets every call through and remembers it."""

    calls: list[tuple[str, str, int | None]] = field(default_factory=list)

    def before(self, endpoint: str) -> str:
        return endpoint

    def unused(self, ticket: str) -> None: ...

    def after(self, ticket: str, method: str, endpoint: str, reply: Reply) -> None:
        self.calls.append((method, endpoint, reply.status))


@dataclass
class GivenTokens:
    """Hands out given tokens, the next one when one was rejected."""

    tokens: list[str]
    rejected: list[str] = field(default_factory=list)

    def access_token(self, *, rejected: str | None = None) -> str:
        if rejected is not None and rejected == self.tokens[0] and len(self.tokens) > 1:
            self.rejected.append(self.tokens.pop(0))
        return self.tokens[0]


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[SandboxProcess]:
    """A sandbox whose books no test empties."""
    process = SandboxProcess("--seed", "small", "--auto-consent", *AMPLE)
    yield process
    process.stop()


@pytest.fixture(scope="session")
def endpoint(sandbox_url: SandboxProcess) -> TokenEndpoint:
    return TokenEndpoint(App(sandbox_url.url, "app-one", "secret-one", CALLBACK), Transport(requests.Session))


@pytest.fixture(scope="session")
def access_token(endpoint: TokenEndpoint) -> str:
    landed = requests.get(endpoint.sign_in_address("s", force_login=False), allow_redirects=False, timeout=10).headers["Location"]
    tokens = endpoint.exchange(parse_qs(urlsplit(landed).query)["code"][0]).tokens
    assert tokens is not None
    return tokens.access_token


@pytest.fixture(scope="session")
def reader(sandbox_url: SandboxProcess, access_token: str) -> ExactClient:
    """Our client, signed in, that waits for nothing."""
    return ExactClient(
        Site(sandbox_url.url, DIVISION), Transport(requests.Session), GivenTokens([access_token]), OpenGuard(), lambda seconds: None
    )
