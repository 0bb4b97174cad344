"""What every record for Exact shares: names as Exact spells them, numbers that stay exact, and one canonical text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import AfterValidator, AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field

# Exact stores numbers as Edm.Double: more significant digits than this do not survive the way there and back.
EXACT_DIGITS = 15
CENTS = Decimal("0.01")
ABBREVIATIONS = {"vat": "VAT", "gl": "GL", "fc": "FC", "dc": "DC", "id": "ID"}


def wire_name(name: str) -> str:
    """Spell a field as Exact does: `gl_account` is `GLAccount`, `amount_fc` is `AmountFC`."""
    return "".join(ABBREVIATIONS.get(word, word.capitalize()) for word in name.split("_"))


def significant_digits(number: Decimal) -> int:
    """Count the digits that carry the value: 1200.50 has five, 0 has none."""
    return len("".join(map(str, number.as_tuple().digits)).strip("0"))


def utf16_length(text: str) -> int:
    """Count as Exact's database does: most characters take one place, an emoji two."""
    return len(text) + sum(character > "\uffff" for character in text)


def _refuse_float(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("a float is not exact: use Decimal")  # noqa: TRY004  pydantic turns only ValueErrors into findings
    return value


def _exact(number: Decimal) -> Decimal:
    if significant_digits(number) > EXACT_DIGITS:
        raise ValueError(f"more than {EXACT_DIGITS} digits do not survive in Exact")
    return number


def _in_cents(amount: Decimal) -> Decimal:
    if amount != amount.quantize(CENTS):
        raise ValueError("an amount has no more than two decimals")
    return amount


def fits(length: int) -> AfterValidator:
    """Refuse a text that takes more places than Exact has for it."""

    def check(text: str) -> str:
        if utf16_length(text) > length:
            raise ValueError(f"longer than {length} characters")
        return text

    return AfterValidator(check)


Number = Annotated[Decimal, BeforeValidator(_refuse_float), Field(allow_inf_nan=False), AfterValidator(_exact)]
Money = Annotated[Number, AfterValidator(_in_cents)]
# Only the lengths of codes and descriptions are documented; the others come from one third-party schema (FACTS 6.11).
Description = Annotated[str, fits(60)]
YourRef = Annotated[str, fits(40)]
Code = Annotated[str, Field(min_length=1), fits(10)]
CurrencyCode = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class ExactPart(BaseModel):
    """A piece of a record, such as a line: frozen, and without fields that we do not name."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, alias_generator=AliasGenerator(alias=wire_name))


class ExactRecord(ExactPart):
    """A record that is sent by itself, to `endpoint`; `token_field` is the field on the wire that carries our token."""

    endpoint: ClassVar[str]
    token_field: ClassVar[str]

    def with_token(self, token: str) -> Self:
        """Return the record with our token in the field from which Exact can find it again."""
        wire = self.model_dump(by_alias=True, exclude_none=True)
        return type(self).model_validate({**wire, self.token_field: token})

    def payload(self) -> str:
        """Return the canonical JSON text: sorted keys, no blanks, exact numbers without exponent, nothing that is None."""
        return canonical_json(self.model_dump(by_alias=True, exclude_none=True))

    @classmethod
    def from_payload(cls, payload: str) -> Self:
        """Read a record back from its own text; no number passes through a float."""
        return cls.model_validate(json.loads(payload, parse_float=Decimal))


def canonical_json(value: object) -> str:
    """Write `value` as JSON, always the same text for equal content; refuses what it cannot write exactly."""
    match value:
        case Mapping():
            return "{" + ",".join(f"{_quoted(key)}:{canonical_json(value[key])}" for key in sorted(value)) + "}"
        case list() | tuple():
            return "[" + ",".join(map(canonical_json, value)) + "]"
        case Decimal():
            return _plain(value)
        case date():
            return _quoted(f"{value:%Y-%m-%d}T00:00:00")
        case bool() | IntEnum() | int():
            return json.dumps(value)
        case str() | UUID():
            return _quoted(str(value))
    raise TypeError(f"{type(value).__name__} has no exact form in JSON")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _plain(number: Decimal) -> str:
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
