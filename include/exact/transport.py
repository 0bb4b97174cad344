"""The lowest level of HTTP: one request, one reply, no retry, no redirect, bounded in time and size.

It knows for each request whether a byte of it may have left: the answer to "may Exact have booked this?".
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
BODY_MAX_BYTES = 10 * 1000 * 1000
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


class _Departure:
    """Notes the moment between "the connection stands" and "the first byte leaves"."""

    def __init__(self, still_in_time: Callable[[], bool]) -> None:
        self._still_in_time = still_in_time
        self.left = False

    def connected(self) -> None:
        if not self._still_in_time():
            raise TooLateError
        self.left = True


class Transport:
    """Sends requests over sessions that `new_session` makes (its TLS and proxy settings are the administrator's)."""

    def __init__(self, new_session: Callable[[], requests.Session], *, deadline_s: float = 30.0) -> None:
        self._new_session = new_session
        self._deadline_s = deadline_s
        self._reading: requests.Session | None = None

    def read(self, request: Request) -> Reply:
        """Send a request that changes nothing, over a connection that is kept."""
        if self._reading is None:
            self._reading = self._new_session()
        return self._send(self._reading, request, None)

    def change(self, request: Request, still_in_time: Callable[[], bool]) -> Reply:
        """Send a request that changes something, over a fresh connection; `still_in_time` is asked when it stands."""
        departure = _Departure(still_in_time)
        with self._new_session() as session:
            adapter = _departing(departure)
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            return self._send(session, request, departure)

    def _send(self, session: requests.Session, request: Request, departure: _Departure | None) -> Reply:
        started = time.monotonic()
        try:
            with session.request(
                request.method,
                request.url,
                data=request.body,
                headers=dict(request.headers),
                auth=_Bearer(request.bearer),
                timeout=(min(CONNECT_S, self._deadline_s), self._deadline_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                body, failure = self._bounded_body(response, started)
                seconds = time.monotonic() - started
                return Reply(True, response.status_code, CaseInsensitiveDict(response.headers), seconds, body, failure)
        except TooLateError:
            return Reply(False, None, {}, time.monotonic() - started, failure="too_late")
        except (requests.RequestException, OSError) as error:
            left = departure.left if departure is not None else True
            return Reply(left, None, {}, time.monotonic() - started, failure=type(error).__name__)

    def _bounded_body(self, response: requests.Response, started: float) -> tuple[bytes, str]:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(_CHUNK):
            size += len(part)
            if size > ANSWER_MAX_BYTES:
                return b"", "answer too large"
            if time.monotonic() - started > self._deadline_s:
                return b"", "answer too slow"
            parts.append(part)
        return b"".join(parts), ""


def _departing(departure: _Departure) -> HTTPAdapter:
    """An adapter without retries whose connections report to `departure` as soon as they stand."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            departure.connected()

    class Tls(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            departure.connected()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    class Departing(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **settings: Any) -> None:
            super().init_poolmanager(*args, **settings)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}

        def proxy_manager_for(self, *args: Any, **settings: Any) -> Any:
            manager = super().proxy_manager_for(*args, **settings)
            manager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}
            return manager

    return Departing(max_retries=0)
