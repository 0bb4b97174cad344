"""What the console consists of: its routes as they are registered, and its pages as a reader reaches them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from uuid import UUID

import requests
from fastapi.routing import APIRoute
from lxml import html

from include.web.access import Role, administrator, operator, viewer
from include.web.app import create_app
from tests.web.airflow_server import CONSOLE, Visitor

SAFE = {"GET", "HEAD", "OPTIONS"}
GUARDS = {viewer: Role.VIEWER, operator: Role.OPERATOR, administrator: Role.ADMINISTRATOR}
# Enough to reach every kind of page, and few enough for a test of a few seconds.
PAGES_MAX = 80
PLACEHOLDER = "nothing:of:this:name"


@cache
def routes() -> list[APIRoute]:
    """Every route that the app answers, its files aside."""
    return [route for route in create_app().routes if isinstance(route, APIRoute)]


def guards_of(route: APIRoute) -> list[Role]:
    """The roles that a route asks for; one, if all is well."""
    return [GUARDS[each.call] for each in route.dependant.dependencies if each.call in GUARDS]


def calls(*, unsafe: bool | None = None) -> Iterator[tuple[APIRoute, str, str]]:
    """Each route with each of its methods and an address of something that does not exist."""
    for route in routes():
        for method in sorted(route.methods):
            if unsafe is None or unsafe == (method not in SAFE):
                yield route, method, address(route)


def address(route: APIRoute) -> str:
    kinds = {each.name: each.field_info.annotation for each in route.dependant.path_params}
    values: dict[object, str] = {int: "1", UUID: str(UUID(int=0))}
    return re.sub(r"{(\w+)(:\w+)?}", lambda found: values.get(kinds[found[1]], PLACEHOLDER), route.path)


def pages(visitor: Visitor, start: str = "/") -> Iterator[tuple[str, requests.Response]]:
    """Each page that a reader reaches by links from the first one, one of each kind before more of the same."""
    waiting, seen, kinds = [start], {start}, set()
    while waiting and len(seen) < PAGES_MAX * 2:
        path = waiting.pop(0)
        answer = visitor.page(path)
        yield path, answer
        for link in _links(answer):
            kind = _kind(link)
            if link not in seen and kind not in kinds:
                seen.add(link)
                kinds.add(kind)
                waiting.append(link)


def _links(answer: requests.Response) -> list[str]:
    if "text/html" not in answer.headers.get("content-type", "") or not answer.text.strip():
        return []
    found = html.fromstring(answer.text).xpath("//@href | //@hx-get")
    return [each.removeprefix(CONSOLE).partition("#")[0] for each in found if each.startswith(f"{CONSOLE}/") and "/static/" not in each]


def _kind(link: str) -> str:
    """Links that differ in nothing but what they show: case ids and numbers are one kind, other parameters another."""
    path, _, query = link.partition("?")
    names = sorted(part.partition("=")[0] for part in query.split("&") if part)
    matched = next((route.name for route in routes() if route.path_regex.match(path)), path)
    return f"{matched}?{'&'.join(names)}"
