"""Signing in with Exact: a person opens an address, consents, and pastes where the browser landed."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import requests
from airflow.sdk.crypto import get_fernet
from cryptography.fernet import InvalidToken

from include.administrations.loader import load_administrations
from include.errors import SetupError
from include.exact.oauth import TokenEndpoint, code_of
from include.exact.transport import Transport
from include.outbox.ports import Pair
from include.run import chain_name
from include.store.chain import StoredChain
from include.store.connections import ConnectionStore
from include.store.database import Database
from include.store.installation import check_installation, look_first_if_broken
from include.wiring.connections import STORE, cipher, dsn_of, environment
from include.wiring.hook import ExactHook

log = logging.getLogger(__name__)


class SignIn:
    """One sign-in for a connection: open `address`, then give `finish` the address that the browser landed on.

    Another process may finish it: the state in the address is sealed with Airflow's Fernet key and names the connection.
    """

    def __init__(self, conn_id: str, *, state: str = "") -> None:
        """`state`: what Exact is to bring back, where the caller checks it; else it is sealed, and checked by `finish`."""
        self._conn_id = conn_id
        self._access = ExactHook(conn_id).access()
        self._endpoint = TokenEndpoint(self._access.app, Transport(self._access.new_session))
        if not get_fernet().is_encrypted:
            raise SetupError("no_fernet_key", cure="set AIRFLOW__CORE__FERNET_KEY: without it tokens would be stored readable")
        self._seal = f"sign-in {conn_id}".encode()
        self._state = state or get_fernet().encrypt(self._seal).decode()

    @property
    def address(self) -> str:
        return self._endpoint.sign_in_address(self._state)

    def finish(self, landed: str) -> str:
        """Take the code out of where the browser landed, and exchange it; returns the name of the chain."""
        return self.exchange(code_of(landed, self._state_of(landed)))

    def exchange(self, code: str, *, who: str = "") -> str:
        """Exchange the code and store the pair before anything uses it; `who` signed in. Returns the name of the chain."""
        divisions = [each.division for each in load_administrations() if each.connection == self._conn_id]
        database = Database(dsn_of(STORE), name="exactly sign-in")
        try:
            check_installation(database, environment())
            chain = StoredChain(database, chain_name(self._access.app), cipher())
            with chain.exclusive():
                look_first_if_broken(database, chain_name(self._access.app), divisions, by="sign-in")
                asked_at = chain.now()
                reply = self._endpoint.exchange(code)
                if reply.tokens is None:
                    raise SetupError(
                        "sign_in_failed", cure=f"Exact says {reply.error or reply.status}: start again, a code lives three minutes"
                    )
                chain.save(Pair(reply.tokens.access_token, reply.tokens.refresh_token, asked_at, chain.now()))
            ConnectionStore(database).note_sign_in(chain_name(self._access.app), who=who)
        finally:
            database.close()
        return chain_name(self._access.app)

    def _state_of(self, landed: str) -> str:
        """The state in the address when it was sealed here for this connection; else our own, which it then does not match."""
        given = parse_qs(urlsplit(landed.strip()).query).get("state", [""])[0]
        try:
            ours = get_fernet().decrypt(given.encode()) == self._seal
        except InvalidToken:
            ours = False
        return given if ours else self._state

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
