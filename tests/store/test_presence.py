"""While Exact is away one call knocks now and then for all workers; when it is back, calls come one after the other. In both memories."""

from __future__ import annotations

import pytest

from include.errors import RetryableError
from include.outbox.ports import Gate, Permit, Purpose, Receipt
from tests.outbox.scenes import DIVISION, ENDPOINT
from tests.store.rigs import Rig


def take(gate: Gate, endpoint: str = ENDPOINT) -> Permit:
    return gate.take(endpoint, Purpose.NEAR_TIME)


def answer(gate: Gate, permit: Permit, status: int | None) -> None:
    gate.give_back(Receipt(permit, "GET", permit.endpoint, status, 0.1, answer_class="answered" if status else "ConnectionError"))


def refused_s(gate: Gate) -> float:
    """For how long nobody may call."""
    with pytest.raises(RetryableError, match="away") as refused:
        take(gate)
    return refused.value.retry_after_s


def goes_away(gate: Gate) -> None:
    for status in (None, 503, 502):
        answer(gate, take(gate), status)


def test_three_calls_in_a_row_that_meet_nobody_stop_all_others(rig: Rig) -> None:
    gate = rig.gate()
    goes_away(gate)

    assert 15 < refused_s(rig.gate("another")) <= 20
    assert rig.store().posts_stopped(DIVISION)


def test_one_answer_between_failures_is_enough_to_go_on(rig: Rig) -> None:
    gate = rig.gate()
    for status in (None, None, 500, None, None):
        answer(gate, take(gate), status)

    assert take(gate)


def test_one_call_knocks_and_each_knock_comes_later_than_the_one_before(rig: Rig) -> None:
    gate = rig.gate()
    goes_away(gate)
    waits = []
    for _ in range(8):
        waits.append(refused_s(gate))
        rig.wait(waits[-1] + 1)
        knocking = take(gate)
        assert refused_s(rig.gate("another")) >= min(waits[-1] * 1.5, 890)
        answer(gate, knocking, 503)

    assert [round(wait, -1) for wait in waits] == [20, 40, 80, 160, 320, 640, 900, 900]


def test_calls_that_need_no_permit_tell_as_well(rig: Rig) -> None:
    gate = rig.gate()
    gate.give_back_unused(take(gate))
    for _ in range(3):
        gate.nobody_there()

    assert refused_s(gate) > 0


def test_when_it_is_back_calls_come_one_after_the_other(rig: Rig) -> None:
    gate = rig.gate()
    goes_away(gate)
    rig.wait(21)
    answer(gate, take(gate), 200)
    workers = [rig.gate(name) for name in ("first", "second", "third", "fourth")]
    on_their_way = [take(workers[0], "a")]
    with pytest.raises(RetryableError, match="back") as refused:
        take(workers[1], "b")

    assert refused.value.retry_after_s <= 1
    answer(workers[0], on_their_way.pop(), 200)
    on_their_way = [take(worker, "a") for worker in workers[:2]]
    with pytest.raises(RetryableError, match="back"):
        take(workers[2], "c")
    for worker, permit in zip(workers, on_their_way, strict=False):
        answer(worker, permit, 200)
    assert len([take(worker, "d") for worker in workers]) == 4


def test_whoever_holds_the_permit_of_a_request_may_look_before_it_sends_that(rig: Rig) -> None:
    gate, another = rig.gate(), rig.gate("another")
    goes_away(gate)
    rig.wait(21)
    request = take(gate)
    look = take(gate)
    assert 35 < refused_s(another) <= 40, "both are one knock"
    answer(gate, look, 200)
    gate.give_back_unused(request)
    request = take(gate)

    assert take(gate), "one after the other: it would wait for itself"
    with pytest.raises(RetryableError, match="back"):
        take(another)
    gate.give_back_unused(request)
