"""Master data over the API: relations, items, ledger accounts, codes, rates. One rule book for all of them (FACTS 6.7)."""

from __future__ import annotations

from collections.abc import Callable

from include.sandbox import hours, relations, sql, stock, vat_rates
from include.sandbox.bookkeeper import Bookkeeper, storable
from include.sandbox.catalogue import Entity
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.payload import Payload

# Columns that refer to other rows: column, table, caption.
REFERENCES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "items": (("ItemGroup", "item_groups", "ItemGroup"), ("GLRevenue", "gl_accounts", "GLAccount")),
    "addresses": (("Account", "accounts", "Account"),),
    "contacts": (("Account", "accounts", "Account"),),
    "bank_accounts": (("Account", "accounts", "Account"),),
    "journals": (("GLAccount", "gl_accounts", "GLAccount"),),
    "projects": (("Account", "accounts", "Account"),),
    "sales_item_prices": (("Item", "items", "Item"), ("Account", "accounts", "Account")),
    "item_warehouses": (("Item", "items", "Item"), ("Warehouse", "warehouses", "Warehouse")),
    "vat_codes": (("GLToPay", "gl_accounts", "GLAccount"),),
}
USES: dict[str, tuple[tuple[str, str], ...]] = {
    "accounts": (
        ("sales_invoices", "OrderedBy"),
        ("sales_invoices", "InvoiceTo"),
        ("sales_entries", "Customer"),
        ("purchase_entries", "Supplier"),
        ("sales_orders", "OrderedBy"),
        ("documents", "Account"),
        ("bank_entry_lines", "Account"),
        ("cash_entry_lines", "Account"),
        ("journal_entry_lines", "Account"),
        ("projects", "Account"),
        ("time_cost_transactions", "Account"),
    ),
    "items": (
        ("sales_invoice_lines", "Item"),
        ("sales_order_lines", "Item"),
        ("stock_count_lines", "Item"),
        ("warehouse_transfer_lines", "Item"),
        ("time_cost_transactions", "Item"),
    ),
    "warehouses": (("item_warehouses", "Warehouse"), ("stock_counts", "Warehouse")),
    "projects": (("time_cost_transactions", "Project"),),
    "gl_accounts": (("transaction_lines", "GLAccount"), ("sales_invoice_lines", "GLAccount"), ("items", "GLRevenue")),
}
DEFAULTS: dict[str, Row] = {
    "accounts": {"Status": "A", "Blocked": False, "IsSupplier": False, "IsSales": False, "Type": "A"},
    "items": {"IsSalesItem": True, "IsStockItem": False, "Unit": "pc", "UnitDescription": "Piece"},
    "gl_accounts": {"IsBlocked": False, "BalanceType": "W", "BalanceSide": "C", "Type": 110},
    "journals": {"IsBlocked": False, "AllowVAT": True},
    "bank_accounts": {"Blocked": False, "Main": False, "Type": "A"},
    "projects": {"BlockEntry": False},
    "vat_codes": {"IsBlocked": False, "Type": "E"},
    "contacts": {},
}


def post_row(keeper: Bookkeeper, entity: Entity, payload: Payload) -> Row:
    """Write a new row of master data and return it. Raises `ValidationError`."""
    table, defaults = entity.table, DEFAULTS.get(entity.table, {})
    values = {**defaults, **{name: value for name, value in payload.values.items() if value is not None or name not in defaults}}
    existing = relations.same_address(keeper, values) if table == "addresses" else None
    if existing:
        return existing
    for known in entity.scalars:
        if known.mandatory and known.post and not values.get(known.name):
            keeper.complain("mandatory", known.name)
    given = values.pop("ID", None)
    values["ID"] = given if given and keeper.world.switches.client_given_ids else keeper.world.new_id()
    rates = payload.children.get("VATPercentages", [])
    if rates:
        values["Percentage"] = vat_rates.latest(rates)
    row = write_row(keeper, table, values)
    vat_rates.write(keeper, row, rates)
    return row


def write_row(keeper: Bookkeeper, table: str, values: Row) -> Row:
    """Complete, check and insert a row whose key is known."""
    values = _completed(keeper, table, values)
    _check_code(keeper, table, values)
    keeper.refuse_if_any()
    row = storable(keeper.stamped(values))
    keeper.world.database.insert(table, row)
    return row


def change_row(keeper: Bookkeeper, entity: Entity, key: str, values: Row) -> None:
    """Change a row of master data. Raises `ValidationError`."""
    changes = {name: value for name, value in values.items() if name != entity.key}
    check = _CHANGED.get(entity.table)
    row = keeper.world.database.one(sql.select("*", entity.table, f"{sql.quoted(entity.key)} = ?"), (key,))
    if check and row:
        changes = check(keeper, row, changes)
    _check_references(keeper, entity.table, changes)
    keeper.refuse_if_any()
    keeper.world.touch(entity.table, key, storable(changes), division=keeper.division)


def delete_row(keeper: Bookkeeper, entity: Entity, key: str) -> None:
    """Delete a row of master data that nothing uses. Raises `ValidationError`."""
    database = keeper.world.database
    for table, column in USES.get(entity.table, ()):
        if database.one(sql.select("1", table, f"{sql.quoted(column)} = ?", "LIMIT 1"), (key,)):
            keeper.complain("cannot_delete_account" if entity.table == "accounts" else "cannot_delete", entity.name)
            break
    keeper.refuse_if_any()
    if entity.table == "accounts":
        relations.delete_belongings(keeper, key)
    database.run(sql.delete(entity.table, f"{sql.quoted(entity.key)} = ?"), (key,))
    keeper.world.log_deletion(entity.table, key, division=keeper.division, user_id=keeper.user_id)


def _completed(keeper: Bookkeeper, table: str, values: Row) -> Row:
    _check_references(keeper, table, values)
    complete = _COMPLETE.get(table)
    return complete(keeper, values) if complete else values


def _check_references(keeper: Bookkeeper, table: str, values: Row) -> None:
    for column, target, caption in REFERENCES.get(table, ()):
        row = keeper.by_id(target, values.get(column), caption)
        if row:
            for suffix in ("Code", "Description", "Name"):
                if suffix in row and f"{column}{suffix}" in keeper.world.database.columns(table):
                    values[f"{column}{suffix}"] = row[suffix]


def _check_code(keeper: Bookkeeper, table: str, values: Row) -> None:
    if values.get("Code") and keeper.world.database.find(table, Division=keeper.division, Code=values["Code"]):
        keeper.complain("already_exists")


def _rate(keeper: Bookkeeper, values: Row) -> Row:
    values["TargetCurrency"] = keeper.own_currency()
    values["StartDate"] = values.get("StartDate") or day_ms(keeper.world.stamp_ms())
    if values.get("SourceCurrency") and not keeper.world.database.find(
        "currencies", Division=keeper.division, Code=values["SourceCurrency"]
    ):
        keeper.complain("invalid_reference", "SourceCurrency")
    return values


_COMPLETE: dict[str, Callable[[Bookkeeper, Row], Row]] = {
    "accounts": relations.new_account,
    "addresses": relations.new_address,
    "contacts": relations.new_contact,
    "exchange_rates": _rate,
    "item_warehouses": stock.link_item,
    "projects": hours.new_project,
}
_CHANGED: dict[str, Callable[[Bookkeeper, Row, Row], Row]] = {
    "accounts": relations.changed_account,
    "addresses": relations.changed_address,
    "contacts": relations.changed_contact,
    "projects": hours.changed_project,
}
