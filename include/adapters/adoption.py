"""First run: what stands in Exact already under the shop's own number is taken as it is, and never booked once more."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from include.adapters.drafts import CREDIT, ENDPOINTS, SALE
from include.adapters.mirrored_sales import LEDGER_ACCOUNTS, booked_by_id, including_codes
from include.adapters.pulls import Pulls
from include.administrations.model import Administration
from include.exact.booked import BookedDocument, WrittenDocument, written_document
from include.exact.documents import KINDS, DocumentKind
from include.exact.entities import DOCUMENTS, MASTER_DATA
from include.outbox.model import Cause, Tally
from include.store.adoption import AdoptionStore, TakenNumber
from include.store.mirror import MirrorStore

log = logging.getLogger(__name__)

VAT_CODES = next(entity for entity in MASTER_DATA if entity.name == "VATCodes")


@dataclass(frozen=True)
class Adoption:
    """Compares what one administration has planned with what its sales journal holds in Exact."""

    administration: Administration
    memory: AdoptionStore
    mirror: MirrorStore
    pulls: Pulls

    def adopt(self) -> Tally:
        """Take what agrees in number, relation, currency and net amount; what agrees in its number alone becomes a dead letter.

        The first time costs one pull of the journal's documents, whatever the number of orders; later ones nothing, as long as the mirror
        shows no number that is planned. Only what was sold before the administration began to book is compared.
        """
        documents = DOCUMENTS[self._kind.mirror_entity]
        is_first = not self.memory.begin()
        if is_first:
            self.pulls.pull(documents)
        tally: Tally = Tally()
        if self._taken():
            # Somebody may just have put a number right, or deleted a document.
            if not is_first:
                self.pulls.pull(documents)
            self.pulls.pull_deleted()
            tally += self._judged()
        if is_first:
            self.memory.compared()
        return tally

    def _judged(self) -> Tally:
        taken = self._taken()
        self.pulls.pull_missing([LEDGER_ACCOUNTS, VAT_CODES])
        booked = booked_by_id(self.mirror, [each.document_id for each in taken])
        tally: Tally = Tally()
        for _, some in groupby(taken, key=lambda each: each.mutation_id):
            tally += self._judge(list(some), booked)
        return tally

    def _taken(self) -> list[TakenNumber]:
        kind = self._kind
        where = {"entity": kind.mirror_entity, "journal_field": kind.mirror_journal_field}
        return self.memory.taken(kind.endpoint, **where, effects=(SALE, CREDIT))

    def _judge(self, candidates: Sequence[TakenNumber], booked: Mapping[UUID, BookedDocument]) -> Tally:
        """One effect, and the documents with its number; a credit is no sale."""
        planned = candidates[0]
        alike = [
            found
            for each in candidates
            if (found := booked.get(each.document_id)) is not None and found.is_credit == (planned.effect == CREDIT)
        ]
        if not alike:
            return Tally()
        written = written_document(planned.endpoint, planned.payload, including_codes(self.mirror))
        objections = {document.exact_id: _objection(written, document) for document in alike}
        if len(alike) == 1 and not objections[alike[0].exact_id]:
            return Tally(adopted=int(self._take(planned, alike[0])))
        cause = Cause("already_in_exact", planned.your_ref, _facts(written, alike, objections))
        return Tally(dead_letter=int(self.memory.ask_about(planned.mutation_id, cause)))

    def _take(self, planned: TakenNumber, document: BookedDocument) -> bool:
        done = self.memory.take(planned.mutation_id, UUID(document.exact_id), document.number)
        if done:
            log.info("%s stands in Exact already: %s is taken as its document", planned.your_ref, document.exact_id)
        return done

    @property
    def _kind(self) -> DocumentKind:
        return KINDS[ENDPOINTS[self.administration.target]]


def _objection(written: WrittenDocument, document: BookedDocument) -> str:
    """What speaks against taking a document as the one that we would write; empty when nothing does."""
    pairs = {
        "relation": (written.relation, document.relation),
        "currency": (written.currency, document.currency),
        "net amount": (written.net, document.net),
    }
    return ", ".join(what for what, (ours, theirs) in pairs.items() if ours != theirs)


def _facts(written: WrittenDocument, documents: Sequence[BookedDocument], objections: Mapping[str, str]) -> dict[str, str]:
    """Both versions, so that a person can tell whether they are one sale."""
    facts = {"ours": f"{written.net} {written.currency} net, {written.lines} lines"}
    for number, document in enumerate(documents, 1):
        facts[f"in Exact {number}"] = (
            f"{document.net} {document.currency} net, {document.lines} lines, number {document.number or 'none yet'}, "
            f"id {document.exact_id}; otherwise than ours: {objections[document.exact_id] or 'nothing'}"
        )
    return facts
