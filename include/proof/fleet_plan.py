"""What a fleet run is given, and the run that each of its processes opens: the production wire, on a faster clock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import requests
from cryptography.fernet import Fernet

from include.administrations.loader import Administrations
from include.exact.oauth import App
from include.outbox.times import Times
from include.proof.outages import DAY_S, LENGTH_S, MIDNIGHT_IN_S, Absence
from include.run import Access, Settings, Window
from include.sources.records import OrderLine, ShopOrder

# Five minutes of quarantine cover what the sandbox does late here; the rest are the times of production.
PRODUCTION = Times(quarantine_s=300.0)
SLOWEST_COMMIT_S = 180.0
LATE_COMMITS_S = (45.0, SLOWEST_COMMIT_S)
ENVIRONMENT = "fleet"
GROUPS = ("gifts", "home", "kitchen", "bags", "stationery", "christmas", "shipping")
# Country, customer, VAT rate in percent, by who books for them: at home, outside the Union, and guests at home.
BUYERS = {
    "UK": (("GB", "12747", 20), ("GB", "12748", 20), ("GB", None, 20)),
    "BE": (("BE", "12395", 21), ("AU", "12431", 0), ("BE", None, 21)),
}
ARTICLES = ("10002", "10120", "10123C", "10124G")


@dataclass(frozen=True)
class FleetPlan:
    """A fleet run: how much, how much trouble, which faults (`fault_rate` is shared evenly by the six kinds), and how fast time runs.

    `kills`: SIGKILL · `freezes`: SIGSTOP, and SIGCONT up to 200 s of production later · `postgres_kills`: as `pg_ctl stop -m immediate` ·
    `sandbox_restarts`: SIGKILL, on its file of books · `clock_skew_s`: how far Exact's clock is off, in seconds of production, at most ·
    `workers`: drains per administration, beside one process each that looks after unknown outcomes · `outage`: for how long Exact is
    away, once · `daily`: calls that Exact allows a day · `clock_ahead_s`: of Exact's clock, instead of a skew.
    """

    orders: int = 2_000
    kills: int = 80
    freezes: int = 0
    postgres_kills: int = 0
    sandbox_restarts: int = 0
    clock_skew_s: float = 0.0
    fault_rate: float = 0.06
    seed: int = 7
    time_scale: float = 30.0
    workers: int = 2
    minutely: int = 300
    daily: int = 1_000_000
    outage: str = ""
    clock_ahead_s: float = 0.0
    longest_s: float = 600.0

    @property
    def times(self) -> Times:
        """Every duration of the outbox divided by the one factor."""
        return PRODUCTION.scaled(self.time_scale, slowest_commit_s=SLOWEST_COMMIT_S / self.time_scale)

    @property
    def clock_offset_s(self) -> float:
        """How far the sandbox's clock is from ours in this run, in its own seconds: before or behind, as the seed says."""
        return self.clock_ahead_s or random.Random(f"{self.seed} clock").uniform(-1, 1) * self.clock_skew_s / self.time_scale

    def before_midnight(self) -> FleetPlan:
        """Where Exact's day is to end in the middle of the run: with a clock so far ahead that it does."""
        if self.outage != Absence.MIDNIGHT:
            return self
        day_s = DAY_S / self.time_scale
        return replace(self, clock_ahead_s=(-MIDNIGHT_IN_S - time.time()) % day_s)

    @property
    def outage_is_due(self) -> bool:
        """Is it so late that midnight falls into the middle of the outage? Always where it does not matter."""
        if self.outage != Absence.MIDNIGHT:
            return True
        to_midnight_s = -(time.time() + self.clock_ahead_s) % (DAY_S / self.time_scale)
        return to_midnight_s <= self.outage_s / self.time_scale / 2

    @property
    def outage_s(self) -> float:
        """For how long Exact is away, in seconds of production; 0 for not at all."""
        return LENGTH_S[Absence(self.outage)] if self.outage else 0.0

    @property
    def sandbox_faults(self) -> list[dict[str, Any]]:
        """Faults (b) to (f) as the sandbox takes them; (a) is made on our side of the wire."""
        share = self.fault_rate / 6
        kinds: list[dict[str, Any]] = [
            {"kind": "too_many_requests", "rate": share},
            {"kind": "unavailable_before_commit", "rate": share},
            {"kind": "timeout_after_commit", "rate": share},
            {"kind": "reset_after_commit", "rate": share},
        ]
        late = [{"kind": "late_commit", "rate": share / len(LATE_COMMITS_S), "seconds": seconds} for seconds in LATE_COMMITS_S]
        return [{"method": "POST", **each} for each in (*kinds, *late)]


