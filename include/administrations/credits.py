"""What an administration's file says about credits: the sign that Exact wants, and what is credited without a sale to lean on."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from include.administrations.parts import Part


class CreditSign(StrEnum):
    """How the quantities of a credit invoice are written: whether Exact turns them round by itself is not documented (FACTS 6.2)."""

    NEGATIVE = "negative"
    POSITIVE = "positive"


class Credits(Part):
    """Rules for credits. What is not allowed here becomes an error that a person decides."""

    sign: CreditSign | None = Field(
        default=None, description="negative or positive: how quantities of a credit invoice are written", examples=["negative"]
    )
    free: bool = Field(default=False, strict=True, description="whether a return without a known order is credited", examples=["true"])
    more_than_sold: bool = Field(default=False, strict=True, description="whether more may be credited than was sold", examples=["true"])

    @property
    def quantity_sign(self) -> CreditSign:
        """The sign of quantities. Negative unless the file says otherwise: a credit that is read as a sale shows at the first read-back."""
        return self.sign or CreditSign.NEGATIVE
