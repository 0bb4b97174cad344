"""What can be subscribed to, which rows speak for a topic, and where notifications may go (FACTS 5.1, 5.2, 5.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from include.sandbox.catalogue import Catalogue
from include.sandbox.endpoints import CHILDREN

# Topic -> endpoint that its notifications name. Lines speak for their header.
TOPICS = {
    "Accounts": "crm/Accounts",
    "BankAccounts": "crm/BankAccounts",
    "BankEntries": "financialtransaction/BankEntries",
    "CashEntries": "financialtransaction/CashEntries",
    "Contacts": "crm/Contacts",
    "CostTransactions": "project/CostTransactions",
    "DocumentAttachments": "documents/DocumentAttachments",
    "Documents": "documents/Documents",
    "FinancialTransactions": "financialtransaction/Transactions",
    "GLAccounts": "financial/GLAccounts",
    "GeneralJournalEntries": "generaljournalentry/GeneralJournalEntries",
    "GoodsDeliveries": "salesorder/GoodsDeliveries",
    "Items": "logistics/Items",
    "MailMessagesSent": "mailbox/MailMessagesSent",
    "Opportunities": "crm/Opportunities",
    "ProjectPlanning": "project/ProjectPlanning",
    "PurchaseEntries": "purchaseentry/PurchaseEntries",
    "PurchaseOrders": "purchaseorder/PurchaseOrders",
    "Quotations": "crm/Quotations",
    "SalesEntries": "salesentry/SalesEntries",
    "SalesInvoices": "salesinvoice/SalesInvoices",
    "SalesOrders": "salesorder/SalesOrders",
    "StockPositions": "inventory/ItemWarehouses",
    "Subscriptions": "subscription/Subscriptions",
    "TimeTransactions": "project/TimeTransactions",
}
INSTANT = "GoodsDeliveries"
HOURS_AND_COSTS = {"TimeTransactions": 1, "CostTransactions": 2}


@dataclass(frozen=True)
class Source:
    """A table whose rows speak for a topic: by which column they name the notified row, and whether they are the row."""

    table: str
    key: str
    is_whole: bool
    kind: int | None = None  # of a table that holds several kinds: the Type of this one's rows


def sources(catalogue: Catalogue, topic: str) -> Iterator[Source]:
    """Yield the tables that speak for a topic; none where the sandbox has no such rows."""
    if topic == "FinancialTransactions":
        yield Source("transaction_lines", "EntryID", is_whole=True)
        return
    if topic in HOURS_AND_COSTS:
        yield Source("time_cost_transactions", "ID", is_whole=True, kind=HOURS_AND_COSTS[topic])
        return
    entity = catalogue.entities.get(TOPICS[topic])
    if entity is None:
        return
    yield Source(entity.table, entity.key, is_whole=True)
    for (table, _), (endpoint, column) in CHILDREN.items():
        if table == entity.table and endpoint in catalogue.entities:
            yield Source(catalogue[endpoint].table, column, is_whole=False)


def is_allowed(url: str, redirect_uris: Sequence[str], *, loopback: bool) -> bool:
    """Tell whether notifications may go to an address: HTTPS on a domain of the application's redirect addresses, or this machine."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        return False
    if loopback and _is_loopback(parts.hostname):
        return parts.scheme in ("http", "https")
    hosts = {known.hostname for known in map(_split, redirect_uris) if known is not None}
    return parts.scheme == "https" and parts.hostname in hosts


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return parts if port is None or port > 0 else None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
