"""Our database in a web process: a few connections, opened when first needed and shared by all requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import Annotated

from fastapi import Depends

from include.errors import RetryableError
from include.store.database import Database
from include.store.installation import check_installation
from include.wiring.connections import STORE, environment
from include.wiring.terminal import dsn

CONNECTIONS_MAX = 4
PATIENCE_S = 10.0
# A connection that lay idle for so long may be gone without a word: a new one costs milliseconds.
IDLE_MAX_S = 15.0
NAME = "exactly console"


class Pool:
    """Up to `CONNECTIONS_MAX` connections to the store; each serves one request at a time."""

    def __init__(self) -> None:
        self._free: LifoQueue[tuple[float, Database]] = LifoQueue()
        self._made = 0
        self._lock = threading.Lock()
        self._accepted = False

    @contextmanager
    def lend(self) -> Iterator[Database]:
        """A connection for one request. Raises `RetryableError` when all are busy, `SetupError` for a database of another environment."""
        database = self._take()
        try:
            if not self._accepted:
                check_installation(database, environment())
                self._accepted = True
            yield database
        finally:
            self._free.put((time.monotonic(), database))

    def _take(self) -> Database:
        made = self._make()
        if made is not None:
            return made
        try:
            used_at, database = self._free.get(timeout=PATIENCE_S)
        except Empty:
            raise RetryableError("all connections to our database are busy", retry_after_s=PATIENCE_S) from None
        if time.monotonic() - used_at > IDLE_MAX_S:
            database.close()
        database.freshen()
        return database

    def _make(self) -> Database | None:
        with self._lock:
            if not self._free.empty() or self._made == CONNECTIONS_MAX:
                return None
            database = Database(dsn(STORE), name=NAME)
            self._made += 1
            return database


_pool = Pool()


def store() -> Iterator[Database]:
    """Our database for the time of one request."""
    with _pool.lend() as database:
        yield database


Store = Annotated[Database, Depends(store)]
