"""Permits, error budget and the division's pause in memory: the rules of the permits in PostgreSQL."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace

from include.errors import RetryableError
from include.outbox.allowance import LONG_AGO, Allowance, Heard, noted
from include.outbox.ports import Limits, Permit, Purpose, Receipt
from include.outbox.presence import Presence
from include.outbox.times import Times

ERROR_SLOTS = 5
TOO_MANY_REQUESTS = 429


class Slots:
    """Slots that are taken, rest after use, and return by themselves after the lease when their holder says nothing."""

    def __init__(self, number: int) -> None:
        self._free = [(0.0, slot, 0) for slot in range(number)]
        self._turns = [0] * number
        self._holders: dict[int, str] = {}
        self._taken = [0.0] * number
        self._until = [0.0] * number

    def taken_at(self, slot: int, holder: str) -> float | None:
        """When its holder took it; None when the lease handed it on."""
        return self._taken[slot] if self._holders.get(slot) == holder else None

    def in_flight(self, moment: float) -> int:
        """How many are held by somebody whose lease lasts."""
        return sum(self._until[slot] > moment for slot in self._holders)

    def holds(self, holder: str, moment: float) -> bool:
        return any(each == holder and self._until[slot] > moment for slot, each in self._holders.items())

    def wait_s(self, moment: float) -> float:
        """Seconds until a slot is free; 0 when one is."""
        while self._free[0][2] != self._turns[self._free[0][1]]:
            heapq.heappop(self._free)
        return max(0.0, self._free[0][0] - moment)

    def take(self, holder: str, moment: float, until: float) -> int:
        slot = heapq.heappop(self._free)[1]
        self._holders[slot] = holder
        self._taken[slot], self._until[slot] = moment, until
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
        self.allowance = Allowance(limit=minute_limit)
        self.presence = Presence()

    def budget(self, endpoint: str) -> Slots:
        if endpoint not in self.errors:
            self.errors[endpoint] = Slots(ERROR_SLOTS)
        return self.errors[endpoint]

    def take(self, permit_for: tuple[int, str, str]) -> Permit:
        """A permit for (division, endpoint, holder), or `RetryableError`."""
        division, endpoint, holder = permit_for
        moment = self.clock()
        budget = self.budget(endpoint)
        in_flight = self.permits.in_flight(moment)
        shared_s = self.allowance.wait_s(in_flight, moment, self.times.cooldown_s)
        knocks_s = self.presence.wait_s(in_flight, moment, self.times.cooldown_s)
        if knocks_s > 0 and self.permits.holds(holder, moment):
            knocks_s = 0.0
        for wait_s, reason in (
            (self.paused_until - moment, "Exact asked the division to wait"),
            (knocks_s, self.presence.reason),
            (shared_s, "the calls of the minute are used up"),
            (budget.wait_s(moment), "the error budget rests"),
            (self.permits.wait_s(moment), "the calls of the minute are used up"),
        ):
            if wait_s > 0:
                raise RetryableError(reason, retry_after_s=max(0.05, wait_s))
        self.presence = self.presence.knocked(moment, self.times.cooldown_s)
        until = moment + self.times.lease_s
        return Permit(division, endpoint, self.permits.take(holder, moment, until), budget.take(holder, moment, until), holder)

    def give_back(self, receipt: Receipt) -> None:
        moment = self.clock()
        self.charged += receipt.counted_error
        self._note(receipt, moment)
        self.presence = self.presence.noted(receipt.is_there, moment, self.times.cooldown_s)
        self._free(receipt.permit, moment + self.times.cooldown_s, moment + self.times.error_window_s * receipt.counted_error)
        if receipt.pause_s is not None:
            self.paused_until = max(self.paused_until, moment + receipt.pause_s)

    def nobody_there(self) -> None:
        self.presence = self.presence.noted(False, self.clock(), self.times.cooldown_s)

    def posts_go_on(self) -> None:
        self.presence = replace(self.presence, failures=0)

    def _note(self, receipt: Receipt, moment: float) -> None:
        taken_at = self.permits.taken_at(receipt.permit.slot, receipt.permit.holder)
        others = self.permits.in_flight(moment) - (taken_at is not None)
        if receipt.tried and receipt.status != TOO_MANY_REQUESTS:
            heard = Heard(moment, LONG_AGO if taken_at is None else taken_at, others)
            self.allowance = noted(self.allowance, receipt.limits or Limits(), heard, self.times.cooldown_s)

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

    def nobody_there(self) -> None:
        self._limiter.nobody_there()
