"""An order of the webshop becomes a draft sales invoice or a sales entry, as its administration chooses.

Line by line for an invoice, by ledger account and VAT code for an entry; in the order's currency; nothing guessed.
Discounts, vouchers, shipping and payment costs are lines like others: a discount on the whole order has one per VAT rate.
"""

from __future__ import annotations

from datetime import date

from include.administrations.model import Administration, Target
from include.errors import RecordError
from include.exact.models.sales_invoice import SalesInvoiceType
from include.mappings.document import Refusals, SalesDocument
from include.mappings.master_data import MasterData
from include.mappings.rounding import total_of
from include.mappings.sale_header import day_of_books
from include.mappings.sale_lines import is_charged
from include.mappings.sale_writing import ZERO, Asked, entry, invoice, sold, written
from include.sources.records import ShopDocument, ShopOrder


def not_a_sale(document: ShopDocument) -> bool:
    """Say whether nobody pays for any line: stock corrections, samples. An order without lines is a mistake, not a gift."""
    return bool(document.lines) and not any(is_charged(line) for line in document.lines)


def sales_document(order: ShopOrder, administration: Administration, master: MasterData, chosen_day: date | None = None) -> SalesDocument:
    """Return what Exact gets for an order; raises `RecordError` with the first thing that is wrong, and the others in its facts.

    `chosen_day`: the day for the books that an operator decided on.
    """
    _must_be_a_sale(order)
    refusals = Refusals({"order": order.number, "division": administration.division})
    sale = sold(order, Asked(administration, master, day_of_books(order, administration), chosen_day), refusals)
    if total_of(sale.lines) < 0:
        raise RecordError("sale_is_negative", order=order.number, net=sum((line.net for line in sale.lines), ZERO))
    if administration.target is Target.SALES_INVOICE:
        return written(sale, invoice(sale, SalesInvoiceType.INVOICE, sale.all_lines))
    return written(sale, entry(sale, f"Webshop {sale.head.your_ref}"))


def _must_be_a_sale(order: ShopOrder) -> None:
    if not order.lines:
        raise RecordError("order_without_lines", order=order.number)
    if not_a_sale(order):
        raise RecordError("not_a_sale", order=order.number)
