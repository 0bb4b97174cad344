"""The bookkeeper's desk: what a person does by hand with documents that a client posted. Reached through the control door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from include.sandbox import (
    hours,
    journal_entries,
    money_entries,
    purchase_entries,
    sales_entries,
    sales_invoices,
    sales_line_edits,
    sales_orders,
    sql,
    stock_counts,
    stock_transfers,
)
from include.sandbox.bookkeeper import Bookkeeper, storable
from include.sandbox.database import Row
from include.sandbox.payload import Payload, read_payload
from include.sandbox.world import World

Act = Callable[[Bookkeeper, str], None]
Change = Callable[[Bookkeeper, str, Row], None]


class DeskError(ValueError):
    """What was asked makes no sense for this document; the text says why."""


@dataclass(frozen=True)
class Kind:
    """How a kind of documents is stored and what may be done with it."""

    name: str
    endpoint: str
    table: str
    key: str
    lines: str  # endpoint of its lines
    lines_table: str
    change: Change | None
    delete: Act
    process: Act
    reopen: Act | None = None
    add_line: Callable[[Bookkeeper, Payload], Row] | None = None
    change_line: Change | None = None
    delete_line: Act | None = None


class Desk:
    """Finds a document of any kind and does what is asked."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, document_id: str) -> tuple[Kind, Row] | None:
        """Return kind and header of a document by its key."""
        for kind in KINDS:
            row = self._world.database.find(kind.table, **{kind.key: document_id})
            if row:
                return kind, row
        return None

    def shown(self, kind: Kind, document_id: str) -> Row:
        """Return a header with its lines under `lines`."""
        row = self._world.database.find(kind.table, **{kind.key: document_id}) or {}
        return {**row, "lines": self._lines(kind, document_id)}

    def _lines(self, kind: Kind, document_id: str) -> list[Row]:
        if not kind.lines_table:
            return []
        where = f"{sql.quoted(kind.key)} = ?"
        return self._world.database.all(sql.select("*", kind.lines_table, where, 'ORDER BY "LineNumber"'), (document_id,))

    def edit(self, keeper: Bookkeeper, kind: Kind, document_id: str, changes: Row) -> None:
        """Change columns of a header. Raises `DeskError`, `ValidationError`."""
        unknown = set(changes) - set(self._world.database.columns(kind.table))
        if unknown:
            raise DeskError(f"no such columns: {', '.join(sorted(unknown))}")
        if kind.change is None:
            raise DeskError(f"{kind.name} does not change; delete it and write another")
        kind.change(keeper, document_id, changes)

    def edit_line(self, keeper: Bookkeeper, kind: Kind, place: tuple[str, int], changes: Row) -> None:
        """Change fields of a line by its number. Raises `DeskError`, `ValidationError`."""
        if kind.change_line is None:
            raise DeskError(f"lines of {kind.name} do not change")
        values = read_payload(self._world.catalogue[kind.lines], changes, verb="POST").values
        kind.change_line(keeper, self._line_id(kind, place), values)

    def add_line(self, keeper: Bookkeeper, kind: Kind, document_id: str, values: Row) -> None:
        """Add a line. Raises `DeskError`, `ValidationError`."""
        if kind.add_line is None:
            raise DeskError(f"{kind.name} takes no further lines")
        kind.add_line(keeper, read_payload(self._world.catalogue[kind.lines], {**values, kind.key: document_id}, verb="POST"))

    def delete_line(self, keeper: Bookkeeper, kind: Kind, place: tuple[str, int]) -> None:
        """Delete a line by its number. Raises `DeskError`, `ValidationError`."""
        if kind.delete_line is None:
            raise DeskError(f"lines of {kind.name} do not go")
        kind.delete_line(keeper, self._line_id(kind, place))

    def reopen(self, keeper: Bookkeeper, kind: Kind, document_id: str) -> None:
        """Make a processed document open again. Raises `DeskError`."""
        if kind.reopen is None:
            raise DeskError(f"{kind.name} is not opened again once it is processed")
        kind.reopen(keeper, document_id)

    def _line_id(self, kind: Kind, place: tuple[str, int]) -> str:
        for line in self._lines(kind, place[0]):
            if line["LineNumber"] == place[1]:
                return str(line["ID"])
        raise DeskError(f"there is no line {place[1]}")