@dataclass(frozen=True)
class Place:
    """Where the processes of a fleet run find each other."""

    store_dsn: str
    exact_url: str
    dead_url: str
    cipher_key: bytes


class SometimesNobodyThere(requests.Session):
    """Fault (a): a share of the POSTs goes to a port at which nobody listens."""

    def __init__(self, share: float, place: Place, dice: random.Random) -> None:
        super().__init__()
        self._share, self._place, self._dice = share, place, dice

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **settings: Any) -> requests.Response:
        if method == "POST" and "/api/v1/" in str(url) and self._dice.random() < self._share:
            url = str(url).replace(self._place.exact_url, self._place.dead_url, 1)
        return super().request(method, url, *args, **settings)


def app(place: Place, name: str) -> App:
    lower = name.lower()
    return App(place.exact_url, f"exactly-{lower}", f"exactly-{lower}-secret", "https://localhost/signed-in")


def settings(plan: FleetPlan, place: Place, name: str, administrations: Administrations) -> Settings:
    """The settings of a run of the fleet for one administration, on the production wire."""
    now = datetime.now(UTC)
    dice = random.Random()
    new_session: Callable[[], requests.Session] = lambda: SometimesNobodyThere(plan.fault_rate / 6, place, dice)  # noqa: E731
    return Settings(
        administrations=administrations,
        name=name,
        access=Access(app(place, name), new_session),
        store_dsn=place.store_dsn,
        source_dsn=place.store_dsn,
        cipher=Fernet(place.cipher_key),
        environment=ENVIRONMENT,
        window=Window(now - timedelta(days=1), now),
        times=plan.times,
    )


def orders(plan: FleetPlan) -> Iterator[ShopOrder]:
    """Orders of one to four lines over three days, for all administrations in turn, from the seed."""
    dice = random.Random(plan.seed)
    first_day = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=4)
    for number in range(1, plan.orders + 1):
        country, customer, vat_rate = dice.choice(list(BUYERS.values())[number % len(BUYERS)])
        ordered_at = first_day + timedelta(days=number % 3, seconds=number)
        yield ShopOrder(
            number=f"F{number:06d}",
            customer_number=customer,
            country=country,
            currency="GBP",
            prices_include_vat=False,
            ordered_at=ordered_at,
            delivered_at=None,
            invoiced_at=None,
            changed_at=ordered_at,
            status="open",
            payment_method="account" if customer else "card",
            total_paid=None,
            kind_of_buyer=None,
            vat_number=None,
            vat_number_checked_on=None,
            lines=tuple(_line(position, vat_rate, dice) for position in range(1, dice.randint(2, 5))),
        )


def net_of(order: ShopOrder) -> Decimal:
    """What an order comes to, VAT excluded: the lines' quantities times their prices."""
    return sum((line.quantity * line.unit_price for line in order.lines), Decimal(0))


def _line(position: int, vat_rate: int, dice: random.Random) -> OrderLine:
    group = dice.choice(GROUPS)
    return OrderLine(
        position=position,
        article_code=dice.choice(ARTICLES),
        description="An article",
        quantity=Decimal(dice.randint(1, 20)),
        unit_price=Decimal(dice.randint(1, 9_999)) / 100,
        vat_rate=Decimal(vat_rate),
        product_group=group,
        kind="shipping" if group == "shipping" else "article",
    )
