"""Which door a request goes through: API, token endpoint, authorise page, control, pages."""

from __future__ import annotations

from include.sandbox import downloads, same_site, seed
from include.sandbox.api import Api
from include.sandbox.books import Books
from include.sandbox.browser import Browser
from include.sandbox.consent import Consent
from include.sandbox.control import Control
from include.sandbox.oauth import OAuth
from include.sandbox.pages import Pages
from include.sandbox.server import Request, Response
from include.sandbox.webhook_delivery import Deliverer
from include.sandbox.webhook_events import Notices
from include.sandbox.world import Settings, World

FOREIGN = Response(403, b'{"error": "a page of another site asks for this"}', {"Content-Type": "application/json"})


class Sandbox:
    """One sandbox, ready to be served."""

    def __init__(self, settings: Settings) -> None:
        self.world = World(settings)
        seed.plant(self.world)
        oauth = OAuth(self.world)
        self._oauth = oauth
        self._pages = Pages()
        self._api = Api(self.world, oauth)
        self._consent = Consent(self.world, oauth, self._pages)
        books = Books(self.world.database)
        self._control = Control(self.world, books)
        self._browser = Browser(self.world, books, self._pages, self._control)
        self._notices = Notices(self.world)
        self._deliverer = Deliverer(self.world, self._notices)

    def date_header(self) -> str:
        """Return the value of the `Date` header."""
        return self.world.clock.date_header(self.world.switches.date_skew_s)

    def start(self) -> None:
        """Begin what runs in the background: notifications."""
        self._deliverer.start()

    async def stop(self) -> None:
        """End what runs in the background."""
        await self._deliverer.stop()

    async def __call__(self, request: Request) -> Response:
        """Answer a request; then see whom to notify of what it changed."""
        try:
            return await self._answer(request)
        finally:
            if self._notices.collect() or request.path.startswith(("/control", "/do/")):
                self._deliverer.wake()

    async def _answer(self, request: Request) -> Response:
        path = request.path
        if path.startswith("/api/v1/"):
            return await self._api.handle(request)
        if path == "/api/oauth2/token":
            return await self._api.token(request)
        if path == "/api/oauth2/auth":
            return self._consent.handle(request)
        if path.startswith("/control"):
            return FOREIGN if same_site.is_foreign(request) else await self._control.handle(request)
        return await self._file_or_page(request)

    async def _file_or_page(self, request: Request) -> Response:
        if request.path == downloads.PATH:
            return downloads.download(self.world, self._oauth, request)
        if request.path.startswith("/static/"):
            return self._pages.static(request.path.removeprefix("/static/"))
        return await self._browser.handle(request)
