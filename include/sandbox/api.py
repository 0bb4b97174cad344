"""The API's front: token, division, limits, faults, then reading or booking; each call is logged."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson

from include.sandbox import texts
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
from include.sandbox.counting import CallCounter
from include.sandbox.distortion import Distortion
from include.sandbox.oauth import Identity, OAuth, TokenRefusedError
from include.sandbox.odata_accept import Form, negotiated, takes_text
from include.sandbox.odata_filter import SYNTAX
from include.sandbox.reading import Reader
from include.sandbox.refusals import JSON, maintenance, not_signed_in, refusal
from include.sandbox.server import Request, Response
from include.sandbox.webhook_subscriptions import SUBSCRIPTIONS, shake_hands
from include.sandbox.world import World
from include.sandbox.writing import Writer

BODY_MAX = 10 * 1024 * 1024
TARGET = re.compile(r"(?P<endpoint>[A-Za-z0-9_/]+?)(?:\((?P<key>[^)]*)\))?(?:/(?P<rest>[$A-Za-z0-9_]+))?/?\Z")


@dataclass(frozen=True)
class Target:
    """What a path points at."""

    entity: Entity | None
    endpoint: str
    key: str | None
    rest: str | None


@dataclass(frozen=True)
class Visit:
    """One call of somebody who is signed in."""

    request: Request
    call: Call
    identity: Identity
    target: Target
    form: Form | None


class Api:
    """Answers everything under /api/v1 and /api/oauth2/token."""

    def __init__(self, world: World, oauth: OAuth) -> None:
        self._world = world
        self._oauth = oauth
        self._counter = CallCounter(world)
        self._distortion = Distortion(world, self._counter)

    async def token(self, request: Request) -> Response:
        """Answer the token endpoint."""
        call = self._counter.received(request)
        call.endpoint = "oauth2/token"
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        call.client_id = (_basic(request) or (form.get("client_id"), ""))[0]
        if self._world.outages.in_maintenance:
            return self._counter.answered(call, self._closed(call))
        if self._world.switches.token_errors_block and self._world.limits.is_blocked(_token_key(call)):
            call.text = "blocked after too many errors"
            return self._counter.answered(call, Response(self._world.switches.error_block_status))
        fault = self._world.faults.pick(request.method, call.endpoint, None, form.get("grant_type", ""))
        return await self._distortion.answer(call, fault, lambda: self._token(request, call, form), "json")

    def _token(self, request: Request, call: Call, form: dict[str, str]) -> Response:
        if request.method != "POST":
            return Response(405, b"", {"Allow": "POST"})
        try:
            _, call.user_id, answer = self._oauth.token(form, _basic(request))
        except TokenRefusedError as refused:
            self._oauth.note_replay(refused)
            call.error_counted = refused.counts
            if refused.counts:
                self._world.limits.note_error(_token_key(call), self._world.switches.error_block_max)
            call.text = f"{refused.error}: {refused.description}"
            body = orjson.dumps({"error": refused.error, "error_description": refused.description})
            return Response(refused.status, body, {**JSON, **({"Reason": refused.reason} if refused.reason else {})})
        self._counter.committed(call, None)
        return Response(200, orjson.dumps(answer), {**JSON, "Cache-Control": "no-store"})

    async def handle(self, request: Request) -> Response:
        """Answer a call to the API."""
        call = self._counter.received(request)
        call.url = f"{self._origin(request)}{request.path}?{request.query}"
        if self._world.outages.in_maintenance:
            return self._counter.answered(call, self._closed(call))
        identity = self._oauth.identity(request.headers.get("authorization", ""))
        division, target = self._locate(request.path)
        call.endpoint, call.division = target.endpoint, division
        if identity is None:
            return self._counter.answered(call, not_signed_in())
        call.client_id, call.user_id = identity.client_id, identity.user_id
        visit = Visit(request, call, identity, target, _form(request))
        if target.endpoint == "current/Me":
            return self._counter.answered(call, self._guarded(visit))
        limited = self._limited(visit)
        return self._counter.answered(call, limited) if limited else await self._admitted(visit)

    async def _admitted(self, visit: Visit) -> Response:
        """Answer a call that is within its limits, faults allowing."""
        request, call = visit.request, visit.call
        if call.endpoint == SUBSCRIPTIONS and request.method == "POST" and call.division in visit.identity.divisions:
            await shake_hands(self._world, visit.identity.client_id, call.division or 0, request.body)
        content = request.body.decode("utf-8", "replace") + request.query
        fault = self._world.faults.pick(request.method, call.endpoint, call.division, content)
        if fault and fault.answer == "500_unknown":
            call.fault = fault.kind
            return self._counter.answered(call, self._headed(visit, refusal(visit.form, 500, texts.unknown(visit.identity.language))))
        return await self._distortion.answer(call, fault, lambda: self._guarded(visit), visit.form)

    def _origin(self, request: Request) -> str:
        return f"{self._world.scheme}://{request.host}" if request.host else self._world.base_url

    def _closed(self, call: Call) -> Response:
        call.fault = "maintenance"
        return maintenance()

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

    def _limited(self, visit: Visit) -> Response | None:
        """Count the call; return an empty 429 where a window is exhausted or the endpoint is blocked (FACTS 2.5, 2.8)."""
        limits, switches, call = self._world.limits, self._world.switches, visit.call
        division = call.division or 0
        if switches.error_block and limits.is_blocked((visit.identity.client_id, visit.identity.user_id, division, call.endpoint)):
            call.text = "blocked after too many errors"
            return Response(switches.error_block_status)
        key = (visit.identity.client_id, division)
        window = limits.take(key)
        if window is None:
            call.counted = True
            return None
        call.text = f"{window} exhausted"
        headers = limits.day_headers(key) if window == "day" else limits.minute_headers(key)
        if switches.retry_after:
            headers["Retry-After"] = str(int(limits.seconds_to_reset(window)) + 1)
        return Response(429, b"", headers)

    def _headed(self, visit: Visit, response: Response) -> Response:
        """Add the limits' headers to an answer that was counted (FACTS 2.4)."""
        if visit.call.counted:
            response.headers.update(self._world.limits.headers((visit.identity.client_id, visit.call.division or 0)))
        return response

    def _guarded(self, visit: Visit) -> Response:
        """Do the work, and turn every refusal into its answer."""
        call = visit.call
        try:
            response = self._work(visit)
        except ValidationError as refused:
            response = refusal(visit.form, 500, texts.worded(refused.complaints, visit.identity.language))
            call.text = texts.worded(refused.complaints, "EN")
        except ApiError as refused:
            status = self._world.switches.unacceptable_status if isinstance(refused, NotAcceptableError) else refused.status
            response = refusal(visit.form, status, refused.text, refused.reason)
            call.text = refused.text
        return self._headed(visit, response)

    def _work(self, visit: Visit) -> Response:
        self._check_rights(visit)
        request, target = visit.request, visit.target
        entity = target.entity
        if entity is None:
            raise NotFoundError("Resource not found.")
        if request.method not in entity.methods:
            response = refusal(visit.form, 405, "Method not allowed.")
            response.headers["Allow"] = ", ".join(sorted(entity.methods))
            return response
        if len(request.body) > BODY_MAX:
            raise TooLargeError("The request is larger than 10 MB.")
        self._check_acceptable(visit)
        division = visit.call.division
        reader = Reader(self._world, visit.identity, division, self._origin(request), visit.form or "atom")
        if request.method == "GET":
            return self._get(visit, entity, reader)
        keeper = Bookkeeper(self._world, division or 0, visit.identity.user_id, visit.identity.client_id)
        response, key = Writer(keeper, reader).write(request, entity, target.key)
        self._counter.committed(visit.call, key)
        return response

    def _check_rights(self, visit: Visit) -> None:
        identity, target, division = visit.identity, visit.target, visit.call.division
        if identity.refused:
            raise NotAllowedError("Forbidden", reason=identity.refused)
        if target.endpoint != "current/Me" and division is not None and division not in identity.divisions:
            raise NotAllowedError("Forbidden", reason="NoDivisionAccess")
        if division is not None and self._world.database.scalar(_BLOCKED, (division,)):
            raise NotAllowedError("Forbidden", reason="DivisionBlocked")
        scope = target.entity.scope if target.entity else None
        if self._world.switches.check_scopes and scope and identity.scopes is not None and scope not in identity.scopes:
            raise NotAllowedError(f"Forbidden - Application Scope Violated. Cannot read '{scope}' scope.")

    def _check_acceptable(self, visit: Visit) -> None:
        """Refuse what no representation can serve; `/$count` is text only (FACTS 3.1, 3.9)."""
        accept = visit.request.headers.get("accept", "")
        if visit.target.rest == "$count":
            unfit = self._world.switches.count_wants_no_accept and not takes_text(accept)
        else:
            unfit = visit.form is None and visit.request.method in ("GET", "POST")
        if unfit:
            raise NotAcceptableError("Unsupported media type requested.")

    def _get(self, visit: Visit, entity: Entity, reader: Reader) -> Response:
        target, options = visit.target, _options(visit.request)
        if target.rest == "$count" and target.key is None:
            return Response(200, reader.count(entity, options), {"Content-Type": "text/plain; charset=utf-8"})
        return Response(200, self._body(target, entity, options, reader), reader.headers)

    def _body(self, target: Target, entity: Entity, options: dict[str, str], reader: Reader) -> bytes:
        if entity.endpoint == "current/Me":
            return reader.me(options)
        if target.key is not None:
            return self._of_row(entity, (target.key, target.rest), options, reader)
        if entity.endpoint == "read/sync/Sync/SyncTimestamp":
            return reader.sync_timestamp(options)
        return reader.collection(entity, options)

    def _of_row(self, entity: Entity, address: tuple[str, str | None], options: dict[str, str], reader: Reader) -> bytes:
        key, collection = address
        return reader.children(entity, key, collection, options) if collection else reader.single(entity, key, options)


_BLOCKED = 'SELECT "BlockingStatus" FROM divisions WHERE "Code" = ?'


def _token_key(call: Call) -> tuple[str, str, int, str]:
    """Return what the errors of an application at the token endpoint are counted under."""
    return call.client_id or "", "", 0, call.endpoint


def _options(request: Request) -> dict[str, str]:
    """Return the parameters of a query. Raises `BadRequestError` where one of OData's is there twice."""
    try:
        pairs = parse_qsl(request.query, keep_blank_values=True)
    except ValueError as error:
        raise BadRequestError(SYNTAX) from error
    named = [name for name, _ in pairs if name.startswith("$")]
    if len(named) != len(set(named)):
        raise BadRequestError(SYNTAX)
    return {name: value.strip() if name == "$filter" else value for name, value in pairs}


def _form(request: Request) -> Form | None:
    """Return the form that a request asks for; a query that cannot be read names none."""
    try:
        wanted = request.parameters.get("$format", "")
    except ValueError:
        wanted = ""
    return negotiated(request.headers.get("accept", ""), wanted)


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
