"""What the shop's own documents add up to, reckoned apart from the mapping."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from include.sources.records import OrderLine, ShopDocument

CENT = Decimal("0.01")
ZERO = Decimal(0)


def net_of(document: ShopDocument) -> Decimal | None:
    """The sum excluding VAT, each line rounded half up to cents; None when a number in it is none."""
    numbers = (number for line in document.lines for number in (line.quantity, line.unit_price, line.vat_rate))
    if not all(number.is_finite() for number in numbers):
        return None
    return sum((_net(line, prices_include_vat=document.prices_include_vat) for line in document.lines), ZERO)


def total_of(document: ShopDocument) -> Decimal | None:
    """What was paid, VAT included; reckoned where the shop does not tell. None when a number in it is none."""
    if document.total_paid is not None:
        return document.total_paid if document.total_paid.is_finite() else None
    if net_of(document) is None:
        return None
    return sum((_gross(line, prices_include_vat=document.prices_include_vat) for line in document.lines), ZERO)


def net_off_by(document: ShopDocument) -> Decimal:
    """How far the net in Exact may be from ours: a cent a line where VAT has to be taken out of the prices, nothing otherwise."""
    return CENT * len(document.lines) if document.prices_include_vat else ZERO


def _net(line: OrderLine, *, prices_include_vat: bool) -> Decimal:
    factor = 1 + line.vat_rate / 100 if prices_include_vat else 1
    return (line.quantity * line.unit_price / factor).quantize(CENT, ROUND_HALF_UP)


def _gross(line: OrderLine, *, prices_include_vat: bool) -> Decimal:
    factor = 1 if prices_include_vat else 1 + line.vat_rate / 100
    return (line.quantity * line.unit_price * factor).quantize(CENT, ROUND_HALF_UP)
