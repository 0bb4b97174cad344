"""What the outbox needs of the world: a clock, a store, a gate in front of Exact's limits, and a wire to Exact.

Production hands in PostgreSQL and HTTP; the simulation hands in twins that forget, delay, duplicate and die.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from include.outbox.classify import Answer
from include.outbox.model import Cause, Cursor, Draft, Found, Mutation, Outcome, Tally

AWAY = frozenset({502, 503, 504})


class Purpose(StrEnum):
    """Who waits for a call: people first, bulk last."""

    OPERATOR = "operator"
    INTERACTIVE = "interactive"
    NEAR_TIME = "near_time"
    BULK = "bulk"


@dataclass(frozen=True)
class Permit:
    """The right to one call. It returns by itself after the lease when its worker dies."""

    division: int
    endpoint: str
    slot: int
    error_slot: int
    holder: str


@dataclass(frozen=True)
class Limits:
    """Limits as the headers of one answer gave them (FACTS 2.4); a None was not in the headers. Resets in seconds from the answer.

    `minute_window`, `day_window`: which minute and day these are about, as Exact numbers their ends.
    """

    minute_limit: int | None = None
    minute_remaining: int | None = None
    minute_reset_s: float | None = None
    day_limit: int | None = None
    day_remaining: int | None = None
    day_reset_s: float | None = None
    minute_window: int | None = None
    day_window: int | None = None


@dataclass(frozen=True)
class Receipt:
    """What is noted about one call when its answer is in: enough to free the permit and to audit the call.

    `tried`: the call was begun; not when its time had passed before a byte could leave.
    """

    permit: Permit
    method: str
    endpoint: str
    status: int | None
    seconds: float
    answer_class: str = ""
    counted_error: bool = False
    limits: Limits | None = None
    pause_s: float | None = None
    tried: bool = True

    @property
    def is_there(self) -> bool | None:
        """Did Exact answer? A gateway in front of it, or a page instead of an answer, is none of Exact's. None when nobody asked."""
        if not self.tried:
            return None
        return self.status is not None and self.status not in AWAY and not (self.status == 500 and self.answer_class == "unknown")


