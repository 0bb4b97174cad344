"""What follows a sales order: goods that leave, and the invoices of what was ordered or delivered (FACTS 6.1)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from include.sandbox import sales_invoices, sales_orders, stock
from include.sandbox.answers import BadRequestError
from include.sandbox.bookkeeper import ZERO, Bookkeeper, exact, storable
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.payload import TOP_LEVEL, Payload
from include.sandbox.sales_lines import read_lines
from include.sandbox.stock import Movement

TABLE, LINES_TABLE, LINES = "goods_deliveries", "goods_delivery_lines", "salesorder/GoodsDeliveryLines"
DELIVERY, LINES_MAX = 120, 500
PER_CUSTOMER, BY_DELIVERED = 0, 0


def post_delivery(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write a delivery: stock leaves, and the orders know. Raises `ValidationError`, `BadRequestError`."""
    values, raw = dict(payload.values), payload.children.get("GoodsDeliveryLines", [])
    if values.get("DeliveryDate") is None:
        keeper.complain("mandatory", "DeliveryDate")
    if not raw:
        keeper.complain("mandatory", "GoodsDeliveryLines")
    pairs = [_line(keeper, line) for line in read_lines(keeper, keeper.world.catalogue[LINES], raw)]
    keeper.refuse_if_any()
    date_ms = day_ms(values["DeliveryDate"])
    year, period = keeper.period(date_ms)
    keeper.refuse_if_any()
    order = keeper.world.database.find("sales_orders", OrderID=pairs[0][1]["OrderID"]) or {}
    header = _header(keeper, values, order)
    keeper.world.database.insert(TABLE, storable(header))
    for line, _ in pairs:
        keeper.world.database.insert(LINES_TABLE, storable(keeper.stamped({**line, "EntryID": header["EntryID"]})))
    movements = _leave(keeper, pairs)
    shared = {"EntryID": header["EntryID"], "EntryNumber": header["EntryNumber"], "Type": DELIVERY, "Date": date_ms}
    stock.book(keeper, {**shared, "FinancialYear": year, "FinancialPeriod": period}, movements)
    return header


def _header(keeper: Bookkeeper, values: Row, order: Row) -> Row:
    account = keeper.find("accounts", "ID", order.get("DeliverTo")) or {}
    given = values.get("EntryID") if keeper.world.switches.client_given_ids else None
    number = keeper.world.database.next(f"delivery/{keeper.division}")
    named = {name: order.get(source) for name, source in (("Warehouse", "WarehouseID"), ("WarehouseCode", "WarehouseCode"))}
    header = {**values, **named, "EntryID": given or keeper.world.new_id(), "DeliveryNumber": number, "EntryNumber": number}
    header.update(WarehouseDescription=order.get("WarehouseDescription"), DeliveryAccount=account.get("ID"))
    header.update(DeliveryAccountCode=account.get("Code"), DeliveryAccountName=account.get("Name"))
    header["DeliveryDate"] = day_ms(values["DeliveryDate"])
    return keeper.stamped(header)


def _line(keeper: Bookkeeper, line: Row) -> tuple[Row, Row]:
    """Return a line of a delivery and the order's line that it delivers."""
    database = keeper.world.database
    key, quantity = line.get("SalesOrderLineID"), exact(line.get("QuantityDelivered"))
    ordered = database.find("sales_order_lines", ID=key, Division=keeper.division) if key else None
    if key is None:
        keeper.complain("mandatory", "SalesOrderLineID")
    elif ordered is None:
        keeper.complain("invalid_reference", "SalesOrderLineID")
    if line.get("QuantityDelivered") is None:
        keeper.complain("mandatory", "QuantityDelivered")
    if ordered is None:
        return line, {}
    sales_orders.open_order(keeper, ordered["OrderID"])
    if abs(exact(ordered["QuantityDelivered"]) + quantity) > abs(exact(ordered["Quantity"])):
        keeper.complain("too_much_delivered")
    found = {**line, "Item": ordered["Item"], "ItemCode": ordered["ItemCode"], "ItemDescription": ordered["ItemDescription"]}
    found.update(QuantityOrdered=ordered["Quantity"], SalesOrderLineNumber=ordered["LineNumber"], SalesOrderNumber=ordered["OrderNumber"])
    return {**found, "Unitcode": ordered["UnitCode"]}, ordered


