"""A return of the webshop becomes a credit invoice or a negative sales entry, as its sale is booked.

A credit is the sale of what is taken back, turned round: same company, relation, VAT, currency, ledger accounts and rounding as the sale
had, each amount its exact negative. A return without a known order is turned round by itself, where the administration allows it.

Where VAT and prices come from: a supply that is cancelled, returned or reduced in price afterwards lowers the taxable amount of that supply
(directive 2006/112/EC, article 90; United Kingdom: Value Added Tax Regulations 1995, regulation 38), so a credit has the regime and the
rate of the sale, whatever would hold today; it belongs to the day on which it is given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from include.administrations.credits import CreditSign
from include.administrations.model import Administration, Target
from include.errors import RecordError
from include.exact.models.base import canonical_json
from include.exact.models.sales_invoice import SalesInvoiceType
from include.mappings.document import Refusals, SalesDocument
from include.mappings.master_data import MasterData
from include.mappings.orders_to_invoices import not_a_sale
from include.mappings.rounding import total_of
from include.mappings.sale_header import day_of_books
from include.mappings.sale_writing import ZERO, Asked, Sold, entry, invoice, sold, sold_lines, written
from include.mappings.taken_back import taken_back
from include.mappings.written_lines import WrittenLine, entry_line, invoice_line
from include.sources.records import ShopDocument, ShopOrder, ShopReturn

LINES = {"SalesInvoiceLines": invoice_line, "SalesEntryLines": entry_line}


@dataclass(frozen=True)
class Sale:
    """What a return takes back: the order as the shop has it, what Exact got for it, and the returns that count before this one.

    `booked`: the order as it was booked, where returns had changed its draft.
    """

    order: ShopOrder
    payload: str
    before: Sequence[ShopReturn] = ()
    booked: ShopOrder | None = None


def credit_document(
    returned: ShopReturn, sale: Sale, administration: Administration, master: MasterData, chosen_day: date | None = None
) -> SalesDocument:
    """Return what Exact gets for a return of a sale; raises `RecordError` with the first thing that is wrong.

    `chosen_day`: the day for the books that an operator decided on.
    """
    _must_take_back(returned)
    order, payload = sale.order, json.loads(sale.payload, parse_float=Decimal, parse_int=Decimal)
    lines = taken_back(returned, order, sale.before, administration.credits)
    asked = Asked(administration, master, day_of_books(order, administration), chosen_day)
    _must_be_booked_alike(returned, sale.booked or order, asked, payload)
    as_sold = replace(
        order,
        number=returned.number,
        ordered_at=returned.ordered_at,
        delivered_at=returned.delivered_at,
        invoiced_at=returned.invoiced_at,
        payment_method=returned.payment_method,
        total_paid=returned.total_paid,
        lines=lines,
    )
    account_id = UUID(payload.get("OrderedBy") or payload["Customer"])
    return _turned_round(as_sold, asked, f"Return {returned.number} of {order.number}", account_id)


def free_credit(returned: ShopReturn, administration: Administration, master: MasterData, chosen_day: date | None = None) -> SalesDocument:
    """Return what Exact gets for a return whose order nobody knows: by the rules of sales of its own day."""
    _must_take_back(returned)
    common = {each.name: getattr(returned, each.name) for each in fields(ShopDocument) if each.init}
    asked = Asked(administration, master, day_of_books(returned, administration), chosen_day)
    return _turned_round(ShopOrder(**common), asked, f"Return {returned.number}")


def _turned_round(as_sold: ShopOrder, asked: Asked, text: str, account_id: UUID | None = None) -> SalesDocument:
    """The credit of what was sold; `account_id`: the relation that the sale was booked on."""
    sale = sold(as_sold, asked, Refusals({"return": as_sold.number, "division": asked.administration.division}))
    if account_id is not None:
        sale = replace(sale, head=replace(sale.head, account=replace(sale.head.account, id=account_id)))
    if total_of(sale.lines) < 0:
        raise RecordError("credit_is_positive", as_sold.number, net=sum((line.net for line in sale.lines), ZERO))
    credit = replace(sale, lines=tuple(map(_negative, sale.lines)), rounding=_negative(sale.rounding) if sale.rounding else None)
    if asked.administration.target is Target.SALES_ENTRY:
        return written(credit, entry(credit, text))
    lines = _signed(credit, sale, asked.administration.credits.quantity_sign)
    return written(credit, invoice(credit, SalesInvoiceType.CREDIT_NOTE, lines))


def _signed(credit: Sold, sale: Sold, sign: CreditSign) -> Sequence[WrittenLine]:
    """The lines as Exact wants them; its amounts are those of `credit` either way."""
    return credit.all_lines if sign is CreditSign.NEGATIVE else sale.all_lines


def _negative(line: WrittenLine) -> WrittenLine:
    return replace(line, quantity=-line.quantity, amount=-line.amount)


def _must_take_back(returned: ShopReturn) -> None:
    if not returned.lines:
        raise RecordError("order_without_lines", **{"return": returned.number})
    if not_a_sale(returned):
        raise RecordError("not_a_sale", **{"return": returned.number})


def _must_be_booked_alike(returned: ShopReturn, order: ShopOrder, asked: Asked, payload: Mapping[str, Any]) -> None:
    """By the rules of today, the lines of the sale must be those that Exact has: a credit by other rules would not take them back."""
    refusals = Refusals({"order": order.number})
    lines, rounding = sold_lines(order, asked, refusals)
    if refusals:
        raise RecordError("booked_by_other_rules", returned.number, order=order.number, today=refusals.first().code)
    name, written_as = next((name, write) for name, write in LINES.items() if name in payload)
    today = [written_as(line) for line in (*lines, *([rounding] if rounding else []))] if _fits(name, asked) else []
    ours = json.loads(
        canonical_json([line.model_dump(by_alias=True, exclude_none=True) for line in today]), parse_float=Decimal, parse_int=Decimal
    )
    if (ours, order.currency) != (payload[name], payload["Currency"]):
        raise RecordError("booked_by_other_rules", returned.number, order=order.number)


def _fits(name: str, asked: Asked) -> bool:
    return (name == "SalesInvoiceLines") is (asked.administration.target is Target.SALES_INVOICE)
