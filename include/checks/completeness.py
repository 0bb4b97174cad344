"""Does every record of the shop have one fate, and do both sides add up, day by day?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from include.checks.findings import Finding, failure, warning
from include.checks.invariants import Belongings
from include.exact.booked import WrittenDocument
from include.outbox.changes import REVERSAL
from include.outbox.states import State

ZERO = Decimal(0)
# The flow reads each hour; what the shop changed a day ago and nobody read is lost, not late.
UNREAD_MAX = timedelta(days=1)
ON_ITS_WAY = "on_its_way"
MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class SourceRecord:
    """A document of the shop that this administration books; `net` is None when it cannot be read.

    `net_off_by`: how far the net that is booked may be from it, since taking VAT out of prices rounds each line.
    """

    number: str
    effect: str
    day: date | None
    currency: str
    net: Decimal | None
    version: str
    changed_at: datetime | None
    net_off_by: Decimal = ZERO


@dataclass
class Side:
    """Documents and their net sum."""

    documents: int = 0
    net: Decimal = ZERO

    def add(self, net: Decimal | None) -> None:
        self.documents += 1
        self.net += net or ZERO


@dataclass
class DayFigure:
    """One day's documents of one currency and kind: the shop's, what became of them, and what Exact holds."""

    day: date
    currency: str
    effect: str
    source: Side = field(default_factory=Side)
    fates: dict[str, Side] = field(default_factory=lambda: defaultdict(Side))
    written: Side = field(default_factory=Side)
    exact: Side = field(default_factory=Side)

    @property
    def agrees(self) -> bool:
        """The shop's documents and sums are those of their fates, and what was written is what Exact holds."""
        fates = list(self.fates.values())
        whole = sum(side.documents for side in fates) == self.source.documents and MISSING not in self.fates
        return whole and self.written == self.exact


class _Figures:
    """Figures by day, currency and kind, made when first asked for."""

    def __init__(self) -> None:
        self._found: dict[tuple[date, str, str], DayFigure] = {}

    def of(self, day: date, currency: str, effect: str) -> DayFigure:
        return self._found.setdefault((day, currency, effect), DayFigure(day, currency, effect))

    def sorted(self) -> list[DayFigure]:
        return [self._found[key] for key in sorted(self._found)]


class Completeness:
    """The shop beside the outbox beside Exact."""

    def __init__(self, source: Iterable[SourceRecord], belongings: Belongings, written: Mapping[int, WrittenDocument]) -> None:
        self.source = list(source)
        self._belongings = belongings
        self._written = written
        self._by_key = {(each["source_id"], each["effect"]): each for each in belongings.mutations}

    def unplanned(self) -> list[SourceRecord]:
        """Records of the shop of which these mutations know nothing."""
        return [record for record in self.source if (record.number, record.effect) not in self._by_key]

    def days(self, elsewhere: set[tuple[str, str]]) -> list[DayFigure]:
        """Counts and sums per day; `elsewhere`: records that the outbox keeps under another day or administration."""
        found = _Figures()
        for record in self.source:
            mutation = self._by_key.get((record.number, record.effect))
            day: date | None = mutation["source_day"] if mutation is not None else record.day
            if day is None or (mutation is None and (record.number, record.effect) in elsewhere):
                continue
            figure = found.of(day, record.currency, record.effect)
            figure.source.add(record.net)
            figure.fates[_fate(mutation)].add(record.net)
            if mutation is not None:
                self._add_exact(figure, mutation)
        for mutation in self._orphans():
            figure = found.of(mutation["source_day"], mutation["currency"] or "", mutation["effect"])
            # A reversal is no document of the shop: it takes one of ours back, and has a line of its own.
            if not mutation["effect"].startswith(REVERSAL):
                figure.fates[_fate(mutation)].add(mutation["amount_net"])
            self._add_exact(figure, mutation)
        return found.sorted()

    def _orphans(self) -> list[Mapping[str, Any]]:
        """What is booked although the shop does not list it here."""
        listed = {(record.number, record.effect) for record in self.source}
        return [each for key, each in self._by_key.items() if key not in listed and State(each["state"]) is State.POSTED]

    def _add_exact(self, figure: DayFigure, mutation: Mapping[str, Any]) -> None:
        documents = {each.exact_id: each for each in self._belongings.with_token(mutation)}
        own = self._belongings.by_id.get(str(mutation["exact_id"]))
        if own is not None:
            documents[own.exact_id] = own
        for each in self._belongings.with_reference_only(mutation):
            documents[each.exact_id] = each
        for each in documents.values():
            figure.exact.add(each.net)
        if State(mutation["state"]) is State.POSTED:
            ours = self._written.get(mutation["mutation_id"])
            figure.written.add(ours.net if ours else None)


