"""Returns of the webshop, made by hand from the orders that they take back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from include.administrations.model import Administration
from include.mappings.document import SalesDocument
from include.mappings.orders_to_invoices import sales_document
from include.mappings.returns_to_credit_notes import Sale, credit_document, free_credit
from include.sources.records import OrderLine, ShopDocument, ShopOrder, ShopReturn
from tests.mappings.books import Books
from tests.mappings.companies import BE, NL, NL_INVOICES, UK, variation
from tests.mappings.orders import dutch, french, german, line, order
from tests.mappings.samples import MIXED_LINES

RETURNED_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
POSITIVE = variation(UK, credits={"sign": "positive"})
FREE = variation(UK, credits={"free": True})
TWO_KINDS = (line(1, quantity="6"), line(2, article_code="22423", quantity="2", unit_price="12.75", product_group="kitchen"))


def returned(of: ShopOrder, *lines: OrderLine, **changes: Any) -> ShopReturn:
    """A return of an order: all of it, but for the lines and the changes."""
    common = {each.name: getattr(of, each.name) for each in fields(ShopDocument) if each.init}
    moments = {"ordered_at": RETURNED_AT, "changed_at": RETURNED_AT, "delivered_at": None, "invoiced_at": None}
    content = {**common, **moments, "number": "R-1", "order_number": of.number, "lines": lines or of.lines, **changes}
    return ShopReturn(**content)


def credited(back: ShopReturn, of: ShopOrder, administration: Administration, *before: ShopReturn) -> SalesDocument:
    """The credit of a sale that was booked by the administration's own rules."""
    payload = sales_document(of, administration, Books()).record.payload()
    return credit_document(back, Sale(of, payload, before), administration, Books())


@dataclass(frozen=True)
class ReturnSample:
    """A return, the order that it takes back (None: nobody knows it), who books it, and the situation in a bookkeeper's words."""

    situation: str
    of: ShopOrder | None
    back: ShopReturn
    administration: Administration

    @property
    def document(self) -> SalesDocument:
        if self.of is None:
            return free_credit(self.back, self.administration, Books())
        return credited(self.back, self.of, self.administration)


def _sample(situation: str, of: ShopOrder, administration: Administration, *lines: OrderLine, **changes: Any) -> ReturnSample:
    return ReturnSample(situation, of, returned(of, *lines, **changes), administration)


INSIDE = dutch(line(quantity="2", unit_price="121", vat_rate="21"), total_paid=Decimal(242))

RETURNS: dict[str, ReturnSample] = {
    "credit_of_an_invoice": _sample("All of it comes back", order(*TWO_KINDS), UK),
    "credit_of_a_part": _sample("A part of it comes back", order(*TWO_KINDS), UK, line(1, quantity="2")),
    "credit_with_shipping_and_discount": _sample("All of it, shipping and discount included", order(*MIXED_LINES), UK),
    "credit_written_with_positive_quantities": _sample(
        "The same in a company whose Exact turns credits round by itself (`credits: sign: positive`)", order(*TWO_KINDS), POSITIVE
    ),
    "credit_with_a_deduction": _sample(
        "All of it, but the shop keeps 5.00 back for damage",
        order(*TWO_KINDS),
        UK,
        *TWO_KINDS,
        line(3, article_code="D", description="Damage", quantity="1", unit_price="-5", product_group="discount", kind="discount"),
    ),
    "credit_of_a_guest_with_vat_inside": _sample(
        "One of two, prices with VAT, a VAT code that includes it",
        INSIDE,
        NL_INVOICES,
        line(quantity="1", unit_price="121", vat_rate="21"),
        total_paid=Decimal(121),
    ),
    "credit_entry_intra_community": _sample(
        "A German business returns, although its VAT number was not checked since", german(), NL, vat_number_checked_on=None
    ),
    "credit_entry_of_a_part": _sample(
        "A French business returns a part, in pounds", french(*TWO_KINDS), BE, line(quantity="2", vat_rate="0")
    ),
    "credit_entry_with_a_rounding_line": _sample(
        "All of it, and the sale had a rounding line", dutch(total_paid=Decimal("120.98")), NL, total_paid=Decimal("120.98")
    ),
    "credit_without_an_order": ReturnSample(
        "Nobody knows of which order, and the company allows it (`credits: free: true`)",
        None,
        returned(order(), order_number=None),
        FREE,
    ),
}
