"""Who may read personal data: operators do, viewers see that it is there and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.exact.shown import PERSONAL

HIDDEN = "•••"
EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
# Accounts of banks and VAT numbers of the European countries, with or without blanks and points.
IBAN = r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b"
VAT_NUMBER = (
    r"\b(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[ .]?(?=[A-Z0-9]*\d)[A-Z0-9.]{7,14}\b"
)
PHONE = r"(?<![\w.,:-])(?:\+|00)\d[\d ()/-]{6,}\d"
_PERSONAL_TEXT = re.compile("|".join((EMAIL, IBAN, VAT_NUMBER, PHONE)))


@dataclass(frozen=True)
class Eyes:
    """What the reader may see; `whole`: personal data too."""

    whole: bool

    def text(self, text: str) -> str:
        """A sentence, without what identifies a person: e-mail addresses, telephone, bank account and VAT numbers."""
        return text if self.whole else _PERSONAL_TEXT.sub(HIDDEN, text)

    def name(self, name: str | None) -> str:
        """A name of a person or company: its first letter."""
        return (name or "") if self.whole or not name else f"{name[0]}{HIDDEN}"

    def facts(self, facts: Mapping[str, Any]) -> dict[str, str]:
        """Facts as texts."""
        return {name: self._value(name, value) if isinstance(value, str) else str(value) for name, value in facts.items()}

    def payload(self, payload: str | None) -> str:
        """A payload on many lines, its personal fields hidden; empty for none."""
        if payload is None:
            return ""
        try:
            read = json.loads(payload)
        except ValueError:
            return self.text(payload)
        return json.dumps(self._masked("", read), indent=2, ensure_ascii=False)

    def _masked(self, name: str, value: Any) -> Any:
        match value:
            case dict():
                return {each: self._masked(each, inner) for each, inner in value.items()}
            case list():
                return [self._masked(name, inner) for inner in value]
            case str():
                return self._value(name, value)
        return value

    def _value(self, name: str, value: str) -> str:
        if self.whole or not value:
            return value
        return HIDDEN if name in PERSONAL else self.text(value)
