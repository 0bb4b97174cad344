"""What the shop's orders and returns ask of the books: company, VAT code and amounts of each, whatever the outbox made of them.

Routing and VAT regime are judged by the administrations' files; amounts are the shop's own, each line rounded to cents once and VAT
reckoned as Exact does (FACTS 6.3), apart from the mapping and from what was sent: a mistake there shows as a difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from include.adapters.drafts import CANCELLED, CREDIT, effect_of, route_of
from include.administrations.loader import Administrations
from include.administrations.model import Administration, Target
from include.errors import RecordError
from include.mappings.orders_to_invoices import not_a_sale
from include.mappings.sale_header import day_of_books
from include.mappings.sale_lines import kind_rule
from include.mappings.vat_regimes import Buyer, buyer_of, regime_of
from include.sources.records import BadRecord, OrderLine, ShopDocument, ShopOrder, ShopReturn
from include.sources.webshop import BUSINESS_DAY, Webshop
from include.store.audit import Days
from include.store.reconciliation import ShopAmount

PAGE_SIZE = 1_000
# Days of the books begin at other moments in other time zones.
MARGIN = timedelta(days=1)
# The VAT code of what no rule of the file covers: such a document is a dead letter, its amounts are known all the same.
NOT_JUDGED = "?"
INCLUDING = "I"
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_ZERO = Decimal(0)


@dataclass
class _Sum:
    """Cents under one VAT code, and by how many they may be off."""

    net: int = 0
    vat: int = 0
    net_off: int = 0
    vat_off: int = 0

    def add(self, net: int, vat: int, *, lines: int, includes_vat: bool) -> None:
        self.net += net
        self.vat += vat
        # Exact may round VAT per line or per document; taking VAT out of prices rounds the net as well.
        self.vat_off += lines if vat else 0
        self.net_off += lines if vat and includes_vat else 0


@dataclass(frozen=True)
class ExpectedSales:
    """The shop's side. `vat_types`: the types of the VAT codes in Exact, by administration and code; no others are asked for."""

    shop: Webshop
    administrations: Administrations
    vat_types: Mapping[str, Mapping[str, str]]

    def amounts(self, days: Days, now: datetime) -> Iterator[list[ShopAmount]]:
        """Yield what the documents of these days ask for, page after page; a document that changed meanwhile may come again."""
        since = datetime.combine(days.since, time.min, BUSINESS_DAY) - MARGIN
        for orders in self.shop.orders(since, now + MARGIN, page_size=PAGE_SIZE):
            yield [row for record in orders for row in self._asked(record, None, days)]
        for returns in self.shop.returns(since, now + MARGIN, page_size=PAGE_SIZE):
            sales = self._sales_of(returns)
            yield [row for record in returns for row in self._asked(record, sales.get(_order_of(record) or ""), days)]

    def _sales_of(self, returns: Sequence[ShopReturn | BadRecord]) -> dict[str, ShopOrder]:
        numbers = sorted({number for record in returns if (number := _order_of(record))})
        return {each.number: each for each in self.shop.orders_by_number(numbers) if isinstance(each, ShopOrder)}

    def _asked(self, record: ShopDocument | BadRecord, sale: ShopOrder | None, days: Days) -> list[ShopAmount]:
        administration = self.administrations[route_of(sale or record, self.administrations)]
        if administration.name not in self.vat_types:
            return []
        if isinstance(record, BadRecord):
            return _unreadable(record, administration, days)
        day = administration.local_day(record.ordered_at)
        if day not in days or day < administration.book_from or record.status == CANCELLED or not_a_sale(record):
            return []
        asked = _Document(record, sale or record, administration, self.vat_types[administration.name])
        return asked.rows()


