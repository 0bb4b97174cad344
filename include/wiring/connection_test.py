"""What the *Test* button of a connection finds out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.adapters.calls import SystemClock
from include.adapters.tokens import ChainWire
from include.errors import SetupError
from include.exact.oauth import TokenEndpoint
from include.exact.transport import Request, Transport
from include.outbox.chain import TokenChain
from include.outbox.times import Times
from include.run import chain_name
from include.store.chain import StoredChain
from include.store.database import Database
from include.store.installation import check_installation
from include.wiring.connections import STORE, cipher, dsn_of, environment

if TYPE_CHECKING:
    from include.wiring.hook import ExactHook


def try_connection(hook: ExactHook) -> str:
    """Reach the host and read the Exact user with the stored sign-in; returns a sentence, raises an error of ours with the cure."""
    access = hook.access()
    transport = Transport(access.new_session)
    address = f"{access.app.base_url}/api/v1/current/Me?$select=UserID,FullName,LanguageCode"
    greeting = transport.read(Request("GET", address))
    if greeting.status is None:
        raise SetupError("not_reached", access.app.base_url, cure=f"check host, port, proxy and certificates ({greeting.failure})")
    database = Database(dsn_of(STORE), name="exactly connection test")
    try:
        # A copy of another environment's database must not refresh that one's tokens.
        check_installation(database, environment())
        chain = TokenChain(
            StoredChain(database, chain_name(access.app), cipher()), ChainWire(TokenEndpoint(access.app, transport)), SystemClock(), Times()
        )
        reply = transport.read(Request("GET", address, {"Accept": "application/json"}, bearer=chain.access_token()))
    finally:
        database.close()
    if reply.status != 200:
        raise SetupError("not_signed_in", access.app.client_id, cure=f"Exact answered {reply.status}: exactly sign-in {hook.exact_conn_id}")
    return f"Reached {access.app.base_url} and signed in."
