"""The way back: what becomes of our documents in Exact, through draft, processed and deleted, as the mirror shows it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from include.adapters.mirrored_sales import booked_by_id, including_codes
from include.exact.booked import BookedDocument, WrittenDocument, written_document
from include.exact.client import ExactClient, Query
from include.exact.documents import KINDS, PROCESSED, DocumentKind
from include.exact.odata import equal, every, one_of
from include.outbox.model import Tally
from include.store.links import Differences, DueDocument, LinkStore, Shown
from include.store.mirror import MirrorStore

log = logging.getLogger(__name__)

BATCH = 500
# As many ids as an address may hold with room to spare.
IDS_A_CALL = 20
# An invoice is a draft until somebody processes it; an entry is in the books at once.
BEGUN = {"SalesInvoices": "draft", "TransactionLines": "open"}


@dataclass(frozen=True)
class WayBack:
    """Follows the documents of one division.

    `visible_s`: after so long what was posted shows in the mirror, or was deleted. `address`: where people find a document, by template.
    """

    memory: LinkStore
    mirror: MirrorStore
    client: ExactClient
    visible_s: float
    address: str = ""

    def follow(self) -> Tally:
        """Look at what was posted, and at what the mirror brought or lost, after it was read to its end, deletions included.

        Returns counts: `followed`, `edited`, `gone`, `doubled`.
        """
        self.memory.note_address(self.address)
        tally: Tally = Tally()
        after = 0
        while due := self.memory.due(after, at_most=BATCH):
            tally += self._looked_at(due)
            after = due[-1].mutation_id
        self.memory.settle_vanished()
        return tally

    def _looked_at(self, due: Sequence[DueDocument]) -> Tally:
        standing = [each for each in due if each.stands]
        tally: Tally = Tally()
        waiting: list[DueDocument] = []
        for endpoint, some in groupby(sorted(standing, key=lambda each: each.endpoint), key=lambda each: each.endpoint):
            found, late = self._of_kind(KINDS[endpoint], list(some))
            tally += found
            waiting += late
        self.memory.looked_at([each for each in due if each not in waiting])
        return tally

    def _of_kind(self, kind: DocumentKind, due: Sequence[DueDocument]) -> tuple[Tally, list[DueDocument]]:
        """Look at documents of one kind; returns those too that cannot be judged yet."""
        shown = Shown(
            entity=kind.mirror_entity, number_field=kind.number_field, processed=PROCESSED, begun=BEGUN.get(kind.mirror_entity, "open")
        )
        booked = booked_by_id(self.mirror, [each.exact_id for each in due if each.exact_id])
        there = [each for each in due if each.exact_id in booked]
        missing = [each for each in due if each.exact_id not in booked]
        self.memory.show(there, shown)
        edited = self._compare(there, booked)
        for number, exact_id in self.memory.seconds(due, shown):
            log.error("%s stands in Exact twice: document %s carries its token as well", number, exact_id)
            edited["doubled"] += 1
        waiting = [each for each in missing if each.being_deleted or not self._should_show(each, kind)]
        gone = self._gone(kind, [each for each in missing if each not in waiting])
        return Tally(followed=len(there)) + edited + gone, waiting

    def _compare(self, there: Sequence[DueDocument], booked: Mapping[UUID, BookedDocument]) -> Tally:
        including = including_codes(self.mirror)
        found: dict[int, Differences] = {}
        for each in there:
            if each.payload is not None and each.exact_id is not None:
                differences = edited(written_document(each.endpoint, each.payload, including), booked[each.exact_id], each.your_ref)
                if differences != each.differences:
                    found[each.mutation_id] = differences
        self.memory.differ(found)
        return Tally(edited=sum(bool(each) for each in found.values()))

    def _should_show(self, document: DueDocument, kind: DocumentKind) -> bool:
        """Whether the mirror would show it if it stood in Exact: it did before, or it was posted long before the last pull began."""
        began_at = self.mirror.pulled_at(kind.mirror_entity)
        if document.was_seen:
            return True
        return began_at is not None and document.posted_at is not None and document.posted_at < began_at - timedelta(seconds=self.visible_s)

    def _gone(self, kind: DocumentKind, missing: Sequence[DueDocument]) -> Tally:
        """What left the mirror, and Exact does not know by its id any more, was deleted by somebody: rows that are late are no deletion."""
        if not missing:
            return Tally()
        standing = set(self._standing(kind, missing))
        numbers = self.memory.gone([each for each in missing if each.exact_id not in standing])
        for number in numbers:
            log.warning("%s was deleted in Exact after it was booked", number)
        return Tally(gone=len(numbers))

    def _standing(self, kind: DocumentKind, documents: Sequence[DueDocument]) -> Iterator[UUID]:
        """The ids that Exact has, a call for 20 of them; by filter, so that what is not there is no error."""

        def terms(each: DueDocument) -> tuple[str, ...]:
            return tuple(equal(name, each.look[name]) for name in kind.filter_fields if name in each.look)

        for narrowed, some in groupby(sorted(documents, key=terms), key=terms):
            ids = [each.exact_id for each in some]
            for start in range(0, len(ids), IDS_A_CALL):
                where = every(*narrowed, one_of(kind.id_field, ids[start : start + IDS_A_CALL]))
                yield from (UUID(str(row[kind.id_field])) for row in self.client.rows(Query(kind.endpoint, (kind.id_field,), where)))


def edited(written: WrittenDocument, booked: BookedDocument, your_ref: str) -> dict[str, str]:
    """What stands otherwise in Exact than we wrote it: `{what: "ours → theirs"}`; that it is processed is no difference."""
    pairs: dict[str, tuple[object, object]] = {
        "currency": (written.currency, booked.currency),
        "journal": (written.journal, (booked.journal or "").strip()),
        "lines": (written.lines, booked.lines),
        "reference": (your_ref, booked.your_ref or "nothing"),
        "relation": (written.relation, booked.relation),
    }
    for code in sorted(written.net_by_vat.keys() | booked.net_by_vat.keys()):
        pairs[f"net under VAT code {code or '(none)'}"] = (written.net_by_vat.get(code, 0), booked.net_by_vat.get(code, 0))
    return {what: f"{ours} → {theirs}" for what, (ours, theirs) in pairs.items() if ours != theirs}
