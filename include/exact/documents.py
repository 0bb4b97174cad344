"""What we make in Exact: under which field each carries our token, its id, and where the mirror shows it again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from include.exact.odata import equal, every

# From this status on a document is processed (FACTS 6.2): it has a number, and nothing but a credit undoes it.
PROCESSED = 50


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
    `lines`: the collection of its lines, for documents that we delete while they are drafts.
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
        ),
        DocumentKind("crm/Accounts", "ID", "Code", "CodeAtSupplier", (), "Accounts", "ID"),
        # Notes may stand in no index: the relation narrows what is looked through.
        DocumentKind("crm/Contacts", "ID", "ID", "Notes", ("Account",), "Contacts", "ID", by_id=True),
        DocumentKind("crm/Addresses", "ID", "ID", "Notes", ("Account",), "Addresses", "ID", by_id=True),
    )
}


def find_by_token(kind: DocumentKind, token: str, terms: dict[str, str]) -> str:
    """The filter that finds a document by our token."""
    values = {name: UUID(terms[name]) if kind.by_id else terms[name] for name in kind.filter_fields}
    return every(*(equal(name, value) for name, value in values.items()), equal(kind.token_field, token))
