"""What the readers hand out: orders, returns and customers as they stand in the shop, and rows that could not be read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal

# Content that does not count as a change of the source. A VAT number is checked again each night: that it was checked counts, not when.
_NOT_CONTENT = frozenset({"version", "changed_at", "vat_number_checked_on"})


@dataclass(frozen=True)
class OrderLine:
    """One line of an order or a return; `vat_rate` in percent, `unit_price` as `prices_include_vat` says, article code in upper case."""

    position: int
    article_code: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    vat_rate: Decimal
    product_group: str
    kind: str
    supply: str = "goods"
    order_position: int | None = None


@dataclass(frozen=True, kw_only=True)
class ShopDocument:
    """What orders and returns share; `version` changes when anything changes that could be booked."""

    number: str
    customer_number: str | None
    country: str
    currency: str
    prices_include_vat: bool
    ordered_at: datetime
    delivered_at: datetime | None
    invoiced_at: datetime | None
    changed_at: datetime
    status: str
    payment_method: str
    total_paid: Decimal | None
    kind_of_buyer: str | None
    vat_number: str | None
    vat_number_checked_on: date | None
    lines: tuple[OrderLine, ...]
    version: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", content_version(self))


@dataclass(frozen=True, kw_only=True)
class ShopOrder(ShopDocument):
    """An order with all its lines."""


@dataclass(frozen=True, kw_only=True)
class ShopReturn(ShopDocument):
    """A return: its amounts are positive and go back to the customer; `order_number` is the order that it takes back, if known."""

    order_number: str | None


@dataclass(frozen=True, kw_only=True)
class PostalAddress:
    """Where invoices or goods go, if that is another address than the customer's own."""

    line_1: str | None
    line_2: str | None
    postcode: str | None
    city: str | None
    country: str


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A customer with an account at the shop."""

    number: str
    name: str
    contact: str | None
    email: str | None
    phone: str | None
    address_line_1: str | None
    address_line_2: str | None
    postcode: str | None
    city: str | None
    country: str
    kind_of_buyer: str | None
    vat_number: str | None
    vat_number_checked_on: date | None
    registration_number: str | None
    changed_at: datetime
    language: str | None = None
    invoice_address: PostalAddress | None = None
    delivery_address: PostalAddress | None = None
    version: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", content_version(self))


@dataclass(frozen=True)
class BadRecord:
    """A record that could not be read: a stable `code` and `subject` (the column), with facts that help to find and mend it.

    `kind` is order, return or customer. A record without a number of its own gets one made of its content, so that it can be kept as well.
    """

    number: str
    kind: str
    country: str | None
    changed_at: datetime | None
    code: str
    subject: str
    facts: Mapping[str, str]
    version: str


@dataclass(frozen=True)
class DayTotal:
    """How many documents of a kind were ordered on a day, and their net sum: each line excl. VAT rounded half up to cents."""

    day: date
    country: str | None
    currency: str | None
    kind: str
    documents: int
    net: Decimal


def content_version(record: ShopDocument | Customer) -> str:
    """SHA-256 (hex) over all content that matters; 1.10 and 1.1 are the same, and so are two moments written in different time zones."""
    content = {f.name: _plain(getattr(record, f.name)) for f in fields(record) if f.name not in _NOT_CONTENT}
    content["vat_number_checked"] = record.vat_number_checked_on is not None
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return format(value.normalize(), "f") if value else "0"
        case datetime():
            return value.timestamp()
        case tuple():
            return [_plain(item) for item in value]
        case OrderLine() | PostalAddress():
            return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        case _:
            return value