@dataclass(frozen=True)
class _Document:
    """An order, or a return; `sold` decides the VAT: the order itself, or the one that a return takes back."""

    record: ShopDocument
    sold: ShopDocument
    administration: Administration
    vat_types: Mapping[str, str]

    def rows(self) -> list[ShopAmount]:
        sums = self._sums()
        rounding = self._rounding(sums)
        standing = {code: each for code, each in sorted(sums.items()) if each.net or each.vat}
        sign = -1 if effect_of(self.record) == CREDIT else 1
        off = 0 if rounding or not any(each.net_off for each in standing.values()) else self._gross_off(standing)
        return [
            ShopAmount(
                division=self.administration.division,
                document=self.record.number,
                effect=effect_of(self.record),
                day=self.administration.local_day(self.record.ordered_at),
                currency=self.record.currency,
                vat_code=code,
                net=sign * each.net,
                vat=sign * each.vat,
                documents=int(place == 0),
                net_off=each.net_off,
                vat_off=each.vat_off,
                gross_off=off if place == 0 else 0,
                changed_at=self.record.changed_at,
            )
            for place, (code, each) in enumerate(standing.items())
        ]

    def _sums(self) -> dict[str, _Sum]:
        """Line by line for an invoice; by ledger account and VAT code for an entry, as a bookkeeper would write it."""
        groups: dict[tuple[str, ...], list[OrderLine]] = defaultdict(list)
        buyer = self._buyer()
        for line in self.record.lines:
            if line.quantity.is_finite() and line.unit_price.is_finite() and line.vat_rate.is_finite():
                groups[self._group(line, self._code(line, buyer))].append(line)
        sums: dict[str, _Sum] = defaultdict(_Sum)
        for (code, *_), lines in groups.items():
            amount = sum((_cents(_EXACT.multiply(line.quantity, line.unit_price)) for line in lines), _ZERO)
            net, vat = _parted(amount, lines[0].vat_rate, includes_vat=self.record.prices_include_vat)
            sums[code].add(net, vat, lines=len(lines), includes_vat=self.record.prices_include_vat)
        return dict(sums)

    def _group(self, line: OrderLine, code: str) -> tuple[str, ...]:
        if self.administration.target is Target.SALES_INVOICE:
            return code, str(line.position)
        with suppress(RecordError):
            if rule := kind_rule(line, self.administration):
                return code, str(line.vat_rate), rule.gl_account
        return code, str(line.vat_rate), self.administration.gl_accounts.get(line.product_group, line.product_group)

    def _buyer(self) -> Buyer | None:
        with suppress(RecordError):
            return buyer_of(self.sold, self.administration, day_of_books(self.sold, self.administration))
        return None

    def _code(self, line: OrderLine, buyer: Buyer | None) -> str:
        if buyer is None:
            return NOT_JUDGED
        with suppress(RecordError):
            rule = kind_rule(line, self.administration)
            if rule is not None and rule.vat_code is not None:
                return rule.vat_code
            regime = regime_of(line, buyer, self.administration)
            return self.administration.vat_codes.table(regime, buyer.country).get(line.vat_rate, NOT_JUDGED)
        return NOT_JUDGED

    def _rounding(self, sums: dict[str, _Sum]) -> bool:
        """Add what makes the total the one that was paid, where the administration has a rule for that; False when nothing is compared."""
        rule, paid = self.administration.rounding, self.record.total_paid
        if rule is None or rule.vat_code is None or paid is None or not paid.is_finite():
            return False
        gap = int(_cents(paid).scaleb(2)) - sum(each.net + each.vat for each in sums.values())
        tolerance = int(rule.tolerance.scaleb(2))
        if abs(gap) > tolerance:
            return False
        line = sums.setdefault(rule.vat_code, _Sum())
        line.net += gap
        line.net_off += tolerance
        return True

    def _gross_off(self, sums: Mapping[str, _Sum]) -> int:
        """Amounts that include VAT, under codes that don't, are converted: the document may be off by a cent."""
        return int(any(each.net_off and self.vat_types.get(code, INCLUDING) != INCLUDING for code, each in sums.items()))


def _parted(amount: Decimal, rate: Decimal, *, includes_vat: bool) -> tuple[int, int]:
    """Net and VAT in cents."""
    if includes_vat:
        vat = _cents(amount - _EXACT.divide(amount, 1 + rate / 100))
        return int((amount - vat).scaleb(2)), int(vat.scaleb(2))
    return int(amount.scaleb(2)), int(_cents(_EXACT.multiply(amount, rate / 100)).scaleb(2))


def _cents(amount: Decimal) -> Decimal:
    return _EXACT.quantize(amount, Decimal("0.01"))


def _unreadable(record: BadRecord, administration: Administration, days: Days) -> list[ShopAmount]:
    """A document without amounts, that is nevertheless one."""
    day = administration.local_day(record.changed_at) if record.changed_at else None
    if day is None or day not in days or record.changed_at is None:
        return []
    nothing = {"net": 0, "vat": 0, "documents": 1, "net_off": 0, "vat_off": 0, "gross_off": 0}
    return [
        ShopAmount(
            division=administration.division,
            document=record.number,
            effect=effect_of(record),
            day=day,
            currency="",
            vat_code=NOT_JUDGED,
            changed_at=record.changed_at,
            **nothing,
        )
    ]


def _order_of(record: ShopReturn | BadRecord) -> str | None:
    return record.order_number if isinstance(record, ShopReturn) else None


def vat_types_of(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The types of VAT codes, by code, from rows of the mirror."""
    return {str(row["Code"]).strip(): str(row["Type"]) for row in rows}
