"""What kind of difference a document is: a table of rules, of which the first that holds counts.

| kind | holds when | mended by |
|---|---|---|
| by_hand | the shop asks for nothing, no mutation of ours stands for it: a person made it | naming its order, or a reason |
| wrong_administration | it stands in another company than the one that the files name | crediting it there, booking it here |
| duplicate | Exact holds more documents than the shop asks for | deleting or crediting the other one |
| not_sent | it is on its way, a dead letter, or was not read yet | its own case, or the next run |
| dismissed | it was left out on purpose: by a person with a reason, or by a rule | nothing |
| edited | we sent it, and a person changed or deleted it in Exact | putting it back, or a reason |
| missing | the shop asks for it, and nobody knows of it | booking it |
| rounding | cents that rounding VAT explains, or the administration's own tolerance | nothing |
| vat | net or gross agree, VAT does not: another VAT code or rate | crediting and booking it anew |
| amount | everything else: another sum or currency, or booked although the shop asks for nothing | crediting and booking it anew |

What stands elsewhere or twice is told first, since its sums say nothing then; what waits comes before what differs, since it has a case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from include.outbox.model import Cause
from include.outbox.states import State

WAITING = frozenset({State.PLANNED, State.SENDING, State.UNKNOWN, State.DEAD_LETTER})
SENT = frozenset({State.POSTED, State.GONE})


class Kind(StrEnum):
    """The eight kinds of differences, and two that are explained: by rounding, and by a decision."""

    MISSING = "missing"
    NOT_SENT = "not_sent"
    DUPLICATE = "duplicate"
    AMOUNT = "amount"
    VAT = "vat"
    WRONG_ADMINISTRATION = "wrong_administration"
    EDITED = "edited"
    BY_HAND = "by_hand"
    ROUNDING = "rounding"
    DISMISSED = "dismissed"


# The causes by which people are told; the subject is the day.
CAUSES = {
    Kind.MISSING: Cause("reconciliation_missing"),
    Kind.NOT_SENT: Cause("reconciliation_not_sent"),
    Kind.DUPLICATE: Cause("reconciliation_duplicate"),
    Kind.AMOUNT: Cause("reconciliation_amount"),
    Kind.VAT: Cause("reconciliation_vat"),
    Kind.WRONG_ADMINISTRATION: Cause("reconciliation_wrong_administration"),
    Kind.EDITED: Cause("reconciliation_edited"),
    Kind.BY_HAND: Cause("reconciliation_by_hand"),
    Kind.ROUNDING: Cause("reconciliation_rounding"),
    Kind.DISMISSED: Cause("reconciliation_dismissed"),
}
# What needs nobody.
EXPLAINED = frozenset({Kind.ROUNDING, Kind.DISMISSED})
# What opens a case: what waits has one of its own.
WITH_CASE = tuple(kind for kind in Kind if kind is not Kind.NOT_SENT and kind not in EXPLAINED)


@dataclass(frozen=True)
class Side:
    """Documents, and cents without VAT and of VAT."""

    documents: int = 0
    net: int = 0
    vat: int = 0

    @property
    def gross(self) -> int:
        return self.net + self.vat


@dataclass(frozen=True)
class Off:
    """Cents by which rounding alone may change net, VAT, and the document as a whole."""

    net: int = 0
    vat: int = 0
    whole: int = 0


@dataclass(frozen=True)
class Amount:
    """A document's amounts in one company, currency and VAT code: as the shop asks for them, and as Exact holds them.

    `is_expected`: the shop asks for this code.
    """

    division: int
    currency: str
    vat_code: str
    expected: Side
    booked: Side
    off: Off = Off()
    is_expected: bool = False

    @property
    def is_rounded(self) -> bool:
        """Whether rounding explains the difference under this code."""
        net, vat = self.booked.net - self.expected.net, self.booked.vat - self.expected.vat
        return abs(net) <= self.off.net and abs(vat) <= self.off.vat


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A document that differs.

    `is_ours`: a mutation stands for it. `is_fresh`: it was booked after Exact was read. `is_unread`: the flows have not read it yet.
    """

    amounts: Sequence[Amount]
    is_ours: bool = False
    state: State | None = None
    is_edited: bool = False
    is_fresh: bool = False
    is_unread: bool = False

    @property
    def expected_in(self) -> int | None:
        """The company that the files name; None when the shop asks for nothing."""
        return next((each.division for each in self.amounts if each.is_expected), None)

    @property
    def asked(self) -> int:
        """Documents that the shop asks for."""
        return sum(each.expected.documents for each in self.amounts)

    @property
    def booked(self) -> int:
        """Documents that Exact holds; a reversal is one less."""
        return sum(each.booked.documents for each in self.amounts)

    @property
    def stands_elsewhere(self) -> bool:
        return any(each.division != self.expected_in and (each.booked.documents or each.booked.gross) for each in self.amounts)

    @property
    def is_rounded(self) -> bool:
        """Whether rounding explains it: the same documents, under each code within its cents, and altogether within those of the whole."""
        gross = sum(each.booked.gross - each.expected.gross for each in self.amounts)
        # Amounts that include VAT have an allowance of the whole; for others the VAT alone may be off.
        allowed = sum(each.off.whole for each in self.amounts) or sum(each.off.vat for each in self.amounts if not each.off.net)
        return self.asked == self.booked and all(each.is_rounded for each in self.amounts) and abs(gross) <= allowed

    @property
    def differs_in_vat_alone(self) -> bool:
        """Net agrees and VAT does not, or the total agrees and is parted otherwise; in the same currency."""
        if len({each.currency for each in self.amounts}) > 1 or self.asked != self.booked:
            return False
        net = sum(each.booked.net - each.expected.net for each in self.amounts)
        gross = sum(each.booked.gross - each.expected.gross for each in self.amounts)
        return net == 0 or gross == 0


