"""The token chains in PostgreSQL, encrypted before they get here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

import psycopg

from include.errors import RetryableError
from include.outbox.ports import Chain, ChainState, Pair
from include.store.database import Database, Row, named_queries

_sql = named_queries("chain")

# Longer than a token call with its deadline; who holds the chain for longer tries again and again, or hangs.
LONGEST_WAIT_S = 60
AGAIN_S = 20.0
# A pair that is not stored is lost, and a person has to sign in: this outlasts the failover of a database.
KEEP_TRYING_TO_SAVE_S = 600.0


class Cipher(Protocol):
    """Airflow's Fernet key, or any other authenticated encryption."""

    def encrypt(self, msg: bytes) -> bytes: ...

    def decrypt(self, msg: bytes) -> bytes: ...


class StoredChain:
    """Implements `include.outbox.ports.ChainStore` for the chain called `name`."""

    def __init__(self, database: Database, name: str, cipher: Cipher) -> None:
        self._database = database
        self._name = name
        self._cipher = cipher
        self._begun: int | None = None

    def read(self) -> Chain:
        with self._database.statement() as connection:
            row = _sql.read_chain(connection, chain=self._name)
        if row is None:
            return Chain(self._name, ChainState.NEEDS_CONSENT, None, "nobody has signed in yet")
        return Chain(self._name, ChainState(row["state"]), self._pair(row), row["reason"], row["refresh_begun_at"])

    def _pair(self, row: Row) -> Pair | None:
        if row["refresh_token"] is None:
            return None
        return Pair(
            self._cipher.decrypt(bytes(row["access_token"])).decode(),
            self._cipher.decrypt(bytes(row["refresh_token"])).decode(),
            row["asked_at"],
            row["received_at"],
        )

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """A session lock across all processes: PostgreSQL lets go when the holder dies. Nobody waits for it for ever."""
        self._lock()
        try:
            yield
        finally:
            with self._database.transaction() as connection:
                _sql.unlock_chain(connection, chain=self._name)

    def _lock(self) -> None:
        try:
            with self._database.transaction() as connection:
                _sql.bound_wait(connection, milliseconds=str(LONGEST_WAIT_S * 1000))
                _sql.lock_chain(connection, chain=self._name)
        except RetryableError as error:
            if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise RetryableError("another process holds the refresh of the token", retry_after_s=AGAIN_S) from error
            raise

    def begin(self) -> None:
        with self._database.transaction() as connection:
            self._begun = _sql.begin_refresh(connection, chain=self._name)

    def save(self, pair: Pair) -> None:
        """Commit the new pair; kept trying while the database restarts, as the old one is burnt."""
        self._database.persist(lambda: self._save(pair), keep_trying_s=KEEP_TRYING_TO_SAVE_S)

    def _save(self, pair: Pair) -> None:
        with self._database.transaction() as connection:
            _sql.save_pair(
                connection,
                chain=self._name,
                access_token=self._cipher.encrypt(pair.access_token.encode()),
                refresh_token=self._cipher.encrypt(pair.refresh_token.encode()),
                asked_at=pair.asked_at,
                received_at=pair.received_at,
            )

    def keep(self) -> None:
        with self._database.transaction() as connection:
            _sql.keep_chain(connection, chain=self._name)

    def need_consent(self, reason: str) -> None:
        with self._database.transaction() as connection:
            _sql.need_consent(connection, chain=self._name, reason=reason, generation=self._begun)

    def now(self) -> datetime:
        with self._database.statement() as connection:
            moment: datetime = _sql.moment(connection)
        return moment
