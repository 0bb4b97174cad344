"""What the demo makes of the file of real orders: documents with all that a shop knows and the file does not tell.

The rules by which it is made up are `RULES`, and the code below is nothing but them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from include.administrations.countries import EUROPEAN_UNION
from include.demo.buyers import Buyer, is_business, vat_number

RULES = """\
Days: moved to the week before today, so that the file's last one (5 December 2010) becomes yesterday; gaps stay, hours are London's.
Documents: numbers that start with C are returns, with positive quantities and no order named; all others are orders.
Moments: ordered at the first line's moment, invoiced and last changed at the last line's; nothing is known of deliveries.
One order more: 530001, from Belgium, is dated 60 days before today and was entered with the file's last one, as if it had been forgotten.
Buyers: without a customer number a consumer who pays by card; with one a business that pays on account, but in the European Union customers
whose number ends in 7, 8 or 9 are consumers (who pay on account as well).
VAT numbers: businesses in the European Union have one, made up from the customer's number, and checked on the day of the order. That of
customer 12583 has a digit typed wrong.
VAT rate: 20 % in the United Kingdom. The Netherlands, Germany, Norway, Poland and Lithuania get their goods from the Netherlands: 21 %
there, 0 % for businesses in the other member states, for consumers the standard rate of their country (Germany 19 %, Poland 23 %,
Lithuania 21 %), 0 % in Norway. All others get theirs from Belgium: 21 % there and for consumers in other member states, else 0 %.
Prices: in GBP, as in the file and excluding VAT; those of goods from the Netherlands include it: the file's price with VAT, rounded to
cents.
Total as paid: lines rounded half up to cents, plus VAT over their sum, rounded half up, where prices exclude it; the same for what a return
pays back. In the Netherlands itself it is rounded to five cents.
Customers: name, e-mail address, telephone number, street, postcode, town and language are made up from the number and the country.
Businesses have a person to address; those whose number ends in 2 have their goods delivered to another street of their town.
Product group: shipping for the codes POST, DOT and C2, discount for D, manual for M, bank_charges for BANK CHARGES; else the first of
christmas, bags, stationery, kitchen, home of which a word is in the article's first description in the file; else gifts.
Article codes: as the file spells them; capitals and small letters are the same article.
"""

CURRENCY = "GBP"
# The order that the file does not have, and how old it is.
FORGOTTEN, DAYS_FORGOTTEN = "530001", 60
# Countries whose goods come from the Netherlands, at prices that include VAT.
FROM_THE_NETHERLANDS = frozenset({"NL", "DE", "NO", "PL", "LT"})
# Standard rates in percent.
VAT_RATES = {"GB": Decimal(20), "BE": Decimal(21), "NL": Decimal(21), "DE": Decimal(19), "PL": Decimal(23), "LT": Decimal(21)}
COUNTRIES = {
    "United Kingdom": "GB",
    "Germany": "DE",
    "EIRE": "IE",
    "France": "FR",
    "Lithuania": "LT",
    "Australia": "AU",
    "Netherlands": "NL",
    "Norway": "NO",
    "Switzerland": "CH",
    "Spain": "ES",
    "Poland": "PL",
    "Portugal": "PT",
    "Italy": "IT",
    "Belgium": "BE",
    "Japan": "JP",
}
CODE_GROUPS = {
    "POST": "shipping",
    "DOT": "shipping",
    "C2": "shipping",
    "D": "discount",
    "M": "manual",
    "BANK CHARGES": "bank_charges",
}
WORD_GROUPS = {
    "christmas": "CHRISTMAS XMAS ADVENT SANTA REINDEER SNOWMAN SNOWFLAKE BAUBLE BAUBLES NATIVITY",
    "bags": "BAG BAGS PURSE SHOPPER LUGGAGE SATCHEL HOLDALL SUITCASE TOTE",
    "stationery": "CARD CARDS PAPER WRAP NOTEBOOK NOTEBOOKS PEN PENS PENCIL PENCILS STICKER STICKERS TAPE JOURNAL ENVELOPE ENVELOPES"
    " ERASER ERASERS RULER TAG TAGS CALENDAR STATIONERY SHARPENER",
    "kitchen": "MUG MUGS CAKE CAKES CUP CUPS TEA TEAPOT COFFEE BOWL BOWLS PLATE PLATES JUG CUTLERY SPOON SPOONS KITCHEN BAKING APRON"
    " NAPKIN NAPKINS LUNCH TRAY DISH EGG JAM JAR JARS BREAKFAST DINNER FOOD OVEN TOWEL COASTER COASTERS RECIPE COOKIE PICNIC TUMBLER",
    "home": "HOLDER CANDLE CANDLES LANTERN LIGHT LIGHTS LAMP CUSHION CUSHIONS DOORMAT CLOCK MIRROR FRAME HOOK HOOKS DRAWER CABINET"
    " KNOB SIGN DECORATION GARLAND WALL DOOR RACK SHELF CHAIR TABLE CURTAIN RUG QUILT THROW BATHROOM GARDEN VASE UMBRELLA STAND"
    " BUNTING HANGER BASKET BOX BOXES",
}

_CENT, _FIVE_CENTS = Decimal("0.01"), Decimal("0.05")
_LONDON = ZoneInfo("Europe/London")
_WORDS = {group: frozenset(words.split()) for group, words in WORD_GROUPS.items()}


@dataclass(frozen=True)
class Item:
    """One line of the file, quantity turned round in returns."""

    sku: str
    title: str
    quantity: Decimal
    price: Decimal
    group: str


@dataclass(frozen=True)
class Document:
    """All lines of the file with one number; prices as the shop shows them."""

    number: str
    buyer: str | None
    country: str
    ordered_at: datetime
    invoiced_at: datetime
    changed_at: datetime
    items: tuple[Item, ...]

    @property
    def is_return(self) -> bool:
        return self.number.startswith("C")

    @property
    def is_business(self) -> bool:
        return is_business(self.country, self.buyer)

    @property
    def vat_rate(self) -> Decimal:
        return vat_rate(self.country, is_business=self.is_business)

    @property
    def prices_include_vat(self) -> bool:
        return self.country in FROM_THE_NETHERLANDS

    @property
    def vat_number(self) -> str | None:
        return vat_number(self.country, self.buyer)

    @property
    def total_paid(self) -> Decimal:
        total = sum((_cents(item.quantity * item.price) for item in self.items), Decimal(0))
        if not self.prices_include_vat:
            return total + _cents(total * self.vat_rate / 100)
        return _cents((total / _FIVE_CENTS).quantize(Decimal(1), ROUND_HALF_UP) * _FIVE_CENTS) if self.country == "NL" else total


Line = dict[str, str]


def read_documents(path: Path, *, today: date) -> list[Document]:
    """Read the file's documents, in the order of the file, with their days moved to the week before `today`."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    shift = today - timedelta(days=1) - max(_local(line) for line in lines).date()
    groups = _groups(lines)
    documents: dict[str, list[Line]] = {}
    for line in lines:
        documents.setdefault(line["InvoiceNo"], []).append(line)
    return [_document(number, own, groups, shift) for number, own in documents.items()]


