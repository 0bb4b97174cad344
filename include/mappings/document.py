"""A document for Exact as a mapping hands it over, and the collector of all that speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from include.errors import RecordError
from include.exact.models.sales_entry import SalesEntry
from include.exact.models.sales_invoice import SalesInvoice

MOST_CAUSES_NAMED = 5


@dataclass(frozen=True)
class SalesDocument:
    """What Exact gets for one order, with what is needed to check it afterwards.

    Amounts are in `currency` and as Exact will reckon them: `net_fc` without VAT and without `rounding_fc`, `vat_fc` by VAT code.
    `entry_date` is the day on which it enters the books. `subjects` names the master data that it needs, such as `gl_account:8000`.

    Another currency than the division's: Exact itself converts, by the rate of its own table on the day of the document; a draft, on the
    day of its invoice. So the amount in the division's currency is Exact's, and the rate that it used is read back as AmountDC / AmountFC,
    the only figure on which its two manuals do not disagree (FACTS 6.7). A rate is never turned round, and none is sent. When the customer
    pays on another day, Exact books the difference between the two days' rates as an exchange difference, on its own account for it.
    """

    record: SalesInvoice | SalesEntry
    currency: str
    net_fc: Decimal
    vat_fc: Mapping[str, Decimal]
    rounding_fc: Decimal
    entry_date: date
    subjects: frozenset[str]

    @property
    def total_fc(self) -> Decimal:
        """What the customer owes or has paid, as Exact will reckon it."""
        return sum(self.vat_fc.values(), self.net_fc + self.rounding_fc)


@dataclass
class Refusals:
    """Collects what speaks against a document, so that one look tells everything that has to be mended.

    The first one, in the order of the questions, is the document's cause; the others are named in its facts.
    """

    facts: Mapping[str, object]
    _errors: list[RecordError] = field(default_factory=list)

    @contextmanager
    def question(self) -> Iterator[None]:
        """Note a `RecordError` of the block and go on."""
        try:
            yield
        except RecordError as error:
            self._errors.append(error)

    def __bool__(self) -> bool:
        return bool(self._errors)

    def first(self) -> RecordError:
        """Return the first refusal with the others in its facts; only when there is one."""
        first = self._errors[0]
        causes = dict.fromkeys(_cause(error) for error in self._errors)
        others = [cause for cause in causes if cause != _cause(first)]
        facts = {**self.facts, **first.facts}
        if others:
            facts |= {"others": len(others), "other_causes": " ".join(others[:MOST_CAUSES_NAMED])}
        return RecordError(first.code, first.subject, **facts)


def _cause(error: RecordError) -> str:
    return f"{error.code}:{error.subject}" if error.subject else error.code
