"""The control door under /control: what a tester may see and do that no client of Exact may. JSON in and out; see README.md."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from typing import Any

import orjson

from include.sandbox import moves, seed, sql
from include.sandbox.answers import ApiError, ValidationError
from include.sandbox.books import INVOICES, Books
from include.sandbox.clock import iso
from include.sandbox.control_books import DOCUMENT, BookControl
from include.sandbox.control_webhooks import WebhookControl
from include.sandbox.faults import KINDS as FAULT_KINDS
from include.sandbox.faults import UnknownFaultError
from include.sandbox.payload import read_json
from include.sandbox.server import Request, Response
from include.sandbox.switches import UnknownSwitchError
from include.sandbox.texts import worded
from include.sandbox.world import World

JSON = {"Content-Type": "application/json"}
CALLS_MAX = 10_000
Answer = tuple[int, Any]


class ControlError(Exception):
    """What was asked of the control door makes no sense; the text says why."""


class Control:
    """Answers /control."""

    def __init__(self, world: World, books: Books) -> None:
        self._world = world
        self._books = books
        self._book_control = BookControl(world)
        self._routes: dict[tuple[str, str], Callable[[Request, dict[str, Any]], Answer]] = {
            ("GET", "health"): self._health,
            ("GET", "trial-balance"): self._trial_balance,
            ("GET", "calls"): self._calls,
            ("GET", "calls/summary"): self._summary,
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._remove_faults,
            ("GET", "limits"): self._list_limits,
            ("POST", "limits"): self._set_limits,
            ("GET", "clock"): self._tell_time,
            ("POST", "clock"): self._set_clock,
            ("GET", "switches"): self._list_switches,
            ("POST", "switches"): self._set_switches,
            ("POST", "reset"): self._reset,
            ("POST", "users"): self._change_user,
            ("POST", "tokens"): self._revoke,
            ("POST", "moves"): self._move,
            ("GET", "outage"): self._tell_outage,
            ("POST", "outage"): self._begin_outage,
            ("DELETE", "outage"): self._end_outage,
            **self._book_control.routes,
            **WebhookControl(world).routes,
        }

    async def handle(self, request: Request) -> Response:
        """Answer one request at the control door."""
        path = request.path.removeprefix("/control").strip("/")
        if (request.method, path) == ("GET", "books"):
            return self._books_answer(request)
        try:
            status, content = self._dispatch(request, path)
        except ValidationError as error:
            status, content = 422, {"error": worded(error.complaints, "EN")}
        except (ControlError, ApiError, UnknownFaultError, UnknownSwitchError, KeyError, TypeError, ValueError, OSError) as error:
            status, content = 400, {"error": str(error)}
        return Response(status, orjson.dumps(content, default=str), dict(JSON))

    def _dispatch(self, request: Request, path: str) -> Answer:
        body = self._body(request, path)
        route = self._routes.get((request.method, path))
        if route:
            return route(request, body)
        document = DOCUMENT.match(path)
        if document:
            return self._book_control.document(request, document, body)
        return 404, {
            "error": f"nothing at {request.method} /control/{path}",
            "routes": [f"{verb} /control/{route}" for verb, route in self._routes],
        }

    def _body(self, request: Request, path: str) -> dict[str, Any]:
        if not request.body:
            return {}
        if path == "faults" and request.body.lstrip()[:1] == b"[":
            return {"faults": orjson.loads(request.body)}
        return {name: float(value) if type(value).__name__ == "Decimal" else value for name, value in read_json(request.body).items()}

    def _health(self, _: Request, __: dict[str, Any]) -> Answer:
        world = self._world
        return 200, {
            "status": "ok",
            "seed": world.database.fact("seed"),
            "time": iso(world.clock.now_ms()),
            "time_scale": world.clock.scale,
        }

    def _books_answer(self, request: Request) -> Response:
        """Stream all documents; with `kind` and `after` answer a page of a thousand and say where the next begins."""
        parameters = request.parameters
        division = int(parameters["division"]) if "division" in parameters else None
        if "after" in parameters:
            kind = parameters.get("kind", INVOICES)
            documents, following = self._books.page(kind, after=int(parameters["after"]), division=division)
            return Response(200, orjson.dumps({"documents": documents, "next": following}), dict(JSON))
        return Response(200, headers=dict(JSON), stream=self._stream(division, parameters.get("your_ref")))

    async def _stream(self, division: int | None, your_ref: str | None) -> AsyncIterator[bytes]:
        yield b'{"documents":['
        first = True
        for page in self._books.documents(division=division, your_ref=your_ref):
            text = b",".join(orjson.dumps(document) for document in page)
            yield text if first else b"," + text
            first = False
            await asyncio.sleep(0)  # let others in between
        yield b"]}"

    def _trial_balance(self, request: Request, _: dict[str, Any]) -> Answer:
        wanted = request.parameters.get("division")
        return 200, {"divisions": self._books.trial_balance(int(wanted) if wanted else None)}

    def _calls(self, request: Request, _: dict[str, Any]) -> Answer:
        parameters = request.parameters
        limit = min(int(parameters.get("limit", "1000")), CALLS_MAX)
        rows = self._world.calls.page(after=int(parameters.get("after", "0")), limit=limit)
        calls = [{**row, "received": iso(row["received_ms"]), "answered": iso(row["answered_ms"])} for row in rows]
        return 200, {"calls": calls, "next": rows[-1]["seq"] if len(rows) == limit else None}

    def _summary(self, _: Request, __: dict[str, Any]) -> Answer:
        return 200, self._world.calls.summary()

    def _list_faults(self, _: Request, __: dict[str, Any]) -> Answer:
        return 200, {"faults": self._world.faults.listed(), "kinds": list(FAULT_KINDS)}

    def _add_faults(self, _: Request, body: dict[str, Any]) -> Answer:
        added = [self._world.faults.add(fault) for fault in body.get("faults", [body])]
        return 201, {"faults": [asdict(fault) for fault in added]}

    def _remove_faults(self, request: Request, _: dict[str, Any]) -> Answer:
        wanted = request.parameters.get("id")
        return 200, {"removed": self._world.faults.remove(int(wanted) if wanted else None)}

    def _list_limits(self, _: Request, __: dict[str, Any]) -> Answer:
        limits = self._world.limits
        usage = [
            {"client_id": key[0], "division": key[1], "in_minute": used.in_minute, "in_day": used.in_day, "limits": limits.of(key)}
            for key, used in limits.all_usage().items()
        ]
        return 200, {"minutely": limits.minutely, "daily": limits.daily, "usage": usage, "errors": limits.troubles()}

    def _set_limits(self, _: Request, body: dict[str, Any]) -> Answer:
        """Set limits for all, or for one application in one division; `use` spends quota as a stranger would."""
        limits = self._world.limits
        minutely, daily = int(body.get("minutely", limits.minutely)), int(body.get("daily", limits.daily))
        if "client_id" in body:
            key = (str(body["client_id"]), int(body["division"]))
            if "use" in body:
                return 200, {"refused": limits.take(key, int(body["use"]))}
            limits.own[key] = (minutely, daily)
        else:
            limits.minutely, limits.daily = minutely, daily
        if body.get("forgive"):
            limits.forgive()
        return self._list_limits(_, body)

    def _tell_time(self, _: Request, __: dict[str, Any]) -> Answer:
        clock = self._world.clock
        return 200, {"now": iso(clock.now_ms()), "now_ms": clock.now_ms(), "offset_s": clock.offset_s, "time_scale": clock.scale}

    def _set_clock(self, request: Request, body: dict[str, Any]) -> Answer:
        """Set the offset to real time, or move on by some seconds (not divided by the time scale)."""
        clock = self._world.clock
        clock.offset_s = float(body.get("offset_s", clock.offset_s)) + float(body.get("advance_s", 0))
        self._world.database.remember("offset_s", str(clock.offset_s))
        return self._tell_time(request, body)

    def _list_switches(self, _: Request, __: dict[str, Any]) -> Answer:
        return 200, asdict(self._world.switches)

    def _set_switches(self, request: Request, body: dict[str, Any]) -> Answer:
        self._world.change_switches(body)
        return self._list_switches(request, body)

    def _reset(self, _: Request, body: dict[str, Any]) -> Answer:
        """Go back to the beginning and plant the seed anew; with `keep_tokens` the sign-ins stay."""
        self._world.reset(keep_tokens=bool(body.get("keep_tokens")))
        seed.plant(self._world)
        return 200, {"seed": self._world.database.fact("seed")}

    def _change_user(self, _: Request, body: dict[str, Any]) -> Answer:
        """Change a user by name: language (NL, EN, FR), current_division, blocked with a reason (3.16)."""
        columns = {"language": "_language", "current_division": "CurrentDivision", "blocked": "_blocked", "reason": "_reason"}
        changes = {columns[name]: value for name, value in body.items() if name in columns}
        if changes.get("_language", "NL") not in ("NL", "EN", "FR") or not changes:
            raise ControlError("language must be NL, EN or FR")
        changed = self._world.database.run(sql.update("users", changes, '"UserName" = ?'), [*changes.values(), body["name"]])
        return 200, {"changed": changed}

    def _tell_outage(self, _: Request, __: dict[str, Any]) -> Answer:
        outages = self._world.outages
        return 200, {"maintenance": outages.in_maintenance, "until": iso(outages.maintenance_until_ms or None)}

    def _begin_outage(self, request: Request, body: dict[str, Any]) -> Answer:
        """Close Exact for some of its seconds: a page for every call (`maintenance`), or nobody who listens (`refuse`)."""
        self._world.outages.begin(str(body.get("kind")), float(body.get("seconds", 60)))
        return self._tell_outage(request, body)

    def _end_outage(self, request: Request, body: dict[str, Any]) -> Answer:
        self._world.outages.end()
        return self._tell_outage(request, body)

    def _move(self, _: Request, body: dict[str, Any]) -> Answer:
        """Move a division to another database: its timestamps start anew."""
        return 200, moves.move(self._world, int(body["division"]))

    def _revoke(self, _: Request, body: dict[str, Any]) -> Answer:
        """End every chain of an application, as a user does who withdraws the consent; `access_only` expires access tokens only."""
        database, client_id = self._world.database, body["client_id"]
        if body.get("access_only"):
            statement = "UPDATE _access_tokens SET expires_ms = 0 WHERE chain IN (SELECT chain FROM _chains WHERE client_id = ?)"
            return 200, {"expired": database.run(statement, (client_id,))}
        ended = (self._world.clock.now_ms(), client_id)
        return 200, {"ended": database.run("UPDATE _chains SET killed_ms = ? WHERE client_id = ? AND killed_ms IS NULL", ended)}
