"""Drafts that were judged beside what stood a moment ago are planned only while that still stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from include.outbox.model import Cursor
from include.store.outbox import MovedOnError
from tests.outbox.scenes import draft
from tests.store.rigs import PostgresRig

LATER = datetime(2026, 11, 3, 9, tzinfo=UTC)


def test_a_page_is_planned_wholly_or_not_at_all_when_one_of_its_documents_was_sent_since(new_dsn: Callable[[], str]) -> None:
    rig = PostgresRig(new_dsn())
    store = rig.store()
    store.plan([draft()], None)
    store.claim(1, "another worker")
    page = [draft("A2"), draft(source_version="v2", source_changed_at=LATER)]
    with pytest.raises(MovedOnError):
        store.plan(page, Cursor("orders", "BE", LATER), judged=True)

    assert [each.key for each in rig.seen()] == ["A1/sale"]
    assert store.cursor("orders", "BE") is None
    rig.close()
