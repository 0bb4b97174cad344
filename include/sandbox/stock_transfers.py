"""Transfers between warehouses: open until they are processed, and worth nothing to the ledger (FACTS 6.6)."""

from __future__ import annotations

from include.sandbox import sql, stock
from include.sandbox.answers import NotFoundError
from include.sandbox.bookkeeper import Bookkeeper, exact, storable
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.payload import Payload
from include.sandbox.sales_lines import read_lines
from include.sandbox.stock import Movement

OPEN, COMPLETE, WEB_SERVICE = 10, 50, 4
TABLE, LINES_TABLE, LINES = "warehouse_transfers", "warehouse_transfer_lines", "inventory/WarehouseTransferLines"


def post_transfer(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write a transfer; with Status 50 it is processed at once. Raises `ValidationError`, `BadRequestError`."""
    values, raw = dict(payload.values), payload.children.get("WarehouseTransferLines", [])
    ends = [keeper.by_id("warehouses", values.get(name), name, mandatory=True) for name in ("WarehouseFrom", "WarehouseTo")]
    if values.get("EntryDate") is None:
        keeper.complain("mandatory", "EntryDate")
    if not raw:
        keeper.complain("mandatory", "WarehouseTransferLines")
    if ends[0] and ends[1] and ends[0]["ID"] == ends[1]["ID"]:
        keeper.complain("invalid", "WarehouseTo")
    status = values.get("Status") or OPEN
    if status not in (OPEN, COMPLETE):
        keeper.complain("invalid", "Status")
    lines = [_line(keeper, line, ends) for line in read_lines(keeper, keeper.world.catalogue[LINES], raw)]
    keeper.refuse_if_any()
    given = values.get("TransferID") if keeper.world.switches.client_given_ids else None
    header = {**values, "TransferID": given or keeper.world.new_id(), "EntryDate": day_ms(values["EntryDate"])}
    header.update(TransferNumber=keeper.world.database.next(f"transfer/{keeper.division}"), Source=WEB_SERVICE, Status=OPEN)
    for name, end in zip(("WarehouseFrom", "WarehouseTo"), ends, strict=True):
        header.update({f"{name}Code": (end or {}).get("Code"), f"{name}Description": (end or {}).get("Description")})
    stored = storable(keeper.stamped(header))
    keeper.world.database.insert(TABLE, stored)
    rows = [keeper.stamped({**line, "TransferID": stored["TransferID"]}) for line in lines]
    keeper.world.database.insert(LINES_TABLE, *(storable(row) for row in rows))
    if status == COMPLETE:
        process_transfer(keeper, stored["TransferID"])
    return keeper.world.database.find(TABLE, TransferID=stored["TransferID"]) or stored


def _line(keeper: Bookkeeper, line: Row, ends: list[Row | None]) -> Row:
    item = stock.plain_item(keeper, line.get("Item"))
    for end, name in zip(ends, ("StorageLocationFrom", "StorageLocationTo"), strict=True):
        stock.check_location(keeper, end, line.get(name))
    if not line.get("Quantity"):
        keeper.complain("mandatory", "Quantity")
    named = {"ItemCode": (item or {}).get("Code"), "ItemDescription": (item or {}).get("Description")}
    return {**line, **named, "UnitCode": (item or {}).get("Unit"), "UnitDescription": (item or {}).get("UnitDescription")}


def open_transfer(keeper: Bookkeeper, transfer_id: str) -> Row:
    """Return a transfer that may still change. Raises `NotFoundError`, `ValidationError`."""
    row = keeper.world.database.find(TABLE, TransferID=transfer_id, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found for the segment 'WarehouseTransfers'.")
    if row["Status"] == COMPLETE:
        keeper.complain("already_processed")
    keeper.refuse_if_any()
    return row


def process_transfer(keeper: Bookkeeper, transfer_id: str, transfer_date: int | None = None) -> None:
    """Move the stock of an open transfer."""
    header, database = open_transfer(keeper, transfer_id), keeper.world.database
    ends = [(header["WarehouseFrom"], -1), (header["WarehouseTo"], 1)]
    for line in database.find_all(LINES_TABLE, TransferID=transfer_id):
        item = keeper.find("items", "ID", line["Item"]) or {}
        moves = [Movement(item, keeper.find("warehouses", "ID", key) or {}, exact(line["Quantity"]) * sign) for key, sign in ends]
        stock.move(keeper, moves)
    changes = {"Status": COMPLETE, "TransferDate": day_ms(transfer_date or header["EntryDate"])}
    keeper.world.touch(TABLE, transfer_id, changes, division=keeper.division)


def process(keeper: Bookkeeper, payload: Payload) -> Row:
    """Answer `ProcessWarehouseTransfer`."""
    transfer_id = payload.values.get("TransferID")
    if not isinstance(transfer_id, str):
        keeper.complain("mandatory", "TransferID")
        keeper.refuse_if_any()
    process_transfer(keeper, str(transfer_id), payload.values.get("TransferDate"))
    return {**payload.values, "Division": keeper.division}


def change_transfer(keeper: Bookkeeper, transfer_id: str, values: Row) -> None:
    """Change an open transfer."""
    open_transfer(keeper, transfer_id)
    changes = {name: value for name, value in values.items() if name != "TransferID"}
    keeper.world.touch(TABLE, transfer_id, storable(changes), division=keeper.division)


def delete_transfer(keeper: Bookkeeper, transfer_id: str) -> None:
    """Delete an open transfer."""
    open_transfer(keeper, transfer_id)
    keeper.world.database.run(sql.delete(LINES_TABLE, '"TransferID" = ?'), (transfer_id,))
    keeper.world.database.run(sql.delete(TABLE, '"TransferID" = ?'), (transfer_id,))


def post_line(keeper: Bookkeeper, payload: Payload) -> Row:
    """Add a line to an open transfer."""
    header = open_transfer(keeper, str(payload.values.get("TransferID")))
    lines = keeper.world.database.find_all(LINES_TABLE, TransferID=header["TransferID"])
    line = _line(keeper, {**payload.values, "ID": keeper.world.new_id(), "LineNumber": len(lines) + 1}, _ends(keeper, header))
    keeper.refuse_if_any()
    row = storable(keeper.stamped(line))
    keeper.world.database.insert(LINES_TABLE, row)
    return row


def change_line(keeper: Bookkeeper, line_id: str, values: Row) -> None:
    """Change a line of an open transfer."""
    line = _stored_line(keeper, line_id)
    header = open_transfer(keeper, line["TransferID"])
    changes = {name: value for name, value in values.items() if name not in ("ID", "TransferID")}
    whole = _line(keeper, {**line, **changes}, _ends(keeper, header))
    keeper.refuse_if_any()
    kept = {name: value for name, value in whole.items() if name not in ("ID", "Timestamp", "Division")}
    keeper.world.touch(LINES_TABLE, line_id, storable(kept), division=keeper.division)


def delete_line(keeper: Bookkeeper, line_id: str) -> None:
    """Delete a line of an open transfer."""
    open_transfer(keeper, _stored_line(keeper, line_id)["TransferID"])
    keeper.world.database.run(sql.delete(LINES_TABLE, '"ID" = ?'), (line_id,))


def _ends(keeper: Bookkeeper, header: Row) -> list[Row | None]:
    return [keeper.find("warehouses", "ID", header[name]) for name in ("WarehouseFrom", "WarehouseTo")]


def _stored_line(keeper: Bookkeeper, line_id: str) -> Row:
    row = keeper.world.database.find(LINES_TABLE, ID=line_id, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found.")
    return row
