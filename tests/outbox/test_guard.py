"""A machine that was suspended between the claim and the send: nothing leaves."""

from __future__ import annotations

from include.outbox.classify import Answer
from include.outbox.model import Mutation
from include.outbox.states import State
from include.proof.twin_store import StoreTwin
from tests.outbox.scenes import Scene

TIME_OUT = Answer(reason="no answer within the deadline")
HOUR_S = 3600.0


class SuspendedInClaim(StoreTwin):
    """The machine sleeps for an hour while the answer to the claim is already waiting in its socket."""

    asleep_s = HOUR_S

    def claim(self, mutation_id: int, owner: str) -> Mutation | None:
        mutation = super().claim(mutation_id, owner)
        scene_clock[0] += self.asleep_s
        return mutation


class SuspendedInLock(StoreTwin):
    """The machine sleeps between the permit and the claim."""

    def lock(self, mutation_id: int) -> bool:
        scene_clock[0] += HOUR_S
        return super().lock(mutation_id)


scene_clock = [0.0]


def _scene(store: type[StoreTwin]) -> Scene:
    scene = Scene(store=store)
    scene_clock[0] = 0.0
    asleep = scene.clock.elapsed
    scene.clock.elapsed = lambda: asleep() + scene_clock[0]  # type: ignore[method-assign]
    return scene


def test_nothing_leaves_when_the_machine_slept_in_the_claim():
    scene = _scene(SuspendedInClaim)
    scene.plan()

    scene.drain.attempt(1)

    assert scene.wire.sent == []
    assert scene.get().state is State.PLANNED


def test_nothing_leaves_on_a_permit_whose_lease_is_over():
    scene = _scene(SuspendedInLock)
    scene.plan()

    scene.drain.attempt(1)

    assert scene.wire.sent == []


def test_nothing_leaves_when_the_connection_took_longer_than_the_guard():
    scene = Scene()
    scene.plan()
    scene.wire.connect_s = scene.times.guard_s + 0.1

    scene.drain.attempt(1)

    assert scene.wire.sent == []
    assert scene.get().state is State.PLANNED
    assert not scene.get().may_have_left


def _planned_again_after_a_time_out() -> Scene:
    scene = Scene()
    scene.plan()
    scene.wire.answers = [TIME_OUT]
    scene.drain.attempt(1)
    scene.wait(scene.times.quarantine_s + 60)
    scene.unknowns.settle()
    assert scene.get().state is State.PLANNED
    assert scene.get().may_have_left
    return scene


def test_nothing_leaves_when_the_machine_slept_in_the_look_before_a_resend():
    scene = _planned_again_after_a_time_out()
    sent = len(scene.wire.sent)
    scene.wire.on_look = lambda: scene.wait(HOUR_S)

    scene.drain.attempt(1)

    assert len(scene.wire.sent) == sent
    assert scene.get().state is State.PLANNED
    assert scene.get().may_have_left


def test_a_look_that_takes_seconds_still_lets_the_document_leave():
    scene = _planned_again_after_a_time_out()
    sent = len(scene.wire.sent)
    scene.wire.on_look = lambda: scene.wait(12.0)

    scene.drain.attempt(1)

    assert len(scene.wire.sent) == sent + 1
    assert scene.get().state is State.POSTED
