"""The promises, checked: each document in Exact is one mutation's, once, as it was written; each record of the shop has one fate."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from include.checks.findings import Finding, failure, warning
from include.exact.booked import BookedDocument, WrittenDocument
from include.outbox.states import State
from include.store.deeds import Noted

CENT = Decimal("0.01")
OUR_TOKEN = re.compile(r"[A-Z2-7]{12}")
ON_ITS_WAY = frozenset({State.PLANNED, State.SENDING, State.UNKNOWN})
SLOW = timedelta(hours=2)
# What was booked so shortly before Exact was read may not have been visible yet (FACTS 6.11).
VISIBLE_AFTER = timedelta(seconds=30)

Mutation = Mapping[str, Any]
Booked = Sequence[BookedDocument]


# Effects whose documents are credits: returns, and sales that were turned round as a whole.
CREDITS = frozenset({"credit", "reverse_sale"})


class Belongings:
    """Which document in Exact belongs to which mutation: by our token, else by our reference in the same journal."""

    def __init__(self, mutations: Iterable[Mutation], booked: Booked) -> None:
        self.mutations = list(mutations)
        self.by_id = {document.exact_id: document for document in booked}
        self._tokens = frozenset(each["token"] for each in self.mutations)
        by_token: dict[str, list[BookedDocument]] = defaultdict(list)
        by_reference: dict[str, list[BookedDocument]] = defaultdict(list)
        for document in booked:
            by_token[document.token or ""].append(document)
            by_reference[document.your_ref or ""].append(document)
        self._by_token, self._by_reference = by_token, by_reference

    def with_token(self, mutation: Mutation) -> list[BookedDocument]:
        return self._by_token.get(mutation["token"], [])

    def with_reference_only(self, mutation: Mutation) -> list[BookedDocument]:
        """Documents that carry our reference but neither our token nor our id, and go the same way as the mutation."""
        return [
            document
            for document in self._by_reference.get(mutation["your_ref"], [])
            if document.token not in self._tokens
            and document.exact_id != str(mutation["exact_id"])
            and document.is_credit == (mutation["effect"] in CREDITS)
        ]

    def strangers(self) -> dict[str, BookedDocument]:
        """Documents whose token looks like ours but belongs to none of these mutations."""
        return {
            token: documents[0]
            for token, documents in self._by_token.items()
            if OUR_TOKEN.fullmatch(token) and token not in self._tokens and documents[0].your_ref
        }


def documents_belong(belongings: Belongings) -> Iterator[Finding]:
    """I1: each document with our token or our reference is the document of one mutation."""
    for mutation in belongings.mutations:
        number, state = mutation["your_ref"], State(mutation["state"])
        marked, same_number = belongings.with_token(mutation), belongings.with_reference_only(mutation)
        if marked and state in {State.DEAD_LETTER, State.DISMISSED}:
            cure = f"exactly trace {number}, then retry the case: it looks in Exact before it sends"
            yield failure("I1", f"{number} stands in Exact, although the outbox calls it {state.value}", cure)
        if same_number and state is State.DEAD_LETTER:
            yield warning(
                "I1", f"{number} is a dead letter, and stands in Exact without our mark", "if somebody booked it by hand, dismiss it"
            )


def strangers_are_ours(strangers: Mapping[str, BookedDocument], known: set[str]) -> Iterator[Finding]:
    """I1: a token of ours that the outbox does not know is what a restored backup leaves behind."""
    for token, document in sorted(strangers.items()):
        if token not in known:
            says = f"{document.your_ref} stands in Exact with mark {token}, which the outbox does not know"
            yield warning("I1", says, "if our database was restored from a backup: exactly accept-database")


def documents_are_single(belongings: Belongings) -> Iterator[Finding]:
    """I2: at most one document per mutation."""
    for mutation in belongings.mutations:
        number = mutation["your_ref"]
        marked, same_number = belongings.with_token(mutation), belongings.with_reference_only(mutation)
        if len(marked) > 1:
            ids = ", ".join(sorted(document.exact_id for document in marked))
            yield failure("I2", f"{number} stands {len(marked)} times in Exact: {ids}", "delete all but the one that `exactly trace` names")
        if same_number and State(mutation["state"]) is State.POSTED:
            ids = ", ".join(sorted(document.exact_id for document in same_number))
            cure = "delete it in Exact, unless it is another document that only carries the same reference"
            yield failure("I2", f"{number} stands in Exact once more, without our mark: {ids}", cure)


def documents_arrive(mutations: Iterable[Mutation], *, now: datetime, sends: bool) -> Iterator[Finding]:
    """I3, our half: nothing is on its way for long. `sends`: the administration books, and does not only observe."""
    slow = [each for each in mutations if State(each["state"]) in ON_ITS_WAY and now - each["created_at"] > SLOW]
    if sends and slow:
        numbers = ", ".join(each["your_ref"] for each in slow[:10])
        cure = "exactly status says what it waits for; exactly doctor whether everything works"
        yield warning("I3", f"{len(slow)} documents are on their way for more than two hours: {numbers}", cure)


def documents_are_as_written(
    belongings: Belongings, written: Mapping[int, WrittenDocument], *, seen_at: datetime | None
) -> Iterator[Finding]:
    """I4: each posted document exists, and its amounts are those of its payload to the cent. `seen_at`: how old our picture is."""
    for mutation in belongings.mutations:
        if State(mutation["state"]) is not State.POSTED:
            continue
        document, ours = belongings.by_id.get(str(mutation["exact_id"])), written.get(mutation["mutation_id"])
        if document is not None:
            yield from _differences(mutation, ours, document) if ours else ()
        elif seen_at is not None and mutation["posted_at"] < seen_at - VISIBLE_AFTER:
            cure = "see in Exact's log who deleted it, and book it again by hand unless that was meant"
            yield failure("I4", f"{mutation['your_ref']} was booked as {mutation['exact_id']}, and is not in Exact any more", cure)


def _differences(mutation: Mutation, written: WrittenDocument, document: BookedDocument) -> Iterator[Finding]:
    number = mutation["your_ref"]
    cure = f"exactly trace {number} --live; if somebody changed it in Exact, put it right there or credit it"
    if document.currency != written.currency:
        yield failure("I4", f"{number} is in {document.currency} in Exact, and was written in {written.currency}", cure)
    for code in sorted(document.net_by_vat.keys() | written.net_by_vat.keys()):
        ours, theirs = written.net_by_vat.get(code, Decimal(0)), document.net_by_vat.get(code, Decimal(0))
        if ours != theirs:
            yield failure("I4", f"{number}: {theirs} net under VAT code {code or '(none)'} in Exact, {ours} were written", cure)
    yield from _vat_differences(mutation, document, cure)


def _vat_differences(mutation: Mutation, document: BookedDocument, cure: str) -> Iterator[Finding]:
    if document.vat is None or document.total is None:
        return
    number = mutation["your_ref"]
    if document.net + document.vat != document.total:
        yield failure(
            "I4", f"{number}: its lines and VAT make {document.net + document.vat} in Exact, its total says {document.total}", cure
        )
    expected = sum((Decimal(amount) for amount in mutation["vat"].values()), Decimal(0))
    # Exact may round VAT per line (FACTS 6.3).
    if abs(document.vat - expected) > CENT * max(1, document.lines):
        yield failure("I4", f"{number}: {document.vat} VAT in Exact, {expected} were expected", cure)


def deeds_are_whole(broken: Sequence[Noted]) -> Iterator[Finding]:
    """I6: what people did was neither changed nor taken out; `broken` are the deeds that do not fit their chain."""
    for deed in broken:
        says = f"what {deed.who} did ({deed.what}, number {deed.act_id}) was changed, or one before it is missing"
        yield failure("I6", says, "somebody wrote into the database past Exactly: compare with a backup")


def histories_are_whole(broken: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """I6: no illegal transition, and no event changed or taken out."""
    for row in broken:
        step = f"{row['your_ref']}: {row['before']} to {row['after']}"
        if row["after"] is None:
            yield failure("I6", f"{row['your_ref']} has no history", "somebody wrote into the database past Exactly: compare with a backup")
        elif not row["legal"]:
            yield failure("I6", f"{step} is no legal transition", "somebody wrote into the database past Exactly: compare with a backup")
        elif not row["agrees"]:
            yield failure("I6", f"{step} was the last event, and its state is another one", "compare with a backup")
        else:
            yield failure("I6", f"{step}: the event was changed, or one before it taken out", "compare with a backup")


def payload_is_whole(mutation: Mutation) -> bool:
    """The payload is the one whose hash was stored with it."""
    payload: str | None = mutation["payload"]
    found = hashlib.sha256(payload.encode()).hexdigest() if payload is not None else None
    return bool(found == mutation["payload_sha256"])


def payloads_are_whole(changed: Iterable[Mutation]) -> Iterator[Finding]:
    """I6: no payload was changed after it was frozen."""
    for mutation in changed:
        says = f"{mutation['your_ref']}: its payload is not the one that was frozen"
        yield failure("I6", says, "somebody wrote into the database past Exactly: compare with a backup")
