"""What a benchmark is given: orders, faults, how fast time runs, and who books."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from include.proof.fleet_plan import FleetPlan

ADMINISTRATION, DIVISION = "BE", 820202
PRICE, VAT_RATE = Decimal(100), Decimal(21)
GUESTS = "90000"
# Relations that Exact blocks: each is one cause.
BLOCKED = ("91001", "91002")
HOUR_S = 3_600.0


class Scene(StrEnum):
    """What befalls the orders."""

    CALM = "calm"
    FAULTS = "faults"
    INVALID = "invalid"


class Client(StrEnum):
    """Who books them; each as one task of Airflow for the administration, with Airflow's retries."""

    EXACTLY = "exactly"
    PLAIN = "plain"
    LOOKING = "looking"
    EXACTONLINE = "exactonline"


@dataclass(frozen=True)
class BenchOrder:
    """One order of one line, of a guest or of a customer whom Exact blocks."""

    number: str
    customer: str
    quantity: int
    day: str

    @property
    def net(self) -> Decimal:
        return PRICE * self.quantity

    @property
    def vat(self) -> Decimal:
        return self.net * VAT_RATE / 100

    @property
    def is_valid(self) -> bool:
        return self.customer not in BLOCKED


@dataclass(frozen=True)
class BenchPlan:
    """`invalid`: how many orders of two causes Exact refuses, among `among` good ones · `retries`, `retry_delay_s`: Airflow's;
    the delay is its own default · `runs_max`: hourly runs, as long as something is left · `minutely`, `daily`: the limits in force ·
    `limiter_minutes`: how long sixteen processes want to call, sixty times a minute at most · `fleet_orders`,
    `fleet_kills`: of the run that measures B10.

    The faster time runs, the more the whole seconds of the `Date` header weigh, and the load of the machine.
    """

    orders: int = 1_000
    seed: int = 7
    fault_rate: float = 0.06
    time_scale: float = 10.0
    minutely: int = 300
    daily: int = 5_000
    retries: int = 3
    retry_delay_s: float = 300.0
    runs_max: int = 3
    invalid: int = 40
    among: int = 100
    limiter_minutes: int = 20
    fleet_orders: int = 400
    fleet_kills: int = 40

    @property
    def wire(self) -> FleetPlan:
        """What the sandbox and our own processes are told."""
        return FleetPlan(seed=self.seed, fault_rate=0.0, time_scale=self.time_scale, minutely=self.minutely)

    @property
    def faults(self) -> FleetPlan:
        """The fleet's mix, of which the sandbox makes five kinds; the sixth, a connection that fails, is made on the client's side."""
        return FleetPlan(seed=self.seed, fault_rate=self.fault_rate, time_scale=self.time_scale)

    def orders_of(self, scene: Scene) -> list[BenchOrder]:
        """The same for every client, from the seed."""
        dice = random.Random(f"{self.seed} {scene}")
        day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
        if scene is not Scene.INVALID:
            return [BenchOrder(f"B{number:06d}", GUESTS, dice.randint(1, 9), day) for number in range(1, self.orders + 1)]
        customers = [GUESTS] * self.among + [BLOCKED[number % len(BLOCKED)] for number in range(self.invalid)]
        dice.shuffle(customers)
        return [BenchOrder(f"B{number:06d}", customer, dice.randint(1, 9), day) for number, customer in enumerate(customers, start=1)]


@dataclass(frozen=True)
class Told:
    """What the task of a client is told; `folder` is where it keeps what it has to remember."""

    exact_url: str
    time_scale: float
    folder: str
    store_dsn: str = ""
    cipher_key: str = ""
    minutely: int = 300
    seed: int = 7

    def save(self, orders: list[BenchOrder]) -> Path:
        """Write what is told, and the orders beside it."""
        file = Path(self.folder) / "told.json"
        (Path(self.folder) / "orders.json").write_text(json.dumps([asdict(each) for each in orders]), encoding="utf-8")
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return file

    @classmethod
    def read(cls, file: str) -> Told:
        return cls(**json.loads(Path(file).read_text(encoding="utf-8")))

    def orders(self) -> list[BenchOrder]:
        return [BenchOrder(**each) for each in json.loads((Path(self.folder) / "orders.json").read_text(encoding="utf-8"))]
