"""What we make in Exact: under which field each carries our token, its id, and where the mirror shows it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from include.exact.odata import equal, every

# From this status on a document is processed (FACTS 6.2): it has a number, and nothing but a credit undoes it.
PROCESSED = 50
# What tells how a sales document stands.
SHOWN = ("YourRef", "Status", "Type", "Currency", "AmountFC", "VATAmountFC")


@dataclass(frozen=True)
class Lines:
    """Where the lines of a document are read, by the field that holds the document's id."""

    collection: str
    endpoint: str
    document_field: str


@dataclass(frozen=True)
class DocumentKind:
    """How to find a kind of document: `filter_fields` is what its endpoint wants in a filter beside the token (FACTS 2.10, 6.2, 6.3).

    `by_id`: those fields hold GUIDs. `mirror_journal_field` is empty for what belongs to no journal.
    `lines`: the collection of its lines, for documents that we delete while they are drafts. `shown`: what tells how it stands, no names.
    """

    endpoint: str
    id_field: str
    number_field: str
    token_field: str
    filter_fields: tuple[str, ...]
    mirror_entity: str
    mirror_id_field: str
    mirror_journal_field: str = ""
    by_id: bool = False
    lines: Lines | None = None
    shown: tuple[str, ...] = SHOWN


KINDS = {
    kind.endpoint: kind
    for kind in (
        DocumentKind(
            "salesinvoice/SalesInvoices",
            "InvoiceID",
            "InvoiceNumber",
            "Description",
            (),
            "SalesInvoices",
            "InvoiceID",
            "Journal",
            lines=Lines("SalesInvoiceLines", "salesinvoice/SalesInvoiceLines", "InvoiceID"),
            shown=(*SHOWN, "OrderDate"),
        ),
        # The list of mandatory filter fields of entries is unknown but for members such as Journal: ask for it always.
        DocumentKind(
            "salesentry/SalesEntries",
            "EntryID",
            "EntryNumber",
            "ExternalLinkReference",
            ("Journal",),
            "TransactionLines",
            "EntryID",
            "JournalCode",
            shown=(*SHOWN, "EntryDate"),
        ),
        DocumentKind(
            "crm/Accounts", "ID", "Code", "CodeAtSupplier", (), "Accounts", "ID", shown=("Status", "Blocked", "Country", "Modified")
        ),
        # Notes may stand in no index: the relation narrows what is looked through.
        DocumentKind("crm/Contacts", "ID", "ID", "Notes", ("Account",), "Contacts", "ID", by_id=True, shown=("Account", "Modified")),
        DocumentKind(
            "crm/Addresses", "ID", "ID", "Notes", ("Account",), "Addresses", "ID", by_id=True, shown=("Account", "Type", "Modified")
        ),
    )
}


def find_by_token(kind: DocumentKind, token: str, terms: Mapping[str, str]) -> str:
    """The filter that finds a document by our token."""
    return every(*_terms(kind, terms), equal(kind.token_field, token))


def find_by_id(kind: DocumentKind, exact_id: UUID, terms: Mapping[str, str]) -> str:
    """The filter that finds a document by its id; never by key, since one that is gone would count as an error (FACTS 2.8)."""
    return every(*_terms(kind, terms), equal(kind.id_field, exact_id))


def _terms(kind: DocumentKind, terms: Mapping[str, str]) -> list[str]:
    return [equal(name, UUID(terms[name]) if kind.by_id else terms[name]) for name in kind.filter_fields if name in terms]
