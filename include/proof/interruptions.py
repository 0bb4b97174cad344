"""What stands between a worker and the world: before and after each call it may be overtaken, delayed, killed, suspended or cut off."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from greenlet import GreenletExit

from include.errors import RetryableError
from include.outbox.ports import Gate, Store
from include.proof.scheduler import Worker

AWAY_RETRY_S = 5.0
PERSIST_RETRY_S = 0.2
STORE = (
    *(
        "plan",
        "replan",
        "again",
        "family",
        "cursor",
        "get",
        "ready",
        "next_due_s",
        "endpoint",
        "lock",
        "unlock",
        "claim",
        "abandoned",
        "due_looks",
    ),
    *("unknown_for_s", "pulled_since", "mirrored", "posts_stopped", "posts_may_go_on", "same_cause", "park"),
)
PERSISTED = ("settle",)
GATE = ("take", "give_back", "give_back_unused", "nobody_there")

T = TypeVar("T")


def interruptible_store(worker: Worker, store: object) -> Store:
    """The store as a worker reaches it: over a connection that may end before or after the transaction."""
    calls = {name: _transaction(worker, getattr(store, name)) for name in STORE}
    persisted = {name: _persisted(worker, getattr(store, name)) for name in PERSISTED}
    return cast(Store, SimpleNamespace(**calls, **persisted))


def interruptible_gate(worker: Worker, gate: object) -> Gate:
    return cast(Gate, SimpleNamespace(**{name: _transaction(worker, getattr(gate, name)) for name in GATE}))


def _transaction(worker: Worker, call: Callable[..., T]) -> Callable[..., T]:
    """A lost connection is noticed instead of the answer to a commit, or at the next use; then a new one is made."""

    def guarded(*arguments: Any, **named: Any) -> T:
        worker.point()
        if worker.cut:
            _reconnect(worker)
        result = call(*arguments, **named)
        worker.point()
        if worker.cut and worker.answer_lost:
            _reconnect(worker)
        return result

    return guarded


def _reconnect(worker: Worker) -> None:
    worker.cut = False
    raise RetryableError("our database is away", retry_after_s=AWAY_RETRY_S)


def _persisted(worker: Worker, call: Callable[..., T]) -> Callable[..., T]:
    """A write that is tried again until its commit was seen."""
    once = _transaction(worker, call)

    def insistent(*arguments: Any, **named: Any) -> T:
        while True:
            try:
                return once(*arguments, **named)
            except RetryableError:
                if worker.dead:
                    raise GreenletExit from None
                worker.sleep(PERSIST_RETRY_S)

    return insistent
