"""What every answer tells the browser, and which requests that change something are let in."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from include.wiring.web_access import own_hosts

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "frame-ancestors 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# htmx sends it with each request; a form or an image on another site cannot.
OURS = "hx-request"


class SecurityHeaders:
    """Puts the headers on every answer, errors and files included; a page is never kept by a browser or a proxy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, guarded)


class ForeignError(Exception):
    """A request that wants to change something does not surely come from one of our own pages."""


async def own_request(request: Request) -> None:
    """Guard of every route against other sites. A bearer token is sent by a program on purpose, never by a browser on its own."""
    headers = request.headers
    if request.method in SAFE or headers.get("authorization", "").lower().startswith("bearer "):
        return
    if OURS not in headers or not _is_same_site(headers, own_hosts()):
        raise ForeignError


def _is_same_site(headers: Headers, own: frozenset[str]) -> bool:
    # Browsers send it to https and to this machine only; the other one with every unsafe method.
    fetched = headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched == "same-origin"
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc in own | {headers.get("host", "")}
