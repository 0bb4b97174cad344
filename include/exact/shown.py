"""Payloads of ours as people read them: lines with their amounts, and which master data they name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from include.exact.models.base import CENTS
from include.exact.models.sales_entry import SalesEntry
from include.exact.models.sales_invoice import SalesInvoice

# Which field of a payload holds its lines, and which its relation.
LINES = {SalesInvoice.endpoint: "SalesInvoiceLines", SalesEntry.endpoint: "SalesEntryLines"}
RELATION = {SalesInvoice.endpoint: "OrderedBy", SalesEntry.endpoint: "Customer"}
# Fields that hold what says who somebody is, or how to reach or pay them.
PERSONAL = frozenset(
    {
        "Name", "FirstName", "LastName", "MiddleName", "FullName", "Initials", "ContactName", "Email", "Phone", "PhoneExtension",
        "Mobile", "BusinessPhone", "BusinessMobile", "BusinessEmail", "BusinessFax", "Fax", "AddressLine1", "AddressLine2",
        "AddressLine3", "AddressStreet", "AddressStreetNumber", "AddressStreetNumberSuffix", "Postcode", "City", "VATNumber",
        "ChamberOfCommerce", "BankAccount", "BankAccountIncludingMask", "IBAN", "SocialSecurityNumber", "Website", "BirthDate",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class WrittenLine:
    """A line of a payload; `amount` is as written: including VAT where the VAT code says so. Ids are empty where the line has none."""

    description: str
    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal
    vat_code: str
    item_id: str
    gl_account_id: str


def lines_of(endpoint: str, payload: str | None) -> list[WrittenLine]:
    """The lines of a document's payload; none for other records, and for what is no payload of ours."""
    return [_line(line) for line in _list(_read(payload).get(LINES.get(endpoint, "")))]


def relation_of(endpoint: str, payload: str | None) -> str:
    """The id of the relation that a document is for; empty where it names none."""
    return str(_read(payload).get(RELATION.get(endpoint, "")) or "")


def _read(payload: str | None) -> Mapping[str, Any]:
    if payload is None:
        return {}
    try:
        read = json.loads(payload, parse_float=Decimal)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _list(value: object) -> Sequence[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _line(line: Mapping[str, Any]) -> WrittenLine:
    quantity, price, amount = (_number(line.get(name)) for name in ("Quantity", "NetPrice", "AmountFC"))
    if amount is None:
        amount = ((quantity or Decimal(0)) * (price or Decimal(0))).quantize(CENTS, ROUND_HALF_UP)
    return WrittenLine(
        description=str(line.get("Description") or ""),
        quantity=quantity,
        price=price,
        amount=amount,
        vat_code=str(line.get("VATCode") or "").strip(),
        item_id=str(line.get("Item") or ""),
        gl_account_id=str(line.get("GLAccount") or ""),
    )


def _number(value: object) -> Decimal | None:
    if value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
