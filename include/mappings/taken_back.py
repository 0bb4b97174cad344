"""Which lines of a sale a return takes back, and whether so much of them was sold and is not taken back yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from include.administrations.credits import Credits
from include.errors import RecordError
from include.mappings.money import checked, plain, product
from include.mappings.sale_lines import is_sold
from include.sources.records import OrderLine, ShopOrder, ShopReturn

ZERO = Decimal(0)
# What the shop keeps back, such as for damage, stands in the return alone.
DEDUCTION = "discount"
TAKEN_BACK = "taken_back"
MOST_SOLD = Credits(more_than_sold=True)


def taken_back(returned: ShopReturn, order: ShopOrder, before: Sequence[ShopReturn], rules: Credits) -> tuple[OrderLine, ...]:
    """The lines of the sale with the quantities and prices that the return takes back, after the returns `before` it.

    Raises `RecordError` for what was not sold, not at that price or rate, or not so often.
    """
    _must_be_alike(returned, order)
    remains = _Remains(order)
    for each in before:
        remains.take(each, MOST_SOLD)
    lines = remains.take(returned, rules)
    if remains.amount < 0 and not rules.more_than_sold:
        raise RecordError("returned_more_than_sold", returned.number, order=order.number, too_much=-remains.amount)
    return lines


def rest_of(order: ShopOrder, taken: Sequence[ShopReturn]) -> ShopOrder | None:
    """The order without what these returns take back; None where that is more than quantities: a lower price, something kept back.

    An order of which nothing is left has the status `TAKEN_BACK` and no lines.
    """
    remains = _Remains(order)
    pieces = [piece for each in taken for piece in remains.take(each, MOST_SOLD)]
    prices = {line.position: line.unit_price for line in order.lines}
    sold_out = any(remains.left[position] * sold < 0 for position, sold in remains.sold.items())
    if sold_out or any(prices.get(piece.position) != piece.unit_price for piece in pieces):
        return None
    lines = tuple(replace(line, quantity=remains.left[line.position]) for line in order.lines if remains.left.get(line.position))
    return replace(order, lines=lines, total_paid=_left_to_pay(order, taken), status=order.status if lines else TAKEN_BACK)


def _left_to_pay(order: ShopOrder, taken: Sequence[ShopReturn]) -> Decimal | None:
    paid_back = [each.total_paid for each in taken if each.total_paid is not None]
    if order.total_paid is None or len(paid_back) < len(taken):
        return None
    return order.total_paid - sum(paid_back, ZERO)


def before(
    returned: ShopReturn, siblings: Iterable[ShopReturn], order: ShopOrder, *, rules: Credits, booked: frozenset[str]
) -> list[ShopReturn]:
    """The other returns of the order that count before this one: those that are booked, then earlier ones, as far as enough was sold."""
    counted: list[ShopReturn] = []
    others = {each.number: each for each in siblings} | {returned.number: returned}
    for each in sorted(others.values(), key=lambda one: (one.number not in booked, one.ordered_at, one.number)):
        if each.number == returned.number:
            break
        if each.number in booked or _fits(each, order, counted, rules):
            counted.append(each)
    return counted


def _fits(returned: ShopReturn, order: ShopOrder, counted: Sequence[ShopReturn], rules: Credits) -> bool:
    try:
        taken_back(returned, order, counted, rules)
    except RecordError:
        return False
    return True


def _must_be_alike(returned: ShopReturn, order: ShopOrder) -> None:
    if returned.currency != order.currency:
        raise RecordError("return_differs", returned.number, currency=returned.currency, sold_in=order.currency)
    if returned.prices_include_vat != order.prices_include_vat:
        raise RecordError("return_differs", returned.number, prices_include_vat=returned.prices_include_vat)


@dataclass
class _Remains:
    """What is left of an order: quantities by position, and the sum of its lines by the shop's own prices."""

    order: ShopOrder
    left: dict[int, Decimal] = field(init=False)
    sold: dict[int, Decimal] = field(init=False)
    amount: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self.left = {line.position: line.quantity for line in self.order.lines if is_sold(line)}
        self.sold = dict(self.left)
        self.amount = _sum(self.order.lines)

    def take(self, returned: ShopReturn, rules: Credits) -> tuple[OrderLine, ...]:
        """Take off what a return takes back; the lines that it takes, in the order of the sale."""
        lines = [piece for line in returned.lines if is_sold(line) for piece in self._pieces(line, returned, rules)]
        self.amount -= _sum(lines)
        return tuple(sorted(lines, key=lambda line: line.position))

    def _pieces(self, line: OrderLine, returned: ShopReturn, rules: Credits) -> Iterator[OrderLine]:
        """One line of a return, spread over the lines of the sale that it may take back."""
        candidates = self._candidates(line)
        if not candidates and line.kind == DEDUCTION and line.unit_price < 0:
            yield replace(line, position=line.position + max((each.position for each in self.order.lines), default=0))
            return
        wanted = checked("quantity", line.quantity, line=line.position)
        for sold in candidates:
            part = _part(wanted, self.left[sold.position])
            if part:
                wanted -= part
                self.left[sold.position] -= part
                yield _piece(line, sold, part, returned)
        if wanted:
            yield from self._too_much(line, wanted, returned, rules)

    def _candidates(self, line: OrderLine) -> list[OrderLine]:
        lines = [each for each in self.order.lines if each.position in self.left]
        if line.order_position is not None:
            return [each for each in lines if each.position == line.order_position]
        alike = [each for each in lines if (each.article_code, each.kind) == (line.article_code, line.kind)]
        return sorted(alike, key=lambda each: (each.unit_price != line.unit_price, each.vat_rate != line.vat_rate, each.position))

    def _too_much(self, line: OrderLine, wanted: Decimal, returned: ShopReturn, rules: Credits) -> Iterator[OrderLine]:
        candidates = self._candidates(line)
        facts = {"order": self.order.number, "article": line.article_code, "line": line.position}
        if not candidates:
            raise RecordError("not_in_sale", returned.number, **facts)
        if not rules.more_than_sold:
            total = sum((each.quantity for each in candidates), ZERO)
            left = plain(line.quantity - wanted)
            raise RecordError(
                "returned_more_than_sold", returned.number, **facts, returned=plain(line.quantity), sold=plain(total), left=left
            )
        self.left[candidates[0].position] -= wanted
        yield _piece(line, candidates[0], wanted, returned)


