"""Orders of the webshop, made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from include.sources.records import OrderLine, ShopOrder

ORDERED_AT = datetime(2026, 11, 16, 8, 26, tzinfo=UTC)
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


def french(*lines: OrderLine, **changes: Any) -> ShopOrder:
    """An order of a customer in France, without VAT."""
    lines = tuple(replace(each, vat_rate=Decimal(0)) for each in lines or ORDER.lines)
    return order(*lines, **{"country": "FR", "customer_number": "12583", "number": "536370", **changes})
