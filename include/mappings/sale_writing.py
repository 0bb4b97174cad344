"""Head and lines of a sale become what Exact gets. Shared by sales and by credits, which are sales turned round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from include.administrations.model import Administration, Target
from include.exact.models.sales_entry import SalesEntry
from include.exact.models.sales_invoice import SalesInvoice, SalesInvoiceType
from include.mappings.document import Refusals, SalesDocument
from include.mappings.master_data import MasterData
from include.mappings.rounding import rounding_line
from include.mappings.sale_header import Header, header
from include.mappings.sale_lines import Books, PricedLine, is_sold, priced_line
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


@dataclass(frozen=True)
class Asked:
    """Who sells, what Exact has, the day that decides whether the VAT number counts, and an operator's choice of a day for the books."""

    administration: Administration
    master: MasterData
    taxed_on: date
    chosen_day: date | None = None


@dataclass(frozen=True)
class Sold:
    """A sale with all that Exact needs for it; `rounding` is the line that makes Exact's total the total as paid."""

    administration: Administration
    order: ShopOrder
    head: Header
    lines: tuple[WrittenLine, ...]
    rounding: WrittenLine | None

    @property
    def all_lines(self) -> tuple[WrittenLine, ...]:
        return (*self.lines, self.rounding) if self.rounding else self.lines


def sold(order: ShopOrder, asked: Asked, refusals: Refusals) -> Sold:
    """Look up all that the order needs; raises the first of `refusals` when something speaks against it."""
    head = header(order, asked.administration, asked.master, refusals, asked.chosen_day)
    lines, rounding = sold_lines(order, asked, refusals)
    if head is None or refusals:
        raise refusals.first()
    return Sold(asked.administration, order, head, lines, rounding)


def sold_lines(order: ShopOrder, asked: Asked, refusals: Refusals) -> tuple[tuple[WrittenLine, ...], WrittenLine | None]:
    """The lines for Exact and the rounding line, if one is needed; none when something speaks against one, which is then in `refusals`."""
    lines = _written_lines(order, asked, refusals)
    with refusals.question():
        return lines, rounding_line(lines, order, asked.administration, asked.master) if not refusals else None
    return lines, None


def written(sale: Sold, record: SalesInvoice | SalesEntry) -> SalesDocument:
    """The document of a sale, as `record`."""
    return SalesDocument(
        record=record,
        currency=sale.head.currency,
        net_fc=sum((line.net for line in sale.lines), ZERO),
        vat_fc=vat_by_code(sale.lines),
        rounding_fc=sale.rounding.amount if sale.rounding else ZERO,
        entry_date=sale.head.day,
        subjects=sale.head.subjects.union(*(line.subjects for line in sale.all_lines), _period(sale)),
    )


def invoice(sale: Sold, kind: SalesInvoiceType, lines: Sequence[WrittenLine]) -> SalesInvoice:
    """A draft in the invoicing module."""
    return SalesInvoice(
        type=kind,
        journal=sale.head.journal,
        ordered_by=sale.head.account.id,
        currency=sale.head.currency,
        order_date=sale.administration.local_day(sale.order.ordered_at),
        your_ref=sale.head.your_ref,
        payment_condition=sale.head.payment_condition,
        sales_invoice_lines=tuple(map(invoice_line, lines)),
    )


def entry(sale: Sold, text: str) -> SalesEntry:
    """An entry in the books; `text` is what people read there, with the document's own day where the books have another."""
    return SalesEntry(
        customer=sale.head.account.id,
        journal=sale.head.journal,
        entry_date=sale.head.day,
        currency=sale.head.currency,
        your_ref=sale.head.your_ref,
        payment_condition=sale.head.payment_condition,
        sales_entry_lines=tuple(map(entry_line, sale.all_lines)),
        description=cut(f"{text}{sale.head.moved}", LONGEST_DESCRIPTION),
    )


def _written_lines(order: ShopOrder, asked: Asked, refusals: Refusals) -> tuple[WrittenLine, ...]:
    priced = _priced_lines(order, asked, refusals)
    write = written_for_invoice if asked.administration.target is Target.SALES_INVOICE else written_for_entry
    with refusals.question():
        return write(priced, prices_include_vat=order.prices_include_vat)
    return ()


def _priced_lines(order: ShopOrder, asked: Asked, refusals: Refusals) -> list[PricedLine]:
    lines: list[PricedLine] = []
    with refusals.question():
        buyer = buyer_of(order, asked.administration, asked.taxed_on)
        books = Books(asked.administration, buyer, asked.master, order.prices_include_vat)
        for line in sorted(filter(is_sold, order.lines), key=lambda line: line.position):
            with refusals.question():
                lines.append(priced_line(line, books))
    return lines


def _period(sale: Sold) -> frozenset[str]:
    # A draft invoice gets its date, and so its period, only when somebody processes it.
    by_day = sale.administration.target is Target.SALES_ENTRY
    return frozenset({f"period:{sale.head.day:%Y-%m}"}) if by_day else frozenset()
