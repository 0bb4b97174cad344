"""Lines as Exact gets them, and what Exact makes of them: the shop's amounts, with VAT taken out where Exact wants them without.

Exact adds VAT line by line: on top of an amount for codes of type E, inside it for type I, rounded to cents (FACTS 6.3). So a document
under codes of type I comes to the sum that was paid. Under type E not each amount can be reached (at 21 % no net amount makes 0.03): lines
are converted one after the other, each making good what rounding left over, so that the document as a whole is off by a cent at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.errors import RecordError
from include.exact.models.base import EXACT_DIGITS, significant_digits
from include.exact.models.sales_entry import SalesEntryLine
from include.exact.models.sales_invoice import SalesInvoiceLine
from include.mappings.lookups import Found
from include.mappings.master_data import VatCode
from include.mappings.money import cents, product, quotient, rounded
from include.mappings.sale_lines import ZERO, PricedLine, is_charged
from include.mappings.texts import cut
from include.mappings.vat_codes import EXCLUDING, INCLUDING

LONGEST_DESCRIPTION = 60
PRICE_DECIMALS = 4
MOST_DECIMALS = 15


@dataclass(frozen=True, kw_only=True)
class WrittenLine:
    """One line of a document for Exact; `amount` includes VAT when the code is of type I. `price` is only for invoices."""

    gl_account: Found
    vat_code: VatCode
    item: Found | None
    quantity: Decimal
    price: Decimal
    amount: Decimal
    text: str

    @property
    def vat(self) -> Decimal:
        """The VAT that Exact reckons for the line."""
        return vat_in(self.amount, self.vat_code)

    @property
    def net(self) -> Decimal:
        """The amount without VAT."""
        return self.amount - self.vat if self.vat_code.type == INCLUDING else self.amount

    @property
    def subjects(self) -> frozenset[str]:
        """The master data that the line needs."""
        subjects = {f"gl_account:{self.gl_account.code}", f"vat_code:{self.vat_code.code}"}
        return frozenset(subjects | {f"item:{self.item.code}"} if self.item else subjects)


def vat_in(amount: Decimal, code: VatCode) -> Decimal:
    """The VAT of an amount as Exact reckons it: inside it for type I, on top of it for type E, none for B and N (FACTS 6.3)."""
    if code.type == INCLUDING:
        return cents(amount - quotient(amount, 1 + code.percentage))
    return product(amount, code.percentage) if code.type == EXCLUDING else ZERO


def written_for_invoice(lines: Iterable[PricedLine], *, prices_include_vat: bool) -> tuple[WrittenLine, ...]:
    """One line for each line of the order; Exact refuses negative prices (FACTS 6.2), so the quantity carries the sign."""
    lines = list(lines)
    amounts = _amounts([(priced.amount, priced.vat_code) for priced in lines], prices_include_vat=prices_include_vat)
    return tuple(_invoiced(priced, amount) for priced, amount in zip(lines, amounts, strict=True))


def written_for_entry(lines: Iterable[PricedLine], *, prices_include_vat: bool) -> tuple[WrittenLine, ...]:
    """One line per ledger account and VAT code, as a bookkeeper would write it: the sum of the rounded lines, to the cent.

    Lines at price 0 are left out, since the ledger has nothing to say about them.
    """
    grouped: dict[tuple[str, str], list[PricedLine]] = defaultdict(list)
    for priced in lines:
        if is_charged(priced.line):
            grouped[priced.gl_account.code, priced.vat_code.code].append(priced)
    groups = [grouped[key] for key in sorted(grouped)]
    sums = [(sum((priced.amount for priced in group), ZERO), group[0].vat_code) for group in groups]
    amounts = _amounts(sums, prices_include_vat=prices_include_vat)
    return tuple(_entered(group, amount) for group, amount in zip(groups, amounts, strict=True))


def vat_by_code(lines: Iterable[WrittenLine]) -> Mapping[str, Decimal]:
    """The VAT to expect per code.

    Exact may be set to round per document instead of per line; its own figure then differs by up to a cent a line.
    """
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line.vat_code.code] += line.vat
    return dict(sorted(sums.items()))


def invoice_line(line: WrittenLine) -> SalesInvoiceLine:
    """The line as the invoicing module wants it."""
    if line.item is None:
        raise RecordError("item_refused", line.text)
    return SalesInvoiceLine(
        item=line.item.id,
        quantity=line.quantity,
        net_price=line.price,
        vat_code=line.vat_code.code,
        gl_account=line.gl_account.id,
        description=cut(line.text, LONGEST_DESCRIPTION),
    )


def entry_line(line: WrittenLine) -> SalesEntryLine:
    """The line as the bookkeeping module wants it."""
    return SalesEntryLine(
        gl_account=line.gl_account.id,
        amount_fc=line.amount,
        vat_code=line.vat_code.code,
        quantity=line.quantity,
        description=cut(line.text, LONGEST_DESCRIPTION),
    )


def _amounts(charged: Sequence[tuple[Decimal, VatCode]], *, prices_include_vat: bool) -> Iterator[Decimal]:
    """The amounts for Exact of what the shop charged; `left` is what rounding has left over so far."""
    left = ZERO
    for amount, code in charged:
        if not (prices_include_vat and amount and code.type == EXCLUDING and code.percentage):
            yield amount
            continue
        wanted = amount + left
        net = cents(quotient(wanted, 1 + code.percentage))
        left = wanted - net - vat_in(net, code)
        yield net


def _invoiced(priced: PricedLine, amount: Decimal) -> WrittenLine:
    line = priced.line
    price = abs(line.unit_price) if amount == priced.amount else _price(priced, amount)
    return WrittenLine(
        gl_account=priced.gl_account,
        vat_code=priced.vat_code,
        item=priced.item,
        quantity=priced.signed_quantity,
        price=price,
        amount=amount,
        text=line.description,
    )


def _price(priced: PricedLine, amount: Decimal) -> Decimal:
    """The price without VAT, with as few decimals as make the line's amount: the shop's own price where that does."""
    quantity = priced.signed_quantity
    own = rounded(quotient(abs(priced.line.unit_price), 1 + priced.vat_code.percentage), PRICE_DECIMALS)
    others = (rounded(quotient(amount, quantity), decimals) for decimals in range(2, MOST_DECIMALS))
    for price in (own, *others):
        if product(quantity, price) == amount and significant_digits(price) <= EXACT_DIGITS:
            return price
    raise RecordError("too_many_digits", "unit_price", line=priced.line.position)


def _entered(group: list[PricedLine], amount: Decimal) -> WrittenLine:
    first = group[0]
    return WrittenLine(
        gl_account=first.gl_account,
        vat_code=first.vat_code,
        item=None,
        quantity=sum((priced.signed_quantity for priced in group), ZERO),
        price=ZERO,
        amount=amount,
        text=", ".join(dict.fromkeys(priced.line.product_group for priced in group)),
    )
