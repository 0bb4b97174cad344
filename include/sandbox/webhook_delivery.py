"""Notifications on their way: sent in the background, tried again after 2, 4, 8 … minutes, ten times (FACTS 5.8)."""

from __future__ import annotations

import asyncio
import time

from include.sandbox.database import Row
from include.sandbox.webhook_events import Notices
from include.sandbox.webhook_wire import post
from include.sandbox.world import World

RETRIES_MAX = 10
AT_ONCE = 8
TIMEOUT_S = 10.0
IDLE_S = 5.0
DUE = "SELECT * FROM _deliveries WHERE state = 'pending' AND next_ms <= ? ORDER BY next_ms, id LIMIT ?"


class Deliverer:
    """Sends what is due; several at once, so order is not kept."""

    def __init__(self, world: World, notices: Notices) -> None:
        self._world = world
        self._notices = notices
        self._woken = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._runner: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._runner = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop; what is on its way is sent again after the next start."""
        tasks = [*self._busy.values(), *([self._runner] if self._runner else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Look for what is due now: something was queued, or the clock was turned."""
        self._woken.set()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            self._notices.collect()
            self._begin_what_is_due()
            try:
                await asyncio.wait_for(self._woken.wait(), timeout=self._seconds_to_next())
            except TimeoutError:
                continue

    def _begin_what_is_due(self) -> None:
        rows = self._world.database.all(DUE, (self._world.clock.now_ms(), AT_ONCE + len(self._busy)))
        for row in rows:
            if row["id"] not in self._busy and len(self._busy) < AT_ONCE:
                self._busy[row["id"]] = asyncio.create_task(self._deliver(row))

    def _seconds_to_next(self) -> float:
        if len(self._busy) >= AT_ONCE:
            return IDLE_S
        waiting = self._world.database.all(
            "SELECT id, next_ms FROM _deliveries WHERE state = 'pending' ORDER BY next_ms LIMIT ?", (AT_ONCE,)
        )
        due = [row["next_ms"] for row in waiting if row["id"] not in self._busy]
        return min(IDLE_S, max(0.01, (due[0] - self._world.clock.now_ms()) / 1000)) if due else IDLE_S

    async def _deliver(self, row: Row) -> None:
        began = time.monotonic()
        try:
            reply = await post(row["url"], row["body"].encode("utf-8"), timeout_s=TIMEOUT_S)
            took_ms = int((time.monotonic() - began) * 1000)
            values = (row["id"], self._world.clock.now_ms(), reply.status, reply.text, took_ms)
            with self._world.database.transaction():
                self._world.database.run("INSERT INTO _attempts (delivery, at_ms, status, text, took_ms) VALUES (?, ?, ?, ?, ?)", values)
                self._settle(row["id"], taken=reply.is_taken)
        finally:
            self._busy.pop(row["id"], None)
            self._woken.set()

    def _settle(self, delivery: int, *, taken: bool) -> None:
        database, clock = self._world.database, self._world.clock
        tried = int(database.scalar("SELECT count(*) FROM _attempts WHERE delivery = ?", (delivery,)))
        state = "delivered" if taken else "failed" if tried > RETRIES_MAX else "pending"
        following = clock.now_ms() + clock.span_ms(60 * 2**tried)
        statement = "UPDATE _deliveries SET state = ?, next_ms = ? WHERE id = ? AND state = 'pending'"
        database.run(statement, (state, following if state == "pending" else None, delivery))
