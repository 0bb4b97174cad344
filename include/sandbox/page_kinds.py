"""Which documents the pages show, and what of each: in lists, as a head, and line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass

SALES_LINES = ("GLAccountCode", "GLAccountDescription", "Description", "VATCode", "VATPercentage", "AmountFC", "VATAmountFC")
ENTRY_FACTS = ("Journal", "EntryDate", "DueDate", "PaymentCondition", "AmountFC", "VATAmountFC", "AmountDC", "Rate")
MONEY_LINES = ("Date", "AccountName", "GLAccountCode", "GLAccountDescription", "Description", "OurRef", "VATCode", "AmountFC")
_CREDIT = "CASE WHEN \"Type\" IN (8021, 8024, 21, 31) THEN 'credit' END"


@dataclass(frozen=True)
class Shown:
    """A kind of documents on the pages; `reference` to `remark` are SQL over its own columns."""

    name: str
    label: str
    table: str
    key: str
    number: str
    lines: str = ""  # table of its lines
    reference: str = "NULL"
    about: str = '"Description"'
    party: str = "NULL"
    party_key: str = ""  # the column with the relation's GUID
    amount: str = "NULL"
    currency: str = "NULL"
    status: str = '"StatusDescription"'
    remark: str = "NULL"
    facts: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    entry: str = ""  # the column with the EntryID of what it booked; empty where it books nothing
    acts: tuple[str, ...] = ("process", "reopen", "delete")


SHOWN = (
    Shown(
        "invoices",
        "Sales invoice",
        "sales_invoices",
        "InvoiceID",
        "InvoiceNumber",
        "sales_invoice_lines",
        reference='"YourRef"',
        party='"OrderedByName"',
        party_key="OrderedBy",
        amount='"AmountFC"',
        currency='"Currency"',
        remark=_CREDIT,
        facts=("Journal", "OrderDate", "InvoiceDate", "DueDate", "PaymentCondition", "AmountFC", "VATAmountFC", "AmountDC", "OrderNumber"),
        columns=(
            "ItemCode",
            "Description",
            "GLAccountDescription",
            "Quantity",
            "NetPrice",
            "VATCode",
            "VATPercentage",
            "AmountFC",
            "VATAmountFC",
        ),
        entry="_entry_id",
        acts=("process", "delete"),
    ),
    Shown(
        "sales-entries",
        "Sales entry",
        "sales_entries",
        "EntryID",
        "EntryNumber",
        "sales_entry_lines",
        reference='"YourRef"',
        party='"CustomerName"',
        party_key="Customer",
        amount='"AmountFC"',
        currency='"Currency"',
        remark=_CREDIT,
        facts=(*ENTRY_FACTS, "InvoiceNumber", "ExternalLinkReference"),
        columns=SALES_LINES,
        entry="EntryID",
    ),
    Shown(
        "purchases",
        "Purchase entry",
        "purchase_entries",
        "EntryID",
        "EntryNumber",
        "purchase_entry_lines",
        reference='"YourRef"',
        party='"SupplierName"',
        party_key="Supplier",
        amount='"AmountFC"',
        currency='"Currency"',
        remark=_CREDIT,
        facts=ENTRY_FACTS,
        columns=SALES_LINES,
        entry="EntryID",
    ),
    *(
        Shown(
            name,
            label,
            table,
            "EntryID",
            "EntryNumber",
            lines,
            about='"JournalDescription"',
            amount='"ClosingBalanceFC" - "OpeningBalanceFC"',
            currency='"Currency"',
            facts=("JournalCode", "JournalDescription", "OpeningBalanceFC", "ClosingBalanceFC", "FinancialYear", "FinancialPeriod"),
            columns=MONEY_LINES,
            entry="EntryID",
        )
        for name, label, table, lines in (
            ("bank", "Bank entry", "bank_entries", "bank_entry_lines"),
            ("cash", "Cash entry", "cash_entries", "cash_entry_lines"),
        )
    ),
    Shown(
        "journal",
        "Journal entry",
        "journal_entries",
        "EntryID",
        "EntryNumber",
        "journal_entry_lines",
        about='"JournalDescription"',
        currency='"Currency"',
        facts=("JournalCode", "JournalDescription", "FinancialYear", "FinancialPeriod", "ExchangeRate"),
        columns=MONEY_LINES,
        entry="EntryID",
    ),
    Shown(
        "orders",
        "Sales order",
        "sales_orders",
        "OrderID",
        "OrderNumber",
        "sales_order_lines",
        reference='"YourRef"',
        party='"OrderedByName"',
        party_key="OrderedBy",
        amount='"AmountFC"',
        currency='"Currency"',
        facts=(
            "OrderDate",
            "DeliveryDate",
            "DeliveryStatusDescription",
            "InvoiceStatusDescription",
            "AmountFC",
            "AmountDC",
            "WarehouseCode",
        ),
        columns=("ItemCode", "Description", "Quantity", "QuantityDelivered", "QuantityInvoiced", "NetPrice", "VATCode", "AmountFC"),
        acts=("process", "delete"),
    ),
    Shown(
        "deliveries",
        "Goods delivery",
        "goods_deliveries",
        "EntryID",
        "DeliveryNumber",
        "goods_delivery_lines",
        party='"DeliveryAccountName"',
        party_key="DeliveryAccount",
        status="'Delivered'",
        facts=("DeliveryDate", "WarehouseCode", "TrackingNumber", "ShippingMethodDescription"),
        columns=("ItemCode", "ItemDescription", "SalesOrderNumber", "QuantityOrdered", "QuantityDelivered"),
        entry="EntryID",
        acts=(),
    ),
    Shown(
        "counts",
        "Stock count",
        "stock_counts",
        "StockCountID",
        "StockCountNumber",
        "stock_count_lines",
        status="CASE WHEN \"Status\" = 21 THEN 'Processed' ELSE 'Draft' END",
        facts=("StockCountDate", "WarehouseCode", "OffsetGLInventoryCode", "EntryNumber"),
        columns=("ItemCode", "ItemDescription", "StorageLocationCode", "QuantityInStock", "QuantityNew", "QuantityDifference"),
        entry="StockCountID",
        acts=("process", "delete"),
    ),
    Shown(
        "transfers",
        "Warehouse transfer",
        "warehouse_transfers",
        "TransferID",
        "TransferNumber",
        "warehouse_transfer_lines",
        status="CASE WHEN \"Status\" = 50 THEN 'Complete' ELSE 'Open' END",
        facts=("EntryDate", "TransferDate", "WarehouseFromCode", "WarehouseToCode", "Remarks"),
        columns=("ItemCode", "ItemDescription", "Quantity", "StorageLocationFromCode", "StorageLocationToCode"),
        acts=("process", "delete"),
    ),
    Shown(
        "hours",
        "Hours and costs",
        "time_cost_transactions",
        "ID",
        "EntryNumber",
        about='coalesce("ItemDescription", "Notes")',
        reference='"ProjectCode"',
        party='"AccountName"',
        party_key="Account",
        amount='"AmountFC"',
        currency='"Currency"',
        status="CASE \"HourStatus\" WHEN 20 THEN 'Final' WHEN 1 THEN 'Draft' ELSE 'Submitted' END",
        remark="CASE WHEN \"Type\" = 2 THEN 'cost' ELSE 'time' END",
        facts=("Date", "ProjectDescription", "ItemDescription", "Quantity", "PriceFC", "AmountFC", "Notes"),
    ),
    Shown(
        "scans",
        "Document",
        "documents",
        "ID",
        "HID",
        "document_attachments",
        about='"Subject"',
        party='"AccountName"',
        party_key="Account",
        status="NULL",
        facts=("DocumentDate", "TypeDescription", "CategoryDescription", "FinancialTransactionEntryID", "Body"),
        columns=("FileName", "FileSize", "Url"),
        acts=(),
    ),
)
BY_NAME = {kind.name: kind for kind in SHOWN}
PARENTS = {"document_attachments": "Document"}  # the column that leads to the document, where it is not the document's key
QUANTITIES = re.compile(r"Quantity|Stock\Z|Rate\Z")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def label_of(column: str) -> str:
    """Return a column's name as words: `GLAccountCode` is `GL account code`."""
    words = CAMEL.sub(" ", column).split(" ")
    return " ".join(word if word.isupper() or place == 0 else word.lower() for place, word in enumerate(words))


def form_of(column: str, edm: str) -> str:
    """Return how a column's values are written: money, quantity, share, stamp, day, flag or text."""
    if edm == "Edm.Double":
        return "share" if column.endswith("Percentage") else "quantity" if QUANTITIES.search(column) else "money"
    if edm == "Edm.DateTime":
        return "stamp" if column in ("Created", "Modified") else "day"
    return "flag" if edm == "Edm.Boolean" else "text"
