"""Relations, their contacts and their addresses: numbered, checked by country, written with what they inherit (FACTS 6.7)."""

from __future__ import annotations

import re
from typing import Any

from include.sandbox import sql
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.vat_numbers import is_possible

CODE_WIDTH = 18
STATUSES = frozenset({"A", "S", "P", "C"})
ADDRESS_TYPES = {1: "Visit", 2: "Postal", 3: "Invoice", 4: "Delivery"}
SAME_ADDRESS = ("Account", "Type", "AddressLine1", "AddressLine2", "AddressLine3", "Postcode", "City", "Country")
# What a postcode looks like, by country; those of other countries are taken as they are.
POSTCODES = {
    "AT": r"\d{4}",
    "BE": r"\d{4}",
    "CH": r"\d{4}",
    "DE": r"\d{5}",
    "DK": r"\d{4}",
    "ES": r"\d{5}",
    "FR": r"\d{5}",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "IT": r"\d{5}",
    "LU": r"\d{4}",
    "NL": r"[1-9]\d{3} ?[A-Z]{2}",
    "NO": r"\d{4}",
    "PL": r"\d{2}-?\d{3}",
    "SE": r"\d{3} ?\d{2}",
}


def padded(code: Any) -> str:
    """Return a relation's code as Exact stores it: 18 characters, blanks on the left (FACTS 6.7)."""
    return str(code).strip().rjust(CODE_WIDTH)


def new_account(keeper: Bookkeeper, values: Row) -> Row:
    """Return a new relation with its code; one that was given none gets the next that is free."""
    code = values.get("Code") or free_code(keeper)
    since = day_ms(keeper.world.stamp_ms())
    whole = {**values, "Code": padded(code), "StatusSince": since, "CustomerSince": since if values.get("Status") == "C" else None}
    check_account(keeper, whole)
    return {**whole, "Type": "A"}


def free_code(keeper: Bookkeeper) -> str:
    """Return the next number that no relation of the division has."""
    database = keeper.world.database
    while True:
        code = str(database.next(f"account/{keeper.division}"))
        if database.find("accounts", Division=keeper.division, Code=padded(code)) is None:
            return code


def changed_account(keeper: Bookkeeper, row: Row, changes: Row) -> Row:
    """Return the changes of a relation, checked against the whole that they make."""
    if changes.get("Code"):
        changes = {**changes, "Code": padded(changes["Code"])}
        other = keeper.world.database.find("accounts", Division=keeper.division, Code=changes["Code"])
        if other and other["ID"] != row["ID"]:
            keeper.complain("already_exists")
    if changes.get("Status") not in (None, row["Status"]):
        changes = {**changes, "StatusSince": day_ms(keeper.world.stamp_ms())}
    check_account(keeper, {**row, **changes}, changed=frozenset(changes))
    return changes


def check_account(keeper: Bookkeeper, whole: Row, *, changed: frozenset[str] | None = None) -> None:
    """Complain about a relation without name, with a strange code, status, country, postcode or VAT number."""
    touched = changed if changed is not None else frozenset(whole)
    if "Name" in touched and not (whole.get("Name") or "").strip():
        keeper.complain("mandatory", "Name")
    if "Code" in touched and not (whole.get("Code") or "").strip().isdigit():
        keeper.complain("invalid", "Code")
    if "Status" in touched and whole.get("Status") not in STATUSES:
        keeper.complain("invalid", "Status")
    if "VATNumber" in touched and whole.get("VATNumber") and not is_possible(str(whole["VATNumber"])):
        keeper.complain("vat_number_checksum")
    _check_place(keeper, whole, touched)


def _check_place(keeper: Bookkeeper, whole: Row, touched: frozenset[str]) -> None:
    country = (whole.get("Country") or "").strip().upper()
    if "Country" in touched and whole.get("Country") and not re.fullmatch("[A-Z]{2}", country):
        keeper.complain("invalid_reference", "Country")
    shape, postcode = POSTCODES.get(country), (whole.get("Postcode") or "").strip().upper()
    if not (keeper.world.switches.check_postcodes and shape and postcode and touched & {"Country", "Postcode"}):
        return
    if not re.fullmatch(shape, postcode):
        keeper.complain("invalid", "Postcode")


def new_address(keeper: Bookkeeper, values: Row) -> Row:
    """Return a new address of a relation."""
    account = _owner(keeper, values)
    check_address(keeper, values)
    return {"Main": False, **values, "AccountName": account.get("Name"), "AccountIsSupplier": account.get("IsSupplier")}


def changed_address(keeper: Bookkeeper, row: Row, changes: Row) -> Row:
    """Return the changes of an address, checked against the whole that they make."""
    check_address(keeper, {**row, **changes}, changed=frozenset(changes))
    return changes


def check_address(keeper: Bookkeeper, whole: Row, *, changed: frozenset[str] | None = None) -> None:
    """Complain about an address of no known type, or with a strange country or postcode."""
    touched = changed if changed is not None else frozenset(whole)
    if "Type" in touched and whole.get("Type") not in (None, *ADDRESS_TYPES):
        keeper.complain("invalid", "Type")
    _check_place(keeper, whole, touched)


def same_address(keeper: Bookkeeper, values: Row) -> Row | None:
    """Return the address that is identical to a posted one: Exact answers with it (FACTS 6.7)."""
    criteria = " AND ".join(f"{sql.quoted(name)} IS ?" for name in SAME_ADDRESS)
    where = f'"Division" = ? AND {criteria}'
    return keeper.world.database.one(sql.select("*", "addresses", where), [keeper.division, *(values.get(name) for name in SAME_ADDRESS)])


def new_contact(keeper: Bookkeeper, values: Row) -> Row:
    """Return a new contact of a relation."""
    account = _owner(keeper, values)
    hid = values.get("HID") or keeper.world.database.next(f"contact/{keeper.division}")
    inherited = {"AccountIsCustomer": account.get("Status") == "C", "AccountIsSupplier": account.get("IsSupplier")}
    return {**values, **inherited, "AccountName": account.get("Name"), "HID": hid, "FullName": _full_name(values)}


def changed_contact(keeper: Bookkeeper, row: Row, changes: Row) -> Row:
    """Return the changes of a contact; it keeps a first and a last name."""
    whole = {**row, **changes}
    for name in ("FirstName", "LastName"):
        if name in changes and not (whole.get(name) or "").strip():
            keeper.complain("mandatory", name)
    return {**changes, "FullName": _full_name(whole)}


def _owner(keeper: Bookkeeper, values: Row) -> Row:
    """Return the relation that a contact or an address belongs to; a missing one is complained about elsewhere."""
    if values.get("Account") is None:
        keeper.complain("mandatory", "Account")
        return {}
    return keeper.find("accounts", "ID", values["Account"]) or {}


def _full_name(values: Row) -> str:
    return " ".join(part for part in (values.get("FirstName"), values.get("MiddleName"), values.get("LastName")) if part)


def delete_belongings(keeper: Bookkeeper, account_id: str) -> None:
    """Delete the contacts and addresses of a relation that goes."""
    world = keeper.world
    for table in ("contacts", "addresses"):
        for row in world.database.find_all(table, Account=account_id):
            world.database.run(sql.delete(table, '"ID" = ?'), (row["ID"],))
            world.log_deletion(table, row["ID"], division=keeper.division, user_id=keeper.user_id)
