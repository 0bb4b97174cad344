"""What the demo makes of the file of real orders: documents with all that a shop knows and the file does not tell.

The rules by which it is made up are `RULES`, and the code below is nothing but them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from include.administrations.countries import EUROPEAN_UNION
from include.administrations.identity import vat_number_fault

RULES = """\
Days: moved to the week before today, so that the file's last one (5 December 2010) becomes yesterday; gaps stay, hours are London's.
Documents: numbers that start with C are returns, with positive quantities and no order named; all others are orders.
Moments: ordered at the first line's moment, invoiced and last changed at the last line's; nothing is known of deliveries.
Prices: in GBP, excluding VAT.
VAT rate: 20 % in the United Kingdom, 21 % in Belgium and for consumers in the rest of the European Union, 0 % elsewhere.
VAT numbers: businesses in the European Union have one, made up from the customer's number, and checked on the day of the order.
Total as paid: lines rounded half up to cents, VAT over their sum rounded half up; the same for what a return pays back.
Buyers: with a customer number a business that pays on account, without one a consumer who pays by card.
Customers: name, e-mail address, street, postcode and town are made up from the number and the country.
Product group: shipping for the codes POST, DOT and C2, discount for D, manual for M, bank_charges for BANK CHARGES; else the first of
christmas, bags, stationery, kitchen, home of which a word is in the article's first description in the file; else gifts.
Article codes: as the file spells them; capitals and small letters are the same article.
"""

CURRENCY = "GBP"
VAT_RATES = {"GB": Decimal(20), "BE": Decimal(21)}
# What a consumer pays to whom the goods come from Belgium.
CONSUMER_RATE = VAT_RATES["BE"]
COUNTRIES = {
    "United Kingdom": ("GB", "London"),
    "Germany": ("DE", "Berlin"),
    "EIRE": ("IE", "Dublin"),
    "France": ("FR", "Paris"),
    "Lithuania": ("LT", "Vilnius"),
    "Australia": ("AU", "Sydney"),
    "Netherlands": ("NL", "Amsterdam"),
    "Norway": ("NO", "Oslo"),
    "Switzerland": ("CH", "Zürich"),
    "Spain": ("ES", "Madrid"),
    "Poland": ("PL", "Warszawa"),
    "Portugal": ("PT", "Lisboa"),
    "Italy": ("IT", "Roma"),
    "Belgium": ("BE", "Brussel"),
    "Japan": ("JP", "Tokyo"),
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

_VAT_SHAPES = {"BE": "BE0{:09d}", "NL": "NL{:09d}B01"}
_CENT = Decimal("0.01")
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
    """All lines of the file with one number."""

    number: str
    buyer: str | None
    country: str
    ordered_at: datetime
    changed_at: datetime
    items: tuple[Item, ...]

    @property
    def is_return(self) -> bool:
        return self.number.startswith("C")

    @property
    def vat_rate(self) -> Decimal:
        consumer = CONSUMER_RATE if self.buyer is None and self.country in EUROPEAN_UNION else Decimal(0)
        return VAT_RATES.get(self.country, consumer)

    @property
    def vat_number(self) -> str | None:
        return vat_number(self.country, self.buyer) if self.buyer else None

    @property
    def total_paid(self) -> Decimal:
        net = sum((_cents(item.quantity * item.price) for item in self.items), Decimal(0))
        return net + _cents(net * self.vat_rate / 100)


@dataclass(frozen=True)
class Buyer:
    """A customer of the file, with a name and an address made up."""

    number: str
    country: str
    town: str
    first_seen_at: datetime

    @property
    def name(self) -> str:
        return f"Customer {self.number}"

    @property
    def email(self) -> str:
        return f"customer-{self.number}@example.com"

    @property
    def street(self) -> str:
        return f"{int(self.number) % 200 + 1} Sample Street"

    @property
    def postcode(self) -> str:
        return self.number[-4:]

    @property
    def vat_number(self) -> str | None:
        return vat_number(self.country, self.number)


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
    towns = dict(COUNTRIES.values())
    buyers: dict[str, Buyer] = {}
    for document in documents:
        if document.buyer is not None and document.buyer not in buyers:
            buyers[document.buyer] = Buyer(document.buyer, document.country, towns[document.country], document.ordered_at)
    return list(buyers.values())


def product_group(code: str, description: str) -> str:
    """The group of an article, by its code and the words of its description."""
    if code in CODE_GROUPS:
        return CODE_GROUPS[code]
    words = frozenset(re.findall(r"[A-Z]+", description.upper()))
    return next((group for group, own in _WORDS.items() if words & own), "gifts")


def vat_number(country: str, buyer: str) -> str | None:
    """A VAT number that looks as those of its country do, or None outside the European Union."""
    if country not in EUROPEAN_UNION:
        return None
    if country == "FR":
        company = int(buyer) * 100
        return f"FR{(12 + 3 * (company % 97)) % 97:02d}{company:09d}"
    shape = _VAT_SHAPES.get(country, country + "{:09d}")
    candidates = (shape.format(int(buyer) * 100 + check) for check in range(100))
    return next(number for number in candidates if vat_number_fault(country, number) is None)


def _groups(lines: Sequence[Line]) -> dict[str, str]:
    descriptions: dict[str, str] = {}
    for line in lines:
        code = line["StockCode"].upper()
        descriptions[code] = descriptions.get(code) or line["Description"]
    return {code: product_group(code, description) for code, description in descriptions.items()}


def _document(number: str, lines: Sequence[Line], groups: dict[str, str], shift: timedelta) -> Document:
    sign = -1 if number.startswith("C") else 1
    moments = [(_local(line) + shift).replace(tzinfo=_LONDON).astimezone(UTC) for line in lines]
    items = (
        Item(line["StockCode"], line["Description"], sign * Decimal(line["Quantity"]), Decimal(line["UnitPrice"]), groups[code])
        for line, code in zip(lines, (line["StockCode"].upper() for line in lines), strict=True)
    )
    return Document(
        number=number,
        buyer=lines[0]["CustomerID"] or None,
        country=COUNTRIES[lines[0]["Country"]][0],
        ordered_at=min(moments),
        changed_at=max(moments),
        items=tuple(items),
    )


def _local(line: Line) -> datetime:
    # The time zone is London's, given after the days are moved, since summer time may begin or end between.
    return datetime.fromisoformat(line["InvoiceDate"])


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)
