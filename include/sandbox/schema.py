"""What the tables have beyond the columns of Exact: columns, indexes and tables of the sandbox's own."""

from __future__ import annotations

HIDDEN = {
    "Division": "Edm.Int32",
    "Timestamp": "Edm.Int64",
    "_seen_ms": "Edm.Int64",  # regular reads show the row from this moment on
    "_synced_ms": "Edm.Int64",  # sync reads show the row from this moment on
}
EXTRA = {
    "periods": {"_closed": "Edm.Boolean", "_closed_journals": "Edm.String"},
    "currencies": {"_key": "Edm.String", "_active": "Edm.Boolean"},
    "sales_invoices": {"_entry_id": "Edm.Guid", "_made_ms": "Edm.Int64"},
    "sales_entries": {"_made_ms": "Edm.Int64"},
    "sales_invoice_lines": {"_vat_given": "Edm.Boolean"},
    "sales_entry_lines": {"_vat_given": "Edm.Boolean"},
    "document_types": {"_key": "Edm.String"},
    "document_type_categories": {"_key": "Edm.String"},
    "time_cost_transactions": {
        "Amount": "Edm.Double",
        "Price": "Edm.Double",
        "Activity": "Edm.Guid",
        "ActivityDescription": "Edm.String",
        "Expense": "Edm.Guid",
        "ExpenseDescription": "Edm.String",
        "SkipValidation": "Edm.Boolean",
    },
    "payment_terms": {"_settled_by": "Edm.Guid"},
    "document_attachments": {"_content": "Edm.String"},
    "purchase_entries": {"_made_ms": "Edm.Int64"},
    "purchase_entry_lines": {"_vat_given": "Edm.Boolean"},
    "bank_entries": {"_date_ms": "Edm.Int64", "_rate": "Edm.Double"},
    "cash_entries": {"_date_ms": "Edm.Int64", "_rate": "Edm.Double"},
    "journal_entries": {"_date_ms": "Edm.Int64"},
    "stock_count_lines": {"_by_difference": "Edm.Boolean"},
    "sales_orders": {"OrderStatus": "Edm.Int16"},
    "sales_order_lines": {"_vat_given": "Edm.Boolean", "Status": "Edm.Int16", "StatusDescription": "Edm.String"},
    "users": {"_language": "Edm.String", "_blocked": "Edm.Boolean", "_reason": "Edm.String"},
}
# What bookings look at in wide rows of master data.
LOOKED_AT = {
    "items": '"ID", "Code", "Description", "GLRevenue", "SalesVatCode", "Unit", "UnitDescription", "StandardSalesPrice",'
    ' "IsStockItem", "IsSerialItem", "IsBatchItem", "IsTime", "CostPriceStandard", "GLStock", "GLCosts"',
    "gl_accounts": '"ID", "Code", "Description", "Type", "IsBlocked", "VATCode"',
}
INDEXES = {
    "accounts": ("Code", "_trimmed"),
    "items": ("Code",),
    "gl_accounts": ("Code",),
    "journals": ("Code",),
    "vat_codes": ("Code",),
    "sales_invoices": ("YourRef", "Description", "OrderNumber", "InvoiceNumber", "Modified"),
    "sales_invoice_lines": ("InvoiceID",),
    "sales_entries": ("YourRef", "ExternalLinkReference", "EntryNumber", "Modified"),
    "sales_entry_lines": ("EntryID",),
    "transaction_lines": ("EntryID", "YourRef", "ExternalLinkReference", "Modified", "_balance"),
    "vat_percentages": ("VATCodeID",),
    "payment_terms": ("TransactionEntryID", "TransactionID", "Account", "InvoiceNumber", "DueDate", "Modified", "_settled_by"),
    "purchase_entries": ("YourRef", "EntryNumber", "Modified", "Supplier"),
    "purchase_entry_lines": ("EntryID",),
    "bank_entries": ("JournalCode", "EntryNumber"),
    "bank_entry_lines": ("EntryID", "OurRef"),
    "cash_entries": ("JournalCode", "EntryNumber"),
    "cash_entry_lines": ("EntryID",),
    "journal_entries": ("EntryNumber",),
    "journal_entry_lines": ("EntryID",),
    "sales_orders": ("YourRef", "OrderNumber", "Modified"),
    "sales_order_lines": ("OrderID", "Item"),
    "goods_delivery_lines": ("EntryID", "SalesOrderLineID"),
    "item_warehouses": ("Item", "Warehouse"),
    "stock_counts": ("Description",),
    "stock_count_lines": ("StockCountID",),
    "warehouse_transfers": ("Description",),
    "warehouse_transfer_lines": ("TransferID",),
    "documents": ("Account", "Subject"),
    "document_attachments": ("Document",),
    "addresses": ("Account",),
    "contacts": ("Account",),
    "projects": ("Code",),
    "time_cost_transactions": ("Project", "Modified"),
}
OWN_TABLES = """
CREATE TABLE IF NOT EXISTS _facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS _counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS _calls (
    seq INTEGER PRIMARY KEY, received_ms INTEGER NOT NULL, answered_ms INTEGER, client_id TEXT, user_id TEXT, division INTEGER,
    method TEXT NOT NULL, endpoint TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL, status INTEGER, fault TEXT,
    injected_429 INTEGER NOT NULL DEFAULT 0, counted INTEGER NOT NULL DEFAULT 0, error_counted INTEGER NOT NULL DEFAULT 0,
    committed INTEGER NOT NULL DEFAULT 0, committed_ms INTEGER, row_key TEXT, text TEXT);
CREATE INDEX IF NOT EXISTS _calls_client ON _calls (client_id, division, received_ms);
CREATE TABLE IF NOT EXISTS _applications (
    client_id TEXT PRIMARY KEY, secret TEXT NOT NULL, name TEXT NOT NULL, redirect_uris TEXT NOT NULL, scopes TEXT, webhook_secret TEXT);
CREATE TABLE IF NOT EXISTS _grants (
    client_id TEXT NOT NULL, user_id TEXT NOT NULL, divisions TEXT NOT NULL, PRIMARY KEY (client_id, user_id));
CREATE TABLE IF NOT EXISTS _codes (
    code TEXT PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL, divisions TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    issued_ms INTEGER NOT NULL, used_ms INTEGER);
CREATE TABLE IF NOT EXISTS _chains (
    chain INTEGER PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL, divisions TEXT NOT NULL, issued_ms INTEGER NOT NULL,
    killed_ms INTEGER, replays INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS _refresh_tokens (
    token TEXT PRIMARY KEY, chain INTEGER NOT NULL, issued_ms INTEGER NOT NULL, used_ms INTEGER, parent TEXT);
CREATE TABLE IF NOT EXISTS _access_tokens (
    token TEXT PRIMARY KEY, chain INTEGER NOT NULL, expires_ms INTEGER NOT NULL, refresh_token TEXT NOT NULL, first_used_ms INTEGER);
CREATE TABLE IF NOT EXISTS _webhook_events (
    seq INTEGER PRIMARY KEY, division INTEGER NOT NULL, topic TEXT NOT NULL, key TEXT NOT NULL, action TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS _deliveries (
    id INTEGER PRIMARY KEY, subscription TEXT NOT NULL, client_id TEXT NOT NULL, division INTEGER NOT NULL, topic TEXT NOT NULL,
    url TEXT NOT NULL, body TEXT NOT NULL, created_ms INTEGER NOT NULL, next_ms INTEGER, state TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS _deliveries_due ON _deliveries (state, next_ms);
CREATE TABLE IF NOT EXISTS _attempts (
    delivery INTEGER NOT NULL, at_ms INTEGER NOT NULL, status INTEGER, text TEXT NOT NULL, took_ms INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS _attempts_of ON _attempts (delivery);
CREATE INDEX IF NOT EXISTS _access_refresh ON _access_tokens (refresh_token);
"""
