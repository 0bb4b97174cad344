"""What Exact may say and PostgreSQL cannot hold: half characters, NULs, absurd limits. Nothing of it keeps an outcome from being stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from include.outbox.model import Cause, Outcome
from include.outbox.ports import Limits, Purpose, Receipt
from include.outbox.states import State
from include.store.mirror import MirrorRow, MirrorStore
from tests.outbox.scenes import DIVISION, ENDPOINT, draft
from tests.store.rigs import PostgresRig

HALF, NUL = "a gift \ud83c", "a\x00b"


@pytest.fixture
def memory(new_dsn: Callable[[], str]) -> Iterator[PostgresRig]:
    rig = PostgresRig(new_dsn())
    yield rig
    rig.close()


@pytest.mark.parametrize("text", [HALF, NUL])
def test_an_answer_with_odd_characters_is_stored_all_the_same(memory: PostgresRig, text: str) -> None:
    store = memory.store()
    store.plan([draft("A1"), draft("A2")], None)
    refused = store.claim(1, "worker")
    unknown = store.claim(2, "worker")
    assert refused is not None
    assert unknown is not None

    assert store.settle(refused, Outcome(State.DEAD_LETTER, cause=Cause("payload_refused", "A1", {"text": text})))
    assert store.settle(unknown, Outcome(State.UNKNOWN, unrecognised=text, facts={"answer": text}, next_look_s=1.0))
    assert "a" in store.get(1).cause.facts["text"]


@pytest.mark.parametrize("text", [HALF, NUL])
def test_a_record_with_odd_characters_does_not_hold_up_the_mirror(memory: PostgresRig, text: str) -> None:
    mirror = MirrorStore(memory._database(), DIVISION)
    mirror.save("Items", [MirrorRow("1", {"Code": text, "Lines": [{"Text": text}]}, code=text, token=text, your_ref=text)])

    assert len(mirror.records("Items")) == 1


@pytest.mark.parametrize("limit", [0, 1, 10**6, 10**15 - 1])
def test_an_absurd_limit_loses_no_outcome_and_stops_nobody(memory: PostgresRig, limit: int) -> None:
    store, gate = memory.store(), memory.gate()
    store.plan([draft("A1")], None)
    permit = gate.take(ENDPOINT, Purpose.NEAR_TIME)
    mutation = store.claim(1, "worker")
    assert mutation is not None
    limits = Limits(minute_limit=limit, minute_remaining=1, day_limit=limit, day_remaining=limit)
    receipt = Receipt(permit, "POST", ENDPOINT, 201, 0.1, limits=limits)

    assert store.settle(mutation, Outcome(State.POSTED, exact_id=UUID(int=1)), receipt)
    memory.wait(61)
    assert gate.take(ENDPOINT, Purpose.NEAR_TIME).division == DIVISION


@pytest.mark.parametrize("limits", [None, Limits(), Limits(minute_limit=0)])
def test_a_limit_that_an_answer_does_not_say_stays_what_it_was(memory: PostgresRig, limits: Limits | None) -> None:
    gate = memory.gate()
    gate.give_back(Receipt(gate.take(ENDPOINT, Purpose.NEAR_TIME), "GET", ENDPOINT, 200, 0.1, limits=Limits(40, 39, 9.0, 5000, 4000, 9.0)))
    gate.give_back(Receipt(gate.take(ENDPOINT, Purpose.NEAR_TIME), "GET", ENDPOINT, 200, 0.1, limits=limits))
    quota = memory.connection.execute("select minute_limit, day_limit, day_remaining from quota").fetchone()

    assert quota == {"minute_limit": 40, "day_limit": 5000, "day_remaining": 4000}
