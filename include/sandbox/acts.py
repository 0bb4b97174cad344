"""Which act of a bookkeeper answers which writing call; what is not here is master data (`masters.py`)."""

from __future__ import annotations

from collections.abc import Callable

from include.sandbox import (
    deliveries,
    documents,
    hours,
    journal_entries,
    money_entries,
    purchase_entries,
    sales_entries,
    sales_invoices,
    sales_line_edits,
    sales_orders,
    stock_counts,
    stock_transfers,
    terms,
    webhook_subscriptions,
)
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.database import Row
from include.sandbox.payload import Payload

POSTS: dict[str, Callable[[Bookkeeper, Payload], Row]] = {
    "salesinvoice/SalesInvoices": sales_invoices.post_invoice,
    "salesinvoice/PrintedSalesInvoices": sales_invoices.print_invoice,
    "salesinvoice/SalesInvoiceLines": sales_line_edits.post_invoice_line,
    "salesentry/SalesEntries": sales_entries.post_entry,
    "salesentry/SalesEntryLines": sales_entries.post_entry_line,
    "purchaseentry/PurchaseEntries": purchase_entries.post_entry,
    "purchaseentry/PurchaseEntryLines": purchase_entries.BOOK.post_line,
    "financialtransaction/BankEntries": money_entries.BANK.post,
    "financialtransaction/BankEntryLines": money_entries.BANK.add_line,
    "financialtransaction/CashEntries": money_entries.CASH.post,
    "financialtransaction/CashEntryLines": money_entries.CASH.add_line,
    "generaljournalentry/GeneralJournalEntries": journal_entries.post_entry,
    "generaljournalentry/GeneralJournalEntryLines": journal_entries.post_line,
    "inventory/StockCounts": stock_counts.post_count,
    "inventory/StockCountLines": stock_counts.post_line,
    "inventory/ProcessStockCount": stock_counts.process,
    "inventory/WarehouseTransfers": stock_transfers.post_transfer,
    "inventory/WarehouseTransferLines": stock_transfers.post_line,
    "inventory/ProcessWarehouseTransfer": stock_transfers.process,
    "project/TimeTransactions": hours.post_time,
    "project/CostTransactions": hours.post_cost,
    "salesorder/SalesOrders": sales_orders.post_order,
    "salesorder/SalesOrderLines": sales_orders.post_line,
    "salesorder/GoodsDeliveries": deliveries.post_delivery,
    "salesorder/GoodsDeliveryLines": deliveries.post_line,
    "salesinvoice/InvoiceSalesOrders": deliveries.invoice_orders,
    "documents/Documents": documents.post_document,
    "documents/DocumentAttachments": documents.post_attachment,
    "webhooks/WebhookSubscriptions": webhook_subscriptions.post_subscription,
}
PUTS: dict[str, Callable[[Bookkeeper, str, Row], None]] = {
    "salesinvoice/SalesInvoices": sales_invoices.change_invoice,
    "salesinvoice/SalesInvoiceLines": sales_line_edits.change_invoice_line,
    "salesentry/SalesEntries": sales_entries.change_entry,
    "salesentry/SalesEntryLines": sales_entries.change_entry_line,
    "purchaseentry/PurchaseEntries": purchase_entries.BOOK.change,
    "purchaseentry/PurchaseEntryLines": purchase_entries.BOOK.change_line,
    "cashflow/Receivables": terms.change_term,
    "cashflow/Payments": terms.change_term,
    "inventory/StockCounts": stock_counts.change_count,
    "inventory/StockCountLines": stock_counts.change_line,
    "inventory/WarehouseTransfers": stock_transfers.change_transfer,
    "inventory/WarehouseTransferLines": stock_transfers.change_line,
    "project/TimeTransactions": hours.change,
    "project/CostTransactions": hours.change,
    "salesorder/SalesOrders": sales_orders.change_order,
    "salesorder/SalesOrderLines": sales_orders.change_line,
    "salesorder/GoodsDeliveries": deliveries.change_delivery,
    "documents/Documents": documents.change_document,
    "webhooks/WebhookSubscriptions": webhook_subscriptions.change_subscription,
}


def _keep_division(keeper: Bookkeeper, _: str) -> None:
    """Refuse to delete a company: the sandbox would be left without it."""
    keeper.complain("cannot_delete", "Division")
    keeper.refuse_if_any()


DELETES: dict[str, Callable[[Bookkeeper, str], None]] = {
    "system/Divisions": _keep_division,
    "salesinvoice/SalesInvoices": sales_invoices.delete_invoice,
    "salesinvoice/SalesInvoiceLines": sales_line_edits.delete_invoice_line,
    "salesentry/SalesEntries": sales_entries.delete_entry,
    "salesentry/SalesEntryLines": sales_entries.delete_entry_line,
    "purchaseentry/PurchaseEntries": purchase_entries.delete_entry,
    "purchaseentry/PurchaseEntryLines": purchase_entries.BOOK.delete_line,
    "financialtransaction/BankEntries": money_entries.BANK.delete,
    "financialtransaction/CashEntries": money_entries.CASH.delete,
    "generaljournalentry/GeneralJournalEntries": journal_entries.delete_entry,
    "inventory/StockCounts": stock_counts.delete_count,
    "inventory/StockCountLines": stock_counts.delete_line,
    "inventory/WarehouseTransfers": stock_transfers.delete_transfer,
    "inventory/WarehouseTransferLines": stock_transfers.delete_line,
    "project/TimeTransactions": hours.delete,
    "project/CostTransactions": hours.delete,
    "salesorder/SalesOrders": sales_orders.delete_order,
    "salesorder/SalesOrderLines": sales_orders.delete_line,
    "documents/Documents": documents.delete_document,
    "documents/DocumentAttachments": documents.delete_attachment,
    "webhooks/WebhookSubscriptions": webhook_subscriptions.delete_subscription,
}