def _edit_invoice(keeper: Bookkeeper, invoice_id: str, changes: dict[str, Any]) -> None:
    keeper.world.touch("sales_invoices", invoice_id, storable(changes), division=keeper.division)
    sales_invoices.touch_lines(keeper, invoice_id)


KINDS = (
    Kind(
        "an invoice",
        "salesinvoice/SalesInvoices",
        "sales_invoices",
        "InvoiceID",
        "salesinvoice/SalesInvoiceLines",
        "sales_invoice_lines",
        change=_edit_invoice,
        delete=sales_invoices.delete_invoice,
        process=sales_invoices.process_invoice,
        add_line=sales_line_edits.post_invoice_line,
        change_line=sales_line_edits.change_invoice_line,
        delete_line=sales_line_edits.delete_invoice_line,
    ),
    Kind(
        "a sales entry",
        "salesentry/SalesEntries",
        "sales_entries",
        "EntryID",
        "salesentry/SalesEntryLines",
        "sales_entry_lines",
        change=sales_entries.change_entry,
        delete=sales_entries.delete_entry,
        process=sales_entries.process_entry,
        reopen=sales_entries.reopen_entry,
        add_line=sales_entries.post_entry_line,
        change_line=sales_entries.change_entry_line,
        delete_line=sales_entries.delete_entry_line,
    ),
    Kind(
        "a purchase entry",
        "purchaseentry/PurchaseEntries",
        "purchase_entries",
        "EntryID",
        "purchaseentry/PurchaseEntryLines",
        "purchase_entry_lines",
        change=purchase_entries.BOOK.change,
        delete=purchase_entries.delete_entry,
        process=purchase_entries.BOOK.process,
        reopen=purchase_entries.BOOK.reopen,
        add_line=purchase_entries.BOOK.post_line,
        change_line=purchase_entries.BOOK.change_line,
        delete_line=purchase_entries.BOOK.delete_line,
    ),
    Kind(
        "a general journal entry",
        "generaljournalentry/GeneralJournalEntries",
        journal_entries.TABLE,
        "EntryID",
        journal_entries.LINES,
        journal_entries.LINES_TABLE,
        change=None,
        delete=journal_entries.delete_entry,
        process=journal_entries.process_entry,
        reopen=journal_entries.reopen_entry,
    ),
    *(
        Kind(
            f"a {book.money.name.lower()} entry",
            book.money.endpoint,
            book.money.table,
            "EntryID",
            book.money.lines,
            book.money.lines_table,
            change=None,
            delete=book.delete,
            process=book.process,
            reopen=book.reopen,
            add_line=book.add_line,
        )
        for book in (money_entries.BANK, money_entries.CASH)
    ),
    Kind(
        "a stock count",
        "inventory/StockCounts",
        stock_counts.TABLE,
        "StockCountID",
        stock_counts.LINES,
        stock_counts.LINES_TABLE,
        change=stock_counts.change_count,
        delete=stock_counts.delete_count,
        process=stock_counts.process_count,
        add_line=stock_counts.post_line,
        change_line=stock_counts.change_line,
        delete_line=stock_counts.delete_line,
    ),
    Kind(
        "a warehouse transfer",
        "inventory/WarehouseTransfers",
        stock_transfers.TABLE,
        "TransferID",
        stock_transfers.LINES,
        stock_transfers.LINES_TABLE,
        change=stock_transfers.change_transfer,
        delete=stock_transfers.delete_transfer,
        process=stock_transfers.process_transfer,
        add_line=stock_transfers.post_line,
        change_line=stock_transfers.change_line,
        delete_line=stock_transfers.delete_line,
    ),
    Kind(
        "a time or cost transaction",
        "project/TimeTransactions",
        hours.TABLE,
        "ID",
        "",
        "",
        change=hours.change,
        delete=hours.delete,
        process=hours.approve,
        reopen=hours.reopen,
    ),
    Kind(
        "a sales order",
        "salesorder/SalesOrders",
        sales_orders.TABLE,
        "OrderID",
        sales_orders.LINES,
        sales_orders.LINES_TABLE,
        change=sales_orders.change_order,
        delete=sales_orders.delete_order,
        process=sales_orders.cancel,
        add_line=sales_orders.post_line,
        change_line=sales_orders.change_line,
        delete_line=sales_orders.delete_line,
    ),
)
