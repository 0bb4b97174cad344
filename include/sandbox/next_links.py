"""Pages that lead astray: a link to the next page that points to another host, or back to the page itself."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

import orjson

from include.sandbox.server import Response

FOREIGN_HOST = "start.exactonline.nl.attacker.example"
END_OF_FEED = b"</feed>"
NEXT_LINK = b'<link rel="next" '


def foreign(url: str) -> str:
    """Return an address with its host exchanged."""
    return urlsplit(url)._replace(scheme="https", netloc=FOREIGN_HOST).geturl()


def with_next(response: Response, url: str) -> Response:
    """Return a page whose next page is at `url`; what is no page stays as it is."""
    if response.status != 200:
        return response
    if response.body.endswith(END_OF_FEED):
        whole = response.body.removesuffix(END_OF_FEED).partition(NEXT_LINK)[0]
        return replace(response, body=whole + NEXT_LINK + f"href={quoteattr(url)} />".encode() + END_OF_FEED)
    if response.body[:1] != b"{":
        return response
    content = orjson.loads(response.body)
    if not isinstance(content["d"], dict) or "results" not in content["d"]:
        return response
    content["d"]["__next"] = url
    return replace(response, body=orjson.dumps(content))
