"""What an administration's file says about money: the rounding rule, and lines that are no articles."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from include.administrations.parts import Code, Part, mistake

REFUSE = "refuse"
LARGEST_TOLERANCE = Decimal(10)


class LineKind(StrEnum):
    """Kinds of lines that are no articles; a voucher is a means of payment."""

    SHIPPING = "shipping"
    DISCOUNT = "discount"
    PAYMENT_COST = "payment_cost"
    VOUCHER = "voucher"


def _tolerance(value: object) -> object:
    text = str(value)
    if not re.fullmatch(r"[0-9]{1,2}([.][0-9]{1,2})?", text) or Decimal(text) > LARGEST_TOLERANCE:
        raise mistake(f"{text!r} is no tolerance", f'write an amount with a point, such as "0.05", at most "{LARGEST_TOLERANCE}"')
    return Decimal(text)


class Rounding(Part):
    """Up to `tolerance`, in the order's currency, a difference becomes a line of its own; beyond it the order is refused.

    `rounding: refuse` in a file is a tolerance of 0.
    """

    tolerance: Annotated[Decimal, BeforeValidator(_tolerance)] = Field(
        description="largest difference that becomes a rounding line", examples=['"0.05"']
    )
    gl_account: Code | None = Field(default=None, description="ledger account of rounding differences", examples=['"8190"'])
    vat_code: Code | None = Field(default=None, description="VAT code of 0 % for rounding lines", examples=['"0"'])
    item: Code | None = Field(default=None, description="item of rounding lines; only for invoices", examples=["ROUNDING"])

    @model_validator(mode="after")
    def _line_is_complete(self) -> Self:
        if self.tolerance and not (self.gl_account and self.vat_code):
            raise mistake(
                "gl_account or vat_code is missing", 'write both, such as gl_account: "8190" and vat_code: "0", or rounding: refuse'
            )
        return self


def rounding_rule(value: object) -> object:
    """Read `refuse` as a tolerance of nothing."""
    return {"tolerance": "0"} if value == REFUSE else value


class KindRule(Part):
    """Where lines of a kind are booked, whatever their product group."""

    gl_account: Code = Field(description="ledger account of lines of this kind", examples=['"8100"'])
    item: Code | None = Field(default=None, description="item of lines of this kind; only for invoices", examples=["SHIPPING"])
    vat_code: Code | None = Field(
        default=None, description="VAT code of 0 % for vouchers as a means of payment; without it, VAT as charged", examples=['"0"']
    )
