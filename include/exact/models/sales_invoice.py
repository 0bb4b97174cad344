"""Sales invoices of the invoicing module (FACTS 6.2): drafts until somebody processes them."""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from include.exact.models.base import Code, CurrencyCode, Description, ExactPart, ExactRecord, Number, YourRef


class SalesInvoiceType(IntEnum):
    """The kinds that move no stock; 8023 and 8024 are their direct siblings, which do."""

    INVOICE = 8020
    CREDIT_NOTE = 8021


class SalesInvoiceStatus(IntEnum):
    """Sources disagree on a fresh invoice: it is an editable draft while it has no `InvoiceNumber` and a status below 50."""

    DRAFT = 10
    OPEN = 20
    PROCESSED = 50


class SalesInvoiceLine(ExactPart):
    """A line: Exact multiplies `quantity` by `net_price`, which stands whatever discount the relation has."""

    item: UUID
    quantity: Number
    net_price: Annotated[Number, Field(ge=0)]
    vat_code: Code
    gl_account: UUID
    description: Description | None = None


class SalesInvoice(ExactRecord):
    """An invoice that stays a draft; Exact gives it date and number when it is processed."""

    endpoint: ClassVar[str] = "salesinvoice/SalesInvoices"
    token_field: ClassVar[str] = "Description"  # noqa: S105  a field's name, no secret

    type: SalesInvoiceType
    journal: Code
    ordered_by: UUID
    currency: CurrencyCode
    order_date: date
    your_ref: YourRef
    payment_condition: Code
    sales_invoice_lines: Annotated[tuple[SalesInvoiceLine, ...], Field(min_length=1)]
    description: Description | None = None
