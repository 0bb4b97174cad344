"""The authorise page: who signs in, which companies are granted, and back to the application with a code (FACTS 1.2, 1.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qs, quote, urlencode

from include.sandbox.database import Row
from include.sandbox.oauth import OAuth
from include.sandbox.pages import Pages
from include.sandbox.refusals import maintenance
from include.sandbox.server import Request, Response
from include.sandbox.world import World

COOKIE = "ExactOnlineSandboxUser"
_STANDING = "SELECT divisions FROM _chains WHERE client_id = ? AND user_id = ? AND killed_ms IS NULL ORDER BY chain DESC LIMIT 1"


class Consent:
    """Answers /api/oauth2/auth."""

    def __init__(self, world: World, oauth: OAuth, pages: Pages) -> None:
        self._world = world
        self._oauth = oauth
        self._pages = pages

    def handle(self, request: Request) -> Response:
        """Show the page, or take what was entered on it."""
        if self._world.outages.in_maintenance:
            return maintenance()
        asked = request.parameters
        application = self._oauth.application(asked.get("client_id", ""))
        problem = self._problem(application, asked)
        if problem or application is None:
            return self._pages.page("problem.html", {"title": "This application cannot sign in", "text": problem}, status=400)
        grants = self._oauth.grants(application["client_id"])
        if request.method == "POST":
            return self._entered(request, asked, grants)
        if asked.get("force_login") != "1":
            known = self._known(request, application["client_id"], grants)
            if known:
                return self._granted(asked, *known)
        return self._pages.page("consent.html", {"application": application, "people": self._people(grants), "action": _action(asked)})

    def _known(self, request: Request, client_id: str, grants: list[Row]) -> tuple[Row, list[int]] | None:
        """Return who passes without a page, with which divisions: somebody still signed in whose consent for this application stands."""
        if self._world.switches.auto_consent:
            return grants[0], json.loads(grants[0]["divisions"])
        signed_in = _cookie(request)
        grant = next((each for each in grants if each["user_id"] == signed_in), None)
        divisions = self._world.database.scalar(_STANDING, (client_id, signed_in)) if grant else None
        return (grant, json.loads(divisions)) if grant and divisions else None

    def _problem(self, application: Row | None, asked: Mapping[str, str]) -> str:
        if application is None:
            return "No application is registered under this client id."
        if asked.get("response_type") != "code":
            return "The response type must be code."
        if self._world.switches.check_redirect_uri and asked.get("redirect_uri") not in json.loads(application["redirect_uris"]):
            return f"The redirect address is not registered for this application: {asked.get('redirect_uri', '')}"
        return ""

    def _people(self, grants: list[Row]) -> list[Row]:
        people = []
        for grant in grants:
            user = self._world.database.find("users", UserID=grant["user_id"]) or {}
            codes = json.loads(grant["divisions"])
            divisions = [self._world.database.find("divisions", Code=code) for code in codes]
            people.append({"id": grant["user_id"], "name": user.get("FullName"), "email": user.get("Email"), "divisions": divisions})
        return people

    def _entered(self, request: Request, asked: Mapping[str, str], grants: list[Row]) -> Response:
        form = parse_qs(request.body.decode("utf-8", "replace"))
        if form.get("decision") != ["allow"]:
            return _back(asked, {"error": "access_denied"})
        grant = next((each for each in grants if [each["user_id"]] == form.get("user")), grants[0])
        allowed = json.loads(grant["divisions"])
        ticked = [int(code) for code in form.get("division", []) if code.isdigit() and int(code) in allowed]
        response = self._granted(asked, grant, ticked or allowed)
        response.headers["Set-Cookie"] = f"{COOKIE}={grant['user_id']}; Path=/api/oauth2; HttpOnly; SameSite=Lax"
        return response

    def _granted(self, asked: Mapping[str, str], grant: Row, divisions: list[int]) -> Response:
        redirect_uri = asked.get("redirect_uri", "")
        return _back(asked, {"code": self._oauth.issue_code(grant["client_id"], grant["user_id"], divisions, redirect_uri)})


def _cookie(request: Request) -> str:
    """Return the user who signed in with this browser before, if any."""
    pairs = (part.strip().partition("=") for part in request.headers.get("cookie", "").split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")


def _back(asked: Mapping[str, str], answer: dict[str, str]) -> Response:
    """Return the redirect to the application; `state` comes back if it was sent, `!` in the code as %21."""
    if "state" in asked:
        answer["state"] = asked["state"]
    redirect_uri = asked.get("redirect_uri", "")
    mark = "&" if "?" in redirect_uri else "?"
    query = urlencode(answer, quote_via=lambda text, *_: quote(text, safe=""))
    return Response(302, headers={"Location": f"{redirect_uri}{mark}{query}", "Cache-Control": "no-store"})


def _action(asked: Mapping[str, str]) -> str:
    return f"/api/oauth2/auth?{urlencode(dict(asked))}"
