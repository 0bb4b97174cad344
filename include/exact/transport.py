"""The lowest level of HTTP: one request, one reply, no retry, no redirect, bounded in time and size.

It knows for each request whether a byte of it may have left: the answer to "may Exact have booked this?".
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

log = logging.getLogger(__name__)

CONNECT_S = 10.0
ANSWER_MAX_BYTES = 64 * 1024 * 1024
TOO_SLOW = "answer too slow"
_CHUNK = 64 * 1024


class TooLateError(Exception):
    """The connection stood only after the request's time had passed: nothing left."""


@dataclass(frozen=True)
class Reply:
    """What came back. `status` is None when no answer came, and `failure` says why; `left`: a byte of the request may have left."""

    left: bool
    status: int | None
    headers: Mapping[str, str]
    seconds: float
    body: bytes = field(default=b"", repr=False)
    failure: str = ""


@dataclass(frozen=True)
class Request:
    """A request; its authorisation is kept out of `repr`."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    bearer: str | None = field(default=None, repr=False)


class _Bearer(AuthBase):
    """An authorisation of our own, so that no .netrc of the machine takes its place."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Attempt:
    """One request on its way: asks its guard when the connection stands, notes that bytes may have left, hangs up when time is over."""

    def __init__(self, still_in_time: Callable[[], bool]) -> None:
        self._still_in_time = still_in_time
        self._connection: HTTPConnection | None = None
        self.left = False
        self.overdue = False

    def speaks_through(self, connection: HTTPConnection) -> None:
        self._connection = connection

    def connected(self) -> None:
        if self.overdue or not self._still_in_time():
            raise TooLateError
        self.left = True

    def hang_up(self) -> None:
        """End a read that a dripping server keeps alive: a time-out of the socket alone begins anew with every byte."""
        self.overdue = True
        line = getattr(self._connection, "sock", None)
        if line is not None:
            with suppress(OSError):
                # The socket beneath TLS: to shut down TLS itself would let a reader take what is left for plain text.
                socket.socket.shutdown(line, socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """An adapter without retries; its connections report to the attempt that is under way."""

    def __init__(self) -> None:
        self.attempt = _Attempt(lambda: True)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **settings: Any) -> None:
        super().init_poolmanager(*args, **settings)
        self.poolmanager.pool_classes_by_scheme = _pools(self)

    def proxy_manager_for(self, *args: Any, **settings: Any) -> Any:
        manager = super().proxy_manager_for(*args, **settings)
        manager.pool_classes_by_scheme = _pools(self)
        return manager


def _pools(adapter: _Adapter) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            adapter.attempt.speaks_through(self)
            super().connect()
            adapter.attempt.connected()

        def putrequest(self, *args: Any, **settings: Any) -> None:
            adapter.attempt.speaks_through(self)
            super().putrequest(*args, **settings)

    class Tls(HTTPSConnection):
        def connect(self) -> None:
            adapter.attempt.speaks_through(self)
            super().connect()
            adapter.attempt.connected()

        def putrequest(self, *args: Any, **settings: Any) -> None:
            adapter.attempt.speaks_through(self)
            super().putrequest(*args, **settings)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


class Transport:
    """Sends requests over sessions that `new_session` makes (its TLS and proxy settings are the administrator's)."""

    def __init__(self, new_session: Callable[[], requests.Session], *, deadline_s: float = 30.0) -> None:
        self._new_session = new_session
        self._deadline_s = deadline_s
        self._reading: tuple[requests.Session, _Adapter] | None = None

    def read(self, request: Request) -> Reply:
        """Send a request that changes nothing, over a connection that is kept."""
        if self._reading is None:
            self._reading = self._session()
        session, adapter = self._reading
        adapter.attempt = _Attempt(lambda: True)
        return self._send(session, request, adapter.attempt)

    def change(self, request: Request, still_in_time: Callable[[], bool]) -> Reply:
        """Send a request that changes something, over a fresh connection; `still_in_time` is asked when it stands."""
        session, adapter = self._session()
        adapter.attempt = _Attempt(still_in_time)
        with session:
            return self._send(session, request, adapter.attempt)

    def _session(self) -> tuple[requests.Session, _Adapter]:
        session, adapter = self._new_session(), _Adapter()
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return session, adapter

    def _send(self, session: requests.Session, request: Request, attempt: _Attempt) -> Reply:
        started = time.monotonic()
        watch = threading.Timer(self._deadline_s, attempt.hang_up)
        watch.daemon = True
        watch.start()
        try:
            return self._exchange(session, request, started, attempt)
        except TooLateError:
            return Reply(False, None, {}, time.monotonic() - started, failure="too_late")
        except (requests.RequestException, OSError) as error:
            failure = TOO_SLOW if attempt.overdue else type(error).__name__
            return Reply(attempt.left, None, {}, time.monotonic() - started, failure=failure)
        finally:
            watch.cancel()

    def _exchange(self, session: requests.Session, request: Request, started: float, attempt: _Attempt) -> Reply:
        with session.request(
            request.method,
            request.url,
            data=request.body,
            headers=dict(request.headers),
            auth=_Bearer(request.bearer),
            timeout=(min(CONNECT_S, self._deadline_s), self._deadline_s),
            allow_redirects=False,
            stream=True,
            # Said for each request: a certificate bundle of the environment would otherwise take the place of the connection's own.
            verify=session.verify,
        ) as response:
            body, failure = _bounded_body(response)
            if attempt.overdue:
                body, failure = b"", TOO_SLOW
            seconds = time.monotonic() - started
            return Reply(True, response.status_code, CaseInsensitiveDict(response.headers), seconds, body, failure)


def _bounded_body(response: requests.Response) -> tuple[bytes, str]:
    """The body, and why it is not whole; what came before it broke off is of no use to anybody."""
    parts: list[bytes] = []
    size = 0
    try:
        for part in response.iter_content(_CHUNK):
            size += len(part)
            if size > ANSWER_MAX_BYTES:
                return b"", "answer too large"
            parts.append(part)
    except (requests.RequestException, OSError) as error:
        return b"", type(error).__name__
    return b"".join(parts), ""
