"""An order of the webshop becomes a draft sales invoice or a sales entry, as its administration chooses.

Line by line for an invoice, by ledger account and VAT code for an entry; in the order's currency; nothing guessed.
"""

from __future__ import annotations

from datetime import date

from include.administrations.model import Administration, Target
from include.errors import RecordError
from include.exact.models.sales_entry import SalesEntry
from include.exact.models.sales_invoice import SalesInvoice, SalesInvoiceType
from include.mappings.document import Refusals, SalesDocument
from include.mappings.master_data import MasterData
from include.mappings.sale_header import Header, header
from include.mappings.sale_lines import (
    LONGEST_DESCRIPTION,
    ZERO,
    PricedLine,
    entry_lines,
    invoice_line,
    is_charged,
    is_sold,
    line_subjects,
    priced_line,
    vat_by_code,
)
from include.mappings.texts import cut
from include.sources.records import ShopOrder


def not_a_sale(order: ShopOrder) -> bool:
    """Say whether nobody pays for any line: stock corrections, samples. An order without lines is a mistake, not a gift."""
    return bool(order.lines) and not any(is_charged(line) for line in order.lines)


def sales_document(order: ShopOrder, administration: Administration, master: MasterData) -> SalesDocument:
    """Return what Exact gets for an order; raises `RecordError` with the first thing that is wrong, and the others in its facts."""
    _must_be_a_sale(order)
    refusals = Refusals({"order": order.number, "division": administration.division})
    head = header(order, administration, master, refusals)
    lines = _priced_lines(order, administration, master, refusals)
    if head is None or refusals:
        raise refusals.first()
    net = sum((line.amount for line in lines), ZERO)
    if net < 0:
        raise RecordError("sale_is_negative", order=order.number, net=net)
    return SalesDocument(
        record=_record(order, administration, head, lines),
        currency=head.currency,
        net_fc=net,
        vat_fc=vat_by_code(lines),
        entry_date=head.day,
        subjects=head.subjects | line_subjects(lines) | _period(administration, head.day),
    )


def _must_be_a_sale(order: ShopOrder) -> None:
    if order.prices_include_vat:
        raise RecordError("prices_include_vat_not_supported", order=order.number)
    if not order.lines:
        raise RecordError("order_without_lines", order=order.number)
    if not_a_sale(order):
        raise RecordError("not_a_sale", order=order.number)


def _priced_lines(order: ShopOrder, administration: Administration, master: MasterData, refusals: Refusals) -> list[PricedLine]:
    lines = []
    for line in sorted(filter(is_sold, order.lines), key=lambda line: line.position):
        with refusals.question():
            lines.append(priced_line(line, order, administration, master))
    return lines


def _record(order: ShopOrder, administration: Administration, head: Header, lines: list[PricedLine]) -> SalesInvoice | SalesEntry:
    if administration.target is Target.SALES_INVOICE:
        return SalesInvoice(
            type=SalesInvoiceType.INVOICE,
            journal=head.journal,
            ordered_by=head.account.id,
            currency=head.currency,
            order_date=administration.local_day(order.ordered_at),
            your_ref=head.your_ref,
            payment_condition=head.payment_condition,
            sales_invoice_lines=tuple(map(invoice_line, lines)),
        )
    return SalesEntry(
        customer=head.account.id,
        journal=head.journal,
        entry_date=head.day,
        currency=head.currency,
        your_ref=head.your_ref,
        payment_condition=head.payment_condition,
        sales_entry_lines=entry_lines(lines),
        description=cut(f"Webshop {head.your_ref}", LONGEST_DESCRIPTION),
    )


def _period(administration: Administration, day: date) -> frozenset[str]:
    # A draft invoice gets its date, and so its period, only when somebody processes it.
    return frozenset({f"period:{day:%Y-%m}"}) if administration.target is Target.SALES_ENTRY else frozenset()
