"""The lines of a sale: amount, ledger account, VAT code and item of each line of the order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from include.administrations.model import Administration, ItemPolicy, Items
from include.administrations.money import KindRule, LineKind
from include.errors import RecordError
from include.mappings.lookups import Found, ledger_account, stock_item
from include.mappings.master_data import MasterData, VatCode
from include.mappings.money import checked, product
from include.mappings.vat_codes import fitting_code, vat_code_of
from include.mappings.vat_regimes import Buyer
from include.sources.records import OrderLine

ZERO = Decimal(0)


@dataclass(frozen=True)
class Books:
    """What a line is asked against: who sells, who buys, what Exact has, and whether the prices include VAT."""

    administration: Administration
    buyer: Buyer
    master: MasterData
    prices_include_vat: bool


@dataclass(frozen=True)
class PricedLine:
    """A line with all that Exact knows about it; `amount` is the shop's own, rounded to cents once, incl. VAT if its prices are."""

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


def priced_line(line: OrderLine, books: Books) -> PricedLine:
    """Resolve one line; raises `RecordError` for the first thing that is missing: number, item, ledger account, VAT code."""
    place = {"line": line.position}
    quantity = checked("quantity", line.quantity, **place)
    price = checked("unit_price", line.unit_price, **place)
    amount = checked("amount", product(quantity, price), **place)
    rule = kind_rule(line, books.administration)
    item = _item(line, rule, books) if books.administration.items else None
    return PricedLine(line, amount, _gl_account(line, rule, books), _vat_code(line, rule, books), item)


def kind_rule(line: OrderLine, administration: Administration) -> KindRule | None:
    """The rule for lines of this kind, if the administration has one; vouchers need one, since they are a means of payment and no sale."""
    rule = next((rule for kind, rule in administration.kinds.items() if kind.value == line.kind), None)
    if rule is None and line.kind == LineKind.VOUCHER:
        raise RecordError("voucher_not_mapped", line=line.position)
    return rule


def _item(line: OrderLine, rule: KindRule | None, books: Books) -> Found | None:
    items = books.administration.items
    code = rule.item if rule else _item_code(line, items) if items else None
    return stock_item(code, books.master, line=line.position) if code else None


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


def _gl_account(line: OrderLine, rule: KindRule | None, books: Books) -> Found:
    code = rule.gl_account if rule else books.administration.gl_accounts.get(line.product_group)
    if code is None:
        raise RecordError("product_group_not_mapped", line.product_group, line=line.position)
    return ledger_account(code, books.master, product_group=line.product_group, line=line.position)


def _vat_code(line: OrderLine, rule: KindRule | None, books: Books) -> VatCode:
    """The code of regime and rate. A voucher may have one of its own: paying with a multi-purpose voucher is no supply
    (directive, articles 30b and 73a), so its line carries no VAT and the shop must not have charged any on it."""
    include_vat = books.prices_include_vat
    if rule is None or rule.vat_code is None:
        return vat_code_of(line, books.buyer, books.administration, books.master, prices_include_vat=include_vat)
    rate = checked("vat_rate", line.vat_rate, line=line.position)
    if rate:
        raise RecordError("voucher_with_vat", rule.vat_code, line=line.position)
    return fitting_code(rule.vat_code, rate, books.master, prices_include_vat=include_vat, line=line.position)
