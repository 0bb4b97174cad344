"""The simulated source: orders that appear, change and are cancelled while the workers run, some of them shown late."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from include.outbox.model import Cause, Draft, Key, Mutation
from include.proof.faults import Faults
from include.proof.twin_exact import DIVISION, ENDPOINT, REFUSED_SUBJECT
from include.proof.twin_rows import moment

ADMINISTRATION = "BE"
FLOW = "orders_to_invoices"
SPREAD_S = 240.0
LATE_S = 20.0
VERSIONS_MAX = 4
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
            payload=None if self.cancelled else payload_of(amount, reference),
            amount_net=amount,
            subjects=frozenset({REFUSED_SUBJECT if self.refused else "gl_account:8000"}),
            cause=Cause("not_a_sale") if self.cancelled else None,
            dismissed=self.cancelled,
        )


def numbered(draft: Draft, number: int) -> Draft:
    """The draft under another effect number."""
    return replace(draft, key=replace(draft.key, effect_number=number))


def reversal(document: Mutation, key: Key) -> Draft:
    """What credits a document in full."""
    amount = -amount_of(document.payload or "")
    return Draft(
        key=key,
        administration=document.administration,
        division=document.division,
        flow=FLOW,
        endpoint=document.endpoint,
        source_day=document.source_changed_at.date(),
        source_version=document.source_version,
        source_changed_at=document.source_changed_at,
        your_ref=document.your_ref,
        payload=payload_of(amount, document.your_ref),
        amount_net=amount,
        subjects=document.subjects,
        waits_for=document.key,
    )


def payload_of(amount: Decimal, reference: str) -> str:
    return f'{{"AmountFC":{amount},"YourRef":"{reference}"}}'


def amount_of(payload: str) -> Decimal:
    return Decimal(payload.split(":", 1)[1].split(",", 1)[0])


class SourceFeed:
    """All versions of all orders of a world, in the order of their change."""

    def __init__(self, orders: int, random: Random, faults: Faults) -> None:
        self.versions = sorted(_versions(orders, random, faults), key=lambda each: (each.changed_s, each.number))
        self._changed = [each.changed_s for each in self.versions]
        self.versions_of: dict[str, list[SourceVersion]] = defaultdict(list)
        for each in self.versions:
            self.versions_of[each.key.source_id].append(each)
        self.ends_s = max((each.shown_s for each in self.versions), default=0.0)

    def since(self, changed_s: float, now: float) -> list[SourceVersion]:
        """What changed since then, as far as it shows by now: of each order the newest version, since a source has no others."""
        shown = [each for each in self.versions[bisect_left(self._changed, changed_s) :] if each.shown_s <= now]
        newest = {each.number: each for each in sorted(shown, key=lambda each: each.version)}
        return [each for each in shown if newest[each.number] is each]


def _versions(orders: int, random: Random, faults: Faults) -> list[SourceVersion]:
    versions: list[SourceVersion] = []
    for number in range(1, orders + 1):
        changed_s = random.uniform(0, SPREAD_S)
        refused = random.random() < faults.refuse
        for version in range(1, 1 + _how_many(random, faults.change)):
            late_s = random.uniform(0, LATE_S) if random.random() < 0.1 else 0.0
            cancelled = random.random() < 0.01
            versions.append(SourceVersion(number, version, changed_s, changed_s + late_s, cancelled, refused))
            # While it is planned, while it is on its way, or long after it was booked.
            changed_s += random.expovariate(1 / random.choice((20, 60, 1500)))
    return versions


def _how_many(random: Random, change: float) -> int:
    number = 1
    while number < VERSIONS_MAX and random.random() < change:
        number += 1
    return number
