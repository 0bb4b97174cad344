"""The API's front: token, division, limits, faults, then reading or booking; each call is logged."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson

from include.sandbox import odata_json, texts
from include.sandbox.answers import (
    ApiError,
    BadRequestError,
    NotAcceptableError,
    NotAllowedError,
    NotFoundError,
    TooLargeError,
    ValidationError,
)
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.calls import Call
from include.sandbox.catalogue import Entity
from include.sandbox.faults import HOLD_S, Fault
from include.sandbox.oauth import Identity, OAuth, TokenRefusedError
from include.sandbox.reading import Reader
from include.sandbox.server import Request, Response
from include.sandbox.world import World
from include.sandbox.writing import Writer

BODY_MAX = 10 * 1024 * 1024
COUNTED_ERRORS = frozenset({400, 401, 403, 404})
TARGET = re.compile(r"(?P<endpoint>[A-Za-z0-9_/]+?)(?:\((?P<key>[^)]*)\))?(?:/(?P<rest>[$A-Za-z0-9_]+))?/?\Z")
JSON = {"Content-Type": "application/json; charset=utf-8", "DataServiceVersion": "1.0;", "Cache-Control": "private"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
MOVED = (
    b"<html><head><title>Object moved</title></head><body>\r\n"
    b'<h2>Object moved to <a href="/docs/Login.aspx">here</a>.</h2>\r\n</body></html>\r\n'
)
MAINTENANCE = (
    b"<!DOCTYPE html><html><head><title>Service Unavailable</title></head>"
    b"<body><h1>Exact Online is temporarily unavailable</h1></body></html>"
)
BROKEN = b"<!DOCTYPE html><html><head><title>Runtime Error</title></head><body><h1>Server Error in '/' Application.</h1></body></html>"


@dataclass(frozen=True)
class Target:
    """What a path points at."""

    entity: Entity | None
    endpoint: str
    key: str | None
    rest: str | None


class Api:
    """Answers everything under /api/v1 and /api/oauth2/token."""

    def __init__(self, world: World, oauth: OAuth) -> None:
        self._world = world
        self._oauth = oauth
        self._late: set[asyncio.Task[None]] = set()

    async def token(self, request: Request) -> Response:
        """Answer the token endpoint."""
        call = self._received(request)
        call.endpoint = "oauth2/token"
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        call.client_id = (_basic(request) or (form.get("client_id"), ""))[0]
        fault = self._world.faults.pick(request.method, call.endpoint, None, form.get("grant_type", ""))
        return await self._with_fault(call, fault, lambda: self._token(request, call, form))

    def _token(self, request: Request, call: Call, form: dict[str, str]) -> Response:
        if request.method != "POST":
            return Response(405, b"", {"Allow": "POST"})
        try:
            _, call.user_id, answer = self._oauth.token(form, _basic(request))
        except TokenRefusedError as refusal:
            self._oauth.note_replay(refusal)
            call.error_counted = refusal.counts
            call.text = f"{refusal.error}: {refusal.description}"
            body = orjson.dumps({"error": refusal.error, "error_description": refusal.description})
            return Response(refusal.status, body, {**JSON, **({"Reason": refusal.reason} if refusal.reason else {})})
        self._committed(call, None)
        return Response(200, orjson.dumps(answer), {**JSON, "Cache-Control": "no-store"})

    async def handle(self, request: Request) -> Response:
        """Answer a call to the API."""
        call = self._received(request)
        identity = self._oauth.identity(request.headers.get("authorization", ""))
        division, target = self._locate(request.path)
        call.endpoint, call.division = target.endpoint, division
        if identity is None:
            return self._answered(call, Response(401, MOVED, {**HTML, "Location": "/docs/Login.aspx"}))
        call.client_id, call.user_id = identity.client_id, identity.user_id
        if target.endpoint == "current/Me":
            return self._answered(call, self._guarded(request, call, identity, target))
        refusal = self._limited(call, identity, target)
        if refusal:
            return self._answered(call, refusal)
        content = request.body.decode("utf-8", "replace") + request.query
        fault = self._world.faults.pick(request.method, target.endpoint, division, content)
        if fault and fault.answer == "500_unknown":
            return self._answered(call, self._unknown_text(call, fault, identity))
        return await self._with_fault(call, fault, lambda: self._guarded(request, call, identity, target))

    def _locate(self, path: str) -> tuple[int | None, Target]:
        division, _, rest = path.removeprefix("/api/v1/").partition("/")
        if division == "current" and rest.strip("/") == "Me":
            return None, Target(self._world.catalogue["current/Me"], "current/Me", None, None)
        match = TARGET.match(rest)
        if match is None or not division.isdigit():
            return None, Target(None, rest[:100] or division[:100], None, None)
        code = int(division) if len(division) < 12 else 0
        return code, self._target(match)

    def _target(self, match: re.Match[str]) -> Target:
        endpoint, key, rest = match["endpoint"], match["key"], match["rest"]
        if key is None and rest and not rest.startswith("$"):
            endpoint, rest = f"{endpoint}/{rest}", None
        entity = self._world.catalogue.find(endpoint)
        return Target(entity, entity.endpoint if entity else endpoint[:100], key, rest)

    def _limited(self, call: Call, identity: Identity, target: Target) -> Response | None:
        """Count the call; return an empty 429 where a window is exhausted or the endpoint is blocked (FACTS 2.5, 2.8)."""
        limits, switches = self._world.limits, self._world.switches
        division = call.division or 0
        if switches.error_block and limits.is_blocked((identity.client_id, identity.user_id, division, target.endpoint)):
            call.text = "blocked after too many errors"
            return Response(switches.error_block_status)
        key = (identity.client_id, division)
        window = limits.take(key)
        if window is None:
            call.counted = True
            return None
        call.text = f"{window} exhausted"
        headers = limits.day_headers(key) if window == "day" else limits.minute_headers(key)
        if switches.retry_after:
            headers["Retry-After"] = str(int(limits.seconds_to_reset(window)) + 1)
        return Response(429, b"", headers)

    def _guarded(self, request: Request, call: Call, identity: Identity, target: Target) -> Response:
        """Do the work, and turn every refusal into its answer."""
        try:
            response = self._work(request, call, identity, target)
        except ValidationError as refusal:
            response = _error(500, texts.worded(refusal.complaints, identity.language))
            call.text = texts.worded(refusal.complaints, "EN")
        except ApiError as refusal:
            response = _error(refusal.status, refusal.text, refusal.reason)
            call.text = refusal.text
        if call.counted:
            response.headers.update(self._world.limits.headers((identity.client_id, call.division or 0)))
        return response

    def _work(self, request: Request, call: Call, identity: Identity, target: Target) -> Response:
        self._check_rights(call, identity, target)
        entity = target.entity
        if entity is None:
            raise NotFoundError("Resource not found.")
        if request.method not in entity.methods:
            return Response(405, odata_json.error("Method not allowed."), {**JSON, "Allow": ", ".join(sorted(entity.methods))})
        if len(request.body) > BODY_MAX:
            raise TooLargeError("The request is larger than 10 MB.")
        if target.rest != "$count" and request.method in ("GET", "POST") and "json" not in request.headers.get("accept", ""):
            raise NotAcceptableError("This sandbox answers JSON only: send Accept: application/json. (Exact would answer Atom XML.)")
        reader = Reader(self._world, identity, call.division, f"http://{request.host}" if request.host else self._world.base_url)
        if request.method == "GET":
            return self._get(request, entity, target, reader)
        keeper = Bookkeeper(self._world, call.division or 0, identity.user_id, identity.client_id)
        response, key = Writer(keeper, reader).write(request, entity, target.key)
        self._committed(call, key)
        return response

    def _check_rights(self, call: Call, identity: Identity, target: Target) -> None:
        if identity.blocked:
            raise NotAllowedError("Forbidden", reason="BlockedUser")
        if target.endpoint != "current/Me" and call.division is not None and call.division not in identity.divisions:
            raise NotAllowedError("Forbidden", reason="NoDivisionAccess")
        scope = target.entity.scope if target.entity else None
        if self._world.switches.check_scopes and scope and identity.scopes is not None and scope not in identity.scopes:
            raise NotAllowedError(f"Forbidden - Application Scope Violated. Cannot read '{scope}' scope.")

    def _get(self, request: Request, entity: Entity, target: Target, reader: Reader) -> Response:
        try:
            options = {name: value.strip() if name == "$filter" else value for name, value in request.parameters.items()}
        except ValueError as error:
            raise BadRequestError("Bad Request - Error in query syntax.") from error
        if entity.endpoint == "current/Me":
            return Response(200, reader.me(options), dict(JSON))
        if target.rest == "$count" and target.key is None:
            return Response(200, reader.count(entity, options), {"Content-Type": "text/plain; charset=utf-8"})
        if target.key is None:
            return Response(200, self._list(entity, options, reader), dict(JSON))
        if target.rest:
            return Response(200, reader.children(entity, target.key, target.rest, options), dict(JSON))
        return Response(200, reader.single(entity, target.key, options), dict(JSON))

    def _list(self, entity: Entity, options: dict[str, str], reader: Reader) -> bytes:
        if entity.endpoint == "read/sync/Sync/SyncTimestamp":
            return reader.sync_timestamp(options)
        return reader.collection(entity, options)

    def _unknown_text(self, call: Call, fault: Fault, identity: Identity) -> Response:
        call.fault = fault.kind
        response = _error(500, texts.unknown(identity.language))
        response.headers.update(self._world.limits.headers((identity.client_id, call.division or 0)))
        return response

    async def _with_fault(self, call: Call, fault: Fault | None, work: Callable[[], Response]) -> Response:
        """Do the work before, after or long after the answer that a fault gives; without a fault just do it."""
        if fault is None:
            return self._answered(call, work())
        call.fault = fault.kind
        if fault.moment == "late":
            self._commit_late(call, fault, work)
            return self._unanswered(call, Response(delivery="hold", hold_s=self._span_s(max(HOLD_S, fault.duration_s * 2))))
        if fault.answer == "slow":
            await asyncio.sleep(self._span_s(fault.duration_s))
        response = work() if fault.moment == "after" else Response()
        return self._distorted(call, fault, response)

    def _distorted(self, call: Call, fault: Fault, response: Response) -> Response:
        answer = fault.answer
        if answer == "hold":
            return self._unanswered(call, Response(delivery="hold", hold_s=self._span_s(fault.duration_s)))
        if answer == "reset":
            return self._unanswered(call, Response(delivery="reset"))
        if answer == "429":
            call.injected_429 = True
            key = (call.client_id or "", call.division or 0)
            return self._answered(
                call, Response(429, b"", {**self._world.limits.minute_headers(key), "X-RateLimit-Minutely-Remaining": "0"})
            )
        if answer in ("truncate", "empty"):
            response = Response(response.status, response.body if answer == "truncate" else b"", response.headers)
            response.delivery = "truncate" if answer == "truncate" else "send"
        elif answer != "slow":
            response = _PLAIN[answer]()
        return self._answered(call, response)

    def _commit_late(self, call: Call, fault: Fault, work: Callable[[], Response]) -> None:
        async def commit() -> None:
            await asyncio.sleep(self._span_s(fault.duration_s))
            work()
            self._world.calls.answered(call, None)

        task = asyncio.create_task(commit())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _span_s(self, seconds: float) -> float:
        return self._world.clock.span_s(seconds)

    def _received(self, request: Request) -> Call:
        return self._world.calls.received(self._world.clock.now_ms(), request.method, request.path, request.query)

    def _committed(self, call: Call, key: str | None) -> None:
        call.committed, call.committed_ms, call.row_key = True, self._world.clock.now_ms(), key

    def _unanswered(self, call: Call, response: Response) -> Response:
        self._world.calls.answered(call, None)
        return response

    def _answered(self, call: Call, response: Response) -> Response:
        """Log the answer and count it among the errors if it is one (FACTS 2.8)."""
        call.status = response.status
        if response.status in COUNTED_ERRORS and call.endpoint != "oauth2/token":
            call.error_counted = True
            if call.client_id and call.user_id:
                key = (call.client_id, call.user_id, call.division or 0, call.endpoint)
                self._world.limits.note_error(key, self._world.switches.error_block_max)
        self._world.calls.answered(call, self._world.clock.now_ms())
        return response


def _error(status: int, text: str, reason: str = "") -> Response:
    return Response(status, odata_json.error(text), {**JSON, **({"Reason": reason} if reason else {})})


_PLAIN: dict[str, Callable[[], Response]] = {
    "503": lambda: Response(503),
    "503_html": lambda: Response(503, MAINTENANCE, dict(HTML)),
    "500_html": lambda: Response(500, BROKEN, dict(HTML)),
    "500_problem": lambda: _error(500, texts.problem()),
    "500_unknown": lambda: _error(500, texts.unknown("EN")),
    "401": lambda: Response(401, MOVED, dict(HTML)),
}


def _basic(request: Request) -> tuple[str, str] | None:
    """Return client id and secret of a Basic header, or None."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client_id, secret
