"""What a newer version of the source does to the mutation that is there."""

from __future__ import annotations

from datetime import UTC, datetime

from include.outbox.model import Cause, Draft
from include.outbox.states import State
from tests.outbox.scenes import Scene, dead, draft

LATER = datetime(2026, 11, 3, 9, tzinfo=UTC)


def dismissed(code: str) -> Draft:
    return dead("A1", Cause(code), dismissed=True)


def newer() -> Draft:
    return draft("A1", source_version="v2", source_changed_at=LATER)


def test_what_its_source_dismissed_follows_its_source() -> None:
    for code in ("not_a_sale", "cancelled_in_source"):
        scene = Scene()
        scene.plan(dismissed(code))
        scene.plan(newer())

        assert scene.get().state is State.PLANNED
        scene.drain.run()
        assert len(scene.wire.sent) == 1


def test_what_a_person_dismissed_stays_dismissed() -> None:
    scene = Scene()
    scene.plan(dismissed("booked_by_hand"))
    scene.plan(newer())

    assert scene.get().state is State.DISMISSED


def test_what_was_dismissed_stays_so_while_its_source_is_the_same() -> None:
    scene = Scene()
    scene.plan(dismissed("not_a_sale"))
    scene.plan(draft("A1"))

    assert scene.get().state is State.DISMISSED
