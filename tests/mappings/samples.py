"""Situations with a golden payload each: what Exact gets is read by people, in `golden/<name>.json` and in docs/what-exact-gets.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from include.administrations.model import Administration
from include.sources.records import OrderLine, ShopOrder
from tests.mappings.companies import BE, NL, NL_INVOICES, UK, variation
from tests.mappings.orders import CHECKED_ON, dutch, french, german, line, order

MIXED_LINES = (
    line(3, article_code="POST", description="POSTAGE", quantity="1", unit_price="18", product_group="shipping", kind="shipping"),
    line(1),
    line(2, article_code="22423", description="REGENCY CAKESTAND 3 TIER", quantity="2", unit_price="12.75", product_group="kitchen"),
    line(4, article_code="D", description="Discount", quantity="1", unit_price="-3.995", product_group="discount", kind="discount"),
    line(5, article_code="71053", description="", quantity="1", unit_price="0", product_group="home"),
    line(6, article_code="71053", description="WHITE METAL LANTERN", quantity="0", unit_price="3.39", product_group="home"),
)


@dataclass(frozen=True)
class Sample:
    """An order, who books it, and the situation in a bookkeeper's words."""

    situation: str
    order: ShopOrder
    administration: Administration


def _at(rate: str, price: str = "100", **changes: Any) -> OrderLine:
    return line(changes.pop("position", 1), quantity="1", unit_price=price, vat_rate=rate, **changes)


ON_TOP = variation(NL_INVOICES, vat_codes={**NL.vat_codes.model_dump(), "domestic": {"21": "21"}})
BELOW_THRESHOLD = variation(NL, without_vat_number="domestic")
VOUCHER = _at("0", "-20", position=2, kind="voucher", product_group="vouchers", description="Voucher")
COSTS = _at("21", "2", position=2, kind="payment_cost", product_group="costs", description="Card surcharge")
DISCOUNT = _at("21", "-12.10", position=3, kind="discount", product_group="discount", article_code="D", description="Discount")
INVOICED = datetime(2026, 11, 18, 12, tzinfo=UTC)

SAMPLES: dict[str, Sample] = {
    "invoice_of_one_line": Sample("In the United Kingdom, to a customer on account", order(), UK),
    "invoice_with_shipping_discount_and_a_free_line": Sample(
        "The same with shipping, a discount, a free article, and a line of none, which is left out", order(*MIXED_LINES), UK
    ),
    "invoice_of_a_guest": Sample(
        "The same for a guest who paid by card: the collective relation", order(customer_number=None, payment_method="card"), UK
    ),
    "invoice_to_the_union_from_london": Sample(
        "Goods from the United Kingdom to the Union: an export, with a code of its own", order(_at("0"), country="FR"), UK
    ),
    "entry_of_one_line": Sample("From Belgium to a French business whose VAT number was checked, in pounds", french(), BE),
    "entry_with_shipping_discount_and_a_free_line": Sample(
        "The same with shipping, a discount and a free article: a line per ledger account", french(*MIXED_LINES), BE
    ),
    "entry_of_a_guest_outside_the_union": Sample(
        "From Belgium to Australia", french(country="AU", customer_number=None, payment_method="card"), BE
    ),
    "entry_within_belgium": Sample(
        "Within Belgium", order(line(vat_rate="21.0"), country="BE", customer_number="12583", currency="EUR"), BE
    ),
    "entry_of_a_consumer_below_the_threshold": Sample(
        "To a German consumer, all such sales below EUR 10,000 a year: own VAT", dutch(_at("21"), country="DE"), BELOW_THRESHOLD
    ),
    "entry_of_a_consumer_by_the_one_stop_shop": Sample(
        "To a German consumer, one-stop shop: German VAT", dutch(_at("19"), country="DE"), NL
    ),
    "entry_intra_community": Sample("From the Netherlands to a German business whose VAT number was checked", german(), NL),
    "entry_of_a_service_with_reverse_charge": Sample("A service to that business: reverse charge", german(_at("0", supply="services")), NL),
    "entry_of_a_service_outside_the_union": Sample(
        "A service to a Swiss business: outside the scope", german(_at("0", supply="services"), country="CH", vat_number=None), NL
    ),
    "entry_of_an_export": Sample("From the Netherlands to Norway", dutch(_at("0"), country="NO"), NL),
    "entry_of_three_rates": Sample(
        "Prices with VAT, at the standard, the reduced and the zero rate",
        dutch(_at("21", "121"), _at("9", "10.90", position=2), _at("0", "5", position=3), total_paid=Decimal("136.90")),
        NL,
    ),
    "invoice_with_vat_inside": Sample(
        "Prices with VAT, a VAT code that includes it: the shop's own prices", dutch(_at("21", "121"), total_paid=Decimal(121)), NL_INVOICES
    ),
    "invoice_with_vat_taken_out": Sample(
        "Prices with VAT, a VAT code that excludes it: prices without VAT that come to the same total",
        dutch(line(quantity="3", unit_price="9.99", vat_rate="21"), total_paid=Decimal("29.97")),
        ON_TOP,
    ),
    "invoice_with_a_rounding_line": Sample(
        "The same where no price without VAT makes the total as paid: a rounding line",
        dutch(_at("21", "9.94"), total_paid=Decimal("9.94")),
        ON_TOP,
    ),
    "entry_with_a_rounding_line": Sample(
        "The customer paid two cents less, and the tolerance is five", dutch(total_paid=Decimal("120.98")), NL
    ),
    "invoice_with_a_voucher": Sample(
        "A part paid by voucher: a means of payment, without VAT", dutch(_at("21", "121"), VOUCHER, total_paid=Decimal(101)), NL_INVOICES
    ),
    "entry_with_payment_costs_and_a_discount": Sample(
        "Payment costs on an account of their own, and a discount on the order",
        dutch(_at("21", "121"), COSTS, DISCOUNT),
        NL,
    ),
    "entry_of_the_day_of_the_invoice": Sample(
        "Ordered on 16 November, invoiced by the shop on the 18th", german(invoiced_at=INVOICED, vat_number_checked_on=CHECKED_ON), NL
    ),
}
