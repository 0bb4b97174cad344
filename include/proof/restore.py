"""T15: the outbox restored from a backup of the middle of its work. What it forgot is in Exact, and must not be sent again."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography.fernet import Fernet

from include.administrations.loader import load_administrations
from include.demo.postgres import Postgres
from include.errors import SetupError
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.proof.airflow_judgement import DOCUMENTS
from include.proof.airflow_orders import ProofOrder, ProofShop
from include.proof.airflow_report import NO_EXTRA_POST
from include.proof.checker import check
from include.proof.fleet_places import sandbox
from include.proof.fleet_plan import ENVIRONMENT, FleetPlan, Place, app, settings
from include.proof.judge import Violation
from include.proof.restore_ways import Backup, Way
from include.proof.sandbox_door import SandboxDoor
from include.proof.signing_in import sign_in
from include.run import Run, Window, chain_name, open_run
from include.store.chain import StoredChain
from include.store.database import Database
from include.store.installation import accept
from include.store.migrate import upgrade

STORE, SHOP = "exactly", "webshop"
NAMES = ("UK", "BE")
SLOW_S = 0.3
LOOK_S = 0.1
SETTLED = "select count(*) from mutation where effect = 'sale' and state not in ('planned', 'sending', 'unknown')"
IN_MID_WORK = """
select count(*) from mutation s where s.state = 'sending'
    and exists (select from mutation where state = 'posted') and exists (select from mutation where state = 'planned')
