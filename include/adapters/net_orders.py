"""Orders as their drafts are to show them: without what returns took back while the draft could still be changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from include.adapters.drafts import CANCELLED, SOURCE, Order
from include.mappings.taken_back import rest_of
from include.sources.records import ShopOrder, ShopReturn
from include.sources.webshop import Webshop
from include.store.credits import CreditStore


@dataclass(frozen=True)
class NetOrders:
    """Reads orders like the shop's own reader; one question more to our memory for each page."""

    shop: Webshop
    memory: CreditStore

    def orders(self, since: datetime, until: datetime) -> Iterator[list[Order]]:
        """Yield the orders that changed in the window, page after page."""
        for page in self.shop.orders(since, until):
            yield self.net(page)

    def orders_by_number(self, numbers: Sequence[str]) -> list[Order]:
        """Return the orders with these numbers."""
        return self.net(self.shop.orders_by_number(numbers))

    def net(self, orders: Sequence[Order]) -> list[Order]:
        """These orders without what was taken from their drafts."""
        taken = self.memory.taken(SOURCE, [order.number for order in orders])
        if not taken:
            return list(orders)
        returns = {each.number: each for each in self.shop.returns_by_number([number for some in taken.values() for number in some])}
        return [
            net_order(order, [found for number in taken.get(order.number, []) if isinstance(found := returns.get(number), ShopReturn)])
            for order in orders
        ]


def net_order(order: Order, taken: Sequence[ShopReturn]) -> Order:
    """The order without these returns; a return that was cancelled meanwhile takes nothing back."""
    standing = [each for each in taken if each.status != CANCELLED]
    if not isinstance(order, ShopOrder) or not standing or order.status == CANCELLED:
        return order
    return rest_of(order, standing) or order
