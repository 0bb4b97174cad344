"""Token calls (FACTS 1.1–1.10): the address to sign in at, the code for a pair, a refresh for the next pair. No retry, no redirect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import simplejson

from include.errors import SetupError
from include.exact.transport import Reply, Request, Transport

BROKEN = frozenset({"invalid_grant", "unauthorized_client", "invalid_request"})
# The app itself is not accepted: no new sign-in and no waiting helps.
APP_REFUSED = frozenset({"invalid_client", "unsupported_grant_type", "invalid_scope"})
SECRETS = frozenset({"client_secret", "code", "refresh_token"})


@dataclass(frozen=True)
class App:
    """An app as registered with Exact for one country's host; the secret is kept out of `repr`."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, repr=False)
class Tokens:
    """A fresh pair."""

    access_token: str
    refresh_token: str


@dataclass(frozen=True, repr=False)
class TokenReply:
    """What the token endpoint said: `tokens` when all is well, else Exact's `error` name and description."""

    tokens: Tokens | None
    status: int | None
    error: str = ""

    @property
    def too_early(self) -> bool:
        """Exact gives a new pair only 570 s after the last one (FACTS 1.7): the stored pair stays valid."""
        return self.error.startswith("access_denied")

    @property
    def broken(self) -> bool:
        """Only a new sign-in helps (FACTS 1.9, 1.10)."""
        return self.error.partition(":")[0] in BROKEN

    @property
    def app_refused(self) -> bool:
        """Client id or secret are not those of an app."""
        return self.error.partition(":")[0] in APP_REFUSED


class TokenEndpoint:
    """The two calls of an app to its token endpoint."""

    def __init__(self, app: App, transport: Transport) -> None:
        self._app = app
        self._transport = transport

    def sign_in_address(self, state: str, *, force_login: bool = True) -> str:
        """Where a person signs in and consents (FACTS 1.2); forced, so that nobody consents as who happens to be signed in."""
        query = {"client_id": self._app.client_id, "redirect_uri": self._app.redirect_uri, "response_type": "code", "state": state}
        return f"{self._app.base_url.rstrip('/')}/api/oauth2/auth?{urlencode({**query, 'force_login': str(int(force_login))})}"

    def exchange(self, code: str) -> TokenReply:
        """Turn the code of a sign-in into a pair; a code works once, for three minutes."""
        return self._post({"grant_type": "authorization_code", "code": code, "redirect_uri": self._app.redirect_uri})

    def refresh(self, refresh_token: str) -> TokenReply:
        return self._post({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def _post(self, form: dict[str, str]) -> TokenReply:
        secrets = {"client_id": self._app.client_id, "client_secret": self._app.client_secret}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", "Connection": "close"}
        url = f"{self._app.base_url.rstrip('/')}/api/oauth2/token"
        whole = {**form, **secrets}
        reply = self._transport.change(Request("POST", url, headers, urlencode(whole).encode()), lambda: True)
        return _token_reply(reply, hidden=[whole[name] for name in SECRETS & whole.keys()])


def code_of(landed: str, state: str) -> str:
    """The code in the address that a person landed on (or the bare code), decoded exactly once (FACTS 1.3); checks `state` where given."""
    query = parse_qs(urlsplit(landed.strip()).query)
    if "error" in query:
        raise SetupError("sign_in_refused", query["error"][0], cure="sign in again and consent")
    if "code" in query:
        if query.get("state", [state]) != [state]:
            raise SetupError("sign_in_foreign", cure="this address belongs to another sign-in: start again")
        return query["code"][0]
    if "://" in landed or not landed.strip():
        raise SetupError("sign_in_without_code", cure="paste the whole address of the page where the browser landed, with ?code= in it")
    return unquote(landed.strip())


def _token_reply(reply: Reply, *, hidden: Sequence[str]) -> TokenReply:
    try:
        content = simplejson.loads(reply.body) if reply.body else {}
    except (ValueError, RecursionError):
        content = {}
    if not isinstance(content, dict):
        content = {}
    tokens = _tokens(content) if reply.status == 200 and not reply.failure else None
    if tokens is not None:
        return TokenReply(tokens, reply.status)
    error, description = content.get("error", ""), content.get("error_description", "")
    told = f"{error}: {description}"[:200] if error else reply.failure or "no answer that can be read"
    for secret in hidden:
        told = told.replace(secret, "***")
    return TokenReply(None, reply.status, told)


def _tokens(content: dict[str, object]) -> Tokens | None:
    access, refresh = content.get("access_token"), content.get("refresh_token")
    return Tokens(access, refresh) if isinstance(access, str) and isinstance(refresh, str) and access and refresh else None
