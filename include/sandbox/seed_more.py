"""What a seed may say of a company beyond its ledger, relations and articles: warehouses, stock, projects, employees, cost centres."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.database import Row
from include.sandbox.relations import padded
from include.sandbox.stock import stock_row

NAMESPACE = UUID("6f0d7bb4-0d7e-4c54-9d53-7ad1a9a5ed0c")
# The types of documents that flows meet, of the hundred and more that Exact knows.
DOCUMENT_TYPES = {
    10: "Sales invoice",
    20: "Purchase invoice",
    30: "Contract",
    55: "Miscellaneous",
    70: "Bank statement",
    183: "Expense claim",
}
CATEGORIES = ("Correspondence", "Scans")
UNITS = (("pc", "Piece"), ("hour", "Hour"), ("kg", "Kilogram"), ("box", "Box"))


def fixed_id(*parts: object) -> str:
    """Return the GUID of a seeded row: the same in every sandbox."""
    return str(uuid5(NAMESPACE, "/".join(str(part) for part in parts)))


def plant(keeper: Bookkeeper, division: dict[str, Any]) -> None:
    """Write what every company has, and its warehouses, cost centres, cost units and employees."""
    for number, text in DOCUMENT_TYPES.items():
        hidden = {"_key": f"{keeper.division}/{number}", "ID": number, "Description": text, "TypeCategory": 1}
        _write(keeper, "document_types", {**hidden, "DocumentIsCreatable": True, "DocumentIsDeletable": True})
    _write(keeper, "document_type_categories", {"_key": f"{keeper.division}/1", "ID": 1, "Description": "General"})
    for text in CATEGORIES:
        _write(keeper, "document_categories", {"ID": fixed_id(keeper.division, "category", text), "Description": text})
    for code, text in UNITS:
        kind = "T" if code == "hour" else "O"
        row = {"Code": code, "Description": text, "Active": True, "Main": int(code == "pc"), "Type": kind}
        _write(keeper, "units", {"ID": fixed_id(keeper.division, "unit", code), **row})
    for table in ("cost_centers", "cost_units"):
        for entry in division.get(table, ()):
            row = {"Code": str(entry["code"]), "Description": entry["description"], "Active": True}
            _write(keeper, table, {"ID": fixed_id(keeper.division, table, entry["code"]), **row})
    for entry in division.get("warehouses", ()):
        _warehouse(keeper, entry)
    for entry in division.get("employees", ()):
        _employee(keeper, entry)


def plant_after(keeper: Bookkeeper, division: dict[str, Any]) -> None:
    """Write what hangs on relations and articles: projects, stock, articles of time."""
    for entry in division.get("projects", ()):
        account = keeper.world.database.find("accounts", Division=keeper.division, Code=padded(entry["account"])) or {}
        row = {
            "Code": str(entry["code"]),
            "Description": entry["description"],
            "Type": entry["type"],
            "BlockEntry": entry.get("blocked", False),
        }
        named = {"Account": account.get("ID"), "AccountCode": account.get("Code"), "AccountName": account.get("Name")}
        _write(keeper, "projects", {"ID": fixed_id(keeper.division, "projects", entry["code"]), **row, **named})
    for entry in division.get("items", {}).get("also", ()):
        item = keeper.world.database.find("items", Division=keeper.division, Code=str(entry["code"]))
        if item:
            _article(keeper, item, entry)


def _write(keeper: Bookkeeper, table: str, row: Row) -> None:
    keeper.world.database.insert(table, keeper.stamped(row))


def _warehouse(keeper: Bookkeeper, entry: dict[str, Any]) -> None:
    key = fixed_id(keeper.division, "warehouses", entry["code"])
    named = {"WarehouseCode": str(entry["code"]), "WarehouseDescription": entry["description"]}
    locations = entry.get("locations", ())
    row = {"ID": key, "Code": str(entry["code"]), "Description": entry["description"], "Main": int(entry.get("main", False))}
    _write(keeper, "warehouses", {**row, "UseStorageLocations": int(bool(locations))})
    for place, code in enumerate(locations, start=1):
        location = {"ID": fixed_id(keeper.division, "location", code), "Code": code, "Description": code, "Main": int(place == 1)}
        _write(keeper, "storage_locations", {**location, "PickSequence": place, "Warehouse": key, **named})


def _employee(keeper: Bookkeeper, entry: dict[str, Any]) -> None:
    user = keeper.world.database.find("users", UserName=entry["user"]) or {}
    number = keeper.world.database.next(f"employee/{keeper.division}")
    row = {
        "ID": fixed_id(keeper.division, "employee", entry["user"]),
        "HID": number,
        "EmployeeHID": number,
        "Code": str(number),
        "FirstName": entry["first_name"],
        "LastName": entry["last_name"],
        "FullName": f"{entry['first_name']} {entry['last_name']}",
        "User": user.get("UserID"),
        "UserFullName": user.get("FullName"),
        "IsActive": True,
        "ActiveEmployment": 1,
    }
    _write(keeper, "employees", row)


def _article(keeper: Bookkeeper, item: Row, entry: dict[str, Any]) -> None:
    """Complete a seeded article by what its entry says of stock, cost, price and time."""
    database = keeper.world.database
    changes: Row = {}
    if "stock" in entry:
        stock_account = database.find("gl_accounts", Division=keeper.division, Type=40) or {}
        cost_account = database.find("gl_accounts", Division=keeper.division, Type=111) or {}
        changes.update(IsStockItem=True, GLStock=stock_account.get("ID"), GLCosts=cost_account.get("ID"), Stock=float(entry["stock"]))
        changes.update(GLStockCode=stock_account.get("Code"), GLCostsCode=cost_account.get("Code"))
        changes.update(CostPriceStandard=float(entry.get("cost_price", 0)))
    if "price" in entry:
        changes["StandardSalesPrice"] = float(entry["price"])
    if entry.get("time"):
        changes.update(IsTime=1, Unit="hour", UnitDescription="Hour")
    if changes:
        database.update("items", item["ID"], changes)
    if "stock" in entry:
        _position(keeper, {**item, **changes}, float(entry["stock"]))


def _position(keeper: Bookkeeper, item: Row, quantity: float) -> None:
    warehouse = keeper.world.database.find("warehouses", Division=keeper.division, Main=1)
    if warehouse:
        row = {"ID": fixed_id(keeper.division, "position", item["Code"]), **stock_row(item, warehouse)}
        _write(keeper, "item_warehouses", {**row, "CurrentStock": quantity, "ProjectedStock": quantity})
