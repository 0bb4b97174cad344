"""T5: many simulated processes share one token chain, die at any call, and lose answers of the token endpoint."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from random import Random

from include.errors import RetryableError, SetupError
from include.outbox.chain import TokenAnswer, TokenChain, TokenVerdict
from include.outbox.ports import Chain, ChainState, Pair
from include.outbox.times import Times
from include.proof.judge import Violation
from include.proof.scheduler import Hub, Trouble, Worker
from include.proof.twin_rows import moment

PROCESSES = 16
REFRESH_AFTER_S, LIFETIME_S = 570.0, 600.0
PERSON_S = 300.0
CALLS_OF_A_REFRESH = 14
# How often a pair that was lost may be asked for before Exact gives another.
QUESTIONS_MAX = 5


@dataclass
class TokenEndpointTwin:
    """Exact's token endpoint: refresh tokens rotate and are good once.

    Strict: an old one used again ends the chain. Lenient: the one before is good until the new access token was used.
    """

    hub: Hub
    strict: bool
    away: float
    refreshes: list[float] = field(default_factory=list)
    early: int = 0
    voided: int = 0
    lost: int = 0
    calls: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _current: str = ""
    _previous: str = ""
    _access: str = ""
    _issued_at: float = 0.0
    _used: bool = True
    dead: bool = False

    def sign_in(self) -> tuple[str, str]:
        self.dead = False
        return self._issue()

    def _issue(self) -> tuple[str, str]:
        number = next(self._numbers)
        self._previous, self._current = self._current, f"refresh-{number}"
        self._access, self._issued_at, self._used = f"access-{number}", self.hub.now(), False
        return self._access, self._current

    def accepts(self, access_token: str) -> bool:
        """An API call with this token."""
        good = access_token == self._access and not self.dead and self.hub.now() - self._issued_at < LIFETIME_S
        self._used = self._used or good
        return good

    def refresh(self, refresh_token: str) -> TokenAnswer:
        self.calls += 1
        if self.hub.random.random() < self.away:
            return TokenAnswer(TokenVerdict.AWAY, reason="503")
        previous = not self.strict and refresh_token == self._previous and not self._used
        if self.dead or not (refresh_token == self._current or previous):
            # Nobody stored the pair after this one, or its first use would not have been before.
            self.voided += not self.strict and not self.dead and refresh_token == self._previous
            self.dead = True
            return TokenAnswer(TokenVerdict.CHAIN_BROKEN, reason="Old refresh token used.")
        if self.hub.now() - self._issued_at < REFRESH_AFTER_S:
            self.early += 1
            return TokenAnswer(TokenVerdict.TOO_EARLY, reason="access_token not expired")
        self.refreshes.append(self.hub.now())
        return TokenAnswer(TokenVerdict.FRESH, *self._issue())


@dataclass
class ChainTable:
    """The one row that all processes share, and who holds its lock."""

    state: ChainState = ChainState.OK
    pair: Pair | None = None
    begun_at: float | None = None
    generation: int = 0
    holder: Worker | None = None


class ChainStoreTwin:
    """Implements `include.outbox.ports.ChainStore` for one worker: every call is a place to die."""

    def __init__(self, table: ChainTable, worker: Worker) -> None:
        self._table, self._worker = table, worker
        self._begun: int | None = None

    def read(self) -> Chain:
        self._worker.place = "read"
        self._worker.point()
        table = self._table
        return Chain("chain", table.state, table.pair, "", moment(table.begun_at) if table.begun_at is not None else None)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        self._worker.place = "lock"
        self._worker.point()
        while self._table.holder is not None:
            self._worker.sleep(0.05)
        self._table.holder = self._worker
        self._worker.point()
        try:
            yield
        finally:
            self._worker.point()
            self._table.holder = None

    def begin(self) -> None:
        self._worker.place = "begin"
        self._worker.point()
        self._table.state, self._table.begun_at = ChainState.REFRESHING, self._worker.time
        self._begun = self._table.generation
        self._worker.point()

    def save(self, pair: Pair) -> None:
        self._worker.place = "save"
        self._worker.point()
        self.save_at_once(pair)
        self._worker.point()

    def save_at_once(self, pair: Pair) -> None:
        self._table.state, self._table.pair, self._table.begun_at = ChainState.OK, pair, None
        self._table.generation += 1

    def keep(self) -> None:
        self._worker.point()
        self._table.state = ChainState.OK

    def need_consent(self, reason: str) -> None:
        self._worker.point()
        if self._begun in {None, self._table.generation}:
            self._table.state = ChainState.NEEDS_CONSENT

    def now(self) -> datetime:
        return moment(self._worker.time)


class LossyWire:
    """The call to the token endpoint: an answer may be lost after the token was burnt, with or without its process."""

    def __init__(self, endpoint: TokenEndpointTwin, worker: Worker, lose: float) -> None:
        self._endpoint, self._worker, self._lose = endpoint, worker, lose

    def refresh(self, refresh_token: str) -> TokenAnswer:
        self._worker.place = "call"
        self._worker.point()
        if self._worker.calls_left < 0 and self._worker.hub.random.random() < self._lose:
            self._worker.doom(Trouble.KILL, after_calls=self._worker.hub.random.randrange(CALLS_OF_A_REFRESH))
        answer = self._endpoint.refresh(refresh_token)
        lost = answer.verdict is TokenVerdict.FRESH and self._worker.hub.random.random() < self._lose
        self._endpoint.lost += lost
        self._worker.pass_time(30.0 if lost else 0.2)
        self._worker.point()
        return TokenAnswer(TokenVerdict.AWAY, reason="time-out") if lost else answer


@dataclass
class ChainResult:
    """What became of a chain: its refreshes, deaths, sign-ins, and how often anybody was handed a token that Exact refused.

    `died_at`: at which step of a refresh how many processes died.
    """

    refreshes: int
    token_calls: int
    kills: int
    sign_ins: int
    refused: int
    violations: list[Violation]
    died_at: Counter[str]


@dataclass(frozen=True)
class ChainDesign:
    """The design under test: production as it is, or with one fault put in on purpose (`controls`)."""

    store: type[ChainStoreTwin] = ChainStoreTwin
    wire: type[LossyWire] = LossyWire


class ChainWorld:
    """One chain, its processes and the person who signs in when there is no other way."""

    def __init__(self, seed: str, *, strict: bool, lose: float = 0.1, design: ChainDesign | None = None) -> None:
        self.hub = Hub(Random(seed))
        self.endpoint = TokenEndpointTwin(self.hub, strict, away=lose / 2)
        self.table = ChainTable()
        self._lose, self._design = lose, design or ChainDesign()
        self.kills = self.sign_ins = self.refused = 0
        self.died_at: Counter[str] = Counter()
        self._ends_at = 0.0
        self._refreshes_wanted = 0

    def run(self, refreshes: int) -> ChainResult:
        self._ends_at = refreshes * REFRESH_AFTER_S * 1.5
        self._refreshes_wanted = refreshes
        self._employ(0.0, self._person)
        for _ in range(PROCESSES):
            self._employ(1.0, self._use)
        self.hub.run()
        endpoint = self.endpoint
        found = list(self._violations())
        return ChainResult(len(endpoint.refreshes), endpoint.calls, self.kills, self.sign_ins, self.refused, found, self.died_at)

    def _over(self) -> bool:
        return len(self.endpoint.refreshes) >= self._refreshes_wanted or self.hub.now() > self._ends_at

    def _employ(self, starts_at: float, role: Callable[[Worker], None]) -> None:
        worker = Worker(self.hub, "process", role, starts_at=starts_at)
        worker.on_death = self._dies
        self.hub.start(worker)

    def _dies(self, worker: Worker) -> None:
        self.kills += 1
        self.died_at[worker.place] += 1
        if self.table.holder is worker:
            self.table.holder = None
        self._employ(worker.time + self.hub.random.uniform(0, 5), self._use)

    def _person(self, worker: Worker) -> None:
        store = ChainStoreTwin(self.table, worker)
        while not self._over():
            if self.table.pair is None or self.table.state is ChainState.NEEDS_CONSENT:
                access, refresh = self.endpoint.sign_in()
                store.save_at_once(Pair(access, refresh, moment(worker.time), moment(worker.time)))
                self.sign_ins += 1
            worker.sleep(PERSON_S)

    def _use(self, worker: Worker) -> None:
        store = self._design.store(self.table, worker)
        chain = TokenChain(store, self._design.wire(self.endpoint, worker, self._lose), worker, Times())
        rejected: str | None = None
        while not self._over():
            try:
                token = chain.access_token(rejected=rejected)
            except SetupError:
                worker.sleep(PERSON_S)
                continue
            except RetryableError as pause:
                worker.sleep(pause.retry_after_s)
                continue
            accepted = self.endpoint.accepts(token)
            self.refused += not accepted
            rejected = None if accepted else token
            worker.sleep(self.hub.random.uniform(5, 120))

    def _violations(self) -> Iterator[Violation]:
        """I9: refreshes are 570 s apart and none is asked too early; a person is needed only where an answer was lost."""
        apart = [later - earlier for earlier, later in zip(self.endpoint.refreshes, self.endpoint.refreshes[1:], strict=False)]
        if apart and min(apart) < REFRESH_AFTER_S:
            yield Violation("I9", "chain", f"two refreshes are only {min(apart):.1f} s apart")
        if self.endpoint.early > QUESTIONS_MAX * (self.endpoint.lost + self.kills):
            yield Violation("I9", "chain", f"{self.endpoint.early} refreshes were asked too early")
        if self.endpoint.voided:
            yield Violation("I9", "chain", f"{self.endpoint.voided} times a pair was used that nobody had stored")
        if self.sign_ins - 1 > self.endpoint.lost + self.kills:
            yield Violation("I9", "chain", f"{self.sign_ins} sign-ins for {self.endpoint.lost} lost answers and {self.kills} deaths")


def simulate_chain(refreshes: int, seed: int, *, strict: bool, lose: float = 0.1) -> ChainResult:
    """Run one chain for so many refreshes."""
    logging.getLogger("include.outbox.chain").setLevel(logging.CRITICAL)
    return ChainWorld(f"{seed}.{strict}", strict=strict, lose=lose).run(refreshes)
