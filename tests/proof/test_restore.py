"""The outbox restored from a backup of the middle of its work, with PostgreSQL's own programs: nothing is sent twice, nothing is lost."""

from __future__ import annotations

from include.proof.restore import RestorePlan, prove_restore
from include.proof.restore_ways import Way


def test_what_a_restored_outbox_forgot_is_found_in_exact_and_not_sent_again() -> None:
    (found,) = prove_restore(RestorePlan(orders=16, ways=(Way.DUMP,)))

    assert found.violations == []
    assert found.forgotten >= 8, "the backup is from before half of the work"
    assert found.is_noticed
    assert found.was_refused, "a restored database calls nobody"
    assert found.needed_consent, "its tokens are older than Exact's"
    assert found.documents == found.posts == 16


def test_somebody_who_only_wants_the_refusal_to_go_away_is_caught_booking_twice() -> None:
    (found,) = prove_restore(RestorePlan(orders=16, ways=(Way.CLEAN,), is_careful=False))

    assert found.is_noticed
    assert {each.invariant for each in found.violations} >= {"I2"}
