"""The buttons on the pages: each is one call of the control door, which it also shows as a command to type."""

from __future__ import annotations

import re
import shlex
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from include.sandbox import same_site
from include.sandbox.control import Control
from include.sandbox.pages import Pages
from include.sandbox.server import Request, Response
from include.sandbox.world import World

PATH = re.compile(r"/do/(?P<method>post|delete)/(?P<path>[a-z0-9/-]{1,100})\Z")
BACK = re.compile(r"/[\w/.~%?&=+-]*\Z")
WHOLE = frozenset({"times", "division", "calls", "minutely", "daily", "use", "year", "period", "id", "lines"})
REAL = frozenset({"rate", "seconds", "offset_s", "advance_s"})
FLAGS = frozenset({"closed", "keep_tokens", "tampered", "forgive", "access_only"})
TOLD_MAX = 100
ANSWER_MAX = 400
ABOUT_PAGES = frozenset({"back", "percent"})


@dataclass(frozen=True)
class Told:
    """What became of a button that was pressed."""

    number: int
    good: bool
    text: str
    command: str = ""
    answer: str = ""


class Buttons:
    """Presses what is on the pages."""

    def __init__(self, world: World, control: Control, pages: Pages) -> None:
        self._world = world
        self._control = control
        self._pages = pages
        self._told: deque[Told] = deque(maxlen=TOLD_MAX)
        self._pressed = 0

    def told(self, request: Request) -> Told | None:
        """Return what the page should say about the button that led to it."""
        number = request.parameters.get("told", "")
        return next((told for told in self._told if str(told.number) == number), None)

    async def press(self, request: Request) -> Response:
        """Do what a form asks, and lead back to its page."""
        match = PATH.match(request.path)
        if match is None or request.method != "POST":
            return self._pages.page("problem.html", {"title": "No such button", "text": "The pages have no button like this."}, status=404)
        if not same_site.is_own_form(request):
            text = "This came from another site's page, or from a program. Programs use the control door: see /control."
            return self._pages.page("problem.html", {"title": "Not from here", "text": text}, status=403)
        return await self._press(request, match["method"].upper(), match["path"])

    async def _press(self, request: Request, method: str, path: str) -> Response:
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        back = form.get("back", "/")
        try:
            values = self._values(form)
        except ValueError:
            return self._lead(back, self._tell("Nothing was done: a number is needed where something else was entered."))
        asked = _asked(method, path, values)
        response = await self._control.handle(asked)
        answer = orjson.loads(response.body)
        command = _command(f"{self._world.scheme}://{request.host or 'localhost'}", asked)
        if response.status >= 400:
            return self._lead(back, self._tell(f"Nothing was done: {answer.get('error', response.status)}", command))
        if (method, path, values.get("kind")) == ("POST", "outage", "refuse"):
            return self._away(values.get("seconds", 60))
        shown = response.body.decode()
        return self._lead(back, self._tell("Done.", command, shown if len(shown) <= ANSWER_MAX else f"{shown[:ANSWER_MAX]} …"))

    def _values(self, form: dict[str, str]) -> dict[str, Any]:
        """Return what a form says as the control door wants it. Raises `ValueError`."""
        filled = {name: text for name, text in form.items() if name not in ABOUT_PAGES and (text or name not in WHOLE | REAL)}
        values: dict[str, Any] = {name: self._typed(name, text) for name, text in filled.items()}
        if "percent" in form:
            values["rate"] = float(form["percent"]) / 100
            values.pop("times", None)
        return values

    def _typed(self, name: str, text: str) -> Any:
        known = getattr(self._world.switches, name, None)
        if name in FLAGS or isinstance(known, bool):
            return text == "true"
        if name in WHOLE or isinstance(known, int):
            return int(text)
        if name in REAL or isinstance(known, float):
            return float(text)
        return text.strip()

    def _tell(self, text: str, command: str = "", answer: str = "") -> Told:
        self._pressed += 1
        self._told.append(Told(self._pressed, bool(answer), text, command, answer))
        return self._told[-1]

    def _lead(self, back: str, told: Told) -> Response:
        path = back if BACK.match(back) and not back.startswith("//") else "/"
        mark = "&" if "?" in path else "?"
        return Response(303, headers={"Location": f"{path}{mark}told={told.number}", "Cache-Control": "no-store"})

    def _away(self, seconds: float) -> Response:
        """Say that nobody listens from now on: the page that the form was on could not be loaded."""
        wait = int(self._world.clock.span_s(seconds)) + 2
        response = self._pages.page("away.html", {"seconds": seconds, "wait": wait})
        response.headers["Refresh"] = f"{wait}; url=/faults"
        return response


def _asked(method: str, path: str, values: dict[str, Any]) -> Request:
    """Return the call of the control door that a button stands for."""
    if method == "DELETE":
        return Request(method, f"/control/{path}", urlencode(values), {}, b"")
    return Request(method, f"/control/{path}", "", {}, orjson.dumps(values))


def _command(base: str, asked: Request) -> str:
    """Return the same call as a line for a shell."""
    url = f"{base}{asked.path}" + (f"?{asked.query}" if asked.query else "")
    verb = "" if asked.method == "POST" else f" -X {asked.method}"
    body = f" -d {shlex.quote(asked.body.decode())}" if asked.method != "DELETE" else ""
    return f"curl -s{verb} {shlex.quote(url)}{body}"
