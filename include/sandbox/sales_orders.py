"""Sales orders: open, delivered in parts or whole, invoiced, cancelled (FACTS 6.1)."""

from __future__ import annotations

from decimal import Decimal

from include.sandbox import sql, stock
from include.sandbox.answers import NotFoundError
from include.sandbox.bookkeeper import ZERO, Bookkeeper, exact, storable
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.payload import Payload
from include.sandbox.sales_lines import invoice_line, read_lines, totals, with_dc
from include.sandbox.stock import Movement

OPEN, PARTIAL, COMPLETE, CANCELLED = 12, 20, 21, 45
STATUSES = {OPEN: "Open", PARTIAL: "Partial", COMPLETE: "Complete", CANCELLED: "Cancelled"}
TABLE, LINES_TABLE, LINES = "sales_orders", "sales_order_lines", "salesorder/SalesOrderLines"
PARTIES = ("InvoiceTo", "DeliverTo")
APPROVED = 1


def post_order(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write an order with its lines. Raises `ValidationError`, `BadRequestError`."""
    values, raw = dict(payload.values), payload.children.get("SalesOrderLines", [])
    if not raw:
        keeper.complain("mandatory", "SalesOrderLines")
    lines = read_lines(keeper, keeper.world.catalogue[LINES], raw)
    given = values.pop("OrderID", None)
    values["OrderID"] = given if given and keeper.world.switches.client_given_ids else keeper.world.new_id()
    header = _header(keeper, values)
    priced, sums = _priced(keeper, header, lines)
    keeper.refuse_if_any()
    header["OrderNumber"] = header.get("OrderNumber") or keeper.world.database.next(f"sales_order/{keeper.division}")
    stored = storable(keeper.stamped({**header, **sums, "ID": header["OrderID"]}))
    keeper.world.database.insert(TABLE, stored)
    _insert_lines(keeper, stored, priced)
    return stored


def _header(keeper: Bookkeeper, values: Row) -> Row:
    ordered_by = keeper.customer(values.get("OrderedBy"), "OrderedBy", mandatory=True)
    header: Row = {"OrderedByName": (ordered_by or {}).get("Name")}
    for name in PARTIES:
        party = keeper.customer(values[name], name) if values.get(name) else ordered_by
        header.update({name: (party or {}).get("ID"), f"{name}Name": (party or {}).get("Name")})
    condition = keeper.payment_condition(values.get("PaymentCondition") or (ordered_by or {}).get("PaymentConditionSales")) or {}
    warehouse = keeper.by_id("warehouses", values.get("WarehouseID"), "Warehouse") or _main_warehouse(keeper) or {}
    header.update(WarehouseID=warehouse.get("ID"), WarehouseCode=warehouse.get("Code"), WarehouseDescription=warehouse.get("Description"))
    today = day_ms(keeper.world.stamp_ms())
    return {
        **values,
        **header,
        "Currency": keeper.currency(values.get("Currency")),
        "OrderDate": values.get("OrderDate") or today,
        "DeliveryDate": values.get("DeliveryDate") or today,
        "PaymentCondition": condition.get("Code"),
        "PaymentConditionDescription": condition.get("Description"),
        "ApprovalStatus": values.get("ApprovalStatus") or APPROVED,
        "ApprovalStatusDescription": "Automatically",
        **_statuses(OPEN, OPEN),
    }


def _main_warehouse(keeper: Bookkeeper) -> Row | None:
    return keeper.world.database.find("warehouses", Division=keeper.division, Main=1)


def _statuses(delivered: int, invoiced: int) -> Row:
    """Return the three statuses of an order or a line; the whole is complete when both halves are."""
    both = {delivered, invoiced}
    whole = delivered if len(both) == 1 else PARTIAL
    return {
        "Status": whole,
        "StatusDescription": STATUSES[whole],
        "OrderStatus": whole,
        "DeliveryStatus": delivered,
        "DeliveryStatusDescription": STATUSES[delivered],
        "InvoiceStatus": invoiced,
        "InvoiceStatusDescription": STATUSES[invoiced],
    }


def _priced(keeper: Bookkeeper, header: Row, lines: list[Row]) -> tuple[list[Row], Row]:
    rate = keeper.rate(header["Currency"], header["OrderDate"])
    priced = [invoice_line(keeper, line, sign=1) for line in lines]
    with_dc(priced, rate)
    sums = totals(priced, rate)
    for line in priced:
        line["VATAmount"] = line["_vat"]
        line["DeliveryDate"] = line.get("DeliveryDate") or header["DeliveryDate"]
    return priced, {"AmountFC": sums["AmountFC"], "AmountDC": sums["AmountDC"], "AmountFCExclVat": sums["_net_fc"]}


def _insert_lines(keeper: Bookkeeper, header: Row, lines: list[Row]) -> None:
    for line in lines:
        line.update(OrderID=header["OrderID"], OrderNumber=header["OrderNumber"])
        line.setdefault("QuantityDelivered", ZERO)
        line.setdefault("QuantityInvoiced", ZERO)
        line.update({name: value for name, value in _statuses(OPEN, OPEN).items() if name not in line})
        keeper.world.database.insert(LINES_TABLE, storable(keeper.stamped(line)))
        _plan(keeper, header, line, exact(line["Quantity"]))


def _plan(keeper: Bookkeeper, header: Row, line: Row, quantity: Decimal) -> None:
    """Let stock know what is going to leave it (or no longer is, where negative)."""
    item = keeper.find("items", "ID", line["Item"])
    warehouse = keeper.find("warehouses", "ID", header["WarehouseID"]) if header["WarehouseID"] else None
    if item and warehouse and item["IsStockItem"] and quantity:
        stock.plan_out(keeper, Movement(item, warehouse, quantity))


def open_order(keeper: Bookkeeper, order_id: str) -> Row:
    """Return an order that may still change. Raises `NotFoundError`, `ValidationError`."""
    row = keeper.world.database.find(TABLE, OrderID=order_id, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found for the segment 'SalesOrders'.")
    if row["Status"] in (COMPLETE, CANCELLED):
        keeper.complain("already_processed")
    keeper.refuse_if_any()
    return row


def lines_of(keeper: Bookkeeper, order_id: str) -> list[Row]:
    """Return the lines of an order."""
    return keeper.world.database.find_all(LINES_TABLE, OrderID=order_id)


def change_order(keeper: Bookkeeper, order_id: str, values: Row) -> None:
    """Change an order that is not complete."""
    row = open_order(keeper, order_id)
    changes = {name: value for name, value in values.items() if name != "OrderID"}
    if changes.get("PaymentCondition"):
        changes["PaymentConditionDescription"] = (keeper.payment_condition(changes["PaymentCondition"]) or {}).get("Description")
    if "Currency" in changes:
        changes["Currency"] = keeper.currency(changes["Currency"])
    keeper.refuse_if_any()
    keeper.world.touch(TABLE, order_id, storable(changes), division=keeper.division)
    recompute(keeper, {**row, **changes})


def recompute(keeper: Bookkeeper, header: Row) -> None:
    """Add up an order anew from its lines, and see how far it is delivered and invoiced."""
    lines = lines_of(keeper, header["OrderID"])
    priced, sums = _priced(keeper, header, lines)
    keeper.refuse_if_any()
    for line in priced:
        halves = [_half(line, name) for name in ("QuantityDelivered", "QuantityInvoiced")]
        line.update(_statuses(*halves))
        kept = {name: value for name, value in line.items() if name in keeper.world.database.columns(LINES_TABLE)}
        kept = {name: value for name, value in kept.items() if name not in ("ID", "Timestamp", "Division")}
        keeper.world.touch(LINES_TABLE, line["ID"], storable(kept), division=keeper.division)
    delivered, invoiced = (_of_all([line[name] for line in priced]) for name in ("DeliveryStatus", "InvoiceStatus"))
    statuses = {**_statuses(delivered, invoiced), "OrderStatus": None}
    known = {name: value for name, value in statuses.items() if name in keeper.world.database.columns(TABLE)}
    keeper.world.touch(TABLE, header["OrderID"], storable({**sums, **known}), division=keeper.division)


def _half(line: Row, name: str) -> int:
    done, wanted = exact(line[name]), exact(line["Quantity"])
    if not done:
        return OPEN
    return COMPLETE if abs(done) >= abs(wanted) else PARTIAL


def _of_all(statuses: list[int]) -> int:
    return statuses[0] if len(set(statuses)) == 1 else PARTIAL


def delete_order(keeper: Bookkeeper, order_id: str) -> None:
    """Delete an order of which nothing was delivered or invoiced."""
    header = open_order(keeper, order_id)
    lines = lines_of(keeper, order_id)
    if any(line["QuantityDelivered"] or line["QuantityInvoiced"] for line in lines):
        keeper.complain("cannot_delete", "OrderID")
    keeper.refuse_if_any()
    for line in lines:
        _drop_line(keeper, header, line)
    keeper.world.database.run(sql.delete(TABLE, '"OrderID" = ?'), (order_id,))
    keeper.world.log_deletion(TABLE, order_id, division=keeper.division, user_id=keeper.user_id)


def _drop_line(keeper: Bookkeeper, header: Row, line: Row) -> None:
    _plan(keeper, header, line, -exact(line["Quantity"]))
    keeper.world.database.run(sql.delete(LINES_TABLE, '"ID" = ?'), (line["ID"],))
    keeper.world.log_deletion(LINES_TABLE, line["ID"], division=keeper.division, user_id=keeper.user_id)


def cancel(keeper: Bookkeeper, order_id: str) -> None:
    """Cancel what is left of an order, as the sales desk does."""
    header = open_order(keeper, order_id)
    for line in lines_of(keeper, order_id):
        _plan(keeper, header, line, exact(line["QuantityDelivered"]) - exact(line["Quantity"]))
        keeper.world.touch(LINES_TABLE, line["ID"], _statuses(CANCELLED, CANCELLED), division=keeper.division)
    statuses = {name: value for name, value in _statuses(CANCELLED, CANCELLED).items() if name != "OrderStatus"}
    keeper.world.touch(TABLE, order_id, statuses, division=keeper.division)


def post_line(keeper: Bookkeeper, payload: Payload) -> Row:
    """Add a line to an order that is not complete."""
    header = open_order(keeper, str(payload.values.get("OrderID")))
    number = max((line["LineNumber"] for line in lines_of(keeper, header["OrderID"])), default=0) + 1
    line = {**payload.values, "ID": keeper.world.new_id(), "LineNumber": number, "_vat_given": False}
    priced, _ = _priced(keeper, header, [line])
    keeper.refuse_if_any()
    _insert_lines(keeper, header, priced)
    recompute(keeper, header)
    return keeper.world.database.find(LINES_TABLE, ID=line["ID"]) or line


def change_line(keeper: Bookkeeper, line_id: str, values: Row) -> None:
    """Change a line of an order that is not complete."""
    line = stored_line(keeper, line_id)
    header = open_order(keeper, line["OrderID"])
    changes = {name: value for name, value in values.items() if name not in ("ID", "OrderID")}
    if "UnitPrice" in changes and "NetPrice" not in changes:
        changes["NetPrice"] = None
    if changes.get("Quantity") is not None:
        _plan(keeper, header, line, exact(changes["Quantity"]) - exact(line["Quantity"]))
    keeper.world.database.update(LINES_TABLE, line_id, storable(changes or {"ID": line_id}))
    recompute(keeper, header)


def delete_line(keeper: Bookkeeper, line_id: str) -> None:
    """Delete a line of which nothing was delivered or invoiced."""
    line = stored_line(keeper, line_id)
    header = open_order(keeper, line["OrderID"])
    if line["QuantityDelivered"] or line["QuantityInvoiced"]:
        keeper.complain("cannot_delete", "SalesOrderLineID")
    keeper.refuse_if_any()
    _drop_line(keeper, header, line)
    recompute(keeper, header)


def stored_line(keeper: Bookkeeper, line_id: str) -> Row:
    """Return a line by its key. Raises `NotFoundError`."""
    row = keeper.world.database.find(LINES_TABLE, ID=line_id, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found.")
    return row
