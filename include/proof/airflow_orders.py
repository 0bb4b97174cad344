"""The shop of the proof with Airflow: orders of guests, a round's worth for every administration, and what the checker is told of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import psycopg

from include.demo.loader import lay_out
from include.proof.checker import SourceRecord

ARTICLES = ("10002", "10120", "10123C", "10124G")
# The code of an article that Exact lacks until somebody makes it.
MISSING = "PROOF-{round}"
CASE = "UK:unknown_item:{article}"
AGO = timedelta(hours=3)
SALE = "insert into webshop.sales values (%s, null, %s, 'GBP', %s, %s, null, %s, %s, false, 'card', null, false, null, null)"
ITEM = "insert into webshop.sale_items values (%s, 1, %s, 'Proof', %s, %s, %s, 'gifts')"


@dataclass(frozen=True)
class Buyers:
    """The guests of one administration: where they live, what VAT they pay, under which code, and what an article costs before VAT."""

    country: str
    vat_rate: Decimal
    vat_code: str
    price_net: Decimal
    time_zone: ZoneInfo
    prices_include_vat: bool = False

    @property
    def price(self) -> Decimal:
        return self.price_net * (1 + self.vat_rate / 100) if self.prices_include_vat else self.price_net


BUYERS = {
    "UK": Buyers("GB", Decimal(20), "1", Decimal(5), ZoneInfo("Europe/London")),
    "BE": Buyers("BE", Decimal(21), "21", Decimal(100), ZoneInfo("Europe/Brussels")),
    "NL": Buyers("NL", Decimal(21), "NL21", Decimal(100), ZoneInfo("Europe/Amsterdam"), prices_include_vat=True),
}


@dataclass(frozen=True)
class ProofOrder:
    """One order of one line."""

    number: str
    administration: str
    article: str
    quantity: int
    moment: datetime

    @property
    def record(self) -> SourceRecord:
        """What the checker is told: as the shop has it, never as we made it."""
        buyers = BUYERS[self.administration]
        net = buyers.price_net * self.quantity
        day = self.moment.astimezone(buyers.time_zone).date()
        return SourceRecord(f"webshop/{self.number}/sale/1", str(day), net, {buyers.vat_code: net * buyers.vat_rate / 100})


class ProofShop:
    """A webshop that is empty at first; `begin` is the earliest moment of any of its orders."""

    def __init__(self, dsn: str, seed: int) -> None:
        self._dsn = dsn
        self._dice = random.Random(f"{seed} orders")
        self.begin = datetime.now(UTC).replace(microsecond=0) - AGO
        with psycopg.connect(dsn) as connection:
            lay_out(connection)

    def add(self, number: int, orders: int, administrations: Sequence[str], *, article: str = "") -> list[ProofOrder]:
        """Add a round's orders: so many for each administration, of `article` or of any of the usual ones."""
        made = list(self._made(number, orders, administrations, article))
        with psycopg.connect(self._dsn) as connection:
            for each in made:
                buyers = BUYERS[each.administration]
                connection.execute(SALE, (each.number, buyers.country, buyers.prices_include_vat, each.moment, each.moment, each.moment))
                connection.execute(ITEM, (each.number, each.article, each.quantity, buyers.price, buyers.vat_rate))
        return made

    def _made(self, number: int, orders: int, administrations: Sequence[str], article: str) -> Iterator[ProofOrder]:
        for name in administrations:
            for count in range(orders):
                moment = self.begin + timedelta(minutes=number % 100, seconds=count)
                chosen = article or self._dice.choice(ARTICLES)
                yield ProofOrder(f"{name}{number:03d}{count:03d}", name, chosen, self._dice.randint(1, 5), moment)
