"""The building stones of an administration's file: codes, countries and rates, each with what a right one looks like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from include.administrations.countries import COUNTRIES, MISTAKEN

LONGEST_CODE = 20


def mistake(cause: str, cure: str) -> PydanticCustomError:
    """Make an error of which both sentences reach whoever wrote the file."""
    return PydanticCustomError("mistake", "{cause}", {"cause": cause, "cure": cure})


def _code(value: str) -> str:
    if not value or len(value) > LONGEST_CODE or value != value.strip() or not value.isprintable():
        raise mistake(f"{value!r} is no code", f"write 1 to {LONGEST_CODE} characters without blanks around them, as Exact shows the code")
    return value


def _country(value: str) -> str:
    if value not in COUNTRIES:
        meant = MISTAKEN.get(value.upper(), value.upper() if value.upper() in COUNTRIES else "two capital letters of ISO 3166")
        raise mistake(f"{value!r} is no country code", f"write {meant}")
    return value


def _rate(value: object) -> object:
    if not re.fullmatch(r"[0-9]{1,3}([.][0-9]{1,4})?", str(value)) or Decimal(str(value)) > 100:
        raise mistake(f"{value!r} is no VAT rate in percent", "write a number from 0 to 100, such as 21 or 5.5, without a percent sign")
    return Decimal(str(value))


Code = Annotated[str, AfterValidator(_code)]
Country = Annotated[str, AfterValidator(_country)]
Rate = Annotated[Decimal, BeforeValidator(_rate)]
Codes = Annotated[Mapping[str, Code], Field(min_length=1)]
VatTable = Mapping[Rate, Code]


class Part(BaseModel):
    """A table inside a file: frozen, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")