class Clock(Protocol):
    """`elapsed` never jumps and counts the time that a machine was suspended."""

    def elapsed(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class Gate(Protocol):
    """Permits and error budget of one division, shared by all workers."""

    def take(self, endpoint: str, purpose: Purpose) -> Permit:
        """Take a permit at once, or raise `RetryableError` with the seconds until one may be free."""

    def give_back(self, receipt: Receipt) -> None:
        """Return a permit whose call was answered, or timed out."""

    def give_back_unused(self, permit: Permit) -> None:
        """Return a permit for which nothing was sent."""

    def nobody_there(self) -> None:
        """Note a call that needed no permit and met nobody."""


@dataclass(frozen=True)
class Sending:
    """What the wire brings back from one POST: the answer and what is to be noted about the call."""

    answer: Answer
    receipt: Receipt


class Wire(Protocol):
    """The way to Exact. Reads take their own permits; a POST travels on the permit that the drain took before the claim."""

    def prepare(self) -> None:
        """Have an access token in hand, so that nothing slow stands between claim and send. Raises `RetryableError` or `SetupError`."""

    def send(self, mutation: Mutation, permit: Permit, still_in_time: Callable[[], bool]) -> Sending:
        """Send once. `still_in_time` is asked after the connection stands and before the first byte; False means: nothing left."""

    def look(self, mutation: Mutation) -> Sequence[Found]:
        """Documents in Exact with the mutation's token and reference, oldest first; of a change, whether it is made or must not be made.

        Empty: not there, not made. Raises `RetryableError` when Exact cannot be asked.
        """

    def pull(self, endpoint: str) -> None:
        """Bring the mirror of that entity up to date, to the last page. Raises `RetryableError`."""

    def ping(self) -> bool:
        """A harmless read: does Exact answer?"""


class Store(Protocol):
    """The outbox's memory. Each method is one transaction."""

    def plan(self, drafts: Sequence[Draft], cursor: Cursor | None) -> Tally:
        """W0: insert or supersede, and move the cursor, together."""

    def replan(self, mutation: Mutation, draft: Draft, by: str, *, asked: bool = True) -> bool:
        """An operator's retry: a dead letter gets payload version n + 1, or its new cause. False when somebody was first.

        `asked`: it goes out although its cause is parked, as the canary.
        """

    def ready(self, division: int, limit: int, only: frozenset[int] | None = None) -> Sequence[int]:
        """Mutations that may be sent now, of `only` these, oldest first; those that share a parked cause are buried on the way."""

    def next_due_s(self, division: int) -> float | None:
        """Seconds until the next planned mutation comes due; None when none is planned."""

    def endpoint(self, mutation_id: int) -> str:
        """The endpoint that the mutation goes to."""

    def lock(self, mutation_id: int) -> bool:
        """L: a lock that ends with our session."""

    def unlock(self, mutation_id: int) -> None: ...

    def claim(self, mutation_id: int, owner: str) -> Mutation | None:
        """W2: planned → sending, committed. None when it is not to be claimed any more."""

    def settle(self, mutation: Mutation, outcome: Outcome, receipt: Receipt | None = None) -> bool:
        """W3: compare-and-swap by attempt, with the permit's return. False when the row had moved on."""

    def abandoned(self, division: int) -> Sequence[Mutation]:
        """`sending` mutations that nobody holds any more, or for longer than the lease."""

    def due_looks(self, division: int) -> Sequence[Mutation]:
        """`unknown` mutations whose next look is due."""

    def unknown_for_s(self, mutation: Mutation) -> float:
        """Seconds since the attempt left, on the store's clock."""

    def pulled_since(self, mutation: Mutation, quarantine_s: float) -> bool:
        """Second witness: was the mirror of the mutation's entity pulled to its end by a pull that began after `sent_at` + Q?"""

    def mirrored(self, mutation: Mutation) -> Sequence[Found]:
        """Documents in the mirror with the mutation's token and reference."""

    def posts_stopped(self, division: int) -> bool:
        """Three unknown outcomes in a row stop POSTs until a harmless read was answered."""

    def posts_may_go_on(self, division: int) -> None: ...

    def same_cause(self, division: int, cause: Cause) -> int:
        """How many dead letters share the cause."""

    def park(self, division: int, cause: Cause, subject: str) -> int:
        """Bury, unsent, what is planned and needs `subject` (`account:17850`); it stays parked while the case is open."""


class ChainStore(Protocol):
    """The memory of one OAuth chain: (host, client id, Exact user)."""

    def read(self) -> Chain: ...

    def exclusive(self) -> AbstractContextManager[None]:
        """One holder across all processes, for longer than the token call may take."""

    def begin(self) -> None:
        """Commit `refreshing`: proves that we can write before the token is burnt."""

    def save(self, pair: Pair) -> None:
        """Commit the new pair, keep the previous refresh token."""

    def keep(self) -> None:
        """Exact gave no new pair because it is too early: the stored one stays what it was."""

    def need_consent(self, reason: str) -> None:
        """Exact refused the token that `begin` was about; nothing is to be done when somebody has stored a newer pair meanwhile."""

    def now(self) -> datetime:
        """The clock that all processes share."""


class ChainState(StrEnum):
    """`refreshing` is what a crash leaves behind: the same stored token is tried again."""

    OK = "ok"
    REFRESHING = "refreshing"
    NEEDS_CONSENT = "needs_consent"


@dataclass(frozen=True, repr=False)
class Pair:
    """An access token and the refresh token that came with it, with the moments when it was asked for and received."""

    access_token: str
    refresh_token: str
    asked_at: datetime
    received_at: datetime


@dataclass(frozen=True, repr=False)
class Chain:
    """A chain as stored. `pair` is None before the first sign-in; `asked_at`: when a new pair was last asked for and did not come."""

    name: str
    state: ChainState
    pair: Pair | None
    reason: str = ""
    asked_at: datetime | None = None