def buyers_of(documents: Iterable[Document]) -> list[Buyer]:
    """The customers with a number, each as its first document has it."""
    buyers: dict[str, Buyer] = {}
    for document in documents:
        if document.buyer is not None and document.buyer not in buyers:
            buyers[document.buyer] = Buyer(document.buyer, document.country, document.ordered_at)
    return list(buyers.values())


def forgotten_order(documents: Sequence[Document], *, today: date) -> Document:
    """The order that the file does not have: a Belgian one of the file again, 60 days before today, entered with the last one."""
    like = next(document for document in documents if document.country == "BE" and not document.is_return)
    then = datetime.combine(today - timedelta(days=DAYS_FORGOTTEN), like.ordered_at.timetz())
    entered = max(document.changed_at for document in documents)
    return replace(like, number=FORGOTTEN, ordered_at=then, invoiced_at=then, changed_at=entered)


def vat_rate(country: str, *, is_business: bool) -> Decimal:
    """The rate that the shop charges, in percent."""
    home = "NL" if country in FROM_THE_NETHERLANDS else "BE"
    if country in {"GB", home}:
        return VAT_RATES[country]
    if is_business or country not in EUROPEAN_UNION:
        return Decimal(0)
    return VAT_RATES[country if home == "NL" else home]


def product_group(code: str, description: str) -> str:
    """The group of an article, by its code and the words of its description."""
    if code in CODE_GROUPS:
        return CODE_GROUPS[code]
    words = frozenset(re.findall(r"[A-Z]+", description.upper()))
    return next((group for group, own in _WORDS.items() if words & own), "gifts")


def _groups(lines: Sequence[Line]) -> dict[str, str]:
    descriptions: dict[str, str] = {}
    for line in lines:
        code = line["StockCode"].upper()
        descriptions[code] = descriptions.get(code) or line["Description"]
    return {code: product_group(code, description) for code, description in descriptions.items()}


def _document(number: str, lines: Sequence[Line], groups: dict[str, str], shift: timedelta) -> Document:
    moments = [(_local(line) + shift).replace(tzinfo=_LONDON).astimezone(UTC) for line in lines]
    document = Document(
        number=number,
        buyer=lines[0]["CustomerID"] or None,
        country=COUNTRIES[lines[0]["Country"]],
        ordered_at=min(moments),
        invoiced_at=max(moments),
        changed_at=max(moments),
        items=(),
    )
    return replace(document, items=tuple(_item(line, groups, document) for line in lines))


def _item(line: Line, groups: dict[str, str], document: Document) -> Item:
    sign = -1 if document.is_return else 1
    price = Decimal(line["UnitPrice"])
    shown = _cents(price * (1 + document.vat_rate / 100)) if document.prices_include_vat else price
    return Item(line["StockCode"], line["Description"], sign * Decimal(line["Quantity"]), shown, groups[line["StockCode"].upper()])


def _local(line: Line) -> datetime:
    # The time zone is London's, given after the days are moved, since summer time may begin or end between.
    return datetime.fromisoformat(line["InvoiceDate"])


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)
