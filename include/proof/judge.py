"""The judge: invariants over documents and mutations as plain facts. Knows nothing of how they came to be, and imports nothing of ours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

SETTLED = frozenset({"posted", "dead_letter", "dismissed", "gone"})
FIRST = frozenset({"planned", "dead_letter", "dismissed"})
# Written from the drawing of the states, not copied from the code that it judges.
DRAWN = frozenset(
    (before, after)
    for before, ends in {
        # planned to posted: a record that stands in Exact already, and is taken as it is.
        "planned": "planned sending posted dead_letter dismissed",
        "sending": "posted dead_letter planned unknown",
        "unknown": "posted planned dead_letter",
        "dead_letter": "planned posted dismissed unknown dead_letter",
        "dismissed": "planned dead_letter dismissed",
        "posted": "gone",
        "gone": "dismissed",
    }.items()
    for after in ends.split()
)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class BookedDocument:
    """A document as Exact's books hold it, in its own currency, read from the books; `vat` is by VAT code.

    Exact computes the VAT itself, and may round it line by line (FACTS 6.3): a cent of difference for each of `lines` is no fault.
    """

    division: int
    exact_id: str
    token: str
    your_ref: str
    amount_net: Decimal | None = None
    vat: Mapping[str, Decimal] = field(default_factory=dict)
    lines: int = 1
    created: str = ""


@dataclass(frozen=True)
class JudgedMutation:
    """A mutation as the outbox's table holds it, with the amounts of its payload.

    `makes_document`: a deletion makes none, and a relation is none.
    """

    key: str
    division: int
    token: str
    your_ref: str
    state: str
    exact_id: str | None
    cause: str | None = None
    amount_net: Decimal | None = None
    vat: Mapping[str, Decimal] = field(default_factory=dict)
    day: str = ""
    makes_document: bool = True


@dataclass(frozen=True)
class Transition:
    """One event of a mutation, in the order in which they happened."""

    key: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold, and for what."""

    invariant: str
    subject: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.subject}: {self.what}"


def judge(
    documents: Iterable[BookedDocument],
    mutations: Sequence[JudgedMutation],
    transitions: Iterable[Transition],
    sources: Iterable[str],
) -> list[Violation]:
    """All violations of I1–I4 and I6. `sources`: the keys that must have been planned, each exactly once."""
    booked = list(documents)
    return [
        *documents_have_one_mutation(booked, mutations),
        *mutations_have_one_document(booked, mutations),
        *everything_is_settled(mutations, sources),
        *posted_documents_exist(booked, mutations),
        *transitions_are_legal(transitions),
    ]


def documents_have_one_mutation(documents: Iterable[BookedDocument], mutations: Sequence[JudgedMutation]) -> Iterator[Violation]:
    """I1: each document with our reference belongs to one mutation."""
    owners = Counter((each.division, each.token) for each in mutations)
    for document in documents:
        number = owners[document.division, document.token]
        if number != 1:
            yield Violation("I1", document.your_ref, f"document {document.exact_id} belongs to {number} mutations")


def mutations_have_one_document(documents: Iterable[BookedDocument], mutations: Sequence[JudgedMutation]) -> Iterator[Violation]:
    """I2: at most one document per mutation, and none for a mutation that says it has none."""
    booked: dict[tuple[int, str], list[str]] = defaultdict(list)
    for document in documents:
        booked[document.division, document.token].append(document.exact_id)
    for mutation in mutations:
        ids = booked[mutation.division, mutation.token]
        if len(ids) > 1:
            yield Violation("I2", mutation.key, f"{len(ids)} documents: {', '.join(ids)}")
        if ids and mutation.state in {"dead_letter", "dismissed", "planned"}:
            yield Violation("I2", mutation.key, f"is {mutation.state} ({mutation.cause}), but its document {ids[0]} exists")


def everything_is_settled(mutations: Sequence[JudgedMutation], sources: Iterable[str]) -> Iterator[Violation]:
    """I3: every source record is in exactly one of posted, dead letter, dismissed, gone; a dead letter has its cause."""
    rows = Counter(each.key for each in mutations)
    for key in sources:
        if rows[key] != 1:
            yield Violation("I3", key, f"has {rows[key]} mutations")
    for mutation in mutations:
        if mutation.state not in SETTLED:
            yield Violation("I3", mutation.key, f"is still {mutation.state}")
        elif mutation.state in {"dead_letter", "dismissed"} and not mutation.cause:
            yield Violation("I3", mutation.key, f"is {mutation.state} without a cause")


def posted_documents_exist(documents: Iterable[BookedDocument], mutations: Sequence[JudgedMutation]) -> Iterator[Violation]:
    """I4: each posted document exists, is the mutation's own, and its amounts equal the payload's to the cent."""
    booked = {(each.division, each.exact_id.lower()): each for each in documents}
    for mutation in mutations:
        if mutation.state != "posted" or not mutation.makes_document:
            continue
        document = booked.get((mutation.division, (mutation.exact_id or "").lower()))
        if document is None:
            yield Violation("I4", mutation.key, f"its document {mutation.exact_id} does not exist")
        elif document.token != mutation.token:
            yield Violation("I4", mutation.key, f"its document {mutation.exact_id} carries the token of another")
        else:
            yield from _amounts_agree(mutation, document)


def _amounts_agree(mutation: JudgedMutation, document: BookedDocument) -> Iterator[Violation]:
    if None not in (mutation.amount_net, document.amount_net) and mutation.amount_net != document.amount_net:
        yield Violation("I4", mutation.key, f"net {mutation.amount_net} became {document.amount_net}")
    for code in sorted(mutation.vat.keys() | document.vat.keys()) if document.vat else ():
        ours, theirs = mutation.vat.get(code, Decimal(0)), document.vat.get(code, Decimal(0))
        if abs(ours - theirs) > CENT * document.lines:
            yield Violation("I4", mutation.key, f"VAT {code}: {ours} became {theirs}")


def transitions_are_legal(transitions: Iterable[Transition]) -> Iterator[Violation]:
    """I6: no transition but those drawn, and each begins where the one before it ended."""
    states: dict[str, str] = {}
    for each in transitions:
        if each.before != states.get(each.key):
            yield Violation("I6", each.key, f"{each.before} to {each.after}, but it was {states.get(each.key)}")
        elif each.before is None and each.after not in FIRST:
            yield Violation("I6", each.key, f"begins as {each.after}")
        elif each.before is not None and (each.before, each.after) not in DRAWN:
            yield Violation("I6", each.key, f"{each.before} to {each.after}")
        states[each.key] = each.after


def calls_per_window(moments: Iterable[float], window_s: float) -> int:
    """I7: the most calls in any sliding window."""
    ordered = sorted(moments)
    most = first = 0
    for last, moment in enumerate(ordered):
        while ordered[first] <= moment - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most
