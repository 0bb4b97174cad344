"""Sales entries: what is sold, booked without an invoice of Exact's own (FACTS 6.3)."""

from __future__ import annotations

from include.sandbox.entries import EntryBook, Side
from include.sandbox.ledger import RECEIVABLE

SALES = Side(
    endpoint="salesentry/SalesEntries",
    table="sales_entries",
    lines="salesentry/SalesEntryLines",
    lines_table="sales_entry_lines",
    party="Customer",
    condition="PaymentConditionSales",
    journal_kind=20,
    types={20: "Sales entry", 21: "Sales credit note"},
    control=RECEIVABLE,
    find_party=lambda keeper, key: keeper.customer(key, "Customer", mandatory=True),
)
BOOK = EntryBook(SALES)
post_entry, change_entry, delete_entry = BOOK.post, BOOK.change, BOOK.delete
process_entry, reopen_entry = BOOK.process, BOOK.reopen
post_entry_line, change_entry_line, delete_entry_line = BOOK.post_line, BOOK.change_line, BOOK.delete_line
