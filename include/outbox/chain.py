"""The OAuth chain: single-use refresh tokens that rotate. Lose one, and a person must sign in again.

Sources: FACTS 1.6–1.12. Refresh no earlier than 570 s after the answer that brought the token;
it is dead 600 s after that answer was asked for.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from include.errors import RetryableError, SetupError
from include.outbox.ports import Chain, ChainState, ChainStore, Clock, Pair
from include.outbox.times import Times

log = logging.getLogger(__name__)

RETRY_DELAYS = (2.0, 4.0, 8.0)
SAFETY_SHARE = 0.025
# Too early although it seems time: a pair was lost. Each question counts as an error (FACTS 1.6), so five in 570 s must do.
TOO_EARLY_SHARE = 0.2


class TokenVerdict(StrEnum):
    """What the token endpoint said."""

    FRESH = "fresh"
    TOO_EARLY = "too_early"
    CHAIN_BROKEN = "chain_broken"
    AWAY = "away"


@dataclass(frozen=True, repr=False)
class TokenAnswer:
    """An answer of the token endpoint; `access_token` and `refresh_token` only with a fresh pair; `reason` is Exact's error name."""

    verdict: TokenVerdict
    access_token: str = ""
    refresh_token: str = ""
    reason: str = ""


class TokenWire(Protocol):
    """The call to the token endpoint: one POST, no retry inside."""

    def refresh(self, refresh_token: str) -> TokenAnswer: ...


class TokenChain:
    """Hands out access tokens of one chain; refreshes when it is time, one process at a time."""

    def __init__(self, store: ChainStore, wire: TokenWire, clock: Clock, times: Times) -> None:
        self._store = store
        self._wire = wire
        self._clock = clock
        self._times = times

    def access_token(self, *, rejected: str | None = None) -> str:
        """An access token that Exact accepts now; `rejected` is one that Exact just answered with 401.

        Raises `SetupError` when a person must sign in, `RetryableError` while Exact will not give a new one yet.
        """
        pair = self._usable(self._store.read(), rejected)
        if pair is not None:
            return pair.access_token
        with self._store.exclusive():
            chain = self._store.read()
            pair = self._usable(chain, rejected)
            return pair.access_token if pair is not None else self._refresh(chain, rejected)

    def keep_alive(self, *, idle_days_max: float) -> bool:
        """Refresh a chain that nobody used for `idle_days_max` days; tells whether it did."""
        chain = self._store.read()
        if chain.pair is None or self._store.now() - chain.pair.received_at < timedelta(days=idle_days_max):
            return False
        self.access_token()
        return True

    def _usable(self, chain: Chain, rejected: str | None) -> Pair | None:
        pair = self._signed_in(chain)
        if chain.state is ChainState.REFRESHING or pair.access_token == rejected:
            return None
        fresh_until = self._times.refresh_after_s * (1 + SAFETY_SHARE / 2)
        return pair if self._age_s(pair) < fresh_until else None

    def _signed_in(self, chain: Chain) -> Pair:
        if chain.state is ChainState.NEEDS_CONSENT or chain.pair is None:
            raise SetupError(
                "needs_consent", chain.name, cure=f"a person signs in once: exactly sign-in CONNECTION. {chain.reason}".rstrip()
            )
        return chain.pair

    def _age_s(self, pair: Pair) -> float:
        return (self._store.now() - pair.received_at).total_seconds()

    def _alive(self, pair: Pair) -> bool:
        return (self._store.now() - pair.asked_at).total_seconds() < self._times.access_lifetime_s

    def _refresh(self, chain: Chain, rejected: str | None) -> str:
        pair = self._signed_in(chain)
        wait_s = max(self._until_due_s(pair), self._until_asked_again_s(chain))
        if wait_s > 0:
            if pair.access_token != rejected and self._alive(pair):
                return pair.access_token
            raise RetryableError("Exact gives no new token yet", retry_after_s=wait_s)
        return self._ask(chain, pair, rejected)

    def _until_due_s(self, pair: Pair) -> float:
        age_s = self._age_s(pair)
        # A pair from the future: a clock was set back, and nobody knows how old it is.
        return self._times.refresh_after_s * (1 + SAFETY_SHARE / 10) - age_s if age_s >= 0 else 0.0

    def _until_asked_again_s(self, chain: Chain) -> float:
        if chain.state is not ChainState.OK or chain.asked_at is None:
            return 0.0
        asked_s = (self._store.now() - chain.asked_at).total_seconds()
        return self._too_early_s - asked_s if asked_s >= 0 else 0.0

    @property
    def _too_early_s(self) -> float:
        return self._times.refresh_after_s * TOO_EARLY_SHARE

    def _ask(self, chain: Chain, pair: Pair, rejected: str | None) -> str:
        for delay_s in (0.0, *RETRY_DELAYS):
            self._clock.sleep(delay_s * self._times.refresh_after_s / 570.0)
            self._store.begin()
            asked_at = self._store.now()
            answer = self._wire.refresh(pair.refresh_token)
            match answer.verdict:
                case TokenVerdict.FRESH:
                    self._store.save(Pair(answer.access_token, answer.refresh_token, asked_at, self._store.now()))
                    return answer.access_token
                case TokenVerdict.CHAIN_BROKEN:
                    self._store.need_consent(answer.reason)
                    return self._signed_in(self._store.read()).access_token
                case TokenVerdict.TOO_EARLY:
                    return self._keep(pair, rejected)
                case TokenVerdict.AWAY:
                    log.warning("the token endpoint of %s does not answer: %s", chain.name, answer.reason)
        raise RetryableError("the token endpoint does not answer", retry_after_s=self._times.retry_s)

    def _keep(self, pair: Pair, rejected: str | None) -> str:
        self._store.keep()
        if pair.access_token != rejected and self._alive(pair):
            return pair.access_token
        raise RetryableError("Exact gives no new token yet", retry_after_s=self._too_early_s)
