"""Lines of sales invoices as resources of their own: added, changed, deleted; the invoice follows."""

from __future__ import annotations

from include.sandbox import sql
from include.sandbox.answers import NotFoundError
from include.sandbox.bookkeeper import Bookkeeper, storable
from include.sandbox.database import Row
from include.sandbox.payload import Payload
from include.sandbox.sales_invoices import open_invoice, recompute


def post_invoice_line(keeper: Bookkeeper, payload: Payload) -> Row:
    """Add a line to a draft invoice."""
    invoice_id = _parent(keeper, payload, "InvoiceID")
    open_invoice(keeper, invoice_id)
    line = _new_line(keeper, payload, ("sales_invoice_lines", "InvoiceID", invoice_id))
    keeper.world.database.insert("sales_invoice_lines", storable(keeper.stamped(line)))
    recompute(keeper, invoice_id)
    return keeper.world.database.find("sales_invoice_lines", ID=line["ID"]) or line


def change_invoice_line(keeper: Bookkeeper, line_id: str, values: Row) -> None:
    """Change a line of a draft invoice."""
    line = _line(keeper, "sales_invoice_lines", line_id)
    open_invoice(keeper, line["InvoiceID"])
    changes = {name: value for name, value in values.items() if name not in ("ID", "InvoiceID")}
    if changes.get("VATAmountFC") is not None:
        changes["_vat_given"] = True
    if "UnitPrice" in changes and "NetPrice" not in changes:
        changes["NetPrice"] = None
    keeper.world.database.update("sales_invoice_lines", line_id, storable(changes or {"ID": line_id}))
    recompute(keeper, line["InvoiceID"])


def delete_invoice_line(keeper: Bookkeeper, line_id: str) -> None:
    """Delete a line of a draft invoice."""
    line = _line(keeper, "sales_invoice_lines", line_id)
    open_invoice(keeper, line["InvoiceID"])
    keeper.world.database.run(sql.delete("sales_invoice_lines", '"ID" = ?'), (line_id,))
    keeper.world.log_deletion("sales_invoice_lines", line_id, division=keeper.division, user_id=keeper.user_id)
    recompute(keeper, line["InvoiceID"])


def _line(keeper: Bookkeeper, table: str, line_id: str) -> Row:
    row = keeper.world.database.find(table, ID=line_id, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found.")
    return row


def _parent(keeper: Bookkeeper, payload: Payload, name: str) -> str:
    parent = payload.values.get(name)
    if not isinstance(parent, str):
        keeper.complain("mandatory", name)
        keeper.refuse_if_any()
    return str(parent)


def _new_line(keeper: Bookkeeper, payload: Payload, place: tuple[str, str, str]) -> Row:
    table, column, parent = place
    last = keeper.world.database.scalar(sql.select('max("LineNumber")', table, f"{sql.quoted(column)} = ?"), (parent,))
    given = payload.values.get("VATAmountFC") is not None
    return {**payload.values, "ID": keeper.world.new_id(), column: parent, "LineNumber": (last or 0) + 1, "_vat_given": given}
