"""Sales documents as Exact holds them, put together from the rows of a sync feed: a header and its lines, mixed (FACTS 4.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from include.exact.models.base import CENTS
from include.exact.models.sales_entry import SalesEntry
from include.exact.models.sales_invoice import SalesInvoice

ZERO = Decimal(0)
HEADER = 0
# Types of ledger accounts that carry no revenue: receivables, payables, VAT.
RECEIVABLE, PAYABLE, VAT = 20, 22, 24
CREDIT_TYPES = frozenset({21, 8021, 8024})

Data = Mapping[str, Any]
Amounts = Mapping[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class BookedDocument:
    """A document in Exact, amounts in its currency; `net` and `net_by_vat` from its lines, `total` incl. VAT from its header.

    `vat` is None where Exact has not reckoned it yet, as on drafts.
    """

    exact_id: str
    token: str | None
    your_ref: str | None
    number: str | None
    journal: str | None
    currency: str
    is_credit: bool
    net_by_vat: Amounts
    vat: Decimal | None
    total: Decimal | None
    lines: int
    relation: UUID | None = None

    @property
    def net(self) -> Decimal:
        return sum(self.net_by_vat.values(), ZERO)


@dataclass(frozen=True, kw_only=True)
class WrittenDocument:
    """What a payload asks Exact for."""

    currency: str
    journal: str
    net_by_vat: Amounts
    lines: int
    relation: UUID | None = None

    @property
    def net(self) -> Decimal:
        return sum(self.net_by_vat.values(), ZERO)


def booked_invoices(rows: Iterable[Data], including: Amounts | None = None) -> list[BookedDocument]:
    """Invoices from rows of `SalesInvoices`; `including` gives the percentages (fractions) of the VAT codes whose amounts include VAT."""
    return [_invoice(exact_id, *parts, including or {}) for exact_id, parts in _grouped(rows, "InvoiceID").items() if parts[0]]


def booked_entries(rows: Iterable[Data], account_types: Mapping[str, int]) -> list[BookedDocument]:
    """Sales entries from rows of `TransactionLines`; revenue stands there as credit, so negative (FACTS 6.9).

    `account_types` gives the type of each ledger account by its code: it tells revenue from VAT and receivables.
    """
    groups = _grouped((row for row in rows if int(row.get("Type") or 0) in {20, 21}), "EntryID")
    return [_entry(exact_id, header, lines, account_types) for exact_id, (header, lines) in groups.items() if header]


def written_document(endpoint: str, payload: str, including: Amounts | None = None) -> WrittenDocument:
    """Read a payload of ours: net by VAT code, as Exact will add it up; `including` as for invoices."""
    inside = including or {}
    if endpoint == SalesInvoice.endpoint:
        invoice = SalesInvoice.from_payload(payload)
        sign = _sign(invoice)
        amounts = [_net(line.vat_code, sign * _cents(line.quantity * line.net_price), inside) for line in invoice.sales_invoice_lines]
        return WrittenDocument(
            currency=invoice.currency,
            journal=invoice.journal,
            net_by_vat=_summed(amounts),
            lines=len(amounts),
            relation=invoice.ordered_by,
        )
    entry = SalesEntry.from_payload(payload)
    amounts = [_net(line.vat_code, line.amount_fc, inside) for line in entry.sales_entry_lines]
    return WrittenDocument(
        currency=entry.currency, journal=entry.journal, net_by_vat=_summed(amounts), lines=len(amounts), relation=entry.customer
    )


def _sign(invoice: SalesInvoice) -> int:
    """A credit invoice whose quantities are written as sold stands in Exact with negative amounts all the same."""
    written = sum((line.quantity * line.net_price for line in invoice.sales_invoice_lines), ZERO)
    return -1 if invoice.type in CREDIT_TYPES and written > 0 else 1


def _net(code: str, amount: Decimal, including: Amounts) -> tuple[str, Decimal]:
    """Code and amount without VAT; the VAT inside an amount is rounded, and the rest is the base (FACTS 6.3)."""
    inside = amount - amount / (1 + including[code]) if code in including else ZERO
    return code, amount - _cents(inside)


def _invoice(exact_id: str, header: Data, lines: list[Data], including: Amounts) -> BookedDocument:
    return BookedDocument(
        exact_id=exact_id,
        token=header.get("Description") or None,
        your_ref=header.get("YourRef") or None,
        number=_number(header.get("InvoiceNumber")),
        journal=header.get("Journal"),
        currency=str(header.get("Currency") or "").strip(),
        is_credit=int(header.get("Type") or 0) in CREDIT_TYPES,
        net_by_vat=_summed(_net(_code(line), _amount(line, "AmountFC") or ZERO, including) for line in lines),
        vat=_amount(header, "VATAmountFC"),
        total=_amount(header, "AmountFC"),
        lines=len(lines),
        relation=_guid(header.get("OrderedBy")),
    )


def _entry(exact_id: str, header: Data, lines: list[Data], types: Mapping[str, int]) -> BookedDocument:
    kinds = [(types.get(str(line.get("GLAccountCode") or "").strip()), line) for line in lines]
    revenue = [line for kind, line in kinds if kind not in {RECEIVABLE, PAYABLE, VAT}]
    vat = [line for kind, line in kinds if kind == VAT]
    return BookedDocument(
        exact_id=exact_id,
        token=header.get("ExternalLinkReference") or None,
        your_ref=header.get("YourRef") or None,
        number=_number(header.get("EntryNumber")),
        journal=header.get("JournalCode"),
        currency=str(header.get("Currency") or "").strip(),
        is_credit=int(header.get("Type") or 0) in CREDIT_TYPES,
        net_by_vat=_summed((_code(line), -(_amount(line, "AmountFC") or ZERO)) for line in revenue),
        vat=-sum((_amount(line, "AmountFC") or ZERO for line in vat), ZERO),
        total=_amount(header, "AmountFC"),
        lines=len(revenue),
        relation=_guid(header.get("Account")),
    )


def _grouped(rows: Iterable[Data], id_field: str) -> dict[str, tuple[Data, list[Data]]]:
    """Header and lines by document; an empty header where only lines came."""
    headers: dict[str, Data] = {}
    lines: dict[str, list[Data]] = defaultdict(list)
    for row in rows:
        exact_id = str(row[id_field])
        if int(row.get("LineNumber") or 0) == HEADER:
            headers[exact_id] = row
        else:
            lines[exact_id].append(row)
    return {exact_id: (headers.get(exact_id, {}), lines[exact_id]) for exact_id in {**headers, **lines}}


def _summed(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for code, amount in amounts:
        sums[code] += amount
    return {code: _cents(amount) for code, amount in sorted(sums.items()) if amount}


def _code(line: Data) -> str:
    return str(line.get("VATCode") or "").strip()


def _amount(row: Data, field: str) -> Decimal | None:
    value = row.get(field)
    return None if value is None else _cents(Decimal(str(value)))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENTS, ROUND_HALF_UP)


def _number(value: object) -> str | None:
    return str(value) if value not in {None, 0, ""} else None


def _guid(value: object) -> UUID | None:
    return UUID(str(value)) if value else None
