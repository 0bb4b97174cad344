"""Sales entries of the bookkeeping module (FACTS 6.3): in the books at once."""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from include.exact.models.base import Code, CurrencyCode, Description, ExactPart, ExactRecord, Money, Number, YourRef


class SalesEntryType(IntEnum):
    """Exact computes it: a negative total makes a credit note."""

    ENTRY = 20
    CREDIT_NOTE = 21


class SalesEntryStatus(IntEnum):
    OPEN = 20
    PROCESSED = 50


class SalesEntryLine(ExactPart):
    """An amount on a ledger account: excluding VAT when the VAT code is of type E, including it when of type I."""

    gl_account: UUID
    amount_fc: Money
    vat_code: Code
    quantity: Number
    description: Description | None = None


class SalesEntry(ExactRecord):
    """An entry in a sales journal; Exact derives year, period, due date and rate from date, condition and currency."""

    endpoint: ClassVar[str] = "salesentry/SalesEntries"
    token_field: ClassVar[str] = "ExternalLinkReference"  # noqa: S105  a field's name, no secret

    customer: UUID
    journal: Code
    entry_date: date
    currency: CurrencyCode
    your_ref: YourRef
    payment_condition: Code
    sales_entry_lines: Annotated[tuple[SalesEntryLine, ...], Field(min_length=1)]
    description: Description | None = None
    external_link_reference: Description | None = None
