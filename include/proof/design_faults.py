"""The faults of design that the controls put in: each replaces one step of the code by what somebody might have thought enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from include.outbox.chain import TokenAnswer, TokenVerdict
from include.outbox.changes import Hands, revised
from include.outbox.classify import Answer, classify
from include.outbox.drain import Drain, Guard, settled_by
from include.outbox.model import Cursor, Found, Method, Mutation, Outcome
from include.outbox.ports import Permit, Receipt, Sending, Store, Wire
from include.outbox.states import legal
from include.outbox.times import Times
from include.outbox.unknown import Unknowns
from include.proof.chain_world import ChainStoreTwin, LossyWire
from include.proof.source_feed import ADMINISTRATION, FLOW, SourceVersion
from include.proof.twin_gate import Limiter
from include.proof.twin_rows import moment
from include.proof.twin_store import StoreTwin
from include.proof.world import family_of


class PostsBeforeItIsWritten(Drain):
    """The row says `sending` only after the POST."""

    def _locked_attempt(self, mutation_id: int, permit: Permit, started: float) -> str | None:
        mutation: Mutation = cast(Any, self._store).get(mutation_id)
        if mutation.method is not Method.POST:
            return super()._locked_attempt(mutation_id, permit, started)
        sending = self._parts.wire.send(mutation, permit, lambda: True)
        claimed = self._store.claim(mutation_id, self._parts.owner)
        if claimed is None:
            return None
        verdict = classify(sending.answer)
        return self._settle(claimed, self._outcome(claimed, sending.answer, verdict), sending.receipt)


class WithoutQuarantine(Unknowns):
    """What a look does not find is absent."""

    def _quarantine_s(self, mutation: Mutation) -> float:
        return 0.0


class WithoutLook(Drain):
    """What was found absent once is sent without another look."""

    def _look_before(self, mutation: Mutation, permit: Permit) -> list[Found]:
        return []


class ClaimsBeforeItLocks(Drain):
    """The lock comes last, as what stands directly before the POST; whoever takes over finds the row unlocked meanwhile."""

    def attempt(self, mutation_id: int) -> str | None:
        self._let_posts_go_on()
        self._parts.wire.prepare()
        permit = self._parts.gate.take(self._store.endpoint(mutation_id), self._purpose)
        mutation = self._store.claim(mutation_id, self._parts.owner)
        if mutation is None or not self._store.lock(mutation_id):
            self._parts.gate.give_back_unused(permit)
            return None
        try:
            begun = self._parts.clock.elapsed()
            found = self._look_before(mutation, permit) if mutation.may_have_left else []
            if found:
                return self._settle(mutation, settled_by(mutation, found[0]), None)
            return self._send(mutation, permit, Guard(begun, self._parts.clock.elapsed()))
        finally:
            self._store.unlock(mutation_id)


class FreesAtSendTime(Limiter):
    """A permit is free again a minute after it was taken, whenever its call arrived and was answered."""

    def __init__(self, minute_limit: int, times: Times, clock: Callable[[], float]) -> None:
        super().__init__(minute_limit, times, clock)
        self._taken_at: dict[int, float] = {}

    def take(self, permit_for: tuple[int, str, str]) -> Permit:
        permit = super().take(permit_for)
        self._taken_at[permit.slot] = self.clock()
        return permit

    def _free(self, permit: Permit, permit_until: float, error_until: float) -> None:
        unused = permit_until <= self.clock()
        super()._free(permit, permit_until if unused else self._taken_at[permit.slot] + self.times.cooldown_s, error_until)


class WithoutCompareAndSwap(StoreTwin):
    """The outcome of an attempt is written whatever became of the row since, as far as PostgreSQL lets it."""

    def settle(self, mutation: Mutation, outcome: Outcome, receipt: Receipt | None = None) -> bool:
        row = self.tables.rows[mutation.mutation_id]
        if not legal(row.state, outcome.state, cause_before=row.cause.code if row.cause else None):
            return super().settle(mutation, outcome, receipt)
        return super().settle(replace(mutation, attempt=row.attempt, state=row.state), outcome, receipt)


class UsesBeforeItStores(LossyWire):
    """The new access token is used as soon as it is there."""

    def refresh(self, refresh_token: str) -> TokenAnswer:
        answer = super().refresh(refresh_token)
        if answer.verdict is TokenVerdict.FRESH:
            self._endpoint.accepts(answer.access_token)
            self._worker.point()
        return answer


class WithoutLock(ChainStoreTwin):
    """Whoever finds the token old refreshes it."""

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        yield


def _replaced(whole: object, **calls: Callable[..., Any]) -> Any:
    """The same port with some of its calls replaced."""
    names = [name for name in dir(whole) if not name.startswith("_")]
    unknown = calls.keys() - set(names)
    if unknown:
        raise AttributeError(f"nothing is called {unknown}")
    return SimpleNamespace(**{**{name: getattr(whole, name) for name in names}, **calls})


def retries_any_500(wire: Wire) -> Wire:
    """A server error means that nothing was done."""

    def send(mutation: Mutation, permit: Permit, still_in_time: Callable[[], bool]) -> Sending:
        sending = wire.send(mutation, permit, still_in_time)
        again = Answer(left=False, reason="server error")
        return replace(sending, answer=again) if (sending.answer.status or 0) >= 500 else sending

    return cast(Wire, _replaced(wire, send=send))


def charges_a_429(wire: Wire) -> Wire:
    """A 429 takes a slot of the error budget, which Exact does not count it in."""

    def send(mutation: Mutation, permit: Permit, still_in_time: Callable[[], bool]) -> Sending:
        sending = wire.send(mutation, permit, still_in_time)
        return replace(sending, receipt=replace(sending.receipt, counted_error=sending.receipt.status == 429))

    return cast(Wire, _replaced(wire, send=send))


def believes_the_look_alone(store: Store) -> Store:
    """The mirror is not asked."""
    return cast(Store, _replaced(store, pulled_since=lambda mutation, quarantine_s: True, mirrored=lambda mutation: []))


def moves_the_cursor_first(store: Store, page: Sequence[SourceVersion], hands: Hands) -> None:
    """The cursor moves in a transaction of its own, before the rows are there."""
    store.plan([], Cursor(FLOW, ADMINISTRATION, moment(page[-1].changed_s)))
    drafts = [draft for each in page for draft in revised(family_of(store, each), each.draft, hands)]
    store.plan(drafts, None)
