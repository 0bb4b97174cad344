"""The sandbox in a browser: pages from Jinja2 templates with its own style sheet and no foreign host."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from include.sandbox.clock import iso
from include.sandbox.server import Response

HERE = Path(__file__).parent
STATIC = {"sandbox.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
SECURITY = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "; ".join(
        ("default-src 'none'", "style-src 'self'", "img-src 'self'", "form-action *", "base-uri 'none'", "frame-ancestors 'none'")
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Pages:
    """Renders templates."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.filters["iso"] = iso
        self._environment.filters["decoded"] = unquote_plus

    def page(self, template: str, values: dict[str, Any], *, status: int = 200) -> Response:
        """Return a page."""
        body = self._environment.get_template(template).render(values).encode("utf-8")
        return Response(status, body, dict(SECURITY))

    def static(self, name: str) -> Response:
        """Return the style sheet or the icon, or 404."""
        kind = STATIC.get(name)
        if kind is None:
            return Response(404)
        return Response(200, (HERE / "static" / name).read_bytes(), {"Content-Type": kind, "Cache-Control": "max-age=60"})
