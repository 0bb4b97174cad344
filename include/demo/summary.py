"""What came of the demo: our memory beside the sandbox's books and its log of calls, and whether all of it is explained."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import requests

from include.console.reconciliation import look, newest, sentence, words
from include.store.database import Database
from include.wiring.figures import figures, flow_figures

# The flows in the order in which the demo runs them; all but the first make documents.
RELATIONS = "customers_to_accounts"
DOCUMENT_FLOWS = ("orders_to_invoices", "returns_to_credit_notes")
FLOWS = (RELATIONS, *DOCUMENT_FLOWS)
ADDED = ("documents", "planned", "posted", "dead_letter", "dismissed", "unknown", "duplicates", "lost")
STATES = ("planned", "posted", "dead_letter", "dismissed", "unknown")
TIMEOUT_S = 30

Rows = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Documents by what became of them; `duplicates` and `lost` by the sandbox's books, `calls` and `http_429` by its log."""

    documents: int
    planned: int
    posted: int
    dead_letter: int
    dismissed: int
    unknown: int
    duplicates: int
    lost: int
    calls: int
    http_429: int
    seconds: float
    causes: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class FlowCounts:
    """Records of one flow by what became of them, and all calls to Exact while it ran."""

    records: int
    planned: int
    posted: int
    dead_letter: int
    dismissed: int
    unknown: int
    calls: int

    @property
    def calls_per_record(self) -> float | None:
        return round(self.calls / self.posted, 3) if self.posted else None


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """What the reconciliation says of the demo's days: documents that the shop asks for, those that agree, the others by kind."""

    says: str
    documents: int
    agreeing: int
    kinds: dict[str, int]
    to_decide: int


@dataclass(frozen=True)
class Summary:
    """The whole demo, each administration, each flow, and the shop beside Exact once they were compared."""

    total: Counts
    administrations: dict[str, Counts] = field(default_factory=dict)
    flows: dict[str, FlowCounts] = field(default_factory=dict)
    reconciliation: Reconciled | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self.total),
            "administrations": {name: asdict(counts) for name, counts in self.administrations.items()},
            "flows": {name: {**asdict(flow), "calls_per_record": flow.calls_per_record} for name, flow in self.flows.items()},
            "reconciliation": asdict(self.reconciliation) if self.reconciliation else None,
        }

    def faults(self, *, loaded: int) -> list[str]:
        """What is lost, double or unexplained; empty when all is well. `loaded`: documents in the webshop."""
        total, relations = self.total, self.flows.get(RELATIONS)
        wrong = {
            "duplicates in Exact": total.duplicates,
            "posted documents that Exact does not have": total.lost,
            "documents still on their way": total.planned,
            "documents of unknown outcome": total.unknown,
            "documents in no state that explains them": total.documents - sum(getattr(total, state) for state in STATES),
            "webshop documents without a record": loaded - total.documents,
            "relations on their way or of unknown outcome": relations.planned + relations.unknown if relations else 0,
            "refusals of our pace by Exact (429)": total.http_429,
            "differences between the shop and Exact": self.reconciliation.to_decide if self.reconciliation else 0,
        }
        return [f"{count} {what}" for what, count in wrong.items() if count]


def summary_of(dsn: str, sandbox_url: str, divisions: dict[str, int], *, seconds: float, spent: dict[str, int]) -> Summary:
    """Read both sides; `divisions` by the administration's name, `spent`: calls while a flow ran, by its name."""
    books: Rows = _get(sandbox_url, "books")["documents"]
    calls: Rows = _get(sandbox_url, "calls/summary")["groups"]
    records = flow_figures(dsn)
    each = {
        name: _counts(
            [row for row in records if row["administration"] == name and row["flow"] in DOCUMENT_FLOWS],
            [row for row in books if row["division"] == divisions[name]],
            _calls_of(calls, divisions[name]),
            seconds=ours["seconds"],
        )
        for name, ours in figures(dsn).items()
    }
    flows = {name: _flow([row for row in records if row["flow"] == name], spent.get(name, 0)) for name in FLOWS}
    return Summary(_total(list(each.values()), calls, seconds), each, flows)


def reconciliation_of(dsn: str) -> Reconciled | None:
    """The newest comparison in words and counts; None when there is none."""
    database = Database(dsn, name="exactly demo")
    try:
        shown = newest(database)
        picture = look(database, shown) if shown else None
    finally:
        database.close()
    if picture is None:
        return None
    return Reconciled(
        says=sentence(picture, words("en")),
        documents=picture.expected,
        agreeing=picture.agreeing,
        kinds={line.kind.value: line.documents for line in picture.kinds},
        to_decide=picture.to_decide,
    )


def calls_so_far(sandbox_url: str) -> int:
    """All calls that the sandbox has answered."""
    return _sum(_get(sandbox_url, "calls/summary")["groups"])


def _flow(records: Rows, calls: int) -> FlowCounts:
    states = states_of(records)
    return FlowCounts(records=states.total(), calls=calls, **{state: states[state] for state in STATES})


def states_of(records: Rows) -> Counter[str]:
    """Records by state; one that is being sent counts as planned."""
    states: Counter[str] = Counter()
    for row in records:
        states["planned" if row["state"] == "sending" else row["state"]] += row["records"]
    return states


def _calls_of(calls: Rows, division: int) -> Rows:
    return [group for group in calls if group["division"] == division]


def _counts(records: Rows, books: Rows, calls: Rows, *, seconds: float) -> Counts:
    states = states_of(records)
    references = Counter((document["kind"], document["your_ref"]) for document in books)
    causes: Counter[str] = Counter()
    for row in records:
        if row["state"] == "dead_letter":
            causes[row["cause"]] += row["records"]
    return Counts(
        documents=states.total(),
        **{state: states[state] for state in STATES},
        duplicates=len(books) - len(references),
        lost=states["posted"] - len(references),
        calls=_sum(calls),
        http_429=_limited(calls),
        seconds=seconds,
        causes=dict(causes.most_common()),
    )


def _total(each: list[Counts], calls: Rows, seconds: float) -> Counts:
    added = {name: sum(getattr(counts, name) for counts in each) for name in ADDED}
    causes = sum((Counter(counts.causes) for counts in each), Counter[str]())
    # Sign-ins belong to no division: all calls are more than those of the administrations together.
    return Counts(**added, calls=_sum(calls), http_429=_limited(calls), seconds=round(seconds, 1), causes=dict(causes.most_common()))


def _sum(calls: Rows) -> int:
    return sum(group["calls"] for group in calls)


def _limited(calls: Rows) -> int:
    return sum(group["calls"] - group["injected_429"] for group in calls if group["status"] == 429)


def _get(sandbox_url: str, what: str) -> dict[str, Any]:
    answer = requests.get(f"{sandbox_url}/control/{what}", timeout=TIMEOUT_S)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
