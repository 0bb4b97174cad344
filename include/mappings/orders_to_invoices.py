"""An order of the webshop becomes a draft sales invoice or a sales entry, as its administration chooses.

Line by line for an invoice, by ledger account and VAT code for an entry; in the order's currency; nothing guessed.
Discounts, vouchers, shipping and payment costs are lines like others: a discount on the whole order has one per VAT rate.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from include.administrations.model import Administration, Target
from include.errors import RecordError
from include.exact.models.sales_entry import SalesEntry
from include.exact.models.sales_invoice import SalesInvoice, SalesInvoiceType
from include.mappings.document import Refusals, SalesDocument
from include.mappings.master_data import MasterData
from include.mappings.rounding import rounding_line, total_of
from include.mappings.sale_header import Header, day_of_books, header
from include.mappings.sale_lines import Books, PricedLine, is_charged, is_sold, priced_line
from include.mappings.texts import cut
from include.mappings.vat_regimes import buyer_of
from include.mappings.written_lines import (
    LONGEST_DESCRIPTION,
    WrittenLine,
    entry_line,
    invoice_line,
    vat_by_code,
    written_for_entry,
    written_for_invoice,
)
from include.sources.records import ShopOrder

ZERO = Decimal(0)


def not_a_sale(order: ShopOrder) -> bool:
    """Say whether nobody pays for any line: stock corrections, samples. An order without lines is a mistake, not a gift."""
    return bool(order.lines) and not any(is_charged(line) for line in order.lines)


def sales_document(order: ShopOrder, administration: Administration, master: MasterData) -> SalesDocument:
    """Return what Exact gets for an order; raises `RecordError` with the first thing that is wrong, and the others in its facts."""
    _must_be_a_sale(order)
    refusals = Refusals({"order": order.number, "division": administration.division})
    head = header(order, administration, master, refusals)
    lines = _written_lines(order, administration, master, refusals)
    with refusals.question():
        rounding = rounding_line(lines, order, administration, master) if not refusals else None
    if head is None or refusals:
        raise refusals.first()
    whole = (*lines, rounding) if rounding else lines
    return SalesDocument(
        record=_record(order, administration, head, whole),
        currency=head.currency,
        net_fc=sum((line.net for line in lines), ZERO),
        vat_fc=vat_by_code(lines),
        rounding_fc=rounding.amount if rounding else ZERO,
        entry_date=head.day,
        subjects=head.subjects.union(*(line.subjects for line in whole), _period(administration, head.day)),
    )


def _must_be_a_sale(order: ShopOrder) -> None:
    if not order.lines:
        raise RecordError("order_without_lines", order=order.number)
    if not_a_sale(order):
        raise RecordError("not_a_sale", order=order.number)


def _written_lines(order: ShopOrder, administration: Administration, master: MasterData, refusals: Refusals) -> tuple[WrittenLine, ...]:
    """The lines for Exact; none when something speaks against one, which is then in `refusals`."""
    priced = _priced_lines(order, administration, master, refusals)
    write = written_for_invoice if administration.target is Target.SALES_INVOICE else written_for_entry
    with refusals.question():
        lines = write(priced, prices_include_vat=order.prices_include_vat)
        if not refusals and total_of(lines) < 0:
            raise RecordError("sale_is_negative", net=sum((line.net for line in lines), ZERO))
        return lines
    return ()


def _priced_lines(order: ShopOrder, administration: Administration, master: MasterData, refusals: Refusals) -> list[PricedLine]:
    lines: list[PricedLine] = []
    with refusals.question():
        buyer = buyer_of(order, administration, day_of_books(order, administration))
        books = Books(administration, buyer, master, order.prices_include_vat)
        for line in sorted(filter(is_sold, order.lines), key=lambda line: line.position):
            with refusals.question():
                lines.append(priced_line(line, books))
    return lines


def _record(order: ShopOrder, administration: Administration, head: Header, lines: tuple[WrittenLine, ...]) -> SalesInvoice | SalesEntry:
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
        sales_entry_lines=tuple(map(entry_line, lines)),
        description=cut(f"Webshop {head.your_ref}", LONGEST_DESCRIPTION),
    )


def _period(administration: Administration, day: date) -> frozenset[str]:
    # A draft invoice gets its date, and so its period, only when somebody processes it.
    return frozenset({f"period:{day:%Y-%m}"}) if administration.target is Target.SALES_ENTRY else frozenset()
