"""The documents that we make: under which field each carries our token, its id, and where the mirror shows it again."""

from __future__ import annotations

from dataclasses import dataclass

from include.exact.odata import equal, every


@dataclass(frozen=True)
class DocumentKind:
    """How to find a kind of document: `filter_fields` is what its endpoint wants in a filter beside the token (FACTS 2.10, 6.2, 6.3)."""

    endpoint: str
    id_field: str
    number_field: str
    token_field: str
    filter_fields: tuple[str, ...]
    mirror_entity: str
    mirror_id_field: str
    mirror_journal_field: str


KINDS = {
    kind.endpoint: kind
    for kind in (
        DocumentKind(
            "salesinvoice/SalesInvoices", "InvoiceID", "InvoiceNumber", "Description", (), "SalesInvoices", "InvoiceID", "Journal"
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
    )
}


def find_by_token(kind: DocumentKind, token: str, terms: dict[str, str]) -> str:
    """The filter that finds a document by our token."""
    return every(*(equal(name, terms[name]) for name in kind.filter_fields), equal(kind.token_field, token))
