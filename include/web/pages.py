"""Pages made of templates: whole for a browser, a fragment for htmx."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import NoMatchFound

from include.web.formats import FILTERS
from include.web.language import language_of, words_in
from include.wiring.web_access import Person, Role, airflow_path

TEMPLATES, STATIC = Path(__file__).parent / "templates", Path(__file__).parent / "static"
WHOLE, FRAGMENT = "layout.html", "fragment.html"


@dataclass(frozen=True)
class Tab:
    """An entry of the navigation: the name of its route, the key of its word, its place in the row, who sees it.

    It is marked as the place where the reader is on its own page and on those that it `covers`: names of routes.
    """

    route: str
    word: str
    order: int
    role: Role = Role.VIEWER
    covers: tuple[str, ...] = ()


def page(request: Request, person: Person | None, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Render a template with these values; its block `main` alone when htmx asks for a part of the page.

    Every template has: t, language, person, may(role), link(route, **parameters), airflow(path), static(file), request, tabs, and the
    filters money, number, moment, day, age.
    """
    text = _environment().get_template(template).render(**_frame(request, person), **values)
    return HTMLResponse(text, status_code=status, headers={"Vary": "HX-Request, Cookie, Accept-Language"})


def _frame(request: Request, person: Person | None) -> dict[str, object]:
    language = language_of(request)
    return {
        "layout": FRAGMENT if _is_part(request) else WHOLE,
        "request": request,
        "person": person,
        "may": lambda role: person is not None and person.may(Role(role)),
        "language": language,
        "t": words_in(language),
        "link": linker(request),
        "airflow": _airflow,
        "static": _static(request),
        "root": _root(request),
        "tabs": [tab for tab in request.app.state.tabs if person is not None and person.may(tab.role)],
        "here": getattr(request.scope.get("route"), "name", ""),
    }


def _is_part(request: Request) -> bool:
    asked = request.headers
    return "hx-request" in asked and "hx-boosted" not in asked and "hx-history-restore-request" not in asked


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")


def linker(request: Request) -> Callable[..., str]:
    """`link("case", case_id=…, page=2)`: the path of a route; what is no part of the path becomes its query, None is left out."""

    def link(route: str, **parameters: object) -> str:
        known = next((each for each in request.app.routes if getattr(each, "name", None) == route), None)
        if known is None:
            raise NoMatchFound(route, parameters)
        inside = {name: str(value) for name, value in parameters.items() if name in known.param_convertors}
        query = {name: value for name, value in parameters.items() if name not in inside and value is not None}
        text = urlencode(query, doseq=True)
        return f"{_root(request)}{known.url_path_for(route, **inside)}{'?' + text if text else ''}"

    return link


def _airflow(path: str) -> str:
    return airflow_path() + path.lstrip("/")


def _static(request: Request) -> Callable[[str], str]:
    return lambda name: f"{_root(request)}/static/{name}?v={_version(name)}"


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(FILTERS)
    return made
