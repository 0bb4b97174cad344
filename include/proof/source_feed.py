"""The simulated source: orders that appear, change and are cancelled while the workers run, some of them shown late."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from include.outbox.model import Cause, Draft, Key
from include.proof.twin_exact import DIVISION, ENDPOINT, REFUSED_SUBJECT
from include.proof.twin_rows import moment

ADMINISTRATION = "BE"
FLOW = "orders_to_invoices"
SPREAD_S = 240.0
LATE_S = 20.0
OVERLAP = timedelta(seconds=25)


@dataclass
class SourceVersion:
    """One version of an order. It is changed at one moment and shows in the source's view a little later."""

    number: int
    version: int
    changed_s: float
    shown_s: float
    cancelled: bool = False
    refused: bool = False

    @property
    def key(self) -> Key:
        return Key("shop", f"O{self.number}", "sale")

    @cached_property
    def draft(self) -> Draft:
        amount = Decimal(self.number * 100 + self.version) / 100
        reference = f"O{self.number}"
        return Draft(
            key=self.key,
            administration=ADMINISTRATION,
            division=DIVISION,
            flow=FLOW,
            endpoint=ENDPOINT,
            source_day=moment(self.changed_s).date(),
            source_version=f"v{self.version}",
            source_changed_at=moment(self.changed_s),
            your_ref=reference,
            payload=None if self.cancelled else f'{{"AmountFC":{amount},"YourRef":"{reference}"}}',
            amount_net=amount,
            subjects=frozenset({REFUSED_SUBJECT if self.refused else "gl_account:8000"}),
            cause=Cause("not_a_sale") if self.cancelled else None,
            dismissed=self.cancelled,
        )


class SourceFeed:
    """All versions of all orders of a world, in the order of their change."""

    def __init__(self, orders: int, random: Random, *, refuse: float) -> None:
        self.versions = sorted(_versions(orders, random, refuse), key=lambda each: (each.changed_s, each.number))
        self._changed = [each.changed_s for each in self.versions]
        self.versions_of: dict[str, list[SourceVersion]] = defaultdict(list)
        for each in self.versions:
            self.versions_of[str(each.key)].append(each)
        self.ends_s = max((each.shown_s for each in self.versions), default=0.0)

    def since(self, changed_s: float, now: float) -> list[SourceVersion]:
        """What changed since then, as far as it shows by now."""
        return [each for each in self.versions[bisect_left(self._changed, changed_s) :] if each.shown_s <= now]


def _versions(orders: int, random: Random, refuse: float) -> list[SourceVersion]:
    versions: list[SourceVersion] = []
    for number in range(1, orders + 1):
        changed_s = random.uniform(0, SPREAD_S)
        refused = random.random() < refuse
        for version in range(1, 1 + random.choice((1,) * 24 + (2,))):
            late_s = random.uniform(0, LATE_S) if random.random() < 0.1 else 0.0
            cancelled = random.random() < 0.01
            versions.append(SourceVersion(number, version, changed_s, changed_s + late_s, cancelled, refused))
            changed_s += random.expovariate(1 / 60)
    return versions
