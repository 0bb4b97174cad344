"""What a person does once, in the browser; the sandbox consents by itself."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qs, urlsplit

import requests

from include.exact.oauth import App, TokenEndpoint
from include.exact.transport import Transport
from include.outbox.ports import ChainStore, Pair


def sign_in(application: App, chain: ChainStore) -> Pair | None:
    """Sign in and store the pair; None when Exact gave none."""
    endpoint = TokenEndpoint(application, Transport(requests.Session))
    address = endpoint.sign_in_address(secrets.token_hex(8), force_login=False)
    landed = requests.get(address, allow_redirects=False, timeout=10).headers["Location"]
    asked_at = chain.now()
    tokens = endpoint.exchange(parse_qs(urlsplit(landed).query)["code"][0]).tokens
    if tokens is None:
        return None
    pair = Pair(tokens.access_token, tokens.refresh_token, asked_at, chain.now())
    chain.save(pair)
    return pair
