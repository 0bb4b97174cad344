"""How registration and VAT numbers look, so that a typing mistake is found before anything is compared with it.

Check digits: Belgium 97 minus the remainder by 97; Germany ISO 7064 mod 11,10;
the Netherlands eleven test or, since 2020, ISO 7064 mod 97-10 over the whole number;
United Kingdom weights 8 to 2, in the old series and the one of 2010 (55 higher).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

# Shape and an example, per country; other countries are only checked for being plausible at all.
REGISTRATIONS = {
    "BE": (r"[01]\d{9}", "0123456749"),
    "GB": (r"(\d{8}|[A-Z]{2}\d{6})", "01234567"),
    "NL": (r"\d{8}", "12345678"),
}
VAT_NUMBERS = {
    "BE": (r"BE[01]\d{9}", "BE0123456749"),
    "DE": (r"DE\d{9}", "DE123456788"),
    "FR": (r"FR[0-9A-Z]{2}\d{9}", "FR12345678901"),
    "GB": (r"(GB|XI)(\d{9}|\d{12})", "GB123456782"),
    "GR": (r"EL\d{9}", "EL123456789"),
    "LU": (r"LU\d{8}", "LU12345678"),
    "NL": (r"NL\d{9}B\d{2}", "NL123456782B90"),
}
ANY_REGISTRATION = (r"[0-9A-Z][0-9A-Z./ -]{1,29}", "12345678")


def registration_fault(country: str, number: str) -> str | None:
    """Say what is wrong with a registration number, or None."""
    shape, example = REGISTRATIONS.get(country, ANY_REGISTRATION)
    if not re.fullmatch(shape, number, re.ASCII):
        return f"a registration number of {country} looks like {example}"
    if country == "BE" and not _belgian(number):
        return "its last two digits do not fit the others"
    return None


def vat_number_fault(country: str, number: str) -> str | None:
    """Say what is wrong with a VAT number of a company in `country`, or None."""
    shape, example = VAT_NUMBERS.get(country, (country + r"[0-9A-Z+*]{2,13}", f"{country}12345678"))
    if not re.fullmatch(shape, number, re.ASCII):
        return f"a VAT number of {country} looks like {example}"
    check = CHECKS.get(country)
    return None if check is None or check(number) else "its check digits do not fit the others"


def _belgian(number: str) -> bool:
    digits = number.removeprefix("BE")
    return 97 - int(digits[:8]) % 97 == int(digits[8:])


def _british(number: str) -> bool:
    digits = [int(digit) for digit in number[2:11]]
    total = sum(weight * digit for weight, digit in zip(range(8, 1, -1), digits, strict=False))
    return (total + digits[7] * 10 + digits[8]) % 97 in {0, 42}


def _german(number: str) -> bool:
    product = 10
    for digit in number[2:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[10])


def _dutch(number: str) -> bool:
    digits = [int(digit) for digit in number[2:11]]
    total = sum(weight * digit for weight, digit in zip(range(9, 1, -1), digits, strict=False))
    eleven = total % 11 == digits[8]
    return eleven or int("".join(str(int(character, 36)) for character in number)) % 97 == 1


CHECKS: Mapping[str, Callable[[str], bool]] = {"BE": _belgian, "DE": _german, "GB": _british, "NL": _dutch}
