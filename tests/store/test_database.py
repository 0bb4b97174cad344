"""Our connection to PostgreSQL: lost in the middle or on a standby it is a `RetryableError`, and the next call finds its way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from include.errors import RetryableError
from include.store.database import Database


@pytest.fixture
def database(new_dsn: Callable[[], str]) -> Iterator[Database]:
    database = Database(new_dsn())
    yield database
    database.close()


def end_session(database: Database) -> None:
    pid = database.connection.info.backend_pid
    with psycopg.connect(database.connection.info.dsn, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", (pid,))


def note_and_lose(database: Database, first: str, *others: str) -> None:
    """Write, lose the session, go on writing, commit."""
    with database.transaction() as connection:
        connection.execute("insert into note values (%s)", (first,))
        end_session(database)
        for line in others:
            connection.execute("insert into note values (%s)", (line,))


def test_a_session_that_ended_between_two_calls_is_made_anew_once(database: Database) -> None:
    end_session(database)
    with pytest.raises(RetryableError), database.transaction() as connection:
        connection.execute("select 1")

    with database.transaction() as connection:
        assert connection.execute("select 1 as one").fetchone() == {"one": 1}


def test_a_session_that_ends_within_a_transaction_leaves_nothing_behind(database: Database) -> None:
    database.connection.execute("create table note (line text)")
    with pytest.raises(RetryableError):
        note_and_lose(database, "half", "other half")

    with database.transaction() as connection:
        assert connection.execute("select count(*) as lines from note").fetchone() == {"lines": 0}


def test_a_session_that_ends_before_the_commit_is_told(database: Database) -> None:
    database.connection.execute("create table note (line text)")
    with pytest.raises(RetryableError):
        note_and_lose(database, "all")


def test_a_database_that_takes_no_writes_for_now_is_away(database: Database) -> None:
    database.connection.execute("create table note (line text)")
    database.connection.execute("set default_transaction_read_only = on")
    with pytest.raises(RetryableError), database.transaction() as connection:
        connection.execute("insert into note values ('all')")


def test_a_write_that_must_not_be_lost_outlasts_the_end_of_its_session(database: Database) -> None:
    database.connection.execute("create table note (line text)")
    tries: list[int] = []

    def write() -> None:
        tries.append(1)
        with database.transaction() as connection:
            connection.execute("insert into note values ('all')")
            if len(tries) == 1:
                end_session(database)

    database.persist(write)
    with database.transaction() as connection:
        assert connection.execute("select count(*) as lines from note").fetchone() == {"lines": 1}


def test_a_server_that_lost_our_machine_is_told_to_let_go_of_our_locks_within_a_minute_and_a_half(new_dsn: Callable[[], str]) -> None:
    dsn = new_dsn()
    for given in (dsn, make_conninfo(dsn, options="-c work_mem=1MB")):
        database = Database(given)
        options = dict(part.split("=") for part in database.connection.info.options.split() if "=" in part)
        memory = database.connection.execute("show work_mem").fetchone()
        database.close()

        idle_s, interval_s, count = (int(options[f"tcp_keepalives_{name}"]) for name in ("idle", "interval", "count"))
        assert idle_s + interval_s * count <= 90
        assert (memory == {"work_mem": "1MB"}) == (given != dsn)
