"""A document that stands in Exact already, beside what we would have booked: a person compares, and says that it is the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from include.console.trace import live_document
from include.errors import SetupError
from include.exact.booked import written_document
from include.exact.client import Query
from include.exact.documents import KINDS
from include.exact.models.sales_entry import SalesEntry
from include.exact.models.sales_invoice import SalesInvoice
from include.exact.odata import equal, every
from include.outbox.model import Draft, Mutation
from include.outbox.states import State
from include.retrying import drafts_of
from include.run import Run
from include.store.acts import ActStore, Document
from include.store.database import Database
from include.store.deeds import Doer

OURS = "ours"
GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DIGITS_MAX = 9
DOCUMENTS = (SalesInvoice.endpoint, SalesEntry.endpoint)


@dataclass(frozen=True)
class Pair:
    """One thing of both documents; None where one side does not tell it."""

    name: str
    ours: str | Decimal | date | None
    theirs: str | Decimal | date | None

    @property
    def differs(self) -> bool:
        return None not in {self.ours, self.theirs} and self.ours != self.theirs


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A record and the document that is to become its own; `fields`: all that Exact told; `draft`: the payload that the record lacks."""

    record: Mutation
    document: Document
    fields: dict[str, Any]
    pairs: tuple[Pair, ...]
    draft: Draft | None

    @property
    def is_ours(self) -> bool:
        """Whether the document carries our reference, so that nobody has to confirm it."""
        return self.document.reference == OURS


def beside(run: Run, record: Mutation, exact_id: UUID) -> Beside:
    """Read the document in Exact that is to become the record's, in one call, and lay it beside what we would have booked.

    Raises `SetupError` when the record does not wait, Exact has no such document in this division, or the record cannot be mapped.
    """
    if record.state is not State.DEAD_LETTER:
        raise SetupError("nothing_to_adopt", record.your_ref, cure=f"it is {record.state.value}: only a refused record adopts a document")
    draft = _draft(run, record) if record.payload is None else None
    kind = KINDS[record.endpoint]
    asked = {"endpoint": record.endpoint, "exact_id": exact_id, "look": draft.look if draft else record.look}
    found = live_document(run.exact, asked)
    if found is None:
        raise SetupError("no_such_document", exact_id, cure=f"{kind.endpoint} of division {record.division} has no document of this id")
    number = found.get(kind.number_field)
    ours = found.get(kind.token_field) == record.token or found.get("YourRef") == record.your_ref
    document = Document(exact_id, str(number) if number else None, OURS if ours else f"another, {found.get('YourRef') or 'none'}")
    return Beside(record=record, document=document, fields=found, pairs=tuple(_pairs(record, draft, found)), draft=draft)


def document_id(run: Run, record: Mutation, said: str) -> UUID:
    """The document that a person names: by its id, by the address of its page in Exact, or by its number there, which takes a call.

    Raises `SetupError` when that names none, or several.
    """
    if found := GUID.search(said):
        return UUID(found[0])
    number, kind = said.strip(), KINDS[record.endpoint]
    if not number.isdecimal() or record.endpoint not in DOCUMENTS or len(number) > DIGITS_MAX:
        raise SetupError("no_document_named", number[:DIGITS_MAX], cure="name it by its number, or the address of its page in Exact")
    terms = [equal(name, record.look[name]) for name in kind.filter_fields if name in record.look]
    rows = list(run.exact.rows(Query(record.endpoint, (kind.id_field,), every(*terms, equal(kind.number_field, int(number))))))
    if len(rows) != 1:
        raise SetupError("several_documents" if rows else "no_such_document", number, cure="name it by the address of its page in Exact")
    return UUID(str(rows[0][kind.id_field]))


def adopt(database: Database, compared: Beside, doer: Doer) -> None:
    """The document is the record's own from now on. Raises `SetupError` when it is another's, or the record does not wait any more."""
    if not ActStore(database).adopt(compared.record, compared.document, compared.draft, doer):
        raise SetupError("not_adopted", compared.record.your_ref, cure="it does not wait any more: exactly trace tells its story")


def _pairs(record: Mutation, draft: Draft | None, found: dict[str, Any]) -> Iterator[Pair]:
    yield Pair("reference", record.your_ref, found.get("YourRef") or None)
    payload = draft.payload if draft else record.payload
    if record.endpoint not in DOCUMENTS or payload is None:
        return
    written, net = written_document(record.endpoint, payload), draft.amount_net if draft else record.amount_net
    vat = sum((draft.vat if draft else record.vat).values(), Decimal(0))
    yield Pair("currency", written.currency, str(found.get("Currency") or "").strip() or None)
    yield Pair("total", None if net is None else net + vat, _amount(found.get("AmountFC")))
    yield Pair("vat", vat, _amount(found.get("VATAmountFC")))
    yield Pair("date", _day(record.endpoint, payload), _day_of(found))


def _amount(value: object) -> Decimal | None:
    return None if value in {None, ""} else Decimal(str(value)).quantize(Decimal("0.01"))


def _day(endpoint: str, payload: str) -> date:
    if endpoint == SalesInvoice.endpoint:
        return SalesInvoice.from_payload(payload).order_date
    return SalesEntry.from_payload(payload).entry_date


def _day_of(found: dict[str, Any]) -> date | None:
    told = found.get("OrderDate") or found.get("EntryDate")
    return date.fromisoformat(told) if told else None


def _draft(run: Run, record: Mutation) -> Draft:
    draft = drafts_of(run, [record]).get(str(record.key))
    if draft is None or draft.payload is None:
        cause = draft.cause if draft else "the shop does not have it any more"
        cure = f"what it would book is not known ({cause}): mend that first, or dismiss it and name the document in the reason"
        raise SetupError("cannot_be_mapped", record.your_ref, cure=cure)
    return draft
