"""One contract for the memory in PostgreSQL and for its twin in the simulation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from include.errors import RetryableError
from include.outbox.model import Cause, Cursor, Draft, Key, Method, Mutation, Outcome
from include.outbox.ports import Purpose, Receipt
from include.outbox.states import UNKNOWN_OUTCOME, State
from tests.outbox.scenes import DIVISION, ENDPOINT, dead, document, draft
from tests.store.rigs import Rig

LATER = datetime(2026, 11, 3, 9, tzinfo=UTC)
UNKNOWN = Outcome(State.UNKNOWN, next_look_s=1.0, may_have_left=True)
POSTED = Outcome(State.POSTED, exact_id=UUID(int=1))


def newer(number: str = "A1", **changes: object) -> Draft:
    return draft(number, source_version="v2", source_changed_at=LATER, **changes)


def claimed(rig: Rig, *drafts: Draft) -> Mutation:
    store = rig.store()
    store.plan(drafts or [draft()], None)
    mutation = store.claim(1, "worker")
    assert mutation is not None
    return mutation


def states(rig: Rig) -> list[str]:
    return [each.state for each in rig.seen()]


def test_planning_twice_stores_once(rig: Rig):
    store = rig.store()

    assert store.plan([draft()], None) == {"planned": 1}
    assert store.plan([draft()], None) == {"known": 1}
    assert states(rig) == ["planned"]


def test_a_newer_version_supersedes_what_was_not_sent(rig: Rig):
    store = rig.store()
    store.plan([draft()], None)

    assert store.plan([newer()], None) == {"superseded_planned": 1}
    assert store.plan([draft()], None) == {"known": 1}
    assert rig.seen()[0].payload_version == 2
    assert rig.transitions() == [("A1", None, "planned"), ("A1", "planned", "planned")]


def test_a_newer_version_of_what_was_sent_changes_nothing_and_is_counted(rig: Rig):
    mutation = claimed(rig)
    store = rig.store()

    assert store.plan([newer()], None) == {"changed_after_push": 1}
    store.settle(mutation, POSTED)
    assert store.plan([newer()], None) == {"changed_after_push": 1}
    assert rig.seen()[0].payload_version == 1


def test_another_route_is_a_dead_letter_once(rig: Rig):
    store = rig.store()
    store.plan([draft()], None)

    assert store.plan([newer(division=820101, administration="UK")], None) == {"superseded_dead_letter": 1}
    assert store.plan([newer(division=820101, administration="UK")], None) == {"known": 1}
    assert rig.seen()[0].cause == "routed_elsewhere:UK"


def test_the_cursor_moves_with_the_rows_and_never_back(rig: Rig):
    store = rig.store()
    store.plan([draft()], Cursor("flow", "BE", LATER))
    store.plan([], Cursor("flow", "BE", datetime(2026, 11, 1, tzinfo=UTC)))

    assert store.cursor("flow", "BE") == LATER
    assert store.cursor("flow", "UK") is None


def test_rows_that_cannot_be_stored_leave_the_cursor_where_it_was(rig: Rig):
    store = rig.store()
    store.plan([], Cursor("flow", "BE", datetime(2026, 11, 1, tzinfo=UTC)))
    with pytest.raises((*([rig.refused]), AttributeError, ValueError)):
        store.plan([draft(), draft("A2", key=None)], Cursor("flow", "BE", LATER))

    assert store.cursor("flow", "BE") == datetime(2026, 11, 1, tzinfo=UTC)


def test_ready_is_oldest_first_due_and_of_the_division(rig: Rig):
    store = rig.store()
    store.plan([draft("A1"), draft("A2"), draft("A3", division=1), dead("A4", Cause("x"))], None)

    assert list(store.ready(DIVISION, 50)) == [1, 2]
    assert list(store.ready(DIVISION, 1)) == [1]
    assert list(store.ready(DIVISION, 1, frozenset({2, 4}))) == [2]
    assert store.next_due_s(DIVISION) is None


def test_ready_of_some_is_never_crowded_out_by_others(rig: Rig):
    store = rig.store()
    store.plan([draft("A1"), draft("A2"), draft("A3")], None)

    assert list(store.ready(DIVISION, 1, frozenset({3}))) == [3]
    assert list(store.ready(DIVISION, 50, frozenset())) == []


def test_a_retry_that_nobody_asked_to_go_first_stays_behind_a_parked_cause(rig: Rig):
    store = rig.store()
    cause = Cause("blocked_account", "17850")
    store.plan([dead("A1", cause), dead("A2", cause)], None)
    store.park(DIVISION, cause, "account:17850")

    assert store.replan(store.get(1), draft("A1", source_version="v2"), "operator", asked=False)
    assert store.replan(store.get(2), draft("A2", source_version="v2"), "operator")
    assert list(store.ready(DIVISION, 50)) == [2]


def test_what_is_planned_for_later_is_not_ready_and_not_claimed(rig: Rig):
    mutation = claimed(rig)
    store = rig.store()
    store.settle(mutation, Outcome(State.PLANNED, not_before_s=100.0))

    assert list(store.ready(DIVISION, 50)) == []
    assert store.claim(1, "worker") is None
    assert store.next_due_s(DIVISION) == pytest.approx(100, abs=5)
    rig.wait(101)
    assert list(store.ready(DIVISION, 50)) == [1]


def test_a_claim_counts_the_attempt_and_only_one_gets_it(rig: Rig):
    mutation = claimed(rig)

    assert (mutation.state, mutation.attempt) == (State.SENDING, 1)
    assert rig.store().claim(1, "other") is None


def test_two_changes_of_one_entity_are_never_on_their_way_together(rig: Rig):
    store = rig.store()
    credit = draft("A1", key=Key("shop", "A1", "credit"))
    store.plan([draft(), credit], None)
    sale = store.claim(1, "worker")

    assert store.claim(2, "worker") is None
    assert list(store.ready(DIVISION, 50)) == []
    store.settle(sale, POSTED)
    assert list(store.ready(DIVISION, 50)) == [2]


def test_a_lock_has_one_holder_until_it_lets_go_or_dies(rig: Rig):
    first, second = rig.store(), rig.store()

    assert first.lock(1)
    assert not second.lock(1)
    first.unlock(1)
    assert second.lock(1)
    rig.kill(second)
    assert first.lock(1)


def test_an_outcome_of_an_older_attempt_changes_nothing(rig: Rig):
    first = claimed(rig)
    store = rig.store()
    store.settle(first, Outcome(State.PLANNED))
    second = store.claim(1, "worker")

    assert not store.settle(first, UNKNOWN)
    assert not store.settle(first, POSTED)
    assert states(rig) == ["sending"]
    assert store.settle(second, POSTED)


def test_a_late_answer_with_an_id_settles_what_became_unknown(rig: Rig):
    mutation = claimed(rig)
    store = rig.store()
    store.settle(mutation, UNKNOWN)

    assert not store.settle(mutation, Outcome(State.PLANNED))
    assert store.settle(mutation, POSTED)
    assert rig.seen()[0].exact_id == UUID(int=1)


def test_a_late_answer_with_an_id_settles_what_was_planned_again(rig: Rig):
    mutation = claimed(rig)
    store = rig.store()
    store.settle(mutation, UNKNOWN)
    store.settle(store.get(1), Outcome(State.PLANNED, may_have_left=True, resend=True))

    assert store.settle(mutation, POSTED)
    assert states(rig) == ["posted"]
    assert rig.transitions()[-2:] == [("A1", "planned", "sending"), ("A1", "sending", "posted")]


def test_what_a_dead_worker_left_is_found_at_once(rig: Rig):
    worker, upkeep = rig.store("worker"), rig.store("upkeep")
    worker.plan([draft()], None)
    worker.lock(1)
    worker.claim(1, "worker")

    assert list(upkeep.abandoned(DIVISION)) == []
    rig.kill(worker)
    assert [each.attempt for each in upkeep.abandoned(DIVISION)] == [1]


def test_a_worker_that_is_silent_for_longer_than_the_lease_loses_its_mutation(rig: Rig):
    worker, upkeep = rig.store("worker"), rig.store("upkeep")
    worker.plan([draft()], None)
    worker.lock(1)
    worker.claim(1, "worker")
    rig.wait(91)

    assert len(upkeep.abandoned(DIVISION)) == 1


def test_looks_come_when_they_are_due_and_are_counted(rig: Rig):
    mutation = claimed(rig)
    store = rig.store()
    store.settle(mutation, replace(UNKNOWN, next_look_s=30.0))

    assert list(store.due_looks(DIVISION)) == []
    rig.wait(31)
    due = store.due_looks(DIVISION)
    assert store.unknown_for_s(due[0]) == pytest.approx(31, abs=5)
    store.settle(due[0], UNKNOWN)
    assert rig.seen()[0].looks == 1
    assert store.claim(1, "worker") is None


def test_a_new_attempt_begins_its_looks_anew_and_keeps_its_resends(rig: Rig):
    mutation = claimed(rig)
    store = rig.store()
    store.settle(mutation, UNKNOWN)
    store.settle(store.get(1), Outcome(State.PLANNED, may_have_left=True, resend=True))
    store.claim(1, "worker")

    assert (rig.seen()[0].looks, rig.seen()[0].resends, rig.seen()[0].may_have_left) == (0, 1, True)


def test_a_pull_is_a_witness_only_when_it_began_after_the_quarantine(rig: Rig):
    mutation = claimed(rig)
    store = rig.store()

    assert not store.pulled_since(mutation, 900)
    rig.wait(890)
    rig.pulled()
    assert not store.pulled_since(store.get(1), 900)
    rig.wait(20)
    rig.pulled((mutation.token, document(5)))
    assert store.pulled_since(store.get(1), 900)
    assert [each.exact_id for each in store.mirrored(mutation)] == [document(5).exact_id]


def test_the_pull_of_another_document_is_not_ours(rig: Rig):
    mutation = claimed(rig)
    rig.pulled(("SOMEONEELSE1", document(5)))

    assert list(rig.store().mirrored(mutation)) == []


def test_three_unknown_outcomes_in_a_row_stop_the_division(rig: Rig):
    store, gate = rig.store(), rig.gate()
    store.plan([draft(f"A{number}") for number in range(1, 5)], None)
    for number in (1, 2, 3):
        permit = gate.take(ENDPOINT, Purpose.NEAR_TIME)
        assert not store.posts_stopped(DIVISION)
        store.settle(store.claim(number, "worker"), UNKNOWN, Receipt(permit, "POST", ENDPOINT, 504, 1.0, answer_class="unknown"))

    assert store.posts_stopped(DIVISION)
    store.posts_may_go_on(DIVISION)
    assert not store.posts_stopped(DIVISION)


def test_another_answer_ends_the_row_of_unknown_outcomes(rig: Rig):
    store, gate = rig.store(), rig.gate()
    store.plan([draft(f"A{number}") for number in range(1, 4)], None)
    for number, status, answer_class in ((1, 504, "unknown"), (2, 201, "posted"), (3, 504, "unknown")):
        receipt = Receipt(gate.take(ENDPOINT, Purpose.NEAR_TIME), "POST", ENDPOINT, status, 1.0, answer_class=answer_class)
        store.settle(store.claim(number, "worker"), UNKNOWN, receipt)

    assert not store.posts_stopped(DIVISION)


def test_what_shares_a_parked_cause_is_buried_unsent_and_what_comes_later_too(rig: Rig):
    store = rig.store()
    cause = Cause("blocked_account", "17850")
    other = draft("A3", subjects=frozenset({"account:1"}))
    store.plan([dead("A1", cause), draft("A2"), other], None)

    assert store.same_cause(DIVISION, cause) == 1
    assert store.park(DIVISION, cause, "account:17850") == 1
    store.plan([draft("A4")], None)
    assert list(store.ready(DIVISION, 50)) == [3]
    assert states(rig) == ["dead_letter", "dead_letter", "planned", "dead_letter"]
    assert store.same_cause(DIVISION, cause) == 3


def test_what_may_have_left_is_never_buried(rig: Rig):
    store = rig.store()
    cause = Cause("blocked_account", "17850")
    store.plan([draft(), dead("A2", cause)], None)
    store.settle(store.claim(1, "worker"), Outcome(State.PLANNED, may_have_left=True))

    assert store.park(DIVISION, cause, "account:17850") == 0
    assert list(store.ready(DIVISION, 50)) == [1]


def test_a_retry_freezes_another_version_and_goes_out_although_its_cause_is_parked(rig: Rig):
    store = rig.store()
    cause = Cause("blocked_account", "17850")
    store.plan([dead("A1", cause), dead("A2", cause)], None)
    store.park(DIVISION, cause, "account:17850")

    assert store.replan(store.get(1), newer(), "operator")
    assert list(store.ready(DIVISION, 50)) == [1]
    assert rig.seen()[0].payload_version == 2
    assert states(rig)[1] == "dead_letter"


def test_of_two_retries_one_is_first(rig: Rig):
    store = rig.store()
    store.plan([dead("A1", Cause("x"))], None)
    letter = store.get(1)

    assert store.replan(letter, newer(), "operator")
    assert not store.replan(letter, newer(), "other operator")


def test_what_waits_goes_dies_and_comes_back_with_what_it_waits_for(rig: Rig):
    store = rig.store()
    relation = Key("shop", "C1", "relation", division=DIVISION)
    store.plan([dead("C1", Cause("unknown_country", "XX"), key=relation), draft("A1", waits_for=relation)], None)

    assert list(store.ready(DIVISION, 50)) == []
    assert states(rig) == ["dead_letter", "dead_letter"]
    store.replan(store.get(1), newer("C1", key=relation), "operator")
    assert states(rig) == ["planned", "planned"]
    assert list(store.ready(DIVISION, 50)) == [1]
    store.settle(store.claim(1, "worker"), POSTED)
    assert list(store.ready(DIVISION, 50)) == [2]


def test_an_unknown_outcome_goes_back_to_unknown_and_to_nothing_else(rig: Rig):
    mutation = claimed(rig)
    store = rig.store()
    store.settle(mutation, UNKNOWN)
    store.settle(store.get(1), Outcome(State.DEAD_LETTER, cause=Cause(UNKNOWN_OUTCOME, "A1"), may_have_left=True))

    with pytest.raises(rig.refused):
        store.replan(store.get(1), newer(), "operator")
    assert store.back_to_unknown(store.get(1))
    assert states(rig) == ["unknown"]
    assert len(store.due_looks(DIVISION)) == 1


def test_a_dead_letter_of_another_cause_does_not_become_unknown(rig: Rig):
    store = rig.store()
    store.plan([dead("A1", Cause("x"))], None)

    assert not store.back_to_unknown(store.get(1))


def test_the_document_of_a_mutation_cannot_be_exchanged(rig: Rig):
    mutation = claimed(rig)
    store = rig.store()
    store.settle(mutation, POSTED)

    assert not store.settle(mutation, Outcome(State.POSTED, exact_id=UUID(int=2)))
    assert rig.seen()[0].exact_id == UUID(int=1)


def test_a_permit_rests_a_minute_after_its_answer_and_at_once_when_unused(rig: Rig):
    gate, store = rig.gate(), rig.store()
    permits = [gate.take("crm/Accounts", Purpose.NEAR_TIME) for _ in range(5)]

    with pytest.raises(RetryableError):
        gate.take("crm/Accounts", Purpose.NEAR_TIME)
    gate.give_back_unused(permits[0])
    gate.give_back(Receipt(gate.take("crm/Accounts", Purpose.NEAR_TIME), "GET", "crm/Accounts", 200, 0.1))
    assert gate.take("crm/Accounts", Purpose.NEAR_TIME)
    assert not store.posts_stopped(DIVISION)


def test_a_counted_error_keeps_its_slot_for_an_hour_and_five_make_the_endpoint_rest(rig: Rig):
    gate = rig.gate()
    for _ in range(5):
        permit = gate.take("crm/Accounts", Purpose.NEAR_TIME)
        gate.give_back(Receipt(permit, "GET", "crm/Accounts", 404, 0.1, counted_error=True))

    rig.wait(600)
    with pytest.raises(RetryableError, match="error budget"):
        gate.take("crm/Accounts", Purpose.OPERATOR)
    assert gate.take("logistics/Items", Purpose.OPERATOR)
    rig.wait(3100)
    assert gate.take("crm/Accounts", Purpose.NEAR_TIME)


def test_a_dead_workers_permits_return_after_the_lease(rig: Rig):
    gate = rig.gate("dead")
    for _ in range(5):
        gate.take(ENDPOINT, Purpose.NEAR_TIME)

    rig.wait(85)
    with pytest.raises(RetryableError):
        rig.gate().take(ENDPOINT, Purpose.NEAR_TIME)
    rig.wait(6)
    assert rig.gate().take(ENDPOINT, Purpose.NEAR_TIME)


def test_a_permit_that_the_lease_handed_on_is_not_given_back_by_its_first_holder(rig: Rig):
    first, second = rig.gate("first"), rig.gate("second")
    old = [first.take(ENDPOINT, Purpose.NEAR_TIME) for _ in range(5)]
    rig.wait(91)
    for _ in range(5):
        second.take(ENDPOINT, Purpose.NEAR_TIME)
    for permit in old:
        first.give_back_unused(permit)

    with pytest.raises(RetryableError):
        second.take(ENDPOINT, Purpose.NEAR_TIME)


def test_a_429_makes_the_whole_division_wait(rig: Rig):
    gate = rig.gate()
    gate.give_back(Receipt(gate.take(ENDPOINT, Purpose.NEAR_TIME), "POST", ENDPOINT, 429, 0.1, pause_s=40.0))

    with pytest.raises(RetryableError) as caught:
        rig.gate("other").take("logistics/Items", Purpose.NEAR_TIME)
    assert caught.value.retry_after_s == pytest.approx(40, abs=5)
    rig.wait(41)
    assert rig.gate("other").take("logistics/Items", Purpose.NEAR_TIME)


def deletion(number: str = "A1", **changes: object) -> Draft:
    sale = Key("shop", number, "sale")
    usual = {"key": Key("shop", number, "delete_sale"), "payload": None, "method": Method.DELETE, "undoes": sale, "waits_for": sale}
    return draft(number, **{**usual, "because": "replaced", **changes})


def replacement(number: str = "A1") -> Draft:
    return newer(number, key=Key("shop", number, "sale", 2), waits_for=Key("shop", number, "delete_sale"))


def test_a_deletion_knows_its_document_and_takes_its_effect_along(rig: Rig):
    store = rig.store()
    store.settle(claimed(rig), POSTED)
    store.plan([deletion(), replacement()], None)
    assert list(store.ready(DIVISION, 50)) == []
    rig.wait(31)
    assert list(store.ready(DIVISION, 50)) == [2]
    going = store.claim(2, "worker")

    assert (going.method, going.target_id, going.written) == (Method.DELETE, POSTED.exact_id, draft().payload)
    assert store.settle(going, Outcome(State.POSTED))
    assert states(rig) == ["dismissed", "posted", "planned"]
    assert rig.seen()[0].cause == "replaced:"
    assert list(store.ready(DIVISION, 50)) == [3]


def test_a_deletion_of_unknown_outcome_still_knows_its_document(rig: Rig):
    store = rig.store()
    store.settle(claimed(rig), POSTED)
    store.plan([deletion()], None)
    store.settle(store.claim(2, "worker"), UNKNOWN)
    rig.wait(2)
    (due,) = store.due_looks(DIVISION)

    assert (due.target_id, due.written) == (POSTED.exact_id, draft().payload)


def test_what_somebody_else_deleted_is_gone(rig: Rig):
    store = rig.store()
    store.settle(claimed(rig), POSTED)
    store.plan([deletion(), replacement()], None)
    store.settle(store.claim(2, "worker"), Outcome(State.DEAD_LETTER, cause=Cause("deleted_in_exact", "A1")))
    store.ready(DIVISION, 50)

    assert states(rig) == ["gone", "dead_letter", "dead_letter"]


def test_what_waits_for_a_deletion_dies_with_it(rig: Rig):
    store = rig.store()
    store.settle(claimed(rig), POSTED)
    store.plan([deletion(), replacement()], None)
    objection = Cause("changed_in_exact", "A1")
    store.settle(store.claim(2, "worker"), Outcome(State.DEAD_LETTER, cause=objection))

    assert list(store.ready(DIVISION, 50)) == []
    assert states(rig) == ["posted", "dead_letter", "dead_letter"]
    assert {each.cause for each in rig.seen()[1:]} == {str(objection)}


def test_what_has_no_payload_yet_waits_until_it_is_mapped(rig: Rig):
    store = rig.store()
    store.plan([draft(), draft("A2", payload=None, waits_for=Key("shop", "A1", "sale"))], None)
    store.settle(store.claim(1, "worker"), POSTED)

    assert list(store.ready(DIVISION, 50)) == []
    assert store.claim(2, "worker") is None
    store.plan([newer("A2")], None)
    assert list(store.ready(DIVISION, 50)) == [2]


def test_nothing_waits_for_what_is_not_there(rig: Rig):
    with pytest.raises(LookupError):
        rig.store().plan([draft(waits_for=Key("shop", "A9", "sale"))], None)


def test_what_stands_in_exact_already_is_taken_without_a_call(rig: Rig):
    store = rig.store()
    taken = draft(adopts=UUID(int=7))

    assert store.plan([taken], None) == {"adopted": 1}
    assert store.plan([taken], None) == {"known": 1}
    assert (states(rig), store.get(1).exact_id) == (["posted"], UUID(int=7))
    assert list(store.ready(DIVISION, 10)) == []


def test_what_was_planned_is_taken_when_it_turns_out_to_stand_in_exact(rig: Rig):
    store = rig.store()
    store.plan([draft()], None)

    assert store.plan([newer(adopts=UUID(int=7))], None) == {"superseded_adopted": 1}
    assert (states(rig), store.get(1).exact_id) == (["posted"], UUID(int=7))


def test_what_died_with_another_comes_back_when_the_source_cures_that_one(rig: Rig):
    store = rig.store()
    cause = Cause("relation_differs", "17850")
    store.plan([dead("R1", cause), draft("A1", payload=None, waits_for=draft("R1").key)], None)
    store.ready(DIVISION, 10)
    assert states(rig) == ["dead_letter", "dead_letter"]

    store.plan([newer("R1", adopts=UUID(int=7))], None)
    assert states(rig) == ["posted", "planned"]
    assert store.plan([draft("A1")], None) == {"superseded_planned": 1}
    assert list(store.ready(DIVISION, 10)) == [2]


def test_what_waits_for_an_unknown_outcome_goes_on_waiting_until_that_is_given_up(rig: Rig):
    store = rig.store()
    store.plan([draft(), draft("A2", waits_for=Key("shop", "A1", "sale"))], None)
    third = Outcome(State.DEAD_LETTER, cause=Cause(UNKNOWN_OUTCOME, "A1"), may_have_left=True)
    store.settle(store.claim(1, "worker"), third)

    assert list(store.ready(DIVISION, 50)) == []
    assert states(rig) == ["dead_letter", "planned"]
    assert store.back_to_unknown(store.get(1))
    rig.wait(2)
    store.settle(store.due_looks(DIVISION)[0], POSTED)
    assert list(store.ready(DIVISION, 50)) == [2]


def test_an_unknown_outcome_is_not_asked_about_while_another_change_of_its_entity_is_on_its_way(rig: Rig):
    store = rig.store()
    store.plan([draft(), draft("A1", key=Key("shop", "A1", "credit"))], None)
    store.settle(store.claim(1, "worker"), Outcome(State.DEAD_LETTER, cause=Cause(UNKNOWN_OUTCOME, "A1"), may_have_left=True))
    store.claim(2, "worker")

    assert not store.back_to_unknown(store.get(1))
    assert states(rig) == ["dead_letter", "sending"]
