"""From a return of the shop to a draft of the outbox: found beside its sale, in the administration of the sale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from include.adapters.drafts import CANCELLED, CREDIT, ENDPOINTS, SOURCE, Clerk, Drafting, Order, route_of
from include.errors import RecordError
from include.mappings.orders_to_invoices import not_a_sale
from include.mappings.returns_to_credit_notes import Sale, credit_document, free_credit
from include.mappings.taken_back import before
from include.outbox.model import Cause, Draft, Key, Mutation
from include.outbox.states import State
from include.sources.records import BadRecord, ShopOrder, ShopReturn
from include.sources.webshop import Webshop
from include.store.credits import CreditStore

Return = ShopReturn | BadRecord


@dataclass(frozen=True)
class SaleStanding:
    """How the sale of an order stands, planned just now or long ago; `payload` is what Exact got or will get."""

    key: Key
    administration: str
    state: State
    payload: str | None
    cause: Cause | None


@dataclass
class Page:
    """What is known around some returns; `sales` that nobody planned yet are in `new_sales`, to be planned before their credits."""

    orders: Mapping[str, Order]
    siblings: Mapping[str, list[ShopReturn]]
    booked: frozenset[str]
    sales: dict[str, SaleStanding]
    new_sales: dict[str, Draft] = field(default_factory=dict)

    def order_of(self, record: Return) -> Order | None:
        return self.orders.get(record.order_number or "") if isinstance(record, ShopReturn) else None

    def sale_of(self, record: Return) -> SaleStanding | None:
        return self.sales.get(record.order_number or "") if isinstance(record, ShopReturn) else None


@dataclass(frozen=True)
class Crediting:
    """Drafts the credits of one administration."""

    sales: Drafting
    flow: str
    shop: Webshop
    memory: CreditStore

    def drafts(self, records: Sequence[Return]) -> list[Draft]:
        """The drafts of these returns, and before them those of their sales where nobody planned them yet."""
        page = self._page(records)
        drafts = [draft for record in records if (draft := self._draft(record, page)) is not None]
        return [*page.new_sales.values(), *drafts]

    def drafts_again(self, records: Sequence[Return]) -> list[Draft]:
        """The drafts of returns that are planned here already: one that would go elsewhere by now is a dead letter."""
        page = self._page(records)
        return [*page.new_sales.values(), *(self._draft(record, page) or self._elsewhere(record, page) for record in records)]

    def _page(self, records: Sequence[Return]) -> Page:
        numbers = sorted({each.order_number for each in records if isinstance(each, ShopReturn) and each.order_number})
        orders = {order.number: order for order in self.shop.orders_by_number(numbers)}
        siblings = _by_order(self.shop.returns_of_orders(numbers))
        returns = [each.number for group in siblings.values() for each in group]
        known = {number: _standing(sale) for number, sale in self.memory.sales(SOURCE, numbers).items()}
        page = Page(orders, siblings, self.memory.on_their_way(SOURCE, returns), known)
        self._add_new_sales(page)
        return page

    def _add_new_sales(self, page: Page) -> None:
        """An order that its own flow has not read yet is planned here, so that its credit can wait for it."""
        for number, order in page.orders.items():
            if number not in page.sales and (draft := self.sales.draft(order)) is not None:
                page.new_sales[number] = draft
                page.sales[number] = SaleStanding(draft.key, draft.administration, draft.state, draft.payload, draft.cause)

    def _home(self, record: Return, page: Page) -> str:
        """The administration of the sale, whatever the routes say today; by the routes where there is none."""
        sale = page.sale_of(record)
        if sale is not None:
            return sale.administration
        order = page.order_of(record)
        # An order of another administration that its own task has not planned yet: the credit is that task's as well.
        if order is not None and not self._too_old(order):
            return route_of(order, self.sales.administrations)
        return route_of(record, self.sales.administrations)

    def _too_old(self, order: Order) -> bool:
        home = self.sales.administrations[route_of(order, self.sales.administrations)]
        return isinstance(order, ShopOrder) and home.local_day(order.ordered_at) < home.book_from

    def _draft(self, record: Return, page: Page) -> Draft | None:
        here = self.sales.administration
        if self._home(record, page) != here.name:
            return None
        if isinstance(record, BadRecord):
            return self._clerk.buried(record, Cause(record.code, record.subject, record.facts))
        if here.local_day(record.ordered_at) < here.book_from:
            return None
        if record.status == CANCELLED:
            return self._clerk.buried(record, Cause("cancelled_in_source"), dismissed=True)
        if not_a_sale(record):
            return self._clerk.buried(record, Cause("not_a_sale"), dismissed=True)
        return self._clerk.attempted(record, lambda: self._judged(record, page))

    def _elsewhere(self, record: Return, page: Page) -> Draft:
        here = self.sales.administration.name
        return self._clerk.buried(record, Cause("routed_elsewhere", self._home(record, page), {"planned_for": here}))

    def _judged(self, record: ShopReturn, page: Page) -> Draft:
        sale = page.sale_of(record)
        if sale is None:
            return self._without_sale(record)
        follows = {"sale": record.order_number or "", "sale_is": sale.state.value}
        match sale.state:
            case State.DISMISSED:
                return self._clerk.buried(record, Cause("sale_dismissed", sale.key.source_id, follows), dismissed=True)
            case State.GONE:
                return self._clerk.buried(record, Cause("sale_deleted", sale.key.source_id, follows))
        if sale.payload is None and sale.cause is not None:
            return self._clerk.buried(record, Cause(sale.cause.code, sale.cause.subject, follows))
        if sale.payload is None:
            return self._clerk.awaiting(record, ENDPOINTS[self.sales.administration.target], sale.key)
        return self._credit(record, sale, page)

    def _credit(self, record: ShopReturn, sale: SaleStanding, page: Page) -> Draft:
        here, order = self.sales.administration, page.order_of(record)
        if not isinstance(order, ShopOrder):
            raise RecordError("original_not_found", record.number, order=sale.key.source_id, shop="has it no more, or not readable")
        others = page.siblings.get(order.number, [])
        earlier = before(record, others, order, rules=here.credits, booked=page.booked)
        document = credit_document(record, Sale(order, sale.payload or "{}", earlier), here, self.sales.master, self._chosen_day(record))
        return self._clerk.planned(record, document, ENDPOINTS[here.target], waits_for=sale.key)

    def _without_sale(self, record: ShopReturn) -> Draft:
        here = self.sales.administration
        if not here.credits.free:
            raise RecordError("original_not_found", record.number, order=record.order_number or "none given")
        document = free_credit(record, here, self.sales.master, self._chosen_day(record))
        return self._clerk.planned(record, document, ENDPOINTS[here.target])

    def _chosen_day(self, record: ShopReturn) -> date | None:
        return self.sales.entry_days.get((record.number, CREDIT))

    @property
    def _clerk(self) -> Clerk:
        return Clerk(self.sales.administration, self.flow, self.sales.read_at, self.sales.customers)


def _by_order(returns: Sequence[Return]) -> dict[str, list[ShopReturn]]:
    """Returns that still stand, by the order that they take back."""
    found: dict[str, list[ShopReturn]] = defaultdict(list)
    for each in returns:
        if isinstance(each, ShopReturn) and each.order_number and each.status != CANCELLED:
            found[each.order_number].append(each)
    return found


def _standing(sale: Mutation) -> SaleStanding:
    return SaleStanding(sale.key, sale.administration, sale.state, sale.payload, sale.cause)
