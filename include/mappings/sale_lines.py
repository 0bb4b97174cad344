"""The lines of a sales document: amount, ledger account, VAT code and item of each line of the order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from include.administrations.model import Administration, ItemPolicy, Items
from include.errors import RecordError
from include.exact.models.sales_entry import SalesEntryLine
from include.exact.models.sales_invoice import SalesInvoiceLine
from include.mappings.master_data import MasterData, VatCode
from include.mappings.money import cents, checked, plain, product
from include.mappings.sale_header import Found
from include.mappings.texts import cut
from include.sources.records import OrderLine, ShopOrder

LONGEST_DESCRIPTION = 60
# Types of VAT codes (FACTS 6.7) that fit prices without VAT: E excludes it; B and N have none, so they fit only a rate of 0.
_EXCLUDING = frozenset({"E"})
_EXCLUDING_OR_NONE = frozenset({"E", "B", "N"})
ZERO = Decimal(0)


@dataclass(frozen=True)
class PricedLine:
    """A line with all that Exact knows about it; `amount` excludes VAT and is rounded to cents once."""

    line: OrderLine
    amount: Decimal
    gl_account: Found
    vat_code: VatCode
    item: Found | None

    @property
    def signed_quantity(self) -> Decimal:
        """The quantity at a price that is not negative: one discount of -5 is minus one of 5."""
        return -self.line.quantity if self.line.unit_price < 0 else self.line.quantity


def is_sold(line: OrderLine) -> bool:
    """Say whether the line has a quantity; one that has none is in no document. A number that is none is kept, so that it is refused."""
    return not (line.quantity.is_finite() and line.quantity == 0)


def is_charged(line: OrderLine) -> bool:
    """Say whether anybody pays for the line."""
    return is_sold(line) and not (line.unit_price.is_finite() and line.unit_price == 0)


def priced_line(line: OrderLine, order: ShopOrder, administration: Administration, master: MasterData) -> PricedLine:
    """Resolve one line; raises `RecordError` for the first thing that is missing: number, item, ledger account, VAT code."""
    place = {"line": line.position}
    quantity = checked("quantity", line.quantity, **place)
    price = checked("unit_price", line.unit_price, **place)
    amount = checked("amount", product(quantity, price), **place)
    item = _item(line, administration.items, master) if administration.items else None
    return PricedLine(line, amount, _gl_account(line, administration, master), _vat_code(line, order, administration, master), item)


def invoice_line(priced: PricedLine) -> SalesInvoiceLine:
    """One line of the order is one line of the invoice; Exact refuses negative prices (FACTS 6.2), so the quantity carries the sign."""
    line = priced.line
    if priced.item is None:
        raise RecordError("item_refused", line.article_code, line=line.position)
    return SalesInvoiceLine(
        item=priced.item.id,
        quantity=priced.signed_quantity,
        net_price=abs(line.unit_price),
        vat_code=priced.vat_code.code,
        gl_account=priced.gl_account.id,
        description=cut(line.description, LONGEST_DESCRIPTION),
    )


def entry_lines(lines: Iterable[PricedLine]) -> tuple[SalesEntryLine, ...]:
    """One line per ledger account and VAT code, as a bookkeeper would write it: the sum of the rounded lines, to the cent.

    Lines at price 0 are left out, since the ledger has nothing to say about them.
    """
    groups: dict[tuple[str, str], list[PricedLine]] = defaultdict(list)
    for priced in lines:
        if is_charged(priced.line):
            groups[priced.gl_account.code, priced.vat_code.code].append(priced)
    return tuple(_entry_line(groups[key]) for key in sorted(groups))


def vat_by_code(lines: Iterable[PricedLine]) -> Mapping[str, Decimal]:
    """The VAT to expect per code: the sum of its lines times the percentage in Exact, rounded once.

    No source says whether Exact rounds per line or per code; its own figure may differ by a cent a line (FACTS 6.3).
    """
    bases: dict[str, Decimal] = defaultdict(Decimal)
    percentages: dict[str, Decimal] = {}
    for priced in lines:
        bases[priced.vat_code.code] += priced.amount
        percentages[priced.vat_code.code] = priced.vat_code.percentage
    return {code: cents(base * percentages[code]) for code, base in sorted(bases.items())}


def line_subjects(lines: Iterable[PricedLine]) -> frozenset[str]:
    """Name the master data that the lines need."""
    subjects = set()
    for priced in lines:
        subjects |= {f"gl_account:{priced.gl_account.code}", f"vat_code:{priced.vat_code.code}"}
        subjects |= {f"item:{priced.item.code}"} if priced.item else set()
    return frozenset(subjects)


def _item(line: OrderLine, items: Items, master: MasterData) -> Found:
    code = _item_code(line, items)
    item_id = master.item_id(code)
    if item_id is None:
        raise RecordError("unknown_item", code, line=line.position)
    return Found(code, item_id)


def _item_code(line: OrderLine, items: Items) -> str:
    generic = items.generic.get(line.product_group)
    if generic is not None:
        return generic
    match items.policy:
        case ItemPolicy.MATCH:
            return line.article_code.strip().upper()
        case ItemPolicy.GENERIC:
            raise RecordError("generic_item_not_mapped", line.product_group, line=line.position)
        case ItemPolicy.REFUSE:
            raise RecordError("item_refused", line.article_code, line=line.position)


def _gl_account(line: OrderLine, administration: Administration, master: MasterData) -> Found:
    code = administration.gl_accounts.get(line.product_group)
    if code is None:
        raise RecordError("product_group_not_mapped", line.product_group, line=line.position)
    account_id = master.gl_account_id(code)
    if account_id is None:
        raise RecordError("missing_gl_account", code, product_group=line.product_group, line=line.position)
    return Found(code, account_id)


def _vat_code(line: OrderLine, order: ShopOrder, administration: Administration, master: MasterData) -> VatCode:
    rate = checked("vat_rate", line.vat_rate, line=line.position)
    regime = administration.regime(order.country)
    code = administration.vat_table(regime).get(rate)
    if code is None:
        raise RecordError("vat_rate_not_mapped", f"{regime}/{plain(rate)}", country=order.country, line=line.position)
    found = master.vat_code(code)
    if found is None:
        raise RecordError("vat_code_missing", code, line=line.position)
    if found.blocked:
        raise RecordError("vat_code_blocked", code, line=line.position)
    if found.type not in (_EXCLUDING if rate else _EXCLUDING_OR_NONE):
        raise RecordError("vat_code_wrong_type", code, type=found.type, wanted="E", line=line.position)
    if found.percentage * 100 != rate:
        raise RecordError("vat_code_wrong_rate", code, rate=plain(rate), in_exact=plain(found.percentage * 100), line=line.position)
    return found


def _entry_line(lines: list[PricedLine]) -> SalesEntryLine:
    groups = dict.fromkeys(priced.line.product_group for priced in lines)
    return SalesEntryLine(
        gl_account=lines[0].gl_account.id,
        amount_fc=sum((priced.amount for priced in lines), ZERO),
        vat_code=lines[0].vat_code.code,
        quantity=sum((priced.signed_quantity for priced in lines), ZERO),
        description=cut(", ".join(groups), LONGEST_DESCRIPTION),
    )
