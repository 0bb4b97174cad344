"""Where a pull of a sync feed begins: early enough for rows that were still on their way in Exact when the last one read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from include.store.database import Database
from include.store.mirror import MirrorRow, MirrorStore

OVERLAP_S = 1800.0
HOUR_S = 3600.0


class Feed:
    """A mirror whose pulls lie in the past."""

    def __init__(self, dsn: str) -> None:
        self.database = Database(dsn)
        self.mirror = MirrorStore(self.database, 820101)

    def pull(self, row_timestamp: int) -> None:
        began_at = self.mirror.now()
        self.mirror.save("lines", [MirrorRow(f"id-{row_timestamp}", {}, row_timestamp=row_timestamp)])
        self.mirror.finish("lines", began_at, whole=False, overlap_s=OVERLAP_S)

    def wait(self, seconds: float) -> None:
        ago = timedelta(seconds=seconds)
        self.database.connection.execute("update mirror_position set at = at - %s", (ago,))
        self.database.connection.execute("update mirror_cursor set began_at = began_at - %s, finished_at = finished_at - %s", (ago, ago))

    @property
    def start(self) -> int:
        return self.mirror.position("lines", overlap_s=OVERLAP_S)


@pytest.fixture
def feed(new_dsn: Callable[[], str]) -> Iterator[Feed]:
    feed = Feed(new_dsn())
    yield feed
    feed.database.close()


def test_the_first_pull_begins_at_the_beginning(feed: Feed) -> None:
    assert feed.start == 0


def test_a_row_that_was_on_its_way_during_the_last_pull_is_read_however_long_ago_that_was(feed: Feed) -> None:
    feed.pull(100)
    feed.wait(HOUR_S)
    feed.pull(200)
    # Row 199 was written a second before that pull, and became visible a second after it.
    feed.wait(HOUR_S)

    assert feed.start == 100


def test_many_pulls_in_a_row_do_not_push_the_beginning_forward(feed: Feed) -> None:
    feed.pull(100)
    feed.wait(HOUR_S)
    for row_timestamp in range(200, 210):
        feed.pull(row_timestamp)
        feed.wait(60)

    assert feed.start == 100


def test_pulls_each_minute_read_no_more_than_the_overlap_again(feed: Feed) -> None:
    for row_timestamp in range(100, 200):
        feed.pull(row_timestamp)
        feed.wait(60)

    assert feed.start in range(168, 171)
