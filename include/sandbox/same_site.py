"""Whether a request comes from a page of the sandbox's own: another site's page must not press its buttons."""

from __future__ import annotations

from urllib.parse import urlsplit

from include.sandbox.server import Request

SAFE = frozenset({"GET", "HEAD"})


def is_foreign(request: Request) -> bool:
    """Tell whether a browser sends this on behalf of another site's page; programs name no site, and are not foreign."""
    if request.method in SAFE:
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def is_own_form(request: Request) -> bool:
    """Tell whether a form on a page of ours was sent: a browser says so in one of two headers."""
    named = "sec-fetch-site" in request.headers or "origin" in request.headers
    return request.method == "POST" and named and not is_foreign(request)
