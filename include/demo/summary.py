"""What came of the demo: our memory beside the sandbox's books and its log of calls, and whether all of it is explained."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import requests

from include.wiring.figures import figures

ADDED = ("documents", "planned", "posted", "dead_letter", "dismissed", "unknown", "duplicates", "lost")
EXPLAINED = ("planned", "posted", "dead_letter", "dismissed", "unknown")
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


@dataclass(frozen=True)
class Summary:
    """The whole demo and each administration."""

    total: Counts
    administrations: dict[str, Counts] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self.total), "administrations": {name: asdict(counts) for name, counts in self.administrations.items()}}

    def faults(self, *, loaded: int) -> list[str]:
        """What is lost, double or unexplained; empty when all is well. `loaded`: documents in the webshop."""
        total = self.total
        wrong = {
            "duplicates in Exact": total.duplicates,
            "posted documents that Exact does not have": total.lost,
            "documents still on their way": total.planned,
            "documents of unknown outcome": total.unknown,
            "documents in no state that explains them": total.documents - sum(getattr(total, state) for state in EXPLAINED),
            "webshop documents without a record": loaded - total.documents,
            "refusals of our pace by Exact (429)": total.http_429,
        }
        return [f"{count} {what}" for what, count in wrong.items() if count]


def summary_of(dsn: str, sandbox_url: str, divisions: dict[str, int], *, seconds: float) -> Summary:
    """Read both sides; `divisions` by the administration's name."""
    books: Rows = _get(sandbox_url, "books")["documents"]
    calls: Rows = _get(sandbox_url, "calls/summary")["groups"]
    each = {
        name: _counts(ours, [row for row in books if row["division"] == divisions[name]], _calls_of(calls, divisions[name]))
        for name, ours in figures(dsn).items()
    }
    return Summary(_total(list(each.values()), calls, seconds), each)


def _calls_of(calls: Rows, division: int) -> Rows:
    return [group for group in calls if group["division"] == division]


def _counts(ours: dict[str, Any], books: Rows, calls: Rows) -> Counts:
    references = Counter((document["kind"], document["your_ref"]) for document in books)
    return Counts(
        documents=ours["documents"],
        planned=ours["planned"] + ours["sending"],
        posted=ours["posted"],
        dead_letter=ours["dead_letter"],
        dismissed=ours["dismissed"],
        unknown=ours["unknown"],
        duplicates=len(books) - len(references),
        lost=ours["posted"] - len(references),
        calls=_sum(calls),
        http_429=_limited(calls),
        seconds=ours["seconds"],
        causes=ours["causes"],
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
