"""Orders of the webshop, made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from include.sources.records import OrderLine, ShopOrder

ORDERED_AT = datetime(2026, 11, 16, 8, 26, tzinfo=UTC)
CHECKED_ON = date(2026, 11, 1)
HEART = OrderLine(
    position=1,
    article_code="85123A",
    description="WHITE HANGING HEART T-LIGHT HOLDER",
    quantity=Decimal(6),
    unit_price=Decimal("2.55"),
    vat_rate=Decimal(20),
    product_group="gifts",
    kind="article",
)
ORDER = ShopOrder(
    number="536365",
    customer_number="17850",
    country="GB",
    currency="GBP",
    prices_include_vat=False,
    ordered_at=ORDERED_AT,
    delivered_at=None,
    invoiced_at=None,
    changed_at=ORDERED_AT,
    status="open",
    payment_method="account",
    total_paid=None,
    kind_of_buyer=None,
    vat_number=None,
    vat_number_checked_on=None,
    lines=(HEART,),
)


def line(position: int = 1, **changes: Any) -> OrderLine:
    """The line of hearts, but for the changes; numbers may be given as text."""
    numbers = {name: Decimal(changes.pop(name)) for name in ("quantity", "unit_price", "vat_rate") if name in changes}
    return replace(HEART, position=position, **numbers, **changes)


def order(*lines: OrderLine, **changes: Any) -> ShopOrder:
    """A British order of six hearts, but for the lines and the changes."""
    return replace(ORDER, lines=lines or ORDER.lines, **changes)


def dutch(*lines: OrderLine, **changes: Any) -> ShopOrder:
    """A Dutch consumer's order of one thing for 121 euros, VAT included."""
    lines = lines or (line(quantity="1", unit_price="121", vat_rate="21"),)
    consumer = {"kind_of_buyer": "consumer", "customer_number": None, "payment_method": "card"}
    return order(*lines, **{"number": "NL-1", "country": "NL", "currency": "EUR", "prices_include_vat": True, **consumer, **changes})


def german(*lines: OrderLine, **changes: Any) -> ShopOrder:
    """The order of a German business whose VAT number was checked, without VAT."""
    lines = lines or (line(quantity="1", unit_price="100", vat_rate="0"),)
    business = {"kind_of_buyer": "business", "vat_number": "DE123456788", "vat_number_checked_on": CHECKED_ON}
    return dutch(*lines, **{"number": "DE-1", "country": "DE", "prices_include_vat": False, **business, **changes})


def french(*lines: OrderLine, **changes: Any) -> ShopOrder:
    """An order of a business in France, without VAT."""
    lines = tuple(replace(each, vat_rate=Decimal(0)) for each in lines or ORDER.lines)
    business = {"kind_of_buyer": "business", "vat_number": "FR 12 345678901", "vat_number_checked_on": CHECKED_ON}
    return order(*lines, **{"country": "FR", "customer_number": "12583", "number": "536370", **business, **changes})
