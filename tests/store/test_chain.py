"""The token chain on PostgreSQL: one refresh per generation, and nothing that a slow or dead process could spoil."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest
from cryptography.fernet import Fernet

from include.errors import RetryableError, SetupError
from include.outbox.chain import TokenAnswer, TokenChain, TokenVerdict
from include.outbox.ports import Pair
from include.outbox.times import Times
from include.store.chain import StoredChain
from include.store.database import Database
from tests.outbox.scenes import HandClock

NAME = "https://start.exactonline.nl exactly-uk"
CIPHER = Fernet(Fernet.generate_key())
TOO_EARLY = TokenAnswer(TokenVerdict.TOO_EARLY, reason="access_denied")
BROKEN = TokenAnswer(TokenVerdict.CHAIN_BROKEN, reason="invalid_grant")


class Endpoint:
    """A token endpoint that does and answers what it is told; without an answer it gives the next pair."""

    def __init__(self, *answers: TokenAnswer) -> None:
        self.answers = list(answers)
        self.asked_with: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def refresh(self, refresh_token: str) -> TokenAnswer:
        self.asked_with.append(refresh_token)
        self.meanwhile()
        if self.answers:
            return self.answers.pop(0)
        number = len(self.asked_with) + 1
        return TokenAnswer(TokenVerdict.FRESH, f"access-{number}", f"refresh-{number}")


class Chains:
    """One stored chain, and the processes that use it."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.databases: list[Database] = []

    def stored(self) -> StoredChain:
        self.databases.append(Database(self.dsn))
        return StoredChain(self.databases[-1], NAME, CIPHER)

    def process(self, endpoint: Endpoint) -> TokenChain:
        return TokenChain(self.stored(), endpoint, HandClock(), Times())

    def save(self, number: int, *, age_s: float = 0.0) -> None:
        stored = self.stored()
        at = stored.now() - timedelta(seconds=age_s)
        stored.save(Pair(f"access-{number}", f"refresh-{number}", at, at))

    def wait(self, seconds: float) -> None:
        with psycopg.connect(self.dsn) as connection:
            connection.execute(
                "update oauth_chain set asked_at = asked_at - %(ago)s, received_at = received_at - %(ago)s,"
                " refresh_begun_at = refresh_begun_at - %(ago)s",
                {"ago": timedelta(seconds=seconds)},
            )


@pytest.fixture
def chains(new_dsn: Callable[[], str]) -> Iterator[Chains]:
    chains = Chains(new_dsn())
    yield chains
    for database in chains.databases:
        database.close()


def test_a_refusal_that_comes_late_does_not_end_a_chain_that_somebody_else_renewed(chains: Chains) -> None:
    chains.save(1, age_s=600)
    endpoint = Endpoint(BROKEN)
    endpoint.meanwhile = lambda: chains.save(2)

    assert chains.process(endpoint).access_token() == "access-2"
    assert chains.process(endpoint).access_token() == "access-2"


def test_a_refusal_ends_the_chain_that_was_refused(chains: Chains) -> None:
    chains.save(1, age_s=600)
    for _ in range(2):
        with pytest.raises(SetupError, match="needs_consent"):
            chains.process(Endpoint(BROKEN)).access_token()


def test_a_new_sign_in_ends_the_need_for_one(chains: Chains) -> None:
    chains.save(1, age_s=600)
    with pytest.raises(SetupError):
        chains.process(Endpoint(BROKEN)).access_token()
    chains.save(5)

    assert chains.process(Endpoint()).access_token() == "access-5"


def test_a_pair_lost_in_a_crash_costs_few_token_calls_until_exact_gives_another(chains: Chains) -> None:
    chains.save(1, age_s=600)
    endpoint = Endpoint(*[TOO_EARLY] * 100)
    for _ in range(0, 580, 20):
        for _ in range(2):
            with pytest.raises(RetryableError):
                chains.process(endpoint).access_token()
        chains.wait(20)

    assert 2 <= len(endpoint.asked_with) <= 6
    endpoint.answers.clear()
    chains.wait(120)
    assert chains.process(endpoint).access_token().startswith("access-")


def test_too_early_costs_nothing_while_the_stored_token_is_alive(chains: Chains) -> None:
    chains.save(1, age_s=580)
    endpoint = Endpoint(*[TOO_EARLY] * 100)
    tokens = {chains.process(endpoint).access_token() for _ in range(10)}

    assert tokens == {"access-1"}
    assert len(endpoint.asked_with) == 1


def test_a_clock_that_was_set_back_does_not_keep_a_refused_token_in_use(chains: Chains) -> None:
    chains.save(1, age_s=-86_400)

    assert chains.process(Endpoint()).access_token(rejected="access-1") == "access-2"


def test_a_process_that_died_in_a_refresh_leaves_the_token_for_the_next(chains: Chains) -> None:
    chains.save(1, age_s=600)
    dying = Endpoint()

    def die() -> None:
        raise KeyboardInterrupt

    dying.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        chains.process(dying).access_token()
    endpoint = Endpoint()

    assert chains.process(endpoint).access_token() == "access-2"
    assert endpoint.asked_with == ["refresh-1"]


def test_processes_that_come_at_once_refresh_once(chains: Chains) -> None:
    chains.save(1, age_s=600)
    endpoint = Endpoint()
    endpoint.meanwhile = lambda: time.sleep(0.3)
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(chains.process(endpoint).access_token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert tokens == ["access-2"] * 8
    assert endpoint.asked_with == ["refresh-1"]


def test_nobody_waits_for_ever_for_a_process_that_holds_the_chain(chains: Chains, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("include.store.chain.LONGEST_WAIT_S", 1)
    chains.save(1, age_s=600)
    with chains.stored().exclusive(), pytest.raises(RetryableError, match="refresh"):
        chains.process(Endpoint()).access_token()

    assert chains.process(Endpoint()).access_token() == "access-2"
