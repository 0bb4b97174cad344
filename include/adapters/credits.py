"""From a return of the shop to a draft of the outbox: found beside its sale, in the administration of the sale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from include.adapters.drafts import CANCELLED, CREDIT, ENDPOINTS, SOURCE, Clerk, Drafting, Order, route_of
from include.adapters.net_orders import net_order
from include.administrations.model import Target
from include.errors import RecordError
from include.mappings.orders_to_invoices import not_a_sale
from include.mappings.returns_to_credit_notes import Sale, credit_document, free_credit
from include.mappings.taken_back import before, rest_of, taken_back
from include.outbox.model import Cause, Draft, Found, Key, Method, Mutation
from include.outbox.states import State
from include.sources.records import BadRecord, ShopOrder, ShopReturn
from include.sources.webshop import Webshop
from include.store.credits import CreditStore

Return = ShopReturn | BadRecord


@dataclass(frozen=True)
class SaleStanding:
    """How the sale of an order stands, planned just now or long ago; `payload` is what Exact got or will get.

    `document`: its mutation, while it may still be a draft in Exact.
    """

    key: Key
    administration: str
    state: State
    payload: str | None
    cause: Cause | None
    document: Mutation | None = None


@dataclass
class Page:
    """What is known around some returns; `sales` that nobody planned yet are in `new_sales`, to be planned before their credits.

    `taken`: by order, the returns that changed the draft of its sale, or are to change it now, when the order is in `changed`.
    """

    orders: Mapping[str, Order]
    siblings: Mapping[str, list[ShopReturn]]
    booked: frozenset[str]
    sales: dict[str, SaleStanding]
    taken: dict[str, list[str]]
    new_sales: dict[str, Draft] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    as_written: dict[str, bool] = field(default_factory=dict)

    def taken_returns(self, number: str) -> list[ShopReturn]:
        return [each for each in self.siblings.get(number, []) if each.number in self.taken.get(number, [])]

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
    standing: Callable[[Mutation], Sequence[Found]]

    def drafts(self, records: Sequence[Return]) -> list[Draft]:
        """The drafts of these returns, and before them those of their sales where nobody planned them yet, or where they change."""
        page = self._page(records)
        drafts = [draft for record in records if (draft := self._draft(record, page)) is not None]
        return [*page.new_sales.values(), *self._changed_sales(page), *drafts]

    def drafts_again(self, records: Sequence[Return]) -> list[Draft]:
        """The drafts of returns that are planned here already: one that would go elsewhere by now is a dead letter."""
        page = self._page(records)
        drafts = [self._draft(record, page) or self._elsewhere(record, page) for record in records]
        return [*page.new_sales.values(), *self._changed_sales(page), *drafts]

    def _page(self, records: Sequence[Return]) -> Page:
        numbers = sorted({each.order_number for each in records if isinstance(each, ShopReturn) and each.order_number})
        orders = {order.number: order for order in self.shop.orders_by_number(numbers)}
        siblings = _by_order(self.shop.returns_of_orders(numbers))
        returns = [each.number for group in siblings.values() for each in group]
        known = {number: _standing(*found) for number, found in self.memory.sales(SOURCE, numbers).items()}
        page = Page(orders, siblings, self.memory.on_their_way(SOURCE, returns), known, self.memory.taken(SOURCE, numbers))
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

    def _changed_sales(self, page: Page) -> list[Draft]:
        """The sales whose drafts are to show less, or more again, by what returns take back."""
        orders = ((page.orders.get(number), page.taken_returns(number)) for number in sorted(page.changed))
        return self.sales.drafts([net_order(order, taken) for order, taken in orders if order is not None])

    def _draft(self, record: Return, page: Page) -> Draft | None:
        here = self.sales.administration
        if self._home(record, page) != here.name:
            return None
        if isinstance(record, BadRecord):
            return self._clerk.buried(record, Cause(record.code, record.subject, record.facts))
        if here.local_day(record.ordered_at) < here.book_from:
            return None
        self._give_back(record, page)
        if record.status == CANCELLED:
            return self._clerk.buried(record, Cause("cancelled_in_source"), dismissed=True)
        if not_a_sale(record):
            return self._clerk.buried(record, Cause("not_a_sale"), dismissed=True)
        return self._clerk.attempted(record, lambda: self._judged(record, page))

    def _give_back(self, record: ShopReturn, page: Page) -> None:
        """What is drafted anew has not changed its sale's draft until that is decided again; one that was cancelled gives all of it."""
        number = record.order_number or ""
        if record.number in page.taken.get(number, []):
            page.taken[number].remove(record.number)
            if record.status == CANCELLED:
                page.changed.add(number)

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
        booked = net_order(order, page.taken_returns(order.number))
        taken_back(record, order, earlier, here.credits)
        if sale.document is not None and self._changes_draft(record, order, sale.document, page):
            return self._taken(record, sale.document, page)
        known = Sale(order, sale.payload or "{}", earlier, booked if isinstance(booked, ShopOrder) else order)
        document = credit_document(record, known, here, self.sales.master, self._chosen_day(record))
        return self._clerk.planned(record, document, ENDPOINTS[here.target], waits_for=sale.key)

    def _changes_draft(self, record: ShopReturn, order: ShopOrder, document: Mutation, page: Page) -> bool:
        """Whether Exact still has the draft as we wrote it, so that it can be written anew without what comes back."""
        if self.sales.administration.target is not Target.SALES_INVOICE:
            return False
        if rest_of(order, [*page.taken_returns(order.number), record]) is None:
            return False
        if order.number not in page.as_written:
            deletion = replace(document, method=Method.DELETE, target_id=document.exact_id, written=document.payload)
            page.as_written[order.number] = not self.standing(deletion)
        return page.as_written[order.number]

    def _taken(self, record: ShopReturn, document: Mutation, page: Page) -> Draft:
        number = document.key.source_id
        page.taken.setdefault(number, []).append(record.number)
        page.changed.add(number)
        facts = {"sale": number, "document": str(document.key.effect_number)}
        return self._clerk.buried(record, Cause("taken_from_draft", number, facts), dismissed=True)

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


def _standing(sale: Mutation, is_processed: bool) -> SaleStanding:
    may_change = sale.state is State.POSTED and sale.exact_id is not None and not is_processed
    return SaleStanding(sale.key, sale.administration, sale.state, sale.payload, sale.cause, sale if may_change else None)
