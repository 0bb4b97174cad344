"""Which page answers which address; everything that is not the API, the sign-in or the control door."""

from __future__ import annotations

import re
from collections.abc import Callable

from include.sandbox.books import Books
from include.sandbox.buttons import Buttons
from include.sandbox.control import Control
from include.sandbox.database import Row
from include.sandbox.face import Face
from include.sandbox.page_company import CompanyPages
from include.sandbox.page_documents import DocumentPages
from include.sandbox.page_ledger import LedgerPages
from include.sandbox.page_system import SystemPages
from include.sandbox.pages import Pages
from include.sandbox.server import Request, Response
from include.sandbox.world import World

COMPANY = re.compile(r"/companies/(?P<division>\d{1,9})(?:/(?P<tab>[a-z]+)(?:/(?P<code>[^/]+))?)?/?\Z")
DOCUMENT = re.compile(r"/(?P<what>documents|entries)/(?P<id>[0-9a-f-]{36})/?\Z")


class Browser:
    """Answers every page but the consent page, and the buttons on them."""

    def __init__(self, world: World, books: Books, pages: Pages, control: Control) -> None:
        self._world = world
        self._buttons = Buttons(world, control, pages)
        self._face = Face(world, books, pages, self._buttons)
        self._documents = DocumentPages(self._face)
        self._ledger = LedgerPages(self._face)
        company, system = CompanyPages(self._face), SystemPages(self._face, self._ledger)
        self._system: dict[str, Callable[[Request], Response]] = {
            "": system.home,
            "test-your-client": system.trials,
            "calls": system.calls,
            "webhooks": system.webhooks,
            "faults": system.faults,
            "switches": system.switches,
            "state": system.state,
        }
        self._tabs: dict[str, Callable[[Request, Row], Response]] = {
            "documents": self._documents.listed,
            "relations": company.relations,
            "open": company.open_items,
            "stock": company.stock,
            "ledger": self._ledger.trial_balance,
            "periods": company.periods,
        }
        self._details: dict[str, Callable[[Request, Row, str], Response]] = {
            "relations": company.relation,
            "ledger": self._ledger.card,
        }

    async def handle(self, request: Request) -> Response:
        """Answer a page or a button."""
        if request.path.startswith("/do/"):
            return await self._buttons.press(request)
        if request.method not in ("GET", "HEAD"):
            return self._face.missing()
        page = self._system.get(request.path.strip("/"))
        return page(request) if page else self._of_company(request)

    def _of_company(self, request: Request) -> Response:
        document = DOCUMENT.match(request.path)
        if document:
            show = self._documents.document if document["what"] == "documents" else self._documents.entry
            return show(request, document["id"])
        match = COMPANY.match(request.path)
        company = self._world.database.find("divisions", Code=int(match["division"])) if match else None
        if match is None or company is None:
            return self._face.missing()
        tab, code = match["tab"] or "documents", match["code"]
        if code is not None:
            detail = self._details.get(tab)
            return detail(request, company, code) if detail else self._face.missing()
        listed = self._tabs.get(tab)
        return listed(request, company) if listed else self._face.missing()
