"""Negative controls: the design with one fault put in on purpose. A harness that does not catch each of them proves nothing.

The numbers are those of the test programme; `caught_by` is the invariant that has to break.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

from include.outbox.classify import Answer, classify
from include.outbox.drain import Drain
from include.outbox.model import Cursor, Found, Mutation
from include.outbox.ports import Permit, Sending, Store, Wire
from include.outbox.unknown import Unknowns
from include.proof.faults import Faults
from include.proof.simulation import Result, simulate
from include.proof.source_feed import ADMINISTRATION, FLOW, SourceVersion
from include.proof.twin_rows import moment
from include.proof.world import Design


@dataclass(frozen=True)
class Control:
    """One seeded design fault."""

    number: int
    name: str
    design: Design
    caught_by: str
    faults: Faults = field(default_factory=Faults)

    def run(self, mutations: int, seed: int) -> Result:
        return simulate(mutations, seed, faults=self.faults, design=self.design)

    def is_caught(self, result: Result) -> bool:
        return any(failure.violation.invariant == self.caught_by for failure in result.failures)


class _PostsBeforeItIsWritten(Drain):
    def _locked_attempt(self, mutation_id: int, permit: Permit, started: float) -> str | None:
        mutation: Mutation = cast(Any, self._store).get(mutation_id)
        sending = self._parts.wire.send(mutation, permit, lambda: True)
        claimed = self._store.claim(mutation_id, self._parts.owner)
        if claimed is None:
            return None
        verdict = classify(sending.answer)
        return self._settle(claimed, self._outcome(claimed, sending.answer, verdict), sending.receipt)


class _WithoutQuarantine(Unknowns):
    def _quarantine_s(self, mutation: Mutation) -> float:
        return 0.0


class _WithoutLook(Drain):
    def _look_before(self, mutation: Mutation, permit: Permit) -> list[Found]:
        return []


def _replaced(whole: object, **calls: Callable[..., Any]) -> Any:
    """The same port with some of its calls replaced."""
    names = [name for name in dir(whole) if not name.startswith("_")]
    return SimpleNamespace(**{**{name: getattr(whole, name) for name in names}, **calls})


def _retries_any_500(wire: Wire) -> Wire:
    def send(mutation: Mutation, permit: Permit, still_in_time: Callable[[], bool]) -> Sending:
        sending = wire.send(mutation, permit, still_in_time)
        again = Answer(left=False, reason="server error")
        return replace(sending, answer=again) if (sending.answer.status or 0) >= 500 else sending

    return cast(Wire, _replaced(wire, send=send))


def _believes_the_look_alone(store: Store) -> Store:
    return cast(Store, _replaced(store, pulled_since=lambda mutation, quarantine_s: True, mirrored=lambda mutation: []))


def _moves_the_cursor_first(store: Store, page: Sequence[SourceVersion]) -> None:
    store.plan([], Cursor(FLOW, ADMINISTRATION, moment(page[-1].changed_s)))
    store.plan([each.draft for each in page], None)


CONTROLS = (
    Control(1, "intent stored after the POST", Design(drain=_PostsBeforeItIsWritten), "I2"),
    Control(2, "no quarantine", Design(unknowns=_WithoutQuarantine), "I2"),
    Control(3, "retry on any 500", Design(wire=_retries_any_500), "I2", Faults(refuse=0.0)),
    Control(4, "no look before a resend", Design(drain=_WithoutLook), "I2", Faults(outage=1.0)),
    Control(7, "cursor committed before the rows", Design(plan=_moves_the_cursor_first), "I3", Faults(plan_kill=0.5)),
    Control(12, "one witness is enough", Design(store=_believes_the_look_alone), "I2", Faults(blind=0.2)),
)
