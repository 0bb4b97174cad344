"""The customers of the file of real orders: numbers that are real, with names, addresses and VAT numbers that are made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import cycle

from include.administrations.countries import EUROPEAN_UNION
from include.administrations.identity import vat_number_fault

# Last digits of the numbers of those customers in the European Union who are consumers.
CONSUMERS = "789"
# Its VAT number has a digit typed wrong: nobody in the shop sees it, but Exact does.
MISTYPED = "12583"
# By country: the town, the legal form of a company, and the shape of a postcode (# is a digit).
PLACES = {
    "AU": ("Sydney", "Pty Ltd", "2###"),
    "BE": ("Ghent", "BV", "9###"),
    "CH": ("Bern", "AG", "3###"),
    "DE": ("Berlin", "GmbH", "10###"),
    "ES": ("Madrid", "S.L.", "28###"),
    "FR": ("Paris", "SARL", "75###"),
    "GB": ("London", "Ltd", "N1 #AB"),
    "IE": ("Dublin", "Ltd", "D0# F###"),
    "IT": ("Milan", "S.r.l.", "20###"),
    "JP": ("Tokyo", "K.K.", "10#-00##"),
    "LT": ("Vilnius", "UAB", "LT-01###"),
    "NL": ("Utrecht", "B.V.", "35## AB"),
    "NO": ("Oslo", "AS", "0###"),
    "PL": ("Warsaw", "Sp. z o.o.", "00-###"),
    "PT": ("Lisbon", "Lda", "1###-0##"),
}
LANGUAGES = {"AU": "en", "BE": "nl", "CH": "de", "GB": "en", "IE": "en", "JP": "ja", "NO": "no"}
# Businesses whose number ends so have their goods delivered elsewhere.
DELIVERED_ELSEWHERE = "2"
_FIRST_NAMES = ("Alex", "Robin", "Kim", "Sam", "Noor", "Jules", "Charlie", "Dana", "Mika", "Toni")
_LAST_NAMES = ("Ash", "Birch", "Cedar", "Elm", "Hazel", "Linden", "Maple", "Oak", "Pine", "Rowan")
_SHAPES = {"BE": "BE0{:09d}", "NL": "NL{:09d}B01"}


@dataclass(frozen=True)
class Buyer:
    """A customer with a number; `first_seen_at` is the moment of the first order."""

    number: str
    country: str
    first_seen_at: datetime

    @property
    def is_business(self) -> bool:
        return is_business(self.country, self.number)

    @property
    def name(self) -> str:
        form = f" {PLACES[self.country][1]}" if self.is_business else ""
        return f"Customer {self.number}{form}"

    @property
    def contact(self) -> str | None:
        """The person to address in a business."""
        first, last = _FIRST_NAMES[int(self.number[-1])], _LAST_NAMES[int(self.number[-2])]
        return f"{first} {last}" if self.is_business else None

    @property
    def phone(self) -> str:
        return f"+00 555 {self.number}"

    @property
    def language(self) -> str:
        return LANGUAGES.get(self.country, self.country.lower())

    @property
    def email(self) -> str:
        return f"customer-{self.number}@example.com"

    @property
    def street(self) -> str:
        return f"{int(self.number) % 200 + 1} Sample Street"

    @property
    def postcode(self) -> str:
        digits: Iterator[str] = cycle(self.number[-3:])
        return "".join(next(digits) if character == "#" else character for character in PLACES[self.country][2])

    @property
    def town(self) -> str:
        return PLACES[self.country][0]

    @property
    def delivery_street(self) -> str | None:
        elsewhere = self.is_business and self.number[-1] in DELIVERED_ELSEWHERE
        return f"{int(self.number) % 90 + 1} Depot Road" if elsewhere else None

    @property
    def vat_number(self) -> str | None:
        return vat_number(self.country, self.number)

    @property
    def vat_number_checked_on(self) -> date | None:
        return self.first_seen_at.date() if self.vat_number else None


def is_business(country: str, number: str | None) -> bool:
    """Guests are consumers; customers with a number are businesses, but for some of those in the European Union."""
    return number is not None and not (country in EUROPEAN_UNION and number[-1] in CONSUMERS)


def vat_number(country: str, number: str | None) -> str | None:
    """The VAT number of a business in the European Union, looking as those of its country do; None for all others."""
    if number is None or country not in EUROPEAN_UNION or not is_business(country, number):
        return None
    if country == "FR":
        company = int(number) * 100
        key = (12 + 3 * (company % 97)) % 97 + (number == MISTYPED)
        return f"FR{key:02d}{company:09d}"
    shape = _SHAPES.get(country, country + "{:09d}")
    candidates = (shape.format(int(number) * 100 + check) for check in range(100))
    return next(candidate for candidate in candidates if vat_number_fault(country, candidate) is None)
