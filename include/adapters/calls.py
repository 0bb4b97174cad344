"""Reads of Exact go through the same gate as POSTs: a permit before, a receipt after."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

from include.adapters.answers import receipt_of
from include.errors import RetryableError
from include.exact.transport import Reply
from include.outbox.ports import Clock, Gate, Permit, Purpose

log = logging.getLogger(__name__)

UNCOUNTED = frozenset({"current/Me"})


class SystemClock:
    """The machine's clock that counts suspended time too, so that the send-by guard sees a closed lid."""

    def elapsed(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))


@dataclass
class GatedCalls:
    """Implements `include.exact.client.CallGuard`. Waits for a permit up to `longest_wait_s`; longer is for the caller to decide."""

    gate: Gate
    clock: Clock
    purpose: Purpose
    longest_wait_s: float
    calls: int = field(default=0)

    def before(self, endpoint: str) -> Permit | None:
        """Take a permit; calls without a division need none (FACTS 2.1)."""
        if endpoint in UNCOUNTED:
            return None
        patience_s = self.longest_wait_s
        while True:
            try:
                return self.gate.take(endpoint, self.purpose)
            except RetryableError as full:
                if full.retry_after_s > patience_s:
                    raise
                patience_s -= full.retry_after_s
                self.clock.sleep(full.retry_after_s)

    def unused(self, ticket: Permit | None) -> None:
        """No call was made after all."""
        if ticket is not None:
            self.gate.give_back_unused(ticket)

    def after(self, ticket: Permit | None, method: str, endpoint: str, reply: Reply) -> None:
        self.calls += 1
        if ticket is not None:
            self.gate.give_back(receipt_of(reply, ticket, method, endpoint))
