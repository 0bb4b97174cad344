"""What a fleet run did, and what the checker says of it: one object for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from include.proof.fleet_figures import Figures
from include.proof.fleet_plan import FleetPlan
from include.proof.fleet_story import Story
from include.proof.fleet_troubles import Kind, Struck
from include.proof.judge import Violation
from include.proof.outages import Outage

INVARIANTS: Mapping[str, str] = {
    "I1": "each document in Exact with our reference belongs to one mutation",
    "I2": "at most one document per mutation",
    "I3": "each source record is posted, a dead letter, dismissed or gone",
    "I4": "each posted document exists, with its amounts to the cent",
    "I5": "what the source sums up to is settled, per day and VAT code",
    "I6": "no illegal transition",
    "I7": "never more calls than the limit in any sliding minute, no 429 but those injected",
    "I8": "at most five counted errors per endpoint and hour",
    "I9": "refreshes are 570 s apart, and the chain is whole",
    "I10": "no secret in any table, log or page",
    "I11": "what a dead worker held is taken over within 90 s",
}


@dataclass
class FleetReport:
    """`struck`: the trouble that came from outside; `story`: what charts are drawn from."""

    plan: FleetPlan
    seconds: float = 0.0
    sign_ins: int = 0
    crashes: int = 0
    struck: Sequence[Struck] = ()
    states: dict[str, int] = field(default_factory=dict)
    causes: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)
    story: Story = field(default_factory=Story)
    outage: Outage | None = None

    @property
    def duplicates(self) -> int:
        return sum(each.invariant in {"I1", "I2"} for each in self.violations)

    @property
    def lost(self) -> int:
        return sum(each.invariant in {"I3", "I4"} for each in self.violations)

    @property
    def kills(self) -> int:
        return self.came(Kind.KILL)

    def came(self, kind: Kind) -> int:
        return sum(each.kind is kind for each in self.struck)

    @property
    def invariants(self) -> dict[str, str]:
        """I1 to I11, each holds or is violated."""
        violated = {each.invariant for each in self.violations}
        return {name: "violated" if name in violated else "holds" for name in INVARIANTS}

    def summary(self) -> dict[str, object]:
        """One object for machines."""
        return {
            **asdict(self.plan),
            "seconds": round(self.seconds, 1),
            "kills": self.kills,
            "freezes": self.came(Kind.FREEZE),
            "postgres_kills": self.came(Kind.POSTGRES),
            "sandbox_restarts": self.came(Kind.SANDBOX),
            "duplicates": self.duplicates,
            "lost": self.lost,
            "unknown_left": self.states.get("unknown", 0) + self.states.get("sending", 0),
            "sign_ins": self.sign_ins,
            "crashes": self.crashes,
            "states": self.states,
            "causes": self.causes,
            "faults": self.faults,
            **asdict(self.figures),
            **({"away": asdict(self.outage)} if self.outage else {}),
            "invariants": self.invariants,
            "violations": [str(each) for each in self.violations[:20]],
        }
