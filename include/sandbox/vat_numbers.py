"""Check digits of VAT numbers, by country: a bookkeeper's program refuses a relation whose number cannot be right (FACTS 6.7).

Belgium 97 minus the remainder by 97; France key 12 + 3 x (SIREN by 97); Germany ISO 7064 mod 11,10; Great Britain weights 8 to 2 in both
series; the Netherlands eleven test, or ISO 7064 mod 97-10 over the whole number. Other countries' numbers are taken as they are.
"""

from __future__ import annotations

import re


def is_possible(number: str) -> bool:
    """Tell whether a VAT number has the shape and the check digits of its country."""
    written = re.sub(r"[ .-]", "", number.upper())
    rule = _RULES.get(written[:2])
    if rule is None:
        return True
    shape, check = rule
    return re.fullmatch(shape, written) is not None and check(written)


def _belgian(number: str) -> bool:
    return 97 - int(number[2:10]) % 97 == int(number[10:])


def _french(number: str) -> bool:
    return not number[2:4].isdigit() or (12 + 3 * (int(number[4:]) % 97)) % 97 == int(number[2:4])


def _german(number: str) -> bool:
    product = 10
    for digit in number[2:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[10])


def _british(number: str) -> bool:
    total = sum((8 - place) * int(digit) for place, digit in enumerate(number[2:9]))
    return (total + int(number[9:11])) % 97 in (0, 42)


def _dutch(number: str) -> bool:
    total = sum((9 - place) * int(digit) for place, digit in enumerate(number[2:10]))
    if total % 11 == int(number[10]):
        return True
    return int("".join(str(int(character, 36)) for character in number)) % 97 == 1


_RULES = {
    "BE": (r"BE[01]\d{9}", _belgian),
    "DE": (r"DE\d{9}", _german),
    "FR": (r"FR[0-9A-Z]{2}\d{9}", _french),
    "GB": (r"GB(\d{9}|\d{12})", _british),
    "NL": (r"NL\d{9}B\d{2}", _dutch),
}
