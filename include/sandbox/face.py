"""What every page is made with: the world it shows, the templates, and what the last button said."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from include.sandbox.books import Books
from include.sandbox.buttons import Buttons
from include.sandbox.pages import Pages
from include.sandbox.server import Request, Response
from include.sandbox.world import World

PAGE = 50


@dataclass(frozen=True)
class Face:
    """What pages have in their hands."""

    world: World
    books: Books
    pages: Pages
    buttons: Buttons

    def show(self, request: Request, template: str, values: dict[str, Any]) -> Response:
        """Return a page, with what became of the button that led to it."""
        here = request.path + (f"?{request.query}" if request.query else "")
        shared = {"told": self.buttons.told(request), "back": here.partition("?told=")[0].partition("&told=")[0]}
        return self.pages.page(template, {**shared, **values})

    def missing(self) -> Response:
        """Return the page for what does not exist."""
        return self.pages.page("problem.html", {"title": "Nothing here", "text": "This page does not exist in the sandbox."}, status=404)

    def usage(self) -> list[dict[str, Any]]:
        """Return what each application has used of its limits."""
        limits = self.world.limits
        return [
            {"client_id": key[0], "division": key[1], **asdict(used), "limits": limits.of(key)}
            for key, used in sorted(limits.all_usage().items())
        ]


def page_of(request: Request) -> int:
    """Return the number of the page that is asked for, from 0."""
    text = request.parameters.get("page", "0")
    return min(int(text), 100_000) if text.isdigit() and len(text) < 7 else 0


def place_of(request: Request, name: str = "before") -> int:
    """Return the place in a list after which a page begins; a number above all places where none is asked for."""
    text = request.parameters.get(name, "")
    return int(text) if text.isdigit() and len(text) < 19 else 2**62
