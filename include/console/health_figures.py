"""Figures of each flow, put together from rows: what became of its documents, how long it took, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from include.outbox.states import State
from include.store.database import Row
from include.store.health import HealthStore, Span

TO_DO = frozenset({State.DEAD_LETTER, State.GONE})
UNKNOWN = frozenset({State.SENDING, State.UNKNOWN})


@dataclass(frozen=True)
class Waiting:
    """How many, and since when the oldest."""

    documents: int = 0
    since: datetime | None = None

    def __add__(self, other: Waiting) -> Waiting:
        known = [since for since in (self.since, other.since) if since is not None]
        return Waiting(self.documents + other.documents, min(known, default=None))


@dataclass(frozen=True)
class Pace:
    """Seconds until half of the documents, and until nineteen of twenty were booked."""

    documents: int
    p50_s: float
    p95_s: float


@dataclass(frozen=True, kw_only=True)
class FlowHealth:
    """One flow of one administration. `outcomes`: documents of the period by state; `refused`: those that were a dead letter at some time.

    What waits counts whenever it was planned: `queue` for its turn, `bulk` of past windows, `unknown` sent and not known, `to_do` for a
    person.
    """

    flow: str
    outcomes: Mapping[str, int]
    refused: int
    from_source: Pace | None
    from_planned: Pace | None
    queue: Waiting
    bulk: Waiting
    unknown: Waiting
    to_do: Waiting

    @property
    def documents(self) -> int:
        return sum(self.outcomes.values())

    @property
    def judged(self) -> int:
        """Those that were to be booked, and have been tried."""
        return sum(self.outcomes.get(state, 0) for state in (State.POSTED, *TO_DO))

    @property
    def refused_share(self) -> float | None:
        """None where nothing was tried."""
        return min(1.0, self.refused / self.judged) if self.judged else None


class Figures:
    """Reads the figures of a span once, then tells of each administration and flow."""

    def __init__(self, store: HealthStore, span: Span) -> None:
        self._outcomes, self._paces, self._open = store.outcomes(span), store.paces(span), store.open()

    def flows(self, administration: str) -> tuple[FlowHealth, ...]:
        """Each flow that has or had something to do, by name."""
        known = {row["flow"] for row in (*self._outcomes, *self._open) if row["administration"] == administration}
        return tuple(self._flow(administration, flow) for flow in sorted(known))

    def _flow(self, administration: str, flow: str) -> FlowHealth:
        where = (administration, flow)
        outcomes = list(_of(where, self._outcomes))
        paces = {row["since"]: Pace(row["documents"], float(row["p50_s"]), float(row["p95_s"])) for row in _of(where, self._paces)}
        waiting = list(_of(where, self._open))
        return FlowHealth(
            flow=flow,
            outcomes={row["state"]: row["documents"] for row in outcomes},
            refused=sum(row["refused"] for row in outcomes),
            from_source=paces.get("source"),
            from_planned=paces.get("planned"),
            queue=_waiting(row for row in waiting if row["state"] == State.PLANNED and not row["is_bulk"]),
            bulk=_waiting(row for row in waiting if row["state"] == State.PLANNED and row["is_bulk"]),
            unknown=_waiting(row for row in waiting if row["state"] in UNKNOWN),
            to_do=_waiting(row for row in waiting if row["state"] in TO_DO),
        )


def _of(where: tuple[str, str], rows: Iterable[Row]) -> Iterable[Row]:
    return (row for row in rows if (row["administration"], row["flow"]) == where)


def _waiting(rows: Iterable[Row]) -> Waiting:
    return sum((Waiting(row["documents"], row["oldest_at"]) for row in rows), Waiting())