Rule = tuple[Kind, Callable[[Compared], bool]]

RULES: tuple[Rule, ...] = (
    (Kind.BY_HAND, lambda document: document.expected_in is None and not document.is_ours),
    (Kind.WRONG_ADMINISTRATION, lambda document: document.expected_in is not None and document.stands_elsewhere),
    (Kind.DUPLICATE, lambda document: document.booked > document.asked > 0),
    (Kind.NOT_SENT, lambda document: document.state in WAITING or document.is_fresh or document.is_unread),
    (Kind.DISMISSED, lambda document: document.booked == 0 and document.state is State.DISMISSED),
    (Kind.EDITED, lambda document: document.booked == 0 and document.state in SENT),
    (Kind.MISSING, lambda document: document.booked == 0 and document.asked > 0),
    (Kind.EDITED, lambda document: document.is_edited),
    (Kind.ROUNDING, lambda document: document.is_rounded),
    (Kind.VAT, lambda document: document.differs_in_vat_alone),
    (Kind.AMOUNT, lambda _: True),
)


def kind_of(document: Compared) -> Kind:
    """The one kind of a document that differs."""
    return next(kind for kind, holds in RULES if holds(document))


def compared(row: Mapping[str, Any]) -> Compared:
    """A row of the store's `differing`."""
    return Compared(
        amounts=[_amount(each) for each in row["amounts"]],
        is_ours=row["mutation_id"] is not None or any(each["ours"] for each in row["documents"]),
        state=State(row["state"]) if row["state"] else None,
        is_edited=row["is_edited"],
        is_fresh=row["is_fresh"],
        is_unread=row["is_unread"],
    )


def _amount(told: Mapping[str, Any]) -> Amount:
    return Amount(
        division=told["division"],
        currency=told["currency"],
        vat_code=told["vat_code"],
        expected=Side(*told["expected"]),
        booked=Side(*told["booked"]),
        off=Off(*told["off"]),
        is_expected=told["is_expected"],
    )
