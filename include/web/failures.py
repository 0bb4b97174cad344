"""What a person reads when a request cannot be served: each page says what is the matter and who can mend it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from include.errors import RecordError, RetryableError, SetupError
from include.web.access import AnonymousError, ForbiddenError
from include.web.language import language_of, words_in
from include.web.pages import linker, page
from include.web.security import HEADERS, ForeignError
from include.wiring.web_access import airflow_path

log = logging.getLogger(__name__)
Handler = Callable[[Request, Any], Awaitable[Response]]


def add_failures(app: FastAPI) -> None:
    """Have the app answer every failure with a page of our own."""
    handlers: dict[type[Exception] | int, Handler] = {
        AnonymousError: _anonymous,
        ForbiddenError: _forbidden,
        ForeignError: _foreign,
        RequestValidationError: _input,
        HTTPException: _http,
        RetryableError: _away,
        SetupError: _set_up,
        RecordError: _refused,
        Exception: _broken,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def failure(request: Request, status: int, key: str, *, cure: str, **shown: str) -> Response:
    """A page that says `key`'s words as its heading and `cure` below it; `shown`: a `detail`, and where to `sign_in`."""
    if request.url.path.endswith("/connections/callback") and "code" in request.query_params:
        # Whatever happens: the code of a sign-in with Exact does not stay in the address bar.
        return RedirectResponse(linker(request)("connections"), 303)
    values = {"detail": "", "sign_in": "", **shown, "heading": words_in(language_of(request))(key), "cure": cure}
    return page(request, getattr(request.state, "person", None), "failure.html", status=status, **values)


async def _anonymous(request: Request, error: AnonymousError) -> Response:
    t = words_in(language_of(request))
    asked = request.url.path if request.method == "GET" else ""
    sign_in = f"{airflow_path()}api/v2/auth/login?next={quote(asked, safe='')}"
    return failure(request, 401, "error.anonymous", cure=t("error.anonymous.cure"), sign_in=sign_in)


async def _forbidden(request: Request, error: ForbiddenError) -> Response:
    t = words_in(language_of(request))
    needed = t("error.forbidden.role", role=t(f"frame.role.{error.role}"))
    cure = f"{needed} {t(f'error.forbidden.{error.role}')} {t('error.forbidden.ask')}"
    return failure(request, 403, "error.forbidden", cure=cure)


async def _foreign(request: Request, error: ForeignError) -> Response:
    return failure(request, 403, "error.foreign", cure=words_in(language_of(request))("error.foreign.cure"))


async def _input(request: Request, error: RequestValidationError) -> Response:
    fields = ", ".join(sorted({str(each["loc"][-1]) for each in error.errors()}))
    return failure(request, 422, "error.input", cure=words_in(language_of(request))("error.input.cure", fields=fields))


async def _http(request: Request, error: HTTPException) -> Response:
    t = words_in(language_of(request))
    if error.status_code in {404, 405}:
        return failure(request, error.status_code, "error.missing", cure=t("error.missing.cure"))
    return failure(request, error.status_code, "error.refused", cure=str(error.detail))


async def _away(request: Request, error: RetryableError) -> Response:
    t = words_in(language_of(request))
    log.warning("%s %s: %s", request.method, request.url.path, error.reason)
    return failure(request, 503, "error.away", cure=t("error.away.cure"), detail=t("error.away.detail", reason=error.reason))


async def _set_up(request: Request, error: SetupError) -> Response:
    log.warning("%s %s: %s", request.method, request.url.path, error)
    return failure(request, 409, "error.set_up", cure=error.cure, detail=error.code)


async def _refused(request: Request, error: RecordError) -> Response:
    return failure(request, 409, "error.refused", cure=str(error))


async def _broken(request: Request, error: Exception) -> Response:
    answer = failure(request, 500, "error.broken", cure=words_in(language_of(request))("error.broken.cure"))
    # Made outside of all middleware.
    answer.headers.update({**HEADERS, "Cache-Control": "no-store"})
    return answer
