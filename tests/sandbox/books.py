"""Documents to post into the small books, and the keys that they need."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tests.sandbox.driver import ExactClient

DIVISION = 100
INVOICES = f"{DIVISION}/salesinvoice/SalesInvoices"
INVOICE_LINES = f"{DIVISION}/salesinvoice/SalesInvoiceLines"
PRINTED = f"{DIVISION}/salesinvoice/PrintedSalesInvoices"
ENTRIES = f"{DIVISION}/salesentry/SalesEntries"
ENTRY_LINES = f"{DIVISION}/salesentry/SalesEntryLines"
LEDGER = f"{DIVISION}/financialtransaction/TransactionLines"


@lru_cache(maxsize=32)
def keys(client: ExactClient) -> dict[str, str]:
    """Return GUIDs by code: relations, items, ledger accounts. Seeded rows keep them over a reset."""
    found = {
        row["Code"].strip(): row["ID"] for row in client.all_rows(f"{DIVISION}/sync/CRM/Accounts", "Timestamp gt 1L", select="ID,Code")
    }
    found |= {row["Code"]: row["ID"] for row in client.all_rows(f"{DIVISION}/sync/Logistics/Items", "Timestamp gt 1L", select="ID,Code")}
    return found | {row["Code"]: row["ID"] for row in client.all_rows(f"{DIVISION}/financial/GLAccounts", select="ID,Code")}


def invoice(client: ExactClient, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    own = lines or ({"Quantity": 2, "NetPrice": 10, "VATCode": "E21"},)
    whole = [{"Item": keys(client)["A1"], **line} for line in own]
    return {"OrderedBy": keys(client)["1"], "Journal": "70", **header, "SalesInvoiceLines": whole}


def entry(client: ExactClient, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    whole = [{"GLAccount": keys(client)["8000"], **line} for line in lines or ({"AmountFC": 100, "VATCode": "E21"},)]
    return {"Customer": keys(client)["1"], "Journal": "70", **header, "SalesEntryLines": whole}
