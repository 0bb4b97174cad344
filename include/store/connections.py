"""What is known of sign-ins and chains, without any token: since when, by whom, what people did; and sign-ins begun in a browser."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe

from include.store.database import Database, Row, named_queries
from include.store.rows import storable

_sql = named_queries("connections")

# Long enough to find the password; a code lives for three minutes once it is given.
SIGN_IN_MINUTES = 15
ACTS_SHOWN = 5
OK = "ok"


class ConnectionAct(StrEnum):
    """What people do with a connection."""

    BEGIN_SIGN_IN = "begin_sign_in"
    SIGN_IN = "sign_in"
    TEST = "test"
    REVOKE = "revoke"


class ConnectionStore:
    """Chains and limits to look at, sign-ins on their way, and what people did."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def chains(self) -> dict[str, Row]:
        """State and moments of each chain by its name."""
        with self._database.transaction() as connection:
            return {row["chain"]: row for row in _sql.chains(connection)}

    def limits(self) -> dict[tuple[str, int], Row]:
        """What Exact's headers said last, by app and division."""
        with self._database.transaction() as connection:
            return {(row["app"], row["division"]): row for row in _sql.limits(connection)}

    def begin_sign_in(self, connection_id: str, *, who: str, session: str) -> str:
        """Begin a sign-in of this person in this browser; returns the state that Exact is to bring back."""
        state = token_urlsafe(32)
        with self._database.transaction() as connection:
            _sql.forget_sign_ins(connection)
            columns = {"state_hash": _hash(state), "session_hash": _hash(session)}
            _sql.begin_sign_in(connection, connection=connection_id, who=who, **columns)
        return state

    def take_sign_in(self, state: str, *, who: str, session: str) -> str | None:
        """The connection that this state was begun for by this person in this browser; None for any other, and the second time."""
        columns = {"state_hash": _hash(state), "session_hash": _hash(session)}
        with self._database.transaction() as connection:
            found: str | None = _sql.take_sign_in(connection, who=who, minutes=SIGN_IN_MINUTES, **columns)
        return found

    def note_sign_in(self, chain: str, *, who: str) -> None:
        """Who signed in, after the pair was stored."""
        with self._database.transaction() as connection:
            _sql.note_sign_in(connection, chain=chain, who=storable(who))

    def revoke(self, chain: str, *, who: str) -> None:
        """Forget the tokens; the caller holds the chain, so that no refresh brings new ones."""
        with self._database.transaction() as connection:
            _sql.revoke(connection, chain=chain, who=storable(who))

    def note(self, connection_id: str, act: ConnectionAct, *, who: str, outcome: str = OK) -> None:
        """Note what somebody did and how it went: `ok`, or the code of an error."""
        with self._database.transaction() as connection:
            _sql.note_act(connection, connection=connection_id, who=storable(who), what=act.value, outcome=outcome)

    def acts(self) -> dict[str, list[Row]]:
        """The newest acts on each connection, the newest first."""
        found: dict[str, list[Row]] = {}
        with self._database.transaction() as connection:
            for row in _sql.acts(connection, number=ACTS_SHOWN):
                found.setdefault(row["connection"], []).append(row)
        return found


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
