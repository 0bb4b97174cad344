"""What a fault does to one call: the work done before, after or long after an answer that is held, cut, replaced or bent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from include.sandbox.calls import Call
from include.sandbox.counting import CallCounter
from include.sandbox.faults import HOLD_S, Fault
from include.sandbox.next_links import foreign, with_next
from include.sandbox.odata_accept import Form
from include.sandbox.refusals import INSTEAD, maintenance
from include.sandbox.server import Response
from include.sandbox.world import World

Work = Callable[[], Response]


class Distortion:
    """Answers calls as faults want it."""

    def __init__(self, world: World, counter: CallCounter) -> None:
        self._world = world
        self._counter = counter
        self._late: set[asyncio.Task[None]] = set()

    async def answer(self, call: Call, fault: Fault | None, work: Work, form: Form | None) -> Response:
        """Do the work and answer; without a fault that is all."""
        if fault is None:
            return self._counter.answered(call, work())
        call.fault = fault.kind
        if fault.moment == "late":
            self._commit_late(call, fault, work)
            return self._counter.unanswered(call, Response(delivery="hold", hold_s=self._span_s(max(HOLD_S, fault.duration_s * 2))))
        if fault.answer == "slow":
            await asyncio.sleep(self._span_s(fault.duration_s))
        response = self._worked(fault, work) if fault.moment == "after" else Response()
        return self._distorted(call, fault, response, form)

    def _worked(self, fault: Fault, work: Work) -> Response:
        """Do the work; what it books may show up late in sync."""
        self._world.late_row_s = fault.duration_s if fault.answer == "late_row" else 0.0
        try:
            return work()
        finally:
            self._world.late_row_s = 0.0

    def _distorted(self, call: Call, fault: Fault, response: Response, form: Form | None) -> Response:
        answer = fault.answer
        if answer == "hold":
            return self._counter.unanswered(call, Response(delivery="hold", hold_s=self._span_s(fault.duration_s)))
        if answer == "refuse":
            self._world.outages.begin("refuse", fault.duration_s)
        if answer in ("reset", "refuse"):
            return self._counter.unanswered(call, Response(delivery="reset"))
        bend = self._bends.get(answer)
        if bend:
            response = bend(self, call, fault, response)
        elif answer in INSTEAD:
            response = INSTEAD[answer](form)
        return self._counter.answered(call, response)

    def _too_many(self, call: Call, _: Fault, __: Response) -> Response:
        call.injected_429 = True
        headers = self._world.limits.minute_headers((call.client_id or "", call.division or 0))
        return Response(429, b"", {**headers, "X-RateLimit-Minutely-Remaining": "0"})

    def _cut(self, _: Call, __: Fault, response: Response) -> Response:
        return replace(response, delivery="truncate")

    def _emptied(self, _: Call, __: Fault, response: Response) -> Response:
        return replace(response, body=b"")

    def _skewed(self, _: Call, fault: Fault, response: Response) -> Response:
        date = self._world.clock.date_header(fault.duration_s)
        return replace(response, headers={**response.headers, "Date": date})

    def _led_astray(self, call: Call, _: Fault, response: Response) -> Response:
        return with_next(response, foreign(call.url))

    def _led_in_a_circle(self, call: Call, _: Fault, response: Response) -> Response:
        return with_next(response, call.url)

    def _crowded(self, call: Call, fault: Fault, response: Response) -> Response:
        self._world.limits.crowd((call.client_id or "", call.division or 0), fault.calls)
        return response

    def _closed(self, _: Call, fault: Fault, __: Response) -> Response:
        self._world.outages.begin("maintenance", fault.duration_s)
        return maintenance()

    _bends = {
        "429": _too_many,
        "truncate": _cut,
        "empty": _emptied,
        "skew": _skewed,
        "next_foreign": _led_astray,
        "next_loop": _led_in_a_circle,
        "stranger": _crowded,
        "maintenance": _closed,
    }

    def _commit_late(self, call: Call, fault: Fault, work: Work) -> None:
        async def commit() -> None:
            await asyncio.sleep(self._span_s(fault.duration_s))
            work()
            self._world.calls.answered(call, None)

        task = asyncio.create_task(commit())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _span_s(self, seconds: float) -> float:
        return self._world.clock.span_s(seconds)
