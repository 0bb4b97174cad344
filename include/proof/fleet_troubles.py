"""What befalls a fleet from outside, and when: deaths, frozen processes, a PostgreSQL and a sandbox that end at once and come back."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from include.proof.fleet_plan import FleetPlan
from include.proof.outages import Absence

# Trouble comes while there is work: with the last orders it would only wait.
WORK_SHARE = 0.97
# Exact goes away when so much is settled.
OUTAGE_SHARE = 0.3
# Frozen for a moment, for longer than a POST may take, for longer than the lease; seconds of production.
FREEZES_S = ((0.5, 10.0), (5.0, 60.0), (60.0, 200.0))


class Kind(StrEnum):
    """Kinds of trouble from outside."""

    KILL = "kill"
    FREEZE = "freeze"
    POSTGRES = "postgres"
    SANDBOX = "sandbox"
    OUTAGE = "outage"


@dataclass(frozen=True)
class Due:
    """Trouble that comes when so many orders are settled; a freeze lasts `seconds` of this run."""

    after_orders: float
    kind: Kind
    seconds: float = 0.0


@dataclass(frozen=True)
class Struck:
    """Trouble that came: when it began, when it was over, and whom it befell."""

    kind: Kind
    at: datetime
    until: datetime
    pid: int = 0
    role: str = ""


def schedule(plan: FleetPlan) -> list[Due]:
    """All trouble of a run in its order, from the seed."""
    dice = random.Random(f"{plan.seed} troubles")
    numbers = {Kind.KILL: plan.kills, Kind.FREEZE: plan.freezes, Kind.POSTGRES: plan.postgres_kills, Kind.SANDBOX: plan.sandbox_restarts}
    due = [
        Due(dice.uniform(0, WORK_SHARE * plan.orders), kind, _seconds(kind, dice) / plan.time_scale)
        for kind, number in numbers.items()
        for _ in range(number)
    ]
    if plan.outage:
        share = 0.0 if plan.outage == Absence.MIDNIGHT else OUTAGE_SHARE
        due.append(Due(share * plan.orders, Kind.OUTAGE, plan.outage_s / plan.time_scale))
    return sorted(due, key=lambda each: each.after_orders)


def _seconds(kind: Kind, dice: random.Random) -> float:
    return dice.uniform(*dice.choice(FREEZES_S)) if kind is Kind.FREEZE else 0.0
