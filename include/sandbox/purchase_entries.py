"""Purchase entries: what suppliers invoiced, each with the document that it was booked from (FACTS 6.4)."""

from __future__ import annotations

from include.sandbox import documents
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.database import Row
from include.sandbox.entries import EntryBook, Side
from include.sandbox.ledger import PAYABLE
from include.sandbox.payload import Payload

PURCHASES = Side(
    endpoint="purchaseentry/PurchaseEntries",
    table="purchase_entries",
    lines="purchaseentry/PurchaseEntryLines",
    lines_table="purchase_entry_lines",
    party="Supplier",
    condition="PaymentConditionPurchase",
    journal_kind=22,
    types={30: "Purchase entry", 31: "Purchase credit note"},
    control=PAYABLE,
    find_party=lambda keeper, key: keeper.supplier(key, "Supplier", mandatory=True),
)
BOOK = EntryBook(PURCHASES)
PURCHASE_INVOICE = 20  # the type of document that is made when none is given


def post_entry(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write a purchase entry; without a document of its own it gets an empty one. Raises `ValidationError`, `BadRequestError`."""
    if payload.values.get("Document"):
        document = keeper.by_id("documents", payload.values["Document"], "Document") or {}
        named = {"DocumentNumber": document.get("HID"), "DocumentSubject": document.get("Subject")}
        row = BOOK.post(keeper, Payload({**payload.values, **named}, payload.children))
        documents.link(keeper, payload.values["Document"], row)
        return row
    row = BOOK.post(keeper, payload)
    document = documents.made_for(keeper, row, PURCHASE_INVOICE)
    named = {"Document": document["ID"], "DocumentNumber": document["HID"], "DocumentSubject": document["Subject"]}
    keeper.world.database.update("purchase_entries", row["EntryID"], named)
    for line in keeper.world.database.find_all("transaction_lines", EntryID=row["EntryID"]):
        keeper.world.database.update("transaction_lines", line["ID"], named)
    return {**row, **named}


def delete_entry(keeper: Bookkeeper, entry_id: str) -> None:
    """Delete an open purchase entry; its document stays, and no longer belongs to an entry."""
    BOOK.delete(keeper, entry_id)
    documents.unlink(keeper, entry_id)
