"""Negative controls: the design with one fault put in on purpose. A harness that does not catch each of them proves nothing.

The numbers are those of the test programme; `caught_by` is the invariant that has to break.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from include.proof.chain_world import ChainDesign, ChainWorld
from include.proof.design_faults import (
    ClaimsBeforeItLocks,
    FreesAtSendTime,
    PostsBeforeItIsWritten,
    UsesBeforeItStores,
    WithoutCompareAndSwap,
    WithoutLock,
    WithoutLook,
    WithoutQuarantine,
    believes_the_look_alone,
    charges_a_429,
    moves_the_cursor_first,
    retries_any_500,
)
from include.proof.faults import Faults
from include.proof.judge import Violation
from include.proof.simulation import simulate
from include.proof.world import Design

PART_MUTATIONS, PART_REFRESHES = 500, 50
PARTS_MAX = 80
USUAL = Faults()
Trial = Callable[[int], Sequence[Violation]]


@dataclass(frozen=True)
class Control:
    """One design fault: `trial` gives the violations of one part from its seed; `sound` is the same part without the fault."""

    number: int
    name: str
    caught_by: str
    trial: Trial
    sound: Trial
    part: int = PART_MUTATIONS


@dataclass(frozen=True)
class Caught:
    """What a control brought: after how many mutations or refreshes which violations were seen."""

    control: Control
    seeds: Sequence[int]
    violations: Sequence[Violation]
    seconds: float

    @property
    def is_caught(self) -> bool:
        return any(each.invariant == self.control.caught_by for each in self.violations)

    @property
    def after(self) -> int:
        return self.control.part * len(self.seeds)


def try_control(control: Control, seed: int, *, parts: int = PARTS_MAX) -> Caught:
    """Try one control, part after part, until it is caught."""
    started = time.perf_counter()
    found: list[Violation] = []
    seeds: list[int] = []
    while len(seeds) < parts and not any(each.invariant == control.caught_by for each in found):
        seeds.append(seed * 1000 + len(seeds))
        found += control.trial(seeds[-1])
    return Caught(control, seeds, found, time.perf_counter() - started)


def told(caught: Caught) -> str:
    """One line for people."""
    control = caught.control
    verdict = (
        f"caught by {control.caught_by} after {caught.after}: {_first(caught)}" if caught.is_caught else f"NOT CAUGHT in {caught.after}"
    )
    return f"{control.number:>2}  {control.name:<32} {verdict}"


def _first(caught: Caught) -> Violation:
    return next(each for each in caught.violations if each.invariant == caught.control.caught_by)


def _in_worlds(design: Design, faults: Faults) -> Trial:
    return lambda seed: [each.violation for each in simulate(PART_MUTATIONS, seed, faults=faults, design=design).failures]


def _in_chains(design: ChainDesign, *, strict: bool, lose: float) -> Trial:
    return lambda seed: ChainWorld(f"{seed}", strict=strict, lose=lose, design=design).run(PART_REFRESHES).violations


def _state_machine(number: int, name: str, caught_by: str, design: Design, mix: Faults = USUAL) -> Control:
    return Control(number, name, caught_by, _in_worlds(design, mix), _in_worlds(Design(), mix))


def _chain(number: int, name: str, design: ChainDesign, *, strict: bool, lose: float) -> Control:
    trial, sound = (_in_chains(each, strict=strict, lose=lose) for each in (design, ChainDesign()))
    return Control(number, name, "I9", trial, sound, PART_REFRESHES)


CONTROLS = (
    _state_machine(1, "intent stored after the POST", "I2", Design(drain=PostsBeforeItIsWritten)),
    _state_machine(2, "no quarantine", "I2", Design(unknowns=WithoutQuarantine)),
    _state_machine(3, "retry on any 500", "I2", Design(wire=retries_any_500), Faults(refuse=0.0)),
    _state_machine(4, "no look before a resend", "I2", Design(drain=WithoutLook), Faults(outage=1.0)),
    _state_machine(5, "claim before the lock", "I2", Design(drain=ClaimsBeforeItLocks), Faults(suspend=0.3)),
    _state_machine(
        6, "permit freed at send time", "I7", Design(limiter=FreesAtSendTime), Faults(minute_limits=(60,), outage=0.0, slow=0.03)
    ),
    _state_machine(7, "cursor committed before the rows", "I3", Design(plan=moves_the_cursor_first), Faults(plan_kill=0.5)),
    _state_machine(8, "no compare-and-swap at W3", "I2", Design(memory=WithoutCompareAndSwap), Faults(suspend=0.5, each=0.1)),
    _chain(9, "token used before it is stored", ChainDesign(wire=UsesBeforeItStores), strict=False, lose=0.1),
    _chain(10, "refresh without the lock", ChainDesign(store=WithoutLock), strict=True, lose=0.0),
    _state_machine(11, "429 counted as an error", "I8", Design(wire=charges_a_429), Faults(outage=0.0)),
    _state_machine(12, "one witness is enough", "I2", Design(store=believes_the_look_alone), Faults(blind=0.2)),
)