def _part(wanted: Decimal, left: Decimal) -> Decimal:
    """As much as is left, of the same sign; a line that a sale has with a negative quantity is taken back with one."""
    if wanted > 0:
        return max(ZERO, min(wanted, left))
    return min(ZERO, max(wanted, left))


def _piece(line: OrderLine, sold: OrderLine, quantity: Decimal, returned: ShopReturn) -> OrderLine:
    """The line of the sale, with quantity and price of the return."""
    facts = {"article": sold.article_code, "line": line.position}
    price = checked("unit_price", line.unit_price, line=line.position)
    if line.article_code != sold.article_code or line.kind != sold.kind:
        raise RecordError("return_differs", returned.number, **facts, returned=line.article_code)
    if line.vat_rate != sold.vat_rate:
        raise RecordError("return_differs", returned.number, **facts, vat_rate=plain(line.vat_rate), sold_at=plain(sold.vat_rate))
    if price > sold.unit_price:
        raise RecordError("return_differs", returned.number, **facts, unit_price=plain(price), sold_for=plain(sold.unit_price))
    return replace(sold, quantity=quantity, unit_price=price)


def _sum(lines: Iterable[OrderLine]) -> Decimal:
    return sum((product(line.quantity, line.unit_price) for line in lines if is_sold(line)), ZERO)