"""
# What somebody would do who only wants the refusal to go away.
STAMPED = "update installation set place = database_place(), stamped_by = pg_current_xact_id()::xid::text"
CHANGED = "update webshop.sale_items set title = 'Changed' where sale_no = any(%s)"
TOUCHED = "update webshop.sales set updated_at = clock_timestamp() where sale_no = any(%s)"


@dataclass(frozen=True)
class RestorePlan:
    """So many orders, half of them booked after the backup; restored in each of these ways. `is_careful`: False is the negative control."""

    orders: int = 60
    seed: int = 7
    ways: Sequence[Way] = tuple(Way)
    time_scale: float = 6.0
    longest_s: float = 300.0
    is_careful: bool = True


@dataclass
class Restored:
    """What came of one way. `forgotten`: documents that Exact got after the backup; `was_refused`: nothing was called before `accept`."""

    way: Way
    forgotten: int = 0
    is_noticed: bool = False
    was_refused: bool = False
    needed_consent: bool = False
    documents: int = 0
    posts: int = 0
    seconds: float = 0.0
    violations: list[Violation] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        refused = (self.was_refused and self.is_noticed) or self.way is Way.FILES
        return not self.violations and refused and self.needed_consent and self.forgotten > 0

    def as_json(self) -> dict[str, object]:
        return {
            **asdict(self),
            "way": self.way.name.lower(),
            "violations": [str(each) for each in self.violations[:20]],
            "holds": self.holds,
        }


def prove_restore(plan: RestorePlan, watch: Callable[[str], None] = lambda line: None) -> list[Restored]:
    """Back up, go on, restore and go on again, once for each way, each on a PostgreSQL and a sandbox of its own."""
    found = []
    for way in plan.ways:
        watch(way.value)
        with (
            _server(STORE) as server,
            _server(SHOP) as shop,
            tempfile.TemporaryDirectory() as folder,
            sandbox(_fleet(plan), Path(folder)) as exact,
        ):
            story = Story(plan, Backup(server, STORE, way, Path(folder)), shop.dsn(SHOP), exact.url)
            found.append(story.run())
    return found


def _fleet(plan: RestorePlan) -> FleetPlan:
    return FleetPlan(orders=plan.orders, fault_rate=0.0, seed=plan.seed, time_scale=plan.time_scale, minutely=100_000)


@contextmanager
def _server(database: str) -> Iterator[Postgres]:
    directory = Path(tempfile.mkdtemp(prefix="restore-pg-", dir="/tmp"))
    directory.chmod(0o711)
    server = Postgres(directory, directory / "logs")
    try:
        server.start(server.environment(), [database])
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


class Story:
    """One backup and one restore."""

    def __init__(self, plan: RestorePlan, backup: Backup, shop_dsn: str, exact_url: str) -> None:
        self._plan, self._backup, self._shop_dsn = plan, backup, shop_dsn
        self._place = Place(backup.dsn, exact_url, "", Fernet.generate_key())
        self._door = SandboxDoor(exact_url)
        self._result = Restored(backup.way)
        upgrade(self._place.store_dsn, environment=ENVIRONMENT)
        self._shop = ProofShop(shop_dsn, plan.seed)
        self._orders: list[ProofOrder] = []

    def run(self) -> Restored:
        """The whole of it."""
        began = time.monotonic()
        self._sign_in()
        for name in NAMES:
            self._each(name, refresh)
        self._back_up_in_mid_work()
        self._order(2)
        self._book_all()
        self._backup.restore()
        self._result.is_noticed = self._backup.is_noticed()
        self._result.forgotten = self._forgotten()
        # Files that were put back show nothing: somebody has to know, and to say so before anything runs.
        self._result.was_refused = self._backup.way is not Way.FILES and self._refusal() == "copied_database"
        self._accept()
        self._result.needed_consent = self._refusal() == "needs_consent"
        self._sign_in()
        self._change_what_was_forgotten()
        self._book_all()
        self._judge()
        self._result.seconds = round(time.monotonic() - began, 1)
        return self._result

    def _order(self, number: int) -> None:
        self._orders += self._shop.add(number, self._plan.orders // 2 // len(NAMES), NAMES)

    def _back_up_in_mid_work(self) -> None:
        """While one administration sends; the other one has not begun."""
        self._order(1)
        self._door.ask("faults", {"kind": "slow", "method": "POST", "rate": 1.0, "seconds": SLOW_S * self._plan.time_scale})
        with ThreadPoolExecutor(1) as worker:
            working = worker.submit(self._each, NAMES[0], book_orders)
            self._wait(lambda: self._count(IN_MID_WORK) > 0)
            self._backup.take()
            working.result()
        self._door.ask("faults", method="DELETE")

    def _book_all(self) -> None:
        """As the hours go by: every flow, and the upkeep, until nothing is on its way."""

        def is_done() -> bool:
            for name in NAMES:
                self._each(name, lambda run: run.outbox.settle_unknown())
                self._each(name, book_orders)
            return self._count(SETTLED) == len(self._orders)

        self._wait(is_done)

    def _accept(self) -> None:
        """`exactly accept-database`, by somebody who knows; or its stamp alone, by the control."""
        if self._plan.is_careful:
            database = Database(self._place.store_dsn)
            accept(database, ENVIRONMENT, by="the proof")
            database.close()
            return
        with psycopg.connect(self._place.store_dsn) as connection:
            connection.execute(STAMPED)
            connection.execute("update oauth_chain set state = 'needs_consent', access_token = null, refresh_token = null")

    def _change_what_was_forgotten(self) -> None:
        """The shop does not wait for us: what the outbox forgot has another version by the time that it is read again."""
        numbers = [each.number for each in self._orders[-len(NAMES) :]]
        with psycopg.connect(self._shop_dsn) as connection:
            connection.execute(CHANGED, (numbers,))
            connection.execute(TOUCHED, (numbers,))

    def _refusal(self) -> str:
        """The code of the error that a run ends with; empty when it did anything."""
        before = len(self._door.calls())
        try:
            self._each(NAMES[0], book_orders)
        except SetupError as refused:
            return refused.code if len(self._door.calls()) == before else ""
        return ""

    def _judge(self) -> None:
        found = check(self._place.store_dsn, self._door.documents(), sources=[each.record for each in self._orders])
        self._result.documents, self._result.posts = found.documents, self._posts()
        self._result.violations = list(found.violations)
        if self._result.posts != found.documents:
            told = f"{self._result.posts} POSTs for {found.documents} documents"
            self._result.violations.append(Violation(NO_EXTRA_POST, self._result.way.value, told))

    def _posts(self) -> int:
        return sum(each["method"] == "POST" and each["endpoint"] in DOCUMENTS for each in self._door.calls())

    def _forgotten(self) -> int:
        """Documents of Exact that the restored outbox does not call posted."""
        with psycopg.connect(self._place.store_dsn) as connection:
            known = {str(row[0]) for row in connection.execute("select exact_id from mutation where exact_id is not null")}
        return sum(each.exact_id not in known for each in self._door.documents())

    def _count(self, question: str) -> int:
        with psycopg.connect(self._place.store_dsn) as connection:
            row = connection.execute(question).fetchone()
        return int(row[0]) if row else 0

    def _wait(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self._plan.longest_s
        while not is_so():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not settled within {self._plan.longest_s:.0f} s: {self._count(SETTLED)} of {len(self._orders)}")
            time.sleep(LOOK_S)

    def _each(self, name: str, act: Callable[[Run], object]) -> None:
        now = datetime.now(UTC)
        window = Window(now - timedelta(hours=1), now, follows_cursor=True)
        given = settings(_fleet(self._plan), self._place, name, load_administrations())
        with open_run(replace(given, source_dsn=self._shop_dsn, window=window)) as run:
            act(run)

    def _sign_in(self) -> None:
        database = Database(self._place.store_dsn)
        for name in NAMES:
            application = app(self._place, name)
            sign_in(application, StoredChain(database, chain_name(application), Fernet(self._place.cipher_key)))
        database.close()
