"""Stock counts: drafts of what was counted, processed into stock and ledger (FACTS 6.6)."""

from __future__ import annotations

from decimal import Decimal

from include.sandbox import sql, stock
from include.sandbox.answers import NotFoundError
from include.sandbox.bookkeeper import Bookkeeper, exact, storable
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.payload import Payload
from include.sandbox.sales_lines import read_lines
from include.sandbox.stock import Movement

DRAFT, PROCESSED, WEB_SERVICE, BOOKED_AS = 12, 21, 4, 195
TABLE, LINES_TABLE, LINES = "stock_counts", "stock_count_lines", "inventory/StockCountLines"


def post_count(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write a count; with Status 21 it is processed at once. Raises `ValidationError`, `BadRequestError`."""
    values, raw = dict(payload.values), payload.children.get("StockCountLines", [])
    warehouse = keeper.by_id("warehouses", values.get("Warehouse"), "Warehouse", mandatory=True)
    if values.get("StockCountDate") is None:
        keeper.complain("mandatory", "StockCountDate")
    if not raw:
        keeper.complain("mandatory", "StockCountLines")
    offset = keeper.ledger_account(values.get("OffsetGLInventory"), mandatory=False)
    status = values.get("Status") or DRAFT
    if status not in (DRAFT, PROCESSED):
        keeper.complain("invalid", "Status")
    lines = [_line(keeper, line, warehouse) for line in read_lines(keeper, keeper.world.catalogue[LINES], raw)]
    keeper.refuse_if_any()
    given = values.get("StockCountID") if keeper.world.switches.client_given_ids else None
    header = {
        **values,
        "StockCountID": given or keeper.world.new_id(),
        "StockCountDate": day_ms(values["StockCountDate"]),
        "StockCountNumber": keeper.world.database.next(f"stock_count/{keeper.division}"),
        "OffsetGLInventoryCode": (offset or {}).get("Code"),
        "OffsetGLInventoryDescription": (offset or {}).get("Description"),
        "Source": WEB_SERVICE,
        "Status": DRAFT,
        "WarehouseCode": (warehouse or {}).get("Code"),
        "WarehouseDescription": (warehouse or {}).get("Description"),
    }
    stored = storable(keeper.stamped(header))
    keeper.world.database.insert(TABLE, stored)
    rows = [keeper.stamped({**line, "StockCountID": stored["StockCountID"]}) for line in lines]
    keeper.world.database.insert(LINES_TABLE, *(storable(row) for row in rows))
    if status == PROCESSED:
        process_count(keeper, stored["StockCountID"])
    return keeper.world.database.find(TABLE, StockCountID=stored["StockCountID"]) or stored


def _line(keeper: Bookkeeper, line: Row, warehouse: Row | None) -> Row:
    """Return a line with article, stock and both quantities; where both were posted, the difference wins."""
    item = stock.stock_item(keeper, line.get("Item"))
    stock.check_location(keeper, warehouse, line.get("StorageLocation"))
    if line.get("QuantityDifference") is None and line.get("QuantityNew") is None:
        keeper.complain("mandatory", "QuantityNew")
    if item is None or warehouse is None:
        return line
    current = stock.in_stock(keeper, item, warehouse)
    difference = _difference(line, current)
    found = {**line, "ItemCode": item["Code"], "ItemDescription": item["Description"], "ItemDivisable": True, "Source": WEB_SERVICE}
    found.update(CostPrice=item["CostPriceStandard"], ItemCostPrice=item["CostPriceStandard"], StockKeepingUnit=item["Unit"])
    found.update(
        QuantityInStock=current, Status=DRAFT, Warehouse=warehouse["ID"], _by_difference=line.get("QuantityDifference") is not None
    )
    return {**found, "QuantityDifference": difference, "QuantityNew": current + difference}


def _difference(line: Row, current: Decimal) -> Decimal:
    if line.get("QuantityDifference") is not None:
        return exact(line["QuantityDifference"])
    return exact(line.get("QuantityNew")) - current


def draft(keeper: Bookkeeper, count_id: str) -> Row:
    """Return a count that may still change. Raises `NotFoundError`, `ValidationError`."""
    row = keeper.world.database.find(TABLE, StockCountID=count_id, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found for the segment 'StockCounts'.")
    if row["Status"] == PROCESSED:
        keeper.complain("already_processed")
    keeper.refuse_if_any()
    return row


def process_count(keeper: Bookkeeper, count_id: str) -> None:
    """Move the stock that a draft counted and book what it is worth."""
    header, world = draft(keeper, count_id), keeper.world
    year, period = keeper.period(header["StockCountDate"])
    keeper.refuse_if_any()
    warehouse = world.database.find("warehouses", ID=header["Warehouse"]) or {}
    movements = []
    for line in world.database.find_all(LINES_TABLE, StockCountID=count_id):
        item = keeper.find("items", "ID", line["Item"]) or {}
        current = stock.in_stock(keeper, item, warehouse)
        again = {**line, "QuantityDifference": line["QuantityDifference"] if line["_by_difference"] else None}
        difference = _difference(again, current)
        movements.append(Movement(item, warehouse, difference))
        stock.move(keeper, movements[-1:])
        changes = {"QuantityInStock": current, "QuantityDifference": difference, "QuantityNew": current + difference, "Status": PROCESSED}
        world.touch(LINES_TABLE, line["ID"], storable(changes), division=keeper.division)
    number = world.database.next(f"stock_entry/{keeper.division}")
    world.touch(TABLE, count_id, {"Status": PROCESSED, "EntryNumber": number}, division=keeper.division)
    shared = {"EntryID": count_id, "EntryNumber": number, "Type": BOOKED_AS, "Date": header["StockCountDate"]}
    shared.update(FinancialYear=year, FinancialPeriod=period, Description=header["Description"])
    stock.book(keeper, shared, movements, header["OffsetGLInventory"])


def process(keeper: Bookkeeper, payload: Payload) -> Row:
    """Answer `ProcessStockCount`."""
    count_id = payload.values.get("StockCountID")
    if not isinstance(count_id, str):
        keeper.complain("mandatory", "StockCountID")
        keeper.refuse_if_any()
    process_count(keeper, str(count_id))
    return {**payload.values, "Division": keeper.division, "SuccessMessage": "1"}


def change_count(keeper: Bookkeeper, count_id: str, values: Row) -> None:
    """Change description, date or ledger account of a draft."""
    draft(keeper, count_id)
    changes = {name: value for name, value in values.items() if name != "StockCountID"}
    offset = keeper.ledger_account(changes.get("OffsetGLInventory"), mandatory=False)
    if offset:
        changes.update(OffsetGLInventoryCode=offset["Code"], OffsetGLInventoryDescription=offset["Description"])
    keeper.refuse_if_any()
    keeper.world.touch(TABLE, count_id, storable(changes), division=keeper.division)


def delete_count(keeper: Bookkeeper, count_id: str) -> None:
    """Delete a draft."""
    draft(keeper, count_id)
    keeper.world.database.run(sql.delete(LINES_TABLE, '"StockCountID" = ?'), (count_id,))
    keeper.world.database.run(sql.delete(TABLE, '"StockCountID" = ?'), (count_id,))


def post_line(keeper: Bookkeeper, payload: Payload) -> Row:
    """Add a line to a draft."""
    header = draft(keeper, str(payload.values.get("StockCountID")))
    warehouse = keeper.find("warehouses", "ID", header["Warehouse"])
    lines = keeper.world.database.find_all(LINES_TABLE, StockCountID=header["StockCountID"])
    line = _line(keeper, {**payload.values, "ID": keeper.world.new_id(), "LineNumber": len(lines) + 1}, warehouse)
    keeper.refuse_if_any()
    row = storable(keeper.stamped(line))
    keeper.world.database.insert(LINES_TABLE, row)
    return row


def change_line(keeper: Bookkeeper, line_id: str, values: Row) -> None:
    """Change a line of a draft."""
    line = _stored_line(keeper, line_id)
    header = draft(keeper, line["StockCountID"])
    quantities = {name: values.get(name) for name in ("QuantityDifference", "QuantityNew")}
    asked = quantities if any(value is not None for value in quantities.values()) else {}
    whole = _line(keeper, {**line, **asked}, keeper.find("warehouses", "ID", header["Warehouse"]))
    keeper.refuse_if_any()
    kept = {name: value for name, value in whole.items() if name not in ("ID", "Timestamp", "Division")}
    keeper.world.touch(LINES_TABLE, line_id, storable(kept), division=keeper.division)


def delete_line(keeper: Bookkeeper, line_id: str) -> None:
    """Delete a line of a draft."""
    draft(keeper, _stored_line(keeper, line_id)["StockCountID"])
    keeper.world.database.run(sql.delete(LINES_TABLE, '"ID" = ?'), (line_id,))


def _stored_line(keeper: Bookkeeper, line_id: str) -> Row:
    row = keeper.world.database.find(LINES_TABLE, ID=line_id, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found.")
    return row
