"""A 500 whose text nobody knows: a dead letter in the end, but one that may have left."""

from __future__ import annotations

from include.outbox.classify import Answer, KnownCause
from include.outbox.states import State
from tests.outbox.scenes import Scene, document, draft

GENERAL_500 = Answer(status=500, error="A problem has occurred.")


def _dead_letter() -> Scene:
    scene = Scene()
    scene.plan()
    scene.wire.answers = [GENERAL_500]
    scene.drain.attempt(1)
    scene.wait(scene.times.quarantine_s + 60)
    scene.unknowns.settle()
    return scene


def test_what_is_in_no_witness_after_the_quarantine_is_a_dead_letter_with_the_text():
    dead = _dead_letter().get()

    assert dead.state is State.DEAD_LETTER
    assert str(dead.cause) == "unrecognised_answer:A1"
    assert dead.cause is not None
    assert dead.cause.facts == {"text": "A problem has occurred."}


def test_a_retry_of_it_looks_first_and_finds_what_came_later_than_the_quarantine():
    scene = _dead_letter()
    scene.store.replan(scene.get(), draft(), "operator")
    scene.wire.shown = [document(7)]

    scene.drain.run()

    assert len(scene.wire.sent) == 1
    assert scene.get().state is State.POSTED
    assert scene.get().exact_id == document(7).exact_id


def test_a_refusal_of_the_second_sending_does_not_forget_that_the_first_may_have_left():
    scene = Scene()
    scene.plan()
    scene.wire.answers = [Answer(status=504), Answer(status=500, error="closed", known_cause=KnownCause("closed_period"))]
    scene.drain.attempt(1)
    scene.wait(scene.times.quarantine_s + 60)
    scene.unknowns.settle()
    scene.drain.attempt(1)

    assert scene.get().state is State.DEAD_LETTER
    assert scene.get().may_have_left
