"""Stock: what is where, moved by counts, transfers and deliveries, and what a movement is worth (FACTS 6.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.sandbox import ledger
from include.sandbox.bookkeeper import ZERO, Bookkeeper, cents, exact, storable
from include.sandbox.database import Row
from include.sandbox.ledger import Posting

PROCESSED, GENERAL = 50, 90
COSTS, STOCK = 111, 40  # types of ledger accounts


@dataclass(frozen=True)
class Movement:
    """So many of an article, into a warehouse (or out of it, where negative)."""

    item: Row
    warehouse: Row
    quantity: Decimal


def stock_row(item: Row, warehouse: Row) -> Row:
    """Return an article's row in a warehouse, with nothing in stock."""
    return {
        "Item": item["ID"],
        "ItemCode": item["Code"],
        "ItemDescription": item["Description"],
        "ItemIsStockItem": True,
        "ItemIsFractionAllowedItem": True,
        "ItemUnit": item["Unit"],
        "ItemUnitDescription": item["UnitDescription"],
        "Warehouse": warehouse["ID"],
        "WarehouseCode": warehouse["Code"],
        "WarehouseDescription": warehouse["Description"],
        **dict.fromkeys(("CurrentStock", "PlannedStockIn", "PlannedStockOut", "ProjectedStock", "ReservedStock"), 0.0),
        "ReorderPoint": 0.0,
        "SafetyStock": 0.0,
    }


def stock_item(keeper: Bookkeeper, key: str | None) -> Row | None:
    """Return an article that is kept in stock, complaining about any other."""
    row = keeper.by_id("items", key, "Item", mandatory=True)
    if row is not None and not row["IsStockItem"]:
        keeper.complain("invalid", "Item")
    return row


def plain_item(keeper: Bookkeeper, key: str | None) -> Row | None:
    """Return an article in stock that has no serial or batch numbers."""
    row = stock_item(keeper, key)
    if row is not None and (row["IsSerialItem"] or row["IsBatchItem"]):
        keeper.complain("invalid", "Item")
    return row


def check_location(keeper: Bookkeeper, warehouse: Row | None, location: str | None) -> None:
    """Complain where a warehouse uses locations and none of them is named."""
    if warehouse is None:
        return
    if warehouse["UseStorageLocations"] and not location:
        keeper.complain("mandatory", "StorageLocation")
    found = keeper.by_id("storage_locations", location, "StorageLocation")
    if found is not None and found["Warehouse"] != warehouse["ID"]:
        keeper.complain("invalid", "StorageLocation")


def in_stock(keeper: Bookkeeper, item: Row, warehouse: Row) -> Decimal:
    """Return how many of an article a warehouse has."""
    row = keeper.world.database.find("item_warehouses", Item=item["ID"], Warehouse=warehouse["ID"])
    return exact(row["CurrentStock"]) if row else ZERO


def move(keeper: Bookkeeper, movements: Sequence[Movement]) -> None:
    """Move stock, all or nothing. Raises `ValidationError` where it may not become negative and would."""
    for movement in movements:
        _change(keeper, movement, moved=movement.quantity)
    keeper.refuse_if_any()


def plan_out(keeper: Bookkeeper, movement: Movement) -> None:
    """Plan that so many will leave a warehouse (or no longer will, where negative)."""
    _change(keeper, movement, planned=movement.quantity)


def _change(keeper: Bookkeeper, movement: Movement, *, moved: Decimal = ZERO, planned: Decimal = ZERO) -> None:
    world, item, warehouse = keeper.world, movement.item, movement.warehouse
    row = world.database.find("item_warehouses", Item=item["ID"], Warehouse=warehouse["ID"])
    if row is None:
        row = keeper.stamped({"ID": world.new_id(), **stock_row(item, warehouse)})
        world.database.insert("item_warehouses", row)
    current = exact(row["CurrentStock"]) + moved
    if moved < 0 and current < 0 and not world.switches.negative_stock:
        keeper.complain("negative_stock")
    out = exact(row["PlannedStockOut"]) + planned
    projected = current + exact(row["PlannedStockIn"]) - out
    changes = {"CurrentStock": current, "PlannedStockOut": out, "ProjectedStock": projected}
    world.touch("item_warehouses", row["ID"], storable(changes), division=keeper.division)
    if moved:
        total = world.database.scalar('SELECT total("CurrentStock") FROM item_warehouses WHERE "Item" = ?', (item["ID"],))
        world.database.update("items", item["ID"], {"Stock": total})


def book(keeper: Bookkeeper, header: Row, movements: Sequence[Movement], against: str | None = None) -> None:
    """Book what movements are worth at cost: stock against cost of goods, or against a ledger account of one's own."""
    postings: list[Posting] = []
    for number, movement in enumerate(movements, start=1):
        item = movement.item
        worth = cents(movement.quantity * exact(item["CostPriceStandard"]))
        stock_account = keeper.find("gl_accounts", "ID", item["GLStock"]) if item["GLStock"] else None
        if not worth or stock_account is None:
            continue
        other_id = against or item["GLCosts"]
        other = keeper.find("gl_accounts", "ID", other_id) if other_id else None
        other = other or ledger.special_account(keeper, "7000", COSTS, "GLAccount")
        line = {"Item": item["ID"], "ItemCode": item["Code"], "ItemDescription": item["Description"], "Quantity": movement.quantity}
        postings += [Posting(stock_account, worth, worth, number, line), Posting(other, -worth, -worth, number, line)]
    if postings:
        journal = keeper.world.database.find("journals", Division=keeper.division, Type=GENERAL) or {}
        named = {"JournalCode": journal.get("Code"), "JournalDescription": journal.get("Description")}
        shared = {"Status": PROCESSED, "Currency": keeper.own_currency(), "ExchangeRate": Decimal(1), **named, **header}
        ledger.book(keeper, shared, postings)


def link_item(keeper: Bookkeeper, values: Row) -> Row:
    """Return a new row of an article in a warehouse, with nothing in stock."""
    item, warehouse = (
        keeper.find(table, "ID", values[name]) if values.get(name) else None
        for name, table in (("Item", "items"), ("Warehouse", "warehouses"))
    )
    if item is None or warehouse is None:
        return values
    if keeper.world.database.find("item_warehouses", Item=item["ID"], Warehouse=warehouse["ID"]):
        keeper.complain("already_exists")
    return {**stock_row(item, warehouse), **values}
