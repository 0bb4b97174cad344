"""What becomes of a document when its source changed after it was sent: a table of situations, each with what is planned."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from include.outbox.changes import AS_BOOKED, CHANGED_AFTER_PROCESSING, Hands, beside, revised
from include.outbox.model import Cause, Draft, Key, Method, Mutation
from include.outbox.states import State
from include.proof.twin_rows import row_of
from tests.outbox.scenes import dead, draft

SALE = Key("shop", "A1", "sale")
DELETE = beside(SALE, "delete_")
REVERSE = beside(SALE, "reverse_")
CANCELLED = Cause("cancelled_in_source")
CHANGED = Cause("changed_in_exact", "A1")


def numbered(given: Draft, number: int) -> Draft:
    return replace(given, key=replace(given.key, effect_number=number))


def turned_round(document: Mutation, key: Key) -> Draft:
    return draft("A1", key=key, waits_for=document.key)


INVOICES = Hands(numbered, turned_round, drafts_stay_drafts=True)
ENTRIES = Hands(numbered, turned_round, drafts_stay_drafts=False)


def known(key: Key, state: State, *, version: str = "v1", cause: Cause | None = None, **changes: object) -> Mutation:
    """A mutation that the outbox holds."""
    row = row_of(1, draft("A1", key=key, source_version=version), (None, None), "worker").mutation()
    document = UUID(int=1) if state is State.POSTED else None
    return replace(row, **{"state": state, "cause": cause, "exact_id": document, **changes})


def newer(version: str = "v2", **changes: object) -> Draft:
    return draft("A1", source_version=version, payload='{"AmountFC":12.00}', **changes)


def cancelled() -> Draft:
    return dead("A1", CANCELLED, source_version="v2", dismissed=True)


def told(drafts: list[Draft]) -> list[str]:
    """The drafts as short sentences."""
    return [
        f"{each.key.effect} {each.key.effect_number} {each.state.value}"
        + (f" of {each.cause}" if each.cause else "")
        + (f" after {each.waits_for.effect} {each.waits_for.effect_number}" if each.waits_for else "")
        for each in drafts
    ]


POSTED = known(SALE, State.POSTED)
SECOND = replace(SALE, effect_number=2)

SITUATIONS = {
    "nothing was sent": ([], newer(), ["sale 1 planned"]),
    "the same version": ([POSTED], newer("v1"), []),
    "a change that Exact would not see": ([POSTED], draft("A1", source_version="v2"), []),
    "a change": ([POSTED], newer(), ["delete_sale 1 planned after sale 1", "sale 2 planned after delete_sale 1"]),
    "a change while the first is on its way": (
        [known(SALE, State.UNKNOWN)],
        newer(),
        ["delete_sale 1 planned after sale 1", "sale 2 planned after delete_sale 1"],
    ),
    "a change while what may have left is planned to be sent again": (
        [known(SALE, State.PLANNED, may_have_left=True)],
        newer(),
        ["delete_sale 1 planned after sale 1", "sale 2 planned after delete_sale 1"],
    ),
    "the version that is planned to be sent again": ([known(SALE, State.PLANNED, may_have_left=True)], newer("v1"), []),
    "a third version while the first is planned to be sent again": (
        [known(SALE, State.PLANNED, may_have_left=True), known(SECOND, State.PLANNED, version="v2")],
        newer("v3"),
        ["delete_sale 1 planned after sale 1", "sale 2 planned after delete_sale 1"],
    ),
    "a third version while Exact took no call with the first": (
        [known(SALE, State.PLANNED), known(SECOND, State.PLANNED, version="v2")],
        newer("v3"),
        ["delete_sale 1 planned after sale 1", "sale 2 planned after delete_sale 1"],
    ),
    "a third version while nobody knows what became of the first": (
        [
            known(SALE, State.DEAD_LETTER, may_have_left=True, cause=Cause("unknown_outcome", "A1")),
            known(SECOND, State.PLANNED, version="v2"),
        ],
        newer("v3"),
        ["delete_sale 1 planned after sale 1", "sale 2 planned after delete_sale 1"],
    ),
    "a change to what cannot be booked": (
        [POSTED],
        dead("A1", CHANGED, source_version="v2"),
        ["sale 2 dead_letter of changed_in_exact:A1"],
    ),
    "a cancellation": ([POSTED], cancelled(), ["delete_sale 1 planned after sale 1"]),
    "a second change before the first was made": (
        [POSTED, known(DELETE, State.PLANNED), known(SECOND, State.PLANNED, version="v2")],
        newer("v3"),
        ["delete_sale 1 planned after sale 1", "sale 2 planned after delete_sale 1"],
    ),
    "a change that was taken back before it was made": (
        [POSTED, known(DELETE, State.PLANNED, version="v2"), known(SECOND, State.PLANNED, version="v2")],
        draft("A1", source_version="v3"),
        ["delete_sale 1 dismissed of as_booked after sale 1", "sale 2 dismissed of as_booked"],
    ),
    "a cancellation after a change that was not made yet": (
        [POSTED, known(DELETE, State.PLANNED), known(SECOND, State.PLANNED, version="v2")],
        replace(cancelled(), source_version="v3"),
        ["delete_sale 1 planned after sale 1", "sale 2 dismissed of cancelled_in_source"],
    ),
    "a change while the old document is being deleted": (
        [POSTED, known(DELETE, State.UNKNOWN), known(SECOND, State.PLANNED, version="v2")],
        newer("v3"),
        ["sale 2 planned after delete_sale 1"],
    ),
    "a change after the first change was made": (
        [
            known(SALE, State.DISMISSED, cause=Cause("replaced"), exact_id=UUID(int=1)),
            known(DELETE, State.POSTED),
            known(SECOND, State.POSTED),
        ],
        newer("v3"),
        ["delete_sale 2 planned after sale 2", "sale 3 planned after delete_sale 2"],
    ),
    "a new document that Exact refused, after the old one was deleted": (
        [
            known(SALE, State.DISMISSED, cause=Cause("replaced"), exact_id=UUID(int=1)),
            known(DELETE, State.POSTED),
            known(SECOND, State.DEAD_LETTER, version="v2", cause=CHANGED),
        ],
        newer("v3"),
        ["sale 2 planned"],
    ),
    "an order that is open again after its draft was deleted": (
        [known(SALE, State.DISMISSED, cause=CANCELLED, exact_id=UUID(int=1)), known(DELETE, State.POSTED)],
        newer("v3"),
        ["sale 2 planned"],
    ),
    "an order that is open again, just as it was": (
        [known(SALE, State.DISMISSED, cause=CANCELLED, exact_id=UUID(int=1)), known(DELETE, State.POSTED)],
        newer("v1"),
        ["sale 2 planned"],
    ),
    "an order that is cancelled twice": (
        [known(SALE, State.DISMISSED, cause=CANCELLED, exact_id=UUID(int=1)), known(DELETE, State.POSTED)],
        replace(cancelled(), source_version="v3"),
        [],
    ),
    "a person dismissed the change, and it changes again": (
        [POSTED, known(DELETE, State.DISMISSED, cause=CHANGED), known(SECOND, State.DISMISSED, version="v2", cause=CHANGED)],
        newer("v3"),
        ["delete_sale 1 planned after sale 1", "sale 3 planned after delete_sale 1"],
    ),
    "a person dismissed the order": ([known(SALE, State.DISMISSED, cause=Cause("blocked_account", "1"))], newer(), []),
    "a person deleted the document": ([known(SALE, State.GONE, exact_id=UUID(int=1))], newer(), []),
    "a person deleted the document before the change was made": (
        [known(SALE, State.GONE, exact_id=UUID(int=1)), known(DELETE, State.DEAD_LETTER), known(SECOND, State.DEAD_LETTER, version="v2")],
        newer(),
        ["delete_sale 1 dismissed of deleted_in_exact after sale 1", "sale 2 planned"],
    ),
    "it goes elsewhere by now": ([POSTED], newer(administration="UK", division=1), ["sale 2 dead_letter of routed_elsewhere:UK"]),
    "it is dead and never left": ([known(SALE, State.DEAD_LETTER, cause=CHANGED)], newer(), ["sale 1 planned"]),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_drafts_are_deleted_and_written_anew(situation):
    family, given, planned = SITUATIONS[situation]

    assert told(revised(family, given, INVOICES)) == planned


def test_what_is_in_the_books_waits_for_a_person():
    (asked,) = revised([POSTED], newer(), ENTRIES)

    assert told([asked]) == [f"sale 2 dead_letter of {CHANGED_AFTER_PROCESSING}:A1"]
    assert asked.payload == newer().payload


def test_what_is_in_the_books_is_credited_when_the_source_cancels_it():
    assert told(revised([POSTED], cancelled(), ENTRIES)) == ["reverse_sale 1 planned after sale 1"]


def test_a_credited_document_is_booked_anew_when_its_order_is_open_again():
    family = [POSTED, known(REVERSE, State.PLANNED)]

    assert told(revised(family, newer(), ENTRIES)) == ["sale 2 planned after reverse_sale 1"]
    assert told(revised([POSTED, known(REVERSE, State.POSTED)], newer(), ENTRIES)) == ["sale 2 planned"]
    assert told(revised([POSTED, known(REVERSE, State.POSTED)], newer("v1"), ENTRIES)) == ["sale 2 planned"]
    assert revised(family, replace(cancelled(), source_version="v3"), ENTRIES) == []


def test_a_change_of_the_books_that_was_taken_back_asks_nobody_any_more():
    family = [POSTED, known(SECOND, State.DEAD_LETTER, version="v2", cause=Cause(CHANGED_AFTER_PROCESSING, "A1"))]

    assert told(revised(family, draft("A1", source_version="v3"), ENTRIES)) == [f"sale 2 dismissed of {AS_BOOKED}"]


def test_a_deletion_names_what_it_undoes_and_why():
    deletion, _ = revised([POSTED], newer(), INVOICES)

    assert (deletion.method, deletion.undoes, deletion.because, deletion.payload) == (Method.DELETE, SALE, "replaced", None)
    assert revised([POSTED], cancelled(), INVOICES)[0].because == "cancelled_in_source"
