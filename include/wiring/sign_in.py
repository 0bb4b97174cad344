"""Signing in with Exact: a person opens an address, consents, and pastes where the browser landed."""

from __future__ import annotations

import logging
import secrets
import sys
from datetime import UTC, datetime

import requests

from include.errors import SetupError
from include.exact.oauth import TokenEndpoint, code_of
from include.exact.transport import Transport
from include.outbox.ports import Pair
from include.run import chain_name
from include.store.chain import StoredChain
from include.store.database import Database
from include.wiring.connections import STORE, cipher, dsn_of
from include.wiring.hook import ExactHook

log = logging.getLogger(__name__)


class SignIn:
    """One sign-in for a connection: open `address`, then give `finish` the address that the browser landed on."""

    def __init__(self, conn_id: str) -> None:
        self._access = ExactHook(conn_id).access()
        self._endpoint = TokenEndpoint(self._access.app, Transport(self._access.new_session))
        self._state = secrets.token_urlsafe(16)

    @property
    def address(self) -> str:
        return self._endpoint.sign_in_address(self._state)

    def finish(self, landed: str) -> str:
        """Exchange the code and store the pair before anything uses it; returns the name of the chain."""
        code = code_of(landed, self._state)
        database = Database(dsn_of(STORE), name="exactly sign-in")
        try:
            chain = StoredChain(database, chain_name(self._access.app), cipher())
            with chain.exclusive():
                asked_at = chain.now()
                reply = self._endpoint.exchange(code)
                if reply.tokens is None:
                    raise SetupError(
                        "sign_in_failed", cure=f"Exact says {reply.error or reply.status}: start again, a code lives three minutes"
                    )
                chain.save(Pair(reply.tokens.access_token, reply.tokens.refresh_token, asked_at, chain.now()))
        finally:
            database.close()
        return chain_name(self._access.app)

    def consented(self) -> str:
        """Where a browser lands when the sandbox consents by itself."""
        answer = requests.get(self._endpoint.sign_in_address(self._state, force_login=False), allow_redirects=False, timeout=30)
        if "Location" not in answer.headers:
            raise SetupError("no_consent", cure="this host asks a person to sign in: exactly sign-in CONNECTION")
        return answer.headers["Location"]


def sign_in_by_itself(conn_ids: list[str]) -> None:
    """Sign in for connections to a sandbox that consents by itself."""
    for conn_id in conn_ids:
        sign_in = SignIn(conn_id)
        log.info("%s signed in at %s", sign_in.finish(sign_in.consented()), datetime.now(UTC).isoformat(timespec="seconds"))


if __name__ == "__main__":
    sign_in_by_itself(sys.argv[1:])
