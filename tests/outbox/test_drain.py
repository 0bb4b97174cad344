"""Sending what is planned: what each answer does to a mutation, to its permit, and to the run."""

from __future__ import annotations

from uuid import UUID

import pytest

from include.errors import RetryableError, SetupError
from include.outbox.classify import Answer, KnownCause
from include.outbox.drain import BATCH
from include.outbox.model import Cause, Found, Key, Method
from include.outbox.ports import Purpose
from include.outbox.states import State
from include.proof.twin_store import StoreTwin
from tests.outbox.scenes import DIVISION, ENDPOINT, Scene, draft

REFUSED_ACCOUNT = Answer(status=500, error="blocked", known_cause=KnownCause("blocked_account", "account"))


def _sent(*answers: Answer, times: int = 1) -> Scene:
    scene = Scene()
    scene.plan(*[draft(f"A{number}") for number in range(1, times + 1)])
    scene.wire.answers = list(answers)
    return scene


def test_all_that_is_planned_is_sent_in_the_order_of_planning():
    scene = _sent(times=120)

    assert scene.drain.run() == {"posted": 120}
    assert [each.your_ref for each in scene.wire.sent] == [f"A{number}" for number in range(1, 121)]


def test_an_id_makes_it_posted_and_no_look_was_needed():
    scene = _sent(Answer(status=201, exact_id=UUID(int=9)))
    scene.drain.run()

    assert scene.get().state is State.POSTED
    assert scene.get().exact_id == UUID(int=9)
    assert scene.wire.looks == 0


@pytest.mark.parametrize("answer", [Answer(left=False, reason="refused"), Answer(status=401), Answer(status=429, wait_s=2.0)])
def test_what_was_surely_not_processed_is_planned_again_and_sent_without_a_look(answer: Answer):
    scene = _sent(answer)
    with pytest.raises(RetryableError):
        scene.drain.attempt(1)

    assert scene.get().state is State.PLANNED
    assert not scene.get().may_have_left
    assert scene.drain.run() == {"posted": 1}
    assert scene.wire.looks == 0


def test_a_429_makes_the_worker_wait_for_the_reset_and_go_on():
    scene = _sent(Answer(status=429, wait_s=40.0), times=3)

    assert scene.drain.run() == {"posted": 3}
    assert 40 <= scene.clock.seconds < 60


def test_a_limit_of_the_day_ends_the_run_green_with_what_waits():
    scene = _sent(Answer(status=429, wait_s=36_000.0, for_today=True), times=3)

    assert scene.drain.run() == {"waiting": 3}
    assert scene.clock.seconds < 60
    assert {scene.get(number).state for number in (1, 2, 3)} == {State.PLANNED}


@pytest.mark.parametrize("status", [403, 404])
def test_what_only_an_administrator_can_put_right_stops_the_run_once_and_loses_nothing(status: int):
    scene = _sent(Answer(status=status, reason="NoDivisionAccess"), times=3)
    with pytest.raises(SetupError, match=f"exact_{status}"):
        scene.drain.run()

    assert len(scene.wire.sent) == 1
    assert {scene.get(number).state for number in (1, 2, 3)} == {State.PLANNED}


def test_a_refusal_is_a_dead_letter_with_cause_subject_and_text_and_the_others_go_on():
    scene = _sent(REFUSED_ACCOUNT, times=2)

    assert scene.drain.run() == {"dead_letter": 1, "posted": 1}
    assert str(scene.get(1).cause) == "blocked_account:17850"
    assert scene.get(1).cause.facts == {"answer": "500", "text": "blocked"}


def test_two_equal_causes_park_the_rest_unsent():
    scene = _sent(*[REFUSED_ACCOUNT] * 2, times=20)

    assert scene.drain.run() == {"dead_letter": 2}
    assert len(scene.wire.sent) == 2
    assert {str(scene.get(number).cause) for number in range(1, 21)} == {"blocked_account:17850"}


def test_a_refusal_without_a_subject_parks_nothing():
    scene = _sent(*[Answer(status=400, error="no")] * 2, times=5)

    assert scene.drain.run() == {"dead_letter": 2, "posted": 3}


def test_three_unknown_outcomes_in_a_row_stop_posts_until_a_harmless_read_is_answered():
    scene = _sent(*[Answer(status=504)] * 3, times=5)
    scene.wire.answering = False
    for number in (1, 2, 3):
        assert scene.drain.attempt(number) == "unknown"

    with pytest.raises(RetryableError, match="does not answer"):
        scene.drain.attempt(4)
    assert len(scene.wire.sent) == 3
    scene.wire.answering = True
    assert scene.drain.run() == {"posted": 2}


def test_an_unknown_outcome_is_looked_for_a_second_later():
    scene = _sent(Answer(reason="reset"))
    scene.drain.run()

    assert scene.get().state is State.UNKNOWN
    assert scene.tables.rows[1].next_look_at == pytest.approx(scene.clock.seconds + 1.0)


def test_what_another_worker_holds_costs_no_permit_and_no_time():
    scene = _sent(times=2)
    other = StoreTwin(scene.tables, "other", scene.times)
    other.lock(1)

    assert scene.drain.attempt(1) is None
    assert scene.limiter.permits.wait_s(0.0) == 0.0
    assert scene.drain.attempt(2) == "posted"


