"""Master data over the API: relations, items, ledger accounts, codes, rates. One rule book for all of them (FACTS 6.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from include.sandbox import sql
from include.sandbox.bookkeeper import Bookkeeper, storable
from include.sandbox.catalogue import Entity
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.payload import Payload
from include.sandbox.vat_numbers import is_possible

CODE_WIDTH = 18
# Columns that refer to other rows: column, table, caption.
REFERENCES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "items": (("ItemGroup", "item_groups", "ItemGroup"), ("GLRevenue", "gl_accounts", "GLAccount")),
    "addresses": (("Account", "accounts", "Account"),),
    "contacts": (("Account", "accounts", "Account"),),
    "journals": (("GLAccount", "gl_accounts", "GLAccount"),),
    "vat_codes": (("GLToPay", "gl_accounts", "GLAccount"),),
}
USES: dict[str, tuple[tuple[str, str], ...]] = {
    "accounts": (("sales_invoices", "OrderedBy"), ("sales_invoices", "InvoiceTo"), ("sales_entries", "Customer")),
    "items": (("sales_invoice_lines", "Item"),),
    "gl_accounts": (("transaction_lines", "GLAccount"), ("sales_invoice_lines", "GLAccount"), ("items", "GLRevenue")),
}
SAME_ADDRESS = ("Account", "Type", "AddressLine1", "AddressLine2", "AddressLine3", "Postcode", "City", "Country")
DEFAULTS: dict[str, Row] = {
    "accounts": {"Status": "A", "Blocked": False, "IsSupplier": False, "IsSales": False, "Type": "A"},
    "items": {"IsSalesItem": True, "IsStockItem": False, "Unit": "pc", "UnitDescription": "Piece"},
    "gl_accounts": {"IsBlocked": False, "BalanceType": "W", "BalanceSide": "C", "Type": 110},
    "journals": {"IsBlocked": False},
    "vat_codes": {"IsBlocked": False, "Type": "E"},
    "contacts": {},
}


def post_row(keeper: Bookkeeper, entity: Entity, payload: Payload) -> Row:
    """Write a new row of master data and return it. Raises `ValidationError`."""
    table, values = entity.table, {**DEFAULTS.get(entity.table, {}), **payload.values}
    existing = _same_address(keeper, values) if table == "addresses" else None
    if existing:
        return existing
    for known in entity.scalars:
        if known.mandatory and known.post and not values.get(known.name):
            keeper.complain("mandatory", known.name)
    given = values.pop("ID", None)
    values["ID"] = given if given and keeper.world.switches.client_given_ids else keeper.world.new_id()
    return write_row(keeper, table, values)


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
    if entity.table == "accounts" and changes.get("Code"):
        changes["Code"] = padded(changes["Code"])
    _check_vat_number(keeper, changes)
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
    database.run(sql.delete(entity.table, f"{sql.quoted(entity.key)} = ?"), (key,))
    keeper.world.log_deletion(entity.table, key, division=keeper.division, user_id=keeper.user_id)


def padded(code: Any) -> str:
    """Return a relation's code as Exact stores it: 18 characters, blanks on the left (FACTS 6.7)."""
    return str(code).strip().rjust(CODE_WIDTH)


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


def _check_vat_number(keeper: Bookkeeper, values: Row) -> None:
    """Refuse a VAT number whose check digits are wrong, as Exact does with relations (FACTS 6.7)."""
    if values.get("VATNumber") and not is_possible(str(values["VATNumber"])):
        keeper.complain("vat_number_checksum")


def _account(keeper: Bookkeeper, values: Row) -> Row:
    code = values.get("Code") or str(keeper.world.database.next(f"account/{keeper.division}"))
    if not code.strip().isdigit():
        keeper.complain("invalid", "Code")
    _check_vat_number(keeper, values)
    status_since = day_ms(keeper.world.stamp_ms())
    return {**values, "Code": padded(code), "StatusSince": status_since, "Type": values.get("Status") or "A"}


def _rate(keeper: Bookkeeper, values: Row) -> Row:
    values["TargetCurrency"] = keeper.own_currency()
    values["StartDate"] = values.get("StartDate") or day_ms(keeper.world.stamp_ms())
    if values.get("SourceCurrency") and not keeper.world.database.find(
        "currencies", Division=keeper.division, Code=values["SourceCurrency"]
    ):
        keeper.complain("invalid_reference", "SourceCurrency")
    return values


def _contact(_: Bookkeeper, values: Row) -> Row:
    values["FullName"] = " ".join(part for part in (values.get("FirstName"), values.get("LastName")) if part)
    return values


_COMPLETE: dict[str, Callable[[Bookkeeper, Row], Row]] = {"accounts": _account, "exchange_rates": _rate, "contacts": _contact}


def _same_address(keeper: Bookkeeper, values: Row) -> Row | None:
    """Return the address that is identical to a posted one: Exact answers with it (FACTS 6.7)."""
    criteria = " AND ".join(f"{sql.quoted(name)} IS ?" for name in SAME_ADDRESS)
    where = f'"Division" = ? AND {criteria}'
    return keeper.world.database.one(sql.select("*", "addresses", where), [keeper.division, *(values.get(name) for name in SAME_ADDRESS)])
