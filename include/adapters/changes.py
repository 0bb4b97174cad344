"""Documents whose source changed after they were sent: deleted and written anew, or credited, with payloads of Exact's kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from include.administrations.credits import CreditSign
from include.administrations.model import Administration, Target
from include.exact.models.sales_entry import SalesEntry
from include.exact.models.sales_invoice import SalesInvoice, SalesInvoiceType
from include.mappings.texts import cut
from include.mappings.written_lines import LONGEST_DESCRIPTION
from include.outbox.changes import Hands, revised
from include.outbox.model import Draft, Key, Mutation
from include.store.outbox import OutboxStore

MODELS: dict[str, type[SalesInvoice] | type[SalesEntry]] = {SalesInvoice.endpoint: SalesInvoice, SalesEntry.endpoint: SalesEntry}


@dataclass(frozen=True)
class Changes:
    """Turns the drafts of sources into what is to be planned beside the documents that stand already; `today`: the day of reversals."""

    administration: Administration
    store: OutboxStore
    today: Callable[[], date]

    def revised(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return these drafts, or what takes their place where a document was sent before."""
        families = self._families(drafts)
        return [each for draft in drafts for each in revised(families[_name(draft.key)], draft, self._hands)]

    def reversal(self, document: Mutation, key: Key) -> Draft:
        """The draft that credits a document of ours in full, from what we wrote: each amount is its exact negative."""
        payload = self._turned_round(document).with_token(key.token).payload()
        return Draft(
            key=key,
            administration=document.administration,
            division=document.division,
            flow=self._flow(document),
            endpoint=document.endpoint,
            source_day=self.today(),
            source_version=document.source_version,
            source_changed_at=document.source_changed_at,
            mapped_with=self.administration.fingerprint,
            your_ref=document.your_ref,
            payload=payload,
            look=document.look,
            currency=document.currency,
            amount_net=-document.amount_net if document.amount_net is not None else None,
            vat={code: -amount for code, amount in document.vat.items()},
            subjects=frozenset(each for each in document.subjects if not each.startswith("period:")),
            waits_for=document.key,
        )

    @property
    def _hands(self) -> Hands:
        return Hands(numbered, self.reversal, drafts_stay_drafts=self.administration.target is Target.SALES_INVOICE)

    def _families(self, drafts: Sequence[Draft]) -> dict[tuple[str, str], list[Mutation]]:
        found: dict[tuple[str, str], list[Mutation]] = defaultdict(list)
        for system, some in groupby(sorted(drafts, key=lambda each: each.key.source_system), key=lambda each: each.key.source_system):
            for mutation in self.store.family(system, sorted({each.key.source_id for each in some})):
                found[_name(mutation.key)].append(mutation)
        return found

    def _turned_round(self, document: Mutation) -> SalesInvoice | SalesEntry:
        written = MODELS[document.endpoint].from_payload(document.payload or "{}")
        if isinstance(written, SalesEntry):
            text = cut(f"Reversal of {document.your_ref}", LONGEST_DESCRIPTION)
            lines = tuple(
                line.model_copy(update={"amount_fc": -line.amount_fc, "quantity": -line.quantity}) for line in written.sales_entry_lines
            )
            return written.model_copy(update={"sales_entry_lines": lines, "entry_date": self.today(), "description": text})
        sign = Decimal(-1) if self.administration.credits.quantity_sign is CreditSign.NEGATIVE else Decimal(1)
        credited = tuple(line.model_copy(update={"quantity": sign * line.quantity}) for line in written.sales_invoice_lines)
        return written.model_copy(
            update={"sales_invoice_lines": credited, "type": SalesInvoiceType.CREDIT_NOTE, "order_date": self.today()}
        )

    def _flow(self, document: Mutation) -> str:
        return "returns_to_credit_notes" if document.key.effect == "credit" else "orders_to_invoices"


def numbered(draft: Draft, number: int) -> Draft:
    """The draft under another effect number: its payload carries the token of that key."""
    key = replace(draft.key, effect_number=number)
    if draft.payload is None or key == draft.key:
        return replace(draft, key=key)
    record = MODELS[draft.endpoint].from_payload(draft.payload).with_token(key.token)
    return replace(draft, key=key, payload=record.payload())


def _name(key: Key) -> tuple[str, str]:
    return key.source_system, key.source_id