def _leave(keeper: Bookkeeper, pairs: list[tuple[Row, Row]]) -> list[Movement]:
    """Take what is delivered out of stock and note it on the orders."""
    database, movements = keeper.world.database, []
    for line, ordered in pairs:
        quantity = exact(line["QuantityDelivered"])
        order = database.find("sales_orders", OrderID=ordered["OrderID"]) or {}
        item = keeper.find("items", "ID", ordered["Item"]) or {}
        warehouse = keeper.find("warehouses", "ID", order["WarehouseID"]) if order["WarehouseID"] else None
        if warehouse and item["IsStockItem"]:
            movements.append(Movement(item, warehouse, -quantity))
            stock.move(keeper, movements[-1:])
            stock.plan_out(keeper, movements[-1])
        done = exact(ordered["QuantityDelivered"]) + quantity
        database.update("sales_order_lines", ordered["ID"], {"QuantityDelivered": float(done)})
        sales_orders.recompute(keeper, order)
    return movements


def post_line(keeper: Bookkeeper, _: Payload) -> Row:
    """Refuse a line by itself: a delivery is written as a whole. Raises `ValidationError`."""
    keeper.complain("not_allowed", "GoodsDeliveryLines")
    keeper.refuse_if_any()
    return {}


def change_delivery(keeper: Bookkeeper, entry_id: str, values: Row) -> None:
    """Change remarks, document or tracking number of a delivery."""
    changes = {name: value for name, value in values.items() if name not in ("EntryID", "DeliveryDate")}
    keeper.world.touch(TABLE, entry_id, storable(changes), division=keeper.division)


def invoice_orders(keeper: Bookkeeper, payload: Payload) -> Row:
    """Make draft invoices of orders, by customer or by order, of what was ordered or delivered. Raises `ValidationError`."""
    values = payload.values
    orders = [_order(keeper, raw) for raw in payload.children.get("SalesOrderIDs", [])]
    for name in ("CreateMode", "InvoiceMode", "JournalCode"):
        if values.get(name) in (None, ""):
            keeper.complain("mandatory", name)
    if not orders:
        keeper.complain("mandatory", "SalesOrderIDs")
    keeper.refuse_if_any()
    groups: dict[str, list[tuple[Row, Row, Decimal]]] = defaultdict(list)
    for order in orders:
        key = order["InvoiceTo"] if values["CreateMode"] == PER_CUSTOMER else order["OrderID"]
        groups[key] += _to_invoice(keeper, order, values["InvoiceMode"])
    if sum(len(lines) for lines in groups.values()) > LINES_MAX:
        keeper.complain("too_many_lines")
    keeper.refuse_if_any()
    made = [_invoice(keeper, lines, values["JournalCode"]) for lines in groups.values() if lines]
    return {**values, "ID": keeper.world.new_id(), "NumberOfCreatedInvoices": len(made), "NumberOfFailedInvoices": 0}


def _order(keeper: Bookkeeper, raw: Any) -> Row:
    if not isinstance(raw, dict) or not isinstance(raw.get("ID"), str):
        raise BadRequestError(TOP_LEVEL)
    return sales_orders.open_order(keeper, raw["ID"].lower())


def _to_invoice(keeper: Bookkeeper, order: Row, mode: int) -> list[tuple[Row, Row, Decimal]]:
    """Return order, line and quantity of all that is still to be invoiced."""
    column = "QuantityDelivered" if mode == BY_DELIVERED else "Quantity"
    lines = sales_orders.lines_of(keeper, order["OrderID"])
    return [
        (order, line, exact(line[column]) - exact(line["QuantityInvoiced"])) for line in lines if line[column] != line["QuantityInvoiced"]
    ]


def _invoice(keeper: Bookkeeper, wanted: list[tuple[Row, Row, Decimal]], journal: str) -> Row:
    order = wanted[0][0]
    copied = (
        "OrderedBy",
        "InvoiceTo",
        "DeliverTo",
        "Currency",
        "YourRef",
        "Description",
        "PaymentCondition",
        "OrderNumber",
        "PaymentReference",
    )
    raw = [
        {
            "Item": line["Item"],
            "Quantity": quantity,
            "NetPrice": Decimal(repr(line["NetPrice"])),
            "VATCode": line["VATCode"],
            "Description": line["Description"],
        }
        for _, line, quantity in wanted
    ]
    header = {**{name: order[name] for name in copied}, "Journal": journal}
    invoice = sales_invoices.post_invoice(keeper, Payload(header, {"SalesInvoiceLines": raw}))
    for _, line, quantity in wanted:
        done = exact(line["QuantityInvoiced"]) + quantity
        keeper.world.database.update("sales_order_lines", line["ID"], {"QuantityInvoiced": float(done or ZERO)})
    for each in {entry[0]["OrderID"]: entry[0] for entry in wanted}.values():
        sales_orders.recompute(keeper, each)
    return invoice
