"""Reads go through the same gate as everything else: a permit before, a receipt after."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest

from include.adapters.calls import GatedCalls, SystemClock
from include.errors import RetryableError
from include.exact.transport import Reply
from include.outbox.ports import Permit, Purpose, Receipt

PERMIT = Permit(100, "crm/Accounts", 1, 0, "us")
FINE = Reply(True, 200, {}, 0.25)


@dataclass
class Turnstile:
    """A gate that says `wait` so many seconds, one after the other, and then lets through."""

    waits: list[float] = field(default_factory=list)
    taken: list[tuple[str, Purpose]] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)

    def take(self, endpoint: str, purpose: Purpose) -> Permit:
        if self.waits:
            raise RetryableError("full", retry_after_s=self.waits.pop(0))
        self.taken.append((endpoint, purpose))
        return PERMIT

    def give_back(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)

    def give_back_unused(self, permit: Permit) -> None:
        raise AssertionError("a read was made")


@dataclass
class StillClock:
    """A clock that moves only when somebody sleeps."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def elapsed(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def calls_at(gate: Turnstile, clock: StillClock, *, longest_wait_s: float = 60.0) -> GatedCalls:
    return GatedCalls(gate, clock, Purpose.BULK, longest_wait_s)


def test_a_call_takes_a_permit_and_gives_it_back_with_what_it_saw() -> None:
    gate = Turnstile()
    calls = calls_at(gate, StillClock())

    ticket = calls.before("crm/Accounts")
    calls.after(ticket, "GET", "crm/Accounts", FINE)

    assert gate.taken == [("crm/Accounts", Purpose.BULK)]
    assert [(each.permit, each.method, each.endpoint, each.status, each.seconds) for each in gate.receipts] == [
        (PERMIT, "GET", "crm/Accounts", 200, 0.25)
    ]
    assert calls.calls == 1


def test_short_waits_are_waited_out() -> None:
    clock = StillClock()

    assert calls_at(Turnstile([5.0, 20.0]), clock).before("crm/Accounts") == PERMIT
    assert clock.slept == [5.0, 20.0]


def test_nobody_waits_longer_than_the_longest_wait_in_all() -> None:
    clock = StillClock()

    with pytest.raises(RetryableError) as full:
        calls_at(Turnstile([40.0, 40.0]), clock).before("crm/Accounts")

    assert (clock.slept, full.value.retry_after_s) == ([40.0], 40.0)


def test_a_call_without_a_company_needs_no_permit_but_is_counted() -> None:
    gate = Turnstile()
    calls = calls_at(gate, StillClock())
    calls.after(calls.before("current/Me"), "GET", "current/Me", FINE)

    assert (gate.taken, gate.receipts, calls.calls) == ([], [], 1)


@pytest.mark.parametrize(
    ("status", "counted"), [(200, False), (400, True), (401, True), (403, True), (404, True), (429, False), (500, False)]
)
def test_what_exact_counts_as_an_error_is_told_to_the_gate(status: int, counted: bool) -> None:
    gate = Turnstile()
    calls_at(gate, StillClock()).after(PERMIT, "GET", "crm/Accounts", Reply(True, status, {}, 0.1))

    assert gate.receipts[0].counted_error is counted


def test_a_call_that_failed_on_its_way_is_noted_by_its_failure() -> None:
    gate = Turnstile()
    calls_at(gate, StillClock()).after(PERMIT, "GET", "crm/Accounts", Reply(False, None, {}, 0.1, failure="ConnectionError"))

    assert (gate.receipts[0].status, gate.receipts[0].answer_class) == (None, "ConnectionError")


def test_the_machines_clock_goes_forward_and_sleeps_no_negative_time() -> None:
    clock = SystemClock()
    before = clock.elapsed()
    clock.sleep(-5)
    started = time.perf_counter()
    clock.sleep(0.02)

    assert clock.elapsed() > before
    assert time.perf_counter() - started >= 0.02
