"""What became of a POST whose outcome nobody knows: looks, two witnesses, and how often it may be sent again."""

from __future__ import annotations

import pytest

from include.errors import RetryableError
from include.outbox.classify import Answer
from include.outbox.model import Found, Mutation
from include.outbox.states import UNKNOWN_OUTCOME, State
from include.outbox.unknown import FAILED_LOOKS_MAX
from include.proof.twin_store import StoreTwin
from tests.outbox.scenes import DIVISION, ENDPOINT, Scene, document, draft

TIME_OUT = Answer(reason="no answer within the deadline")
Q = 900.0


def _unknown(times: int = 1) -> Scene:
    scene = Scene()
    scene.plan(*[draft(f"A{number}") for number in range(1, times + 1)])
    scene.wire.answers = [TIME_OUT] * times
    for number in range(1, times + 1):
        scene.drain.attempt(number)
    return scene


def test_it_is_looked_for_after_a_second_half_a_minute_and_the_quarantine():
    scene = _unknown()
    looked_at = []
    scene.wire.on_look = lambda: looked_at.append(scene.clock.seconds)
    while scene.get().state is State.UNKNOWN:
        scene.wait(0.7)
        scene.unknowns.settle()

    assert looked_at == pytest.approx([1.0, 30.0, Q], abs=1.0)
    assert scene.get().state is State.PLANNED


def test_what_a_look_finds_is_posted_with_how_late_it_was():
    scene = _unknown()
    scene.wire.shown = [document(4)]
    scene.wait(31)
    scene.unknowns.settle()

    assert scene.get().state is State.POSTED
    assert scene.get().exact_id == document(4).exact_id
    assert scene.tables.rows[1].late_by_s == pytest.approx(31, abs=1)


def test_absent_counts_only_when_a_pull_that_began_after_the_quarantine_agrees():
    scene = _unknown()
    scene.wire.on_pull = lambda: None
    scene.wait(Q + 1)
    scene.unknowns.settle()
    assert scene.get().state is State.UNKNOWN

    scene.wire.on_pull = scene.pull
    scene.wait(31)
    scene.unknowns.settle()
    assert scene.get().state is State.PLANNED
    assert scene.wire.pulls == 2


def test_a_pull_before_the_quarantine_is_over_is_no_witness():
    scene = _unknown()
    scene.wait(Q - 5)
    scene.pull()
    scene.wait(6)
    scene.unknowns.settle()

    assert scene.wire.pulls == 1


def test_what_only_the_mirror_shows_is_posted():
    scene = _unknown()

    def shows() -> None:
        scene.pull()
        scene.tables.mirrors[DIVISION, ENDPOINT].by_token[scene.get().token] = [document(6).exact_id]

    scene.wire.on_pull = shows
    scene.wait(Q + 1)
    scene.unknowns.settle()

    assert scene.get().state is State.POSTED
    assert scene.get().exact_id == document(6).exact_id


def test_the_second_resend_waits_four_quarantines_and_the_third_unknown_is_a_dead_letter():
    scene = _unknown()
    waited = []
    for _ in range(3):
        began = scene.clock.seconds
        while scene.get().state is State.UNKNOWN:
            scene.wait(15)
            scene.unknowns.settle()
        waited.append(scene.clock.seconds - began)
        if scene.get().state is State.PLANNED:
            scene.wire.answers = [TIME_OUT]
            scene.drain.attempt(1)

    assert waited == pytest.approx([Q, 4 * Q, 4 * Q], abs=35)
    assert scene.get().state is State.DEAD_LETTER
    assert scene.get().cause.code == UNKNOWN_OUTCOME
    assert len(scene.wire.sent) == 3
    assert scene.get().may_have_left


def test_between_the_quarantine_and_four_of_it_nobody_looks_every_half_minute():
    scene = _unknown()
    scene.wait(Q + 1)
    scene.unknowns.settle()
    scene.wire.answers = [TIME_OUT]
    scene.drain.attempt(1)
    scene.wire.looks = 0
    while scene.get().state is State.UNKNOWN:
        scene.wait(15)
        scene.unknowns.settle()

    assert scene.wire.looks <= 5


def test_what_a_dead_worker_left_becomes_unknown_and_is_found():
    scene = Scene()
    scene.plan()
    dead = StoreTwin(scene.tables, "dead", scene.times)
    dead.lock(1)
    dead.claim(1, "dead")
    scene.tables.drop_session(dead.session)

    assert scene.unknowns.settle()["taken_over"] == 1
    scene.wire.shown = [document(2)]
    scene.wait(2)
    assert scene.unknowns.settle()["posted"] == 1


def test_a_mutation_that_another_upkeep_settles_is_left_to_it():
    scene = _unknown()
    StoreTwin(scene.tables, "other", scene.times).lock(1)
    scene.wait(2)

    assert scene.unknowns.settle() == {}
    assert scene.wire.looks == 0


def _fails(scene: Scene, tokens: set[str] | None = None) -> None:
    look = scene.wire.look

    def failing(mutation: Mutation) -> list[Found]:
        found = look(mutation)
        if tokens is None or mutation.token in tokens:
            raise RetryableError("Exact does not answer", retry_after_s=20.0)
        return list(found)

    scene.wire.look = failing


def test_a_pass_ends_soon_when_exact_does_not_answer():
    scene = _unknown(times=3)
    scene.store.posts_may_go_on(DIVISION)
    for number in range(4, 13):
        scene.plan(draft(f"A{number}"))
        scene.wire.answers = [TIME_OUT]
        scene.drain.attempt(number)
        scene.store.posts_may_go_on(DIVISION)
    scene.wait(2)
    _fails(scene)
    tally = scene.unknowns.settle()

    assert scene.wire.looks == FAILED_LOOKS_MAX
    assert tally["not_looked"] == 12


def test_a_mutation_that_cannot_be_looked_for_does_not_keep_the_others_from_it():
    scene = _unknown(times=3)
    _fails(scene, {scene.get(1).token, scene.get(2).token})
    scene.wire.shown = [document(8)]
    scene.wait(2)
    scene.unknowns.settle()

    assert [scene.get(number).state for number in (1, 2, 3)] == [State.UNKNOWN, State.UNKNOWN, State.POSTED]
    scene.wait(2)
    assert scene.unknowns.settle() == {}


def test_it_says_which_ones_are_planned_again():
    scene = _unknown(times=2)
    scene.wait(Q + 1)
    scene.unknowns.settle()

    assert scene.unknowns.planned_again == {1, 2}