def test_a_worker_that_can_only_wait_for_another_does_not_spin():
    scene = _sent()
    other = StoreTwin(scene.tables, "other", scene.times)
    other.lock(1)
    asked = []
    ready = scene.store.ready
    scene.store.ready = lambda *given: asked.append(scene.clock.seconds) or (other.unlock(1) if len(asked) == 20 else None) or ready(*given)

    assert scene.drain.run() == {"posted": 1}
    assert asked[-1] >= 10


def test_a_run_for_some_sends_only_them_although_many_older_ones_are_planned():
    scene = _sent(times=BATCH + 30)

    assert scene.drain.run(only=frozenset({BATCH + 20})) == {"posted": 1}
    assert [each.your_ref for each in scene.wire.sent] == [f"A{BATCH + 20}"]


def test_the_limit_of_the_minute_is_waited_for():
    scene = Scene(minute_limit=10)
    scene.plan(*[draft(f"A{number}") for number in range(1, 26)])

    assert scene.drain.run() == {"posted": 25}
    assert 120 <= scene.clock.seconds < 130


def test_a_found_document_costs_no_second_post_and_gives_its_permit_back():
    scene = _sent(Answer(reason="time-out"))
    scene.drain.run()
    scene.wait(1000)
    scene.unknowns.settle()
    scene.wire.on_look = lambda: scene.wire.shown.append(_found())
    scene.drain.run()

    assert scene.get().state is State.POSTED
    assert len(scene.wire.sent) == 1
    free = [scene.parts.gate.take(ENDPOINT, Purpose.NEAR_TIME) for _ in range(5)]
    assert len(free) == 5


def _found():
    from tests.outbox.scenes import document

    return document(3)


def test_a_look_that_fails_before_a_resend_leaves_the_mutation_planned_and_remembered():
    scene = _sent(Answer(reason="time-out"))
    scene.drain.run()
    scene.wait(1000)
    scene.unknowns.settle()
    scene.wire.on_look = _raise
    with pytest.raises(RetryableError):
        scene.drain.attempt(1)

    assert scene.get().state is State.PLANNED
    assert scene.get().may_have_left
    assert scene.store.next_due_s(DIVISION) == pytest.approx(7.0)


def _raise() -> None:
    raise RetryableError("Exact does not answer", retry_after_s=7.0)


def test_a_worker_is_not_held_for_longer_than_a_minute_by_an_exact_that_is_away():
    scene = _sent(*[Answer(left=False, reason="ConnectionError")] * 1000, times=5)

    assert scene.drain.run()["waiting"] > 0
    assert scene.clock.seconds <= 2 * scene.times.longest_wait_s
    assert scene.wire.sent == []


def test_many_short_waits_with_documents_between_them_do_not_end_a_drain():
    answers = [answer for _ in range(10) for answer in (Answer(status=429, wait_s=40.0), Answer(status=201, exact_id=UUID(int=1)))]
    for number, answer in enumerate(answers):
        if answer.exact_id is not None:
            answers[number] = Answer(status=201, exact_id=UUID(int=number + 1))
    scene = _sent(*answers, times=10)

    assert scene.drain.run() == {"posted": 10}


def _deleting(*, may_have_left: bool = False) -> Scene:
    """A sale that is booked, and its deletion that is planned, or of unknown outcome."""
    scene = _sent()
    scene.drain.run()
    scene.store.plan([DELETION], None)
    scene.wait(31)
    if may_have_left:
        scene.wire.answers = [Answer(status=503)]
        scene.drain.attempt(2)
    return scene


SALE = Key("shop", "A1", "sale")
DELETION = draft(
    "A1", key=Key("shop", "A1", "delete_sale"), payload=None, method=Method.DELETE, undoes=SALE, waits_for=SALE, because="replaced"
)


def test_a_deletion_looks_first_and_is_sent_when_nothing_speaks_against_it():
    scene = _deleting()
    scene.wire.answers = [Answer(status=204, to_change=True)]

    assert scene.drain.run() == {"posted": 1}
    assert (scene.wire.looks, scene.wire.sent[-1].method, scene.wire.sent[-1].written) == (1, Method.DELETE, draft().payload)
    assert scene.get(1).state is State.DISMISSED


def test_a_deletion_that_somebody_speaks_against_is_never_sent():
    scene = _deleting()
    scene.wire.shown = [Found(objection=Cause("changed_in_exact", "A1"))]

    assert scene.drain.run() == {"dead_letter": 1}
    assert [each.method for each in scene.wire.sent] == [Method.POST]
    assert scene.get(1).state is State.POSTED


@pytest.mark.parametrize("status", [404, 503, None])
def test_a_deletion_without_a_clear_answer_is_looked_for_and_done_when_the_document_is_gone(status):
    scene = _deleting()
    scene.wire.answers = [Answer(status=status, to_change=True)]
    scene.drain.attempt(2)
    assert scene.get(2).state is State.UNKNOWN
    scene.wire.shown = [Found()]
    scene.wait(2)

    assert scene.unknowns.settle() == {"posted": 1}
    assert scene.get(1).state is State.DISMISSED


def test_a_deletion_that_did_nothing_is_sent_again_after_the_quarantine_without_a_second_witness():
    scene = _deleting(may_have_left=True)
    while scene.get(2).state is State.UNKNOWN:
        scene.wait(60)
        scene.unknowns.settle()
    scene.wire.answers = [Answer(status=204, to_change=True)]

    assert scene.wire.pulls == 0
    assert scene.drain.run() == {"posted": 1}
