"""Each call in the log, from its arrival to its answer, and its errors among those that block an endpoint (FACTS 2.8)."""

from __future__ import annotations

from include.sandbox.calls import Call
from include.sandbox.server import Request, Response
from include.sandbox.world import World

COUNTED_ERRORS = frozenset({400, 401, 403, 404})


class CallCounter:
    """Notes calls and counts their errors."""

    def __init__(self, world: World) -> None:
        self._world = world

    def received(self, request: Request) -> Call:
        """Note that a call has arrived."""
        return self._world.calls.received(self._world.clock.now_ms(), request.method, request.path, request.query)

    def committed(self, call: Call, key: str | None) -> None:
        """Remember that a call has changed the books."""
        call.committed, call.committed_ms, call.row_key = True, self._world.clock.now_ms(), key

    def unanswered(self, call: Call, response: Response) -> Response:
        """Log a call that gets no answer."""
        self._world.calls.answered(call, None)
        return response

    def answered(self, call: Call, response: Response) -> Response:
        """Log the answer and count it among the errors if it is one."""
        call.status = response.status
        if response.status in COUNTED_ERRORS and call.endpoint != "oauth2/token":
            call.error_counted = True
            if call.client_id and call.user_id:
                key = (call.client_id, call.user_id, call.division or 0, call.endpoint)
                self._world.limits.note_error(key, self._world.switches.error_block_max)
        self._world.calls.answered(call, self._world.clock.now_ms())
        return response