def records_have_a_fate(
    unplanned: Iterable[SourceRecord], elsewhere: set[tuple[str, str]], *, read_up_to: datetime | None, now: datetime
) -> Iterator[Finding]:
    """I3: every record of the shop is in the outbox, or is too new to have been read."""
    late: list[str] = []
    for record in unplanned:
        if (record.number, record.effect) in elsewhere:
            continue
        changed_at = record.changed_at
        is_new = changed_at is not None and (read_up_to is None or changed_at > read_up_to) and now - changed_at < UNREAD_MAX
        if is_new:
            late.append(record.number)
        else:
            flow = "returns_to_credit_notes" if record.effect == "credit" else "orders_to_invoices"
            cure = f"run the flow for it: trigger {flow} with order_numbers {record.number}"
            yield failure("I3", f"{record.effect} {record.number} of the shop is not in the outbox", cure)
    if late:
        yield warning(
            "I3", f"{len(late)} documents of the shop were not read yet: {', '.join(late[:10])}", "the next run of the flow reads them"
        )


def sums_are_the_shops(
    source: Iterable[SourceRecord], belongings: Belongings, *, routed_elsewhere: set[tuple[str, str]]
) -> Iterator[Finding]:
    """I5: what was written adds up to what the shop charged, document by document; a change since is a difference that is explained.

    `routed_elsewhere`: records of the shop that belong to another administration today.
    """
    records = {(record.number, record.effect): record for record in source}
    for mutation in belongings.mutations:
        if mutation["effect"].startswith(REVERSAL):
            continue
        record = records.get((mutation["source_id"], mutation["effect"]))
        posted = State(mutation["state"]) in {State.POSTED, State.GONE}
        if record is None:
            if posted:
                yield _without_source(mutation, routed=(mutation["source_id"], mutation["effect"]) in routed_elsewhere)
            continue
        if not posted or record.net is None or abs(record.net - mutation["amount_net"]) <= record.net_off_by:
            continue
        says = f"{record.number}: the shop charges {record.net} net, {mutation['amount_net']} were booked"
        if record.version != mutation["source_version"]:
            yield warning("I5", f"{says}; the shop changed it after it was booked", "its case asks what is to become of it")
        else:
            yield failure("I5", says, f"exactly trace {record.number}: the mapping and the shop's views disagree")


def _without_source(mutation: Mapping[str, Any], *, routed: bool) -> Finding:
    number = mutation["your_ref"]
    if routed:
        cure = "leave it, or credit it here and book it there by hand: nothing is booked twice by itself"
        return warning("I5", f"{number} is booked here, and its country belongs to another administration today", cure)
    cure = "credit it in Exact if the sale did not take place"
    return warning("I5", f"{number} is booked, and the shop does not list it in these days any more", cure)


def all_were_read(counted: int, read: int) -> Iterator[Finding]:
    """I5: the shop counts as many documents as could be read one by one."""
    if counted > read:
        says = f"the shop counts {counted} documents in these days, and {read} could be read by their moment of change"
        yield failure("I5", says, "changed_at must never lie before ordered_at: correct the webshop's views")


def fates_of(days: Iterable[DayFigure]) -> Counter[str]:
    """How many documents of the shop became what."""
    counts: Counter[str] = Counter()
    for day in days:
        counts.update({fate: side.documents for fate, side in day.fates.items()})
    return counts


def _fate(mutation: Mapping[str, Any] | None) -> str:
    if mutation is None:
        return MISSING
    state = State(mutation["state"])
    return ON_ITS_WAY if state in {State.PLANNED, State.SENDING, State.UNKNOWN} else state.value
