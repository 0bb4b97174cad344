"""A swarm of faults: each world has a mix of its own, drawn from its seed, so that rare company meets often (swarm testing)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from random import Random
from typing import Any

from include.proof.faults import Faults

PREFIX = "swarm."
# None of it, as usual, and far more than usual.
CHOICES: Mapping[str, Sequence[float]] = {
    "each": (0.0, 0.003, 0.01, 0.03),
    "kill": (0.0, 0.02, 0.1),
    "plan_kill": (0.0, 0.04, 0.3),
    "suspend": (0.0, 0.005, 0.05),
    "cut": (0.0, 0.005, 0.05),
    "read": (0.0, 0.02, 0.1),
    "refuse": (0.0, 0.01, 0.05),
    "change": (0.0, 0.05, 0.3),
    "outage": (0.0, 0.0, 1.0),
    "gateway": (0.0, 0.3, 1.0),
    "blind": (0.0, 0.02, 0.1),
    "slow": (0.0, 0.01, 0.05),
    "lag_s": (0.0, 20.0, 60.0),
    "skew_s": (0.0, 2.0, 10.0),
    "absence": (0.0, 0.0, 0.0, 1.0),
}
NAMES = tuple(each.name for each in fields(Faults) if each.name in CHOICES)


def faults_of(world: str) -> Faults:
    """The mix of a world by its seed: one of the swarm's, or the usual one."""
    if not world.startswith(PREFIX):
        return Faults()
    # A smaller world of the same mix is called after the one that it comes from.
    dice = Random(f"{world.partition('/')[0]} mix")
    drawn: dict[str, Any] = {name: dice.choice(CHOICES[name]) for name in NAMES}
    return replace(Faults(), **drawn)


def without(mix: Faults, names: Sequence[str]) -> Faults:
    """The same mix with some of its faults taken out. Raises `ValueError` for what is no fault."""
    unknown = set(names) - set(NAMES)
    if unknown:
        raise ValueError(f"no fault is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    none: dict[str, Any] = dict.fromkeys(names, 0.0)
    return replace(mix, **none)
