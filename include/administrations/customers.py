"""What an administration's file says about customers: whether new ones become relations, and under which codes."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from include.administrations.parts import Part, mistake

CODE_DIGITS = 18


def _digits(value: str) -> str:
    if not re.fullmatch(rf"[1-9][0-9]{{0,{CODE_DIGITS - 1}}}", value, re.ASCII):
        raise mistake(f"{value!r} is no code of a relation", 'write its number in quotes, such as "70000000", of at most 18 digits')
    return value


RelationCode = Annotated[str, AfterValidator(_digits)]


class Customers(Part):
    """New customers become relations, with codes in a range that nobody else gives out."""

    first_code: RelationCode = Field(description="first code of the range in which new relations are numbered", examples=['"70000000"'])
    last_code: RelationCode = Field(description="last code of that range", examples=['"79999999"'])
    number_is_code: bool = Field(
        default=True,
        strict=True,
        description="whether relations made by hand have the shop's customer number as their code",
        examples=["true"],
    )

    @model_validator(mode="after")
    def _range_has_room(self) -> Self:
        if int(self.first_code) > int(self.last_code):
            raise mistake("first_code is above last_code", 'write a range, such as first_code: "70000000" and last_code: "79999999"')
        return self

    def holds(self, code: str) -> bool:
        """Whether a code lies in the range."""
        return code.isdecimal() and code.isascii() and int(self.first_code) <= int(code) <= int(self.last_code)
