"""What came of the proof with Airflow: each round, the checker's verdict, the control, one object for machines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from include.proof.airflow_plan import KILLS, AirflowPlan, Attack
from include.proof.fleet_report import INVARIANTS
from include.proof.judge import Violation

NO_EXTRA_POST = "T16"
JUDGED: Mapping[str, str] = {**INVARIANTS, NO_EXTRA_POST: "as many POSTs as documents: whatever befell Airflow, nothing was sent again"}


@dataclass(frozen=True)
class Round:
    """One attack: how many orders were on their way when it came, after how long somebody sent again, and all was settled."""

    attack: Attack
    at: datetime
    orders: int
    in_flight: int
    resumed_s: float | None
    settled_s: float
    restarted: Sequence[str] = ()

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "at": self.at.isoformat(timespec="seconds")}


@dataclass(frozen=True)
class Verdict:
    """What the independent checker says: how many documents there are, how many POSTs it took, and what is violated."""

    documents: int
    posts: int
    states: Mapping[str, int]
    http_429: int
    violations: Sequence[Violation]

    @property
    def duplicates(self) -> int:
        return sum(each.invariant in {"I1", "I2"} for each in self.violations)

    @property
    def lost(self) -> int:
        return sum(each.invariant in {"I3", "I4"} for each in self.violations)


@dataclass
class AirflowReport:
    """`control`: what the same judge says after a drain that sends without claiming; it must find something."""

    plan: AirflowPlan
    seconds: float = 0.0
    ready_s: float = 0.0
    rounds: list[Round] = field(default_factory=list)
    verdict: Verdict | None = None
    control: Verdict | None = None

    @property
    def caught_by(self) -> str:
        """The invariant that the control violates; empty when nobody noticed."""
        return min((each.invariant for each in self.control.violations), default="") if self.control else ""

    @property
    def holds(self) -> bool:
        """The promise held through every round, and the same judge catches a drain that breaks it."""
        hit = all(each.in_flight for each in self.rounds)
        return bool(self.verdict and not self.verdict.violations and self.caught_by and hit and len(self.rounds) == self.plan.rounds)

    @property
    def invariants(self) -> dict[str, str]:
        violated = {each.invariant for each in self.verdict.violations} if self.verdict else set(JUDGED)
        return {name: "violated" if name in violated else "holds" for name in JUDGED}

    def summary(self) -> dict[str, object]:
        """One object for machines."""
        verdict = self.verdict or Verdict(0, 0, {}, 0, ())
        killed = [each.resumed_s for each in self.rounds if each.attack in KILLS and each.resumed_s is not None]
        return {
            "seed": self.plan.seed,
            "rounds": len(self.rounds),
            "orders": sum(each.orders for each in self.rounds),
            "attacks": [each.as_json() for each in self.rounds],
            "in_flight": sum(each.in_flight for each in self.rounds),
            "documents": verdict.documents,
            "posts": verdict.posts,
            "extra_posts": verdict.posts - verdict.documents,
            "duplicates": verdict.duplicates,
            "lost": verdict.lost,
            "http_429": verdict.http_429,
            "unknown_left": verdict.states.get("unknown", 0) + verdict.states.get("sending", 0),
            "states": verdict.states,
            "given_up_s": self.plan.given_up_s,
            "resumed_p95_s": _percentile(killed, 0.95),
            "ready_s": round(self.ready_s, 1),
            "seconds": round(self.seconds, 1),
            "control_caught_by": self.caught_by,
            "invariants": self.invariants,
            "violations": [str(each) for each in verdict.violations[:20]],
            "holds": self.holds,
        }


def _percentile(values: Sequence[float], share: float) -> float | None:
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None
