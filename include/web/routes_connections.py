"""The connections to Exact: a page to look at, and sign in, try, revoke. No token, secret or code is ever shown or logged.

The code that Exact's redirect carries is exchanged at once, and the browser led on to an address without it.
"""

from __future__ import annotations

import logging
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from include.adapters.connection import ExactConnection
from include.console.connections import ConnectionView, connection_views
from include.errors import ExactlyError, SetupError
from include.exact.oauth import code_of
from include.store.connections import SIGN_IN_MINUTES, ConnectionStore
from include.web.access import Administrator, Person, Viewer
from include.web.companies import administrations
from include.web.language import WORDS, language_of, words_in
from include.web.pages import Tab, linker, page
from include.web.places import Store
from include.wiring import exact_connections

log = logging.getLogger(__name__)

TABS = (Tab("connections", "nav.connections", 70),)
router = APIRouter()
# Tells this browser's sign-ins from those of others: it never leaves for anybody else.
SESSION = "exactly_sign_in"
AWAY = "away"
CHANGED = {"HX-Trigger": "acted"}


@router.get("/connections")
def connections(request: Request, person: Viewer, store: Store, done: str = "", fault: str = "") -> HTMLResponse:
    """Every connection that an administration names; `done` and `fault`: what came of a sign-in that led here."""
    views = connection_views(store, administrations(), _known())
    mine = done if any(view.connection.conn_id == done for view in views) else ""
    told = _fault(request, fault) if fault else ""
    problems = {view.connection.conn_id: _fault(request, view.connection.problem.code) for view in views if view.connection.problem}
    return page(request, person, "connections/connections.html", views=views, done=mine, refusal=told, problems=problems)


@router.get("/connections/callback")
def callback(request: Request, person: Administrator, store: Store, state: str = "") -> RedirectResponse:
    """Where Exact sends the browser back to: the state must be one that this person began in this browser, once."""
    link = linker(request)
    try:
        conn_id = _finish(request, person, store, landed=str(request.url), state=state)
    except ExactlyError as error:
        log.warning("signing in by %s: %s", person.name, _code_of(error))
        return RedirectResponse(link("connections", fault=_code_of(error)), 303)
    return RedirectResponse(link("connections", done=conn_id), 303)


@router.post("/connections/{conn_id}/sign-in")
def begin_sign_in(request: Request, person: Administrator, store: Store, conn_id: str) -> Response:
    """A dialog with the way to Exact."""
    session = request.cookies.get(SESSION) or token_urlsafe(32)
    view, here = _view(store, conn_id), exact_connections.callback_address()
    try:
        address = exact_connections.sign_in_address(conn_id, store, who=person.name, session=session)
    except ExactlyError as error:
        return _told(request, person, refusal=_fault(request, _code_of(error)))
    answer = page(
        request,
        person,
        "connections/_sign_in.html",
        view=view,
        address=address,
        minutes=SIGN_IN_MINUTES,
        callback=here,
        comes_back=view.connection.redirect_uri == here,
    )
    secure = request.url.scheme == "https"
    path = f"{request.scope.get('root_path', '')}/connections"
    answer.set_cookie(SESSION, session, max_age=SIGN_IN_MINUTES * 60, path=path, secure=secure, httponly=True, samesite="lax")
    return answer


@router.post("/connections/{conn_id}/landed")
def finish_sign_in(
    request: Request, person: Administrator, store: Store, conn_id: str, landed: Annotated[str, Form(max_length=4000)] = ""
) -> Response:
    """Finish a sign-in with the address where the browser landed, for connections whose redirect URI is elsewhere."""
    state = landed.partition("state=")[2].partition("&")[0]
    try:
        _finish(request, person, store, landed=landed, state=state, expected=conn_id)
    except ExactlyError as error:
        return _told(request, person, refusal=_fault(request, _code_of(error)))
    return _told(request, person, says=words_in(language_of(request))("connections.told.signed_in", connection=conn_id))


@router.post("/connections/{conn_id}/test")
def try_connection(request: Request, person: Administrator, store: Store, conn_id: str) -> Response:
    """A harmless call, and its result in words."""
    return _act(request, person, store, conn_id, "tested")


@router.get("/connections/{conn_id}/revoke")
def revoke_dialog(request: Request, person: Administrator, store: Store, conn_id: str) -> Response:
    """A dialog that says what revoking means."""
    return page(request, person, "connections/_revoke.html", view=_view(store, conn_id))


@router.post("/connections/{conn_id}/revoke")
def revoke_connection(request: Request, person: Administrator, store: Store, conn_id: str) -> Response:
    """Forget the tokens here: the connection stops."""
    return _act(request, person, store, conn_id, "revoked")


ACTS = {"tested": exact_connections.try_out, "revoked": exact_connections.revoke}


def _act(request: Request, person: Person, store: Store, conn_id: str, done: str) -> Response:
    _view(store, conn_id)
    try:
        ACTS[done](conn_id, store, who=person.name)
    except ExactlyError as error:
        log.warning("%s by %s: %s", conn_id, person.name, _code_of(error))
        return _told(request, person, refusal=_fault(request, _code_of(error)))
    return _told(request, person, says=words_in(language_of(request))(f"connections.told.{done}", connection=conn_id))


def _finish(request: Request, person: Person, store: Store, *, landed: str, state: str, **expected: str) -> str:
    """Exchange the code in an address; returns the connection. The state is used up first, whatever comes of the code."""
    session = request.cookies.get(SESSION, "")
    conn_id = ConnectionStore(store).take_sign_in(state, who=person.name, session=session) if state and session else None
    if conn_id is None or conn_id != expected.get("expected", conn_id):
        raise SetupError("sign_in_foreign", cure="begin the sign-in on the page Connections, in this browser")
    exact_connections.finish_sign_in(conn_id, store, lambda: code_of(landed, state), who=person.name)
    return conn_id


def _view(store: Store, conn_id: str) -> ConnectionView:
    """The connection of that id. Raises `SetupError` for one that no administration names."""
    views = connection_views(store, administrations(), [each for each in _known() if each.conn_id == conn_id])
    if not views:
        raise SetupError("unknown_connection", conn_id, cure="an administration's file names it under connection")
    return views[0]


def _known() -> list[ExactConnection]:
    return [exact_connections.described(conn_id) for conn_id in dict.fromkeys(each.connection for each in administrations())]


def _code_of(error: ExactlyError) -> str:
    return error.code if isinstance(error, SetupError) else AWAY


def _fault(request: Request, code: str) -> str:
    """The sentence about an error; its own text may quote what Exact said, and is for the log alone."""
    t = words_in(language_of(request))
    key = f"connections.fault.{code}"
    return t(key) if key in WORDS else t("connections.fault.other", code=code[:40])


def _told(request: Request, person: Person, *, says: str = "", refusal: str = "") -> HTMLResponse:
    answer = page(request, person, "connections/_told.html", says=says, refusal=refusal)
    if says:
        answer.headers.update(CHANGED)
    return answer
