"""Sales documents as the mirror shows them, in the words in which they are compared with what we wrote."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from include.adapters.drafts import ENDPOINTS
from include.administrations.model import Administration
from include.exact.booked import BookedDocument, Data, booked_entries, booked_invoices
from include.exact.documents import KINDS
from include.exact.entities import MASTER_DATA
from include.store.mirror import MirrorStore

LEDGER_ACCOUNTS = next(entity for entity in MASTER_DATA if entity.name == "GLAccounts")
INVOICES = "SalesInvoices"


def mirrored_documents(administration: Administration) -> str:
    """The entity of the mirror that shows this administration's documents."""
    return KINDS[ENDPOINTS[administration.target]].mirror_entity


def booked_documents(administration: Administration, mirror: MirrorStore) -> list[BookedDocument]:
    """The administration's sales documents as the mirror shows them."""
    rows = [row["data"] for row in mirror.records(mirrored_documents(administration))]
    if mirrored_documents(administration) == INVOICES:
        return booked_invoices(rows, including_codes(mirror))
    sales = [row for row in rows if str(row.get("JournalCode") or "").strip() == administration.journals.sales]
    return booked_entries(sales, _account_types(mirror))


def booked_by_id(mirror: MirrorStore, document_ids: Sequence[UUID]) -> dict[UUID, BookedDocument]:
    """Single documents, of whatever kind; one without header is not there."""
    rows: list[Data] = [row["data"] for row in mirror.rows_of(document_ids)]
    invoices = [row for row in rows if "InvoiceID" in row]
    entries = [row for row in rows if "EntryID" in row]
    found = booked_invoices(invoices, including_codes(mirror)) if invoices else []
    found += booked_entries(entries, _account_types(mirror)) if entries else []
    return {UUID(document.exact_id): document for document in found}


def including_codes(mirror: MirrorStore) -> dict[str, Decimal]:
    """The percentages of the VAT codes whose amounts include VAT (type I), by code."""
    codes = (row["data"] for row in mirror.records("VATCodes"))
    return {str(code["Code"]).strip(): Decimal(str(code["Percentage"])) for code in codes if code["Type"] == "I"}


def _account_types(mirror: MirrorStore) -> dict[str, int]:
    return {str(row["data"]["Code"]).strip(): int(row["data"]["Type"]) for row in mirror.records(LEDGER_ACCOUNTS.name)}
