"""Orders with a golden payload each: what Exact gets is read by people, in `golden/<name>.json`."""

from __future__ import annotations

from include.administrations.model import Administration
from include.sources.records import ShopOrder
from tests.mappings.companies import BE, UK
from tests.mappings.orders import french, line, order

MIXED_LINES = (
    line(3, article_code="POST", description="POSTAGE", quantity="1", unit_price="18", product_group="shipping", kind="shipping"),
    line(1),
    line(2, article_code="22423", description="REGENCY CAKESTAND 3 TIER", quantity="2", unit_price="12.75", product_group="kitchen"),
    line(4, article_code="D", description="Discount", quantity="1", unit_price="-3.995", product_group="discount", kind="discount"),
    line(5, article_code="71053", description="", quantity="1", unit_price="0", product_group="home"),
    line(6, article_code="71053", description="WHITE METAL LANTERN", quantity="0", unit_price="3.39", product_group="home"),
)

SAMPLES: dict[str, tuple[ShopOrder, Administration]] = {
    "invoice_of_one_line": (order(), UK),
    "invoice_with_shipping_discount_and_a_free_line": (order(*MIXED_LINES), UK),
    "invoice_of_a_guest": (order(customer_number=None, payment_method="card"), UK),
    "entry_of_one_line": (french(), BE),
    "entry_with_shipping_discount_and_a_free_line": (french(*MIXED_LINES), BE),
    "entry_of_a_guest_outside_the_union": (french(country="AU", customer_number=None, payment_method="card"), BE),
    "entry_within_belgium": (order(line(vat_rate="21.0"), country="BE", customer_number="12583", currency="EUR"), BE),
}
