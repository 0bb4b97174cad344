"""What became of the orders, by the sandbox's books and its log alone: what a client believes is not asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from include.proof.bench_plan import DIVISION, BenchOrder
from include.proof.judge import CENT, BookedDocument
from include.proof.sandbox_door import SandboxDoor


@dataclass(frozen=True)
class Outcome:
    """`refused`: answers by which Exact refused a POST for good, faults left out · `http_429`: injected ones left out."""

    orders: int
    posted: int
    duplicates: int
    missing: int
    wrong_amounts: int
    posts_per_order: float
    calls_per_order: float
    http_429: int
    refused: int
    errors_counted: int


def outcome_of(door: SandboxDoor, orders: Sequence[BenchOrder]) -> Outcome:
    """Judge a client's work when it is over."""
    booked = _by_number(door.documents(division=DIVISION))
    valid = [order for order in orders if order.is_valid]
    found = [booked.get(order.number, []) for order in valid]
    calls = [each for each in door.calls() if each["division"] == DIVISION and each["counted"]]
    posts = [each for each in calls if each["method"] == "POST" and each["status"] != 429]
    posted = sum(bool(each) for each in found)
    return Outcome(
        orders=len(valid),
        posted=posted,
        duplicates=sum(len(each) - 1 for each in found if each),
        missing=sum(not each for each in found),
        wrong_amounts=sum(_differs(order, each) for order, each in zip(valid, found, strict=True) if each),
        posts_per_order=round(len(posts) / max(1, posted), 4),
        calls_per_order=round(len(calls) / max(1, posted), 4),
        http_429=sum(each["status"] == 429 and not each["injected_429"] for each in door.calls()),
        refused=sum(_is_refused(each) for each in posts),
        errors_counted=sum(bool(each["error_counted"]) for each in calls),
    )


def _by_number(documents: Any) -> Mapping[str, list[BookedDocument]]:
    found: dict[str, list[BookedDocument]] = defaultdict(list)
    for document in documents:
        found[document.your_ref].append(document)
    return found


def _differs(order: BenchOrder, documents: Sequence[BookedDocument]) -> bool:
    return any(abs((each.amount_net or Decimal(0)) - order.net) > CENT for each in documents)


def _is_refused(call: Mapping[str, Any]) -> bool:
    return call["status"] is not None and call["status"] >= 400 and not call["fault"]
