"""The head of a sales document: reference, currency, journal, relation and payment condition, each existing in Exact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from include.administrations.model import Administration, Target
from include.errors import RecordError
from include.exact.models.base import utf16_length
from include.exact.types import SALES_JOURNAL
from include.mappings.document import Refusals
from include.mappings.lookups import Found
from include.mappings.master_data import MasterData
from include.mappings.periods import entry_day
from include.sources.records import ShopDocument, ShopOrder

LONGEST_REFERENCE = 40
# Exact's amounts have two decimals; currencies of ISO 4217 that count otherwise would be rounded wrongly.
_COUNTED_OTHERWISE = "BHD BIF CLP DJF GNF IQD ISK JOD JPY KMF KRW KWD LYD OMR PYG RWF TND UGX UYI VND VUV XAF XOF XPF"
_WITHOUT_CENTS = frozenset(_COUNTED_OTHERWISE.split())


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a document says above its lines; `day` is the day on which it enters the books, `own_day` the one that it belongs to."""

    your_ref: str
    currency: str
    journal: str
    account: Found
    payment_condition: str
    day: date
    own_day: date

    @property
    def moved(self) -> str:
        """For a description: the document's own day where it enters the books on another one."""
        return f" of {self.own_day}" if self.day != self.own_day else ""

    @property
    def subjects(self) -> frozenset[str]:
        """The master data that the header needs."""
        return frozenset(
            {
                f"account:{self.account.code}",
                f"journal:{self.journal}",
                f"currency:{self.currency}",
                f"payment_condition:{self.payment_condition}",
            }
        )


def header(
    order: ShopOrder, administration: Administration, master: MasterData, refusals: Refusals, chosen_day: date | None = None
) -> Header | None:
    """Ask all that the header needs; None when something speaks against it, which is then in `refusals`."""
    day = own_day = day_of_books(order, administration)
    with refusals.question():
        your_ref = _reference(order)
    with refusals.question():
        day = _day(own_day, administration, master, chosen_day)
    with refusals.question():
        currency = _currency(order, administration, master, day)
    with refusals.question():
        journal = _journal(administration, master)
    with refusals.question():
        account = _relation(order, administration, master)
    with refusals.question():
        condition = _payment_condition(order, administration, master)
    if refusals:
        return None
    return Header(
        your_ref=your_ref, currency=currency, journal=journal, account=account, payment_condition=condition, day=day, own_day=own_day
    )


def day_of_books(document: ShopDocument, administration: Administration) -> date:
    """The day that a document belongs to: of the shop's invoice, else of delivery, else of the order."""
    return administration.local_day(document.invoiced_at or document.delivered_at or document.ordered_at)


def _day(own: date, administration: Administration, master: MasterData, chosen: date | None) -> date:
    """The day for the books; a draft invoice gets its own only when somebody processes it, so that no period is closed to it."""
    if administration.target is Target.SALES_INVOICE:
        return own
    return entry_day(own, administration, master.periods(administration.journals.sales, chosen or own), chosen)


def _reference(order: ShopOrder) -> str:
    """The shop's own number, untouched: debtors read it and payments are matched by it."""
    if not order.number.strip() or not order.number.isprintable():
        raise RecordError("reference_invalid", characters=utf16_length(order.number))
    if utf16_length(order.number) > LONGEST_REFERENCE:
        raise RecordError("reference_too_long", order.number[:LONGEST_REFERENCE], characters=utf16_length(order.number))
    return order.number


def _currency(order: ShopOrder, administration: Administration, master: MasterData, on: date) -> str:
    """The order's own currency; a foreign one needs a rate in Exact on that day, and the rate itself is left to Exact."""
    code = order.currency
    if not re.fullmatch("[A-Z]{3}", code):
        raise RecordError("unknown_currency", code[:10])
    if code in _WITHOUT_CENTS:
        raise RecordError("currency_without_cents", code)
    if code != administration.currency and not master.exchange_rate(code, on):
        raise RecordError("missing_exchange_rate", code, target=administration.currency, on=on)
    return code


def _journal(administration: Administration, master: MasterData) -> str:
    """The sales journal that the administration names."""
    code = administration.journals.sales
    found = master.journal(code)
    if found is None:
        raise RecordError("unknown_journal", code)
    if found.type != SALES_JOURNAL:
        raise RecordError("journal_wrong_type", code, type=found.type, wanted=SALES_JOURNAL)
    if found.blocked:
        raise RecordError("journal_blocked", code)
    return code


def _relation(order: ShopOrder, administration: Administration, master: MasterData) -> Found:
    """The customer's own relation, found by customer number; for a guest the collective one, if there is one."""
    code = order.customer_number or administration.collective_relation
    if code is None:
        raise RecordError("no_customer_number")
    if not re.fullmatch(r"[A-Za-z0-9._/-]{1,18}", code):
        raise RecordError("customer_number_invalid", characters=len(code))
    account_id = master.customer_id(code) if order.customer_number else master.account_id(code)
    if account_id is None:
        raise RecordError("unknown_relation", code)
    return Found(code, account_id)


def _payment_condition(order: ShopOrder, administration: Administration, master: MasterData) -> str:
    """The condition that the administration lists for the payment method."""
    code = administration.payment_conditions.get(order.payment_method)
    if code is None:
        raise RecordError("missing_payment_condition", order.payment_method[:30])
    if not master.payment_condition(code):
        raise RecordError("unknown_payment_condition", code, payment_method=order.payment_method[:30])
    return code
