"""Numbers and letters by which Exact tells kinds of things apart (FACTS 6.7)."""

from __future__ import annotations

SALES_JOURNAL = 20
# Types of ledger accounts that no line of a sale goes to: cash, bank, cards, payment services, receivables, payables, VAT.
NO_SALES = frozenset({10, 12, 14, 16, 20, 22, 24})
# The status of a relation that may be invoiced.
CUSTOMER = "C"
# The status of a period, for one journal.
PERIOD_CLOSED = 1
