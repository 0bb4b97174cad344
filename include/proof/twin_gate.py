"""Permits, error budget and the division's pause in memory: the rules of the permits in PostgreSQL."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from include.errors import RetryableError
from include.outbox.ports import Permit, Purpose, Receipt
from include.outbox.times import Times

ERROR_SLOTS = 5


class Slots:
    """Slots that are taken, rest after use, and return by themselves after the lease when their holder says nothing."""

    def __init__(self, number: int) -> None:
        self._free = [(0.0, slot, 0) for slot in range(number)]
        self._turns = [0] * number
        self._holders: dict[int, str] = {}

    def wait_s(self, moment: float) -> float:
        """Seconds until a slot is free; 0 when one is."""
        while self._free[0][2] != self._turns[self._free[0][1]]:
            heapq.heappop(self._free)
        return max(0.0, self._free[0][0] - moment)

    def take(self, holder: str, until: float) -> int:
        slot = heapq.heappop(self._free)[1]
        self._holders[slot] = holder
        self._rest(slot, until)
        return slot

    def give_back(self, slot: int, holder: str, until: float) -> None:
        """Ours only, as a lease may have handed it on."""
        if self._holders.get(slot) == holder:
            del self._holders[slot]
            self._rest(slot, until)

    def _rest(self, slot: int, until: float) -> None:
        self._turns[slot] += 1
        heapq.heappush(self._free, (until, slot, self._turns[slot]))


class Limiter:
    """What all gates of a division share."""

    def __init__(self, minute_limit: int, times: Times, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.times = times
        self.permits = Slots(minute_limit)
        self.errors: dict[str, Slots] = {}
        self.charged = 0
        self.paused_until = 0.0

    def budget(self, endpoint: str) -> Slots:
        if endpoint not in self.errors:
            self.errors[endpoint] = Slots(ERROR_SLOTS)
        return self.errors[endpoint]

    def take(self, permit_for: tuple[int, str, str]) -> Permit:
        """A permit for (division, endpoint, holder), or `RetryableError`."""
        division, endpoint, holder = permit_for
        moment = self.clock()
        budget = self.budget(endpoint)
        for wait_s, reason in (
            (self.paused_until - moment, "Exact asked the division to wait"),
            (budget.wait_s(moment), "the error budget rests"),
            (self.permits.wait_s(moment), "the calls of the minute are used up"),
        ):
            if wait_s > 0:
                raise RetryableError(reason, retry_after_s=max(0.05, wait_s))
        until = moment + self.times.lease_s
        return Permit(division, endpoint, self.permits.take(holder, until), budget.take(holder, until), holder)

    def give_back(self, receipt: Receipt) -> None:
        moment = self.clock()
        self.charged += receipt.counted_error
        self._free(receipt.permit, moment + self.times.cooldown_s, moment + self.times.error_window_s * receipt.counted_error)
        if receipt.pause_s is not None:
            self.paused_until = max(self.paused_until, moment + receipt.pause_s)

    def give_back_unused(self, permit: Permit) -> None:
        moment = self.clock()
        self._free(permit, moment, moment)

    def _free(self, permit: Permit, permit_until: float, error_until: float) -> None:
        self.permits.give_back(permit.slot, permit.holder, permit_until)
        self.budget(permit.endpoint).give_back(permit.error_slot, permit.holder, error_until)


class GateTwin:
    """Implements `include.outbox.ports.Gate` for one worker."""

    def __init__(self, limiter: Limiter, division: int, owner: str) -> None:
        self._limiter = limiter
        self._division = division
        self._owner = owner

    def take(self, endpoint: str, purpose: Purpose) -> Permit:
        return self._limiter.take((self._division, endpoint, self._owner))

    def give_back(self, receipt: Receipt) -> None:
        self._limiter.give_back(receipt)

    def give_back_unused(self, permit: Permit) -> None:
        self._limiter.give_back_unused(permit)
