"""Answers that are no success, as bodies: OData errors in the form that was asked for, and the pages of an infrastructure in trouble."""

from __future__ import annotations

from collections.abc import Callable

from include.sandbox import atom_feed, odata_json, texts
from include.sandbox.odata_accept import Form
from include.sandbox.server import Response

JSON = {"Content-Type": "application/json; charset=utf-8", "DataServiceVersion": "1.0;", "Cache-Control": "private"}
XML = {**JSON, "Content-Type": "application/xml;charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
MOVED = (
    b"<html><head><title>Object moved</title></head><body>\r\n"
    b'<h2>Object moved to <a href="/docs/Login.aspx">here</a>.</h2>\r\n</body></html>\r\n'
)
MAINTENANCE = (
    b"<!DOCTYPE html><html><head><title>Service Unavailable</title></head>"
    b"<body><h1>Exact Online is temporarily unavailable</h1></body></html>"
)
BROKEN = b"<!DOCTYPE html><html><head><title>Runtime Error</title></head><body><h1>Server Error in '/' Application.</h1></body></html>"
GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


def refusal(form: Form | None, status: int, text: str, reason: str = "") -> Response:
    """Return an OData error, in XML unless JSON was asked for (FACTS 3.1, 3.15)."""
    body, headers = (odata_json.error(text), JSON) if form == "json" else (atom_feed.error(text), XML)
    return Response(status, body, {**headers, **({"Reason": reason} if reason else {})})


def not_signed_in() -> Response:
    """Return the page that a bad token gets (FACTS 1.15)."""
    return Response(401, MOVED, {**HTML, "Location": "/docs/Login.aspx"})


def maintenance() -> Response:
    """Return the page of a closed Exact."""
    return Response(503, MAINTENANCE, dict(HTML))


# What a client sees instead of the answer, by the word that `faults.KINDS` uses for it.
INSTEAD: dict[str, Callable[[Form | None], Response]] = {
    "302": lambda _: Response(302, MOVED, {**HTML, "Location": "/docs/Login.aspx"}),
    "401": lambda _: not_signed_in(),
    "408": lambda form: refusal(form, 408, "Request timed out."),
    "500_html": lambda _: Response(500, BROKEN, dict(HTML)),
    "500_problem": lambda form: refusal(form, 500, texts.problem()),
    "502_html": lambda _: Response(502, GATEWAY, dict(HTML)),
    "503": lambda _: Response(503),
    "503_html": lambda _: maintenance(),
    "504": lambda _: Response(504),
    "200_html": lambda _: Response(200, MOVED, dict(HTML)),
}
