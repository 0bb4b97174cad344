"""Amounts to the cent: one rounding, half up and away from zero, so that a credit is exactly the negative of its sale."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from include.errors import RecordError
from include.exact.models.base import CENTS, EXACT_DIGITS, significant_digits

LARGEST = Decimal("1E+12")
SMALLEST = Decimal("1E-12")
# Wide enough for the product of two numbers of 15 digits: nothing is rounded on the way to the cent.
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def cents(amount: Decimal) -> Decimal:
    """Round to cents, half away from zero."""
    return _EXACT.quantize(amount, CENTS)


def product(quantity: Decimal, price: Decimal) -> Decimal:
    """Multiply exactly and round once, to cents."""
    return cents(_EXACT.multiply(quantity, price))


def quotient(amount: Decimal, divisor: Decimal) -> Decimal:
    """Divide to 60 digits: what is rounded to cents afterwards is, in effect, rounded once."""
    return _EXACT.divide(amount, divisor)


def rounded(number: Decimal, decimals: int) -> Decimal:
    """Round half away from zero."""
    return _EXACT.quantize(number, Decimal(1).scaleb(-decimals))


def checked(name: str, number: Decimal, **facts: object) -> Decimal:
    """Return a number that reaches Exact unchanged; raises `RecordError` for what does not."""
    if not number.is_finite():
        raise RecordError("not_a_number", name, **facts)
    if significant_digits(number) > EXACT_DIGITS:
        raise RecordError("too_many_digits", name, **facts, digits=significant_digits(number))
    if number and not SMALLEST <= abs(number) < LARGEST:
        raise RecordError("number_out_of_range", name, **facts)
    return number


def plain(number: Decimal) -> str:
    """Write a number without exponent and without zeros at its end: 20, 5.5."""
    return format(number.normalize(), "f") if number else "0"
