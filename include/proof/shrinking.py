"""From a world that fails to the smallest that still does: fewer orders, then fewer kinds of faults, greedily, until nothing more goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from include.proof.faults import Faults
from include.proof.judge import Violation
from include.proof.simulation import Played, played
from include.proof.swarm import NAMES, faults_of, without
from include.proof.world import Design

# A smaller world is another one: so many are tried before it counts as sound.
SEEDS = 12


@dataclass(frozen=True)
class Smallest:
    """A world that fails, and without which faults it does."""

    world: str
    orders: int
    taken_out: Sequence[str]
    violation: Violation

    @property
    def left(self) -> Sequence[str]:
        """The kinds of faults that it takes."""
        mix = faults_of(self.world)
        return [name for name in NAMES if name not in self.taken_out and getattr(mix, name)]

    def __str__(self) -> str:
        out = f" --without {','.join(self.taken_out)}" if self.taken_out else ""
        needs = ", ".join(self.left) or "no fault at all"
        return f"{self.violation}: {self.orders} orders, {needs} (replay --world {self.world} --orders {self.orders}{out})"


class Shrinking:
    """Shrinks one failure; every step keeps the invariant that is violated."""

    def __init__(self, world: str, orders: int, violation: Violation, design: Design) -> None:
        self._world = world
        self._invariant = violation.invariant
        self._design = design
        self.smallest = Smallest(world, orders, (), violation)

    def run(self) -> Smallest:
        while self._fewer_orders() or self._fewer_faults():
            continue
        return self.smallest

    def _fewer_orders(self) -> bool:
        orders = self.smallest.orders
        return any(self._still_fails(fewer, self.smallest.taken_out) for fewer in _fewer(orders))

    def _fewer_faults(self) -> bool:
        return any(self._still_fails(self.smallest.orders, [*self.smallest.taken_out, name]) for name in self.smallest.left)

    def _still_fails(self, orders: int, taken_out: Sequence[str]) -> bool:
        for world in self._worlds():
            found = self._violation(played(world, orders, without(self._mix(), taken_out), self._design))
            if found is not None:
                self.smallest = Smallest(world, orders, tuple(taken_out), found)
                return True
        return False

    def _mix(self) -> Faults:
        return faults_of(self._world)

    def _worlds(self) -> Iterator[str]:
        """The world itself, and others with its mix."""
        yield self.smallest.world
        yield from (f"{self._world}/{number}" for number in range(SEEDS))

    def _violation(self, play: Played) -> Violation | None:
        return next((each for each in play.violations if each.invariant == self._invariant), None)


def _fewer(orders: int) -> list[int]:
    return sorted({number for number in (1, orders // 8, orders // 2, orders - 1) if 0 < number < orders})


def shrunk(world: str, orders: int, violation: Violation, design: Design | None = None) -> Smallest:
    """The smallest world that greedy removal finds."""
    return Shrinking(world, orders, violation, design or Design()).run()
