"""Sign-ins that are begun in a browser, chains that stand still, and what people did with connections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from cryptography.fernet import Fernet

from include.outbox.ports import ChainState, Pair
from include.store.chain import StoredChain
from include.store.connections import ConnectionAct, ConnectionStore
from include.store.database import Database

CHAIN = "https://start.exactonline.nl app-one"
CONNECTION = "exact_one"


@pytest.fixture
def database(dsn: str) -> Iterator[Database]:
    opened = Database(dsn)
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> ConnectionStore:
    return ConnectionStore(database)


@pytest.fixture
def chain(database: Database) -> StoredChain:
    return StoredChain(database, CHAIN, Fernet(Fernet.generate_key()))


def signed_in(chain: StoredChain) -> None:
    now = datetime.now(UTC)
    chain.save(Pair("an-access-token", "a-refresh-token", now, now))


def test_a_sign_in_is_finished_once_by_who_began_it_in_the_same_browser(store: ConnectionStore) -> None:
    state = store.begin_sign_in(CONNECTION, who="anna", session="her browser")

    assert store.take_sign_in(state, who="bert", session="her browser") is None
    assert store.take_sign_in(state, who="anna", session="another browser") is None
    assert store.take_sign_in(f"{state}x", who="anna", session="her browser") is None
    assert store.take_sign_in(state, who="anna", session="her browser") == CONNECTION
    assert store.take_sign_in(state, who="anna", session="her browser") is None


def test_a_sign_in_that_took_too_long_is_not_finished(store: ConnectionStore, dsn: str) -> None:
    state = store.begin_sign_in(CONNECTION, who="anna", session="her browser")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("update sign_in set begun_at = begun_at - interval '16 minutes'")

    assert store.take_sign_in(state, who="anna", session="her browser") is None


def test_neither_state_nor_session_is_stored(store: ConnectionStore, dsn: str) -> None:
    state = store.begin_sign_in(CONNECTION, who="anna", session="her browser")
    with psycopg.connect(dsn) as connection:
        stored = str(connection.execute("select * from sign_in").fetchall())

    assert state not in stored
    assert "her browser" not in stored


def test_revoking_forgets_the_tokens_and_says_who_did_it_and_when(store: ConnectionStore, chain: StoredChain, dsn: str) -> None:
    signed_in(chain)
    store.revoke(CHAIN, who="anna")

    found = store.chains()[CHAIN]
    assert (found["state"], found["stopped_by"]) == ("needs_consent", "anna")
    assert found["stopped_at"] is not None
    assert chain.read().pair is None
    assert chain.read().state is ChainState.NEEDS_CONSENT
    with psycopg.connect(dsn) as connection:
        left = connection.execute("select access_token, refresh_token, previous_refresh_token from oauth_chain").fetchall()
    assert left == [(None, None, None)]


def test_a_new_sign_in_ends_the_standstill(store: ConnectionStore, chain: StoredChain) -> None:
    signed_in(chain)
    store.revoke(CHAIN, who="anna")
    signed_in(chain)
    store.note_sign_in(CHAIN, who="bert")

    found = store.chains()[CHAIN]
    assert (found["state"], found["stopped_at"], found["stopped_by"], found["signed_in_by"]) == ("ok", None, "", "bert")


def test_since_when_exact_refuses_is_noted_once(store: ConnectionStore, chain: StoredChain) -> None:
    signed_in(chain)
    chain.begin()
    chain.need_consent("invalid_grant")
    first = store.chains()[CHAIN]["stopped_at"]
    chain.need_consent("invalid_grant")

    found = store.chains()[CHAIN]
    assert first is not None
    assert (found["stopped_at"], found["stopped_by"], found["reason"]) == (first, "", "invalid_grant")


def test_what_people_did_is_told_newest_first_and_cannot_be_changed(store: ConnectionStore, dsn: str) -> None:
    store.note(CONNECTION, ConnectionAct.TEST, who="anna", outcome="needs_consent")
    store.note("exact_two", ConnectionAct.REVOKE, who="bert")
    store.note(CONNECTION, ConnectionAct.SIGN_IN, who="anna")

    told = [(row["who"], row["what"], row["outcome"], row["untouched"]) for row in store.acts()[CONNECTION]]
    assert told == [("anna", "sign_in", "ok", True), ("anna", "test", "needs_consent", True)]
    with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.IntegrityError):
        connection.execute("delete from connection_act")


def test_an_act_that_was_changed_behind_our_back_shows(store: ConnectionStore, dsn: str) -> None:
    for _ in range(3):
        store.note(CONNECTION, ConnectionAct.TEST, who="anna")
    with psycopg.connect(dsn) as connection:
        connection.execute("set local session_replication_role = replica")
        connection.execute("update connection_act set who = 'nobody' where act_id = 2")

    assert [row["untouched"] for row in store.acts()[CONNECTION]] == [True, False, True]
