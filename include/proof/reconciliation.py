"""What the reconciliation finds of what is wrong, what it accuses that is right, and what it costs: planted differences, counted."""

from __future__ import annotations

import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from include.administrations.loader import Administrations, load_administrations
from include.demo.postgres import Postgres
from include.flows.nightly_reconciliation import BothSides, reconcile
from include.proof.reconciliation_books import DAYS, make_books
from include.sources.webshop import Webshop
from include.store.audit import Days
from include.store.database import Database, named_queries
from include.store.migrate import upgrade
from include.store.mirror import MirrorStore
from include.store.reconciliation import WORKING_MEMORY, ReconciliationStore, ShopAmount

_sql = named_queries("reconciliation")
REPEATS = 3


@dataclass(frozen=True)
class ReconciliationPlan:
    """How many documents, how many differences among them, and the seed of both."""

    documents: int = 20_000
    planted: int = 200
    seed: int = 7
    last_day: date = date(2026, 11, 20)


@dataclass(frozen=True, kw_only=True)
class ReconciliationResult:
    """What was found of what was planted; seconds by step. `compare_s`: both tables of all documents compared and summed up, in SQL.

    `join_s`: a bare count over a join of both by number, for the machine's measure. `client_mb`: what this process held at most.
    """

    documents: int
    planted: int
    found: int
    missed: dict[str, str]
    false: dict[str, str]
    sums_agree: bool
    seconds: dict[str, float]
    compare_s: float
    join_s: float
    client_mb: float

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        return self.found / (self.found + len(self.false)) if self.found or self.false else 1.0

    @property
    def is_whole(self) -> bool:
        """All found, each of its kind, and none beside them."""
        return not self.missed and not self.false and self.sums_agree

    def summary(self) -> dict[str, Any]:
        shown = {**vars(self), "missed": dict(list(self.missed.items())[:10]), "false": dict(list(self.false.items())[:10])}
        return {**shown, "recall": self.recall, "precision": self.precision, "compare_per_join": round(self.compare_s / self.join_s, 2)}


@dataclass
class _Timed(ReconciliationStore):
    """The store, with the seconds of its steps."""

    database: Database
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.database)

    @contextmanager
    def _measured(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[step] = round(self.seconds.get(step, 0.0) + time.perf_counter() - began, 3)

    def load_shop(self, rows: Any) -> None:
        with self._measured("copy_shop"):
            super().load_shop(list[ShopAmount](rows))

    def load_exact(self, since: date, until: date) -> None:
        with self._measured("add_up_exact"):
            super().load_exact(since, until)

    def compare(self, run_id: int) -> None:
        with self._measured("compare"):
            super().compare(run_id)


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL of this run's own, with a migrated database; gone with its files at the end."""
    directory = Path(tempfile.mkdtemp(prefix="reconciliation-"))
    directory.chmod(0o711)
    postgres = Postgres(directory, directory / "logs")
    try:
        postgres.start(postgres.environment(), ["reconciliation"])
        upgrade(postgres.dsn("reconciliation"), environment="proof")
        yield postgres.dsn("reconciliation")
    finally:
        postgres.stop()
        shutil.rmtree(directory, ignore_errors=True)


def prove_reconciliation(plan: ReconciliationPlan, dsn: str) -> ReconciliationResult:
    """Fill an empty, migrated database, compare, and judge what was found."""
    truth = make_books(dsn, documents=plan.documents, planted=plan.planted, seed=plan.seed, last_day=plan.last_day)
    database = Database(dsn)
    store = _Timed(database)
    days = Days(plan.last_day - timedelta(days=DAYS), plan.last_day + timedelta(days=1))
    try:
        with Webshop(dsn) as shop:
            began = time.perf_counter()
            tally = reconcile(_sides(shop, load_administrations(), store), days, "proof")
            store.seconds["whole"] = round(time.perf_counter() - began, 3)
        return _judged(plan, truth, store, tally["run_id"])
    finally:
        database.close()


def _sides(shop: Webshop, administrations: Administrations, store: _Timed) -> BothSides:
    mirrors = {each.name: MirrorStore(store.database, each.division) for each in administrations}
    return BothSides(shop, administrations, store, mirrors)


def _judged(plan: ReconciliationPlan, truth: dict[str, str], store: _Timed, run_id: int) -> ReconciliationResult:
    held_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = _found(store.database, run_id)
    missed = {number: kind for number, kind in truth.items() if found.get(number) != kind}
    compare_s, join_s = _measured_alone(store.database, run_id)
    return ReconciliationResult(
        documents=plan.documents,
        planted=len(truth),
        found=len(truth) - len(missed),
        missed=missed,
        false={number: kind for number, kind in found.items() if truth.get(number) != kind},
        sums_agree=_sums_agree(store.database, run_id),
        seconds=store.seconds,
        compare_s=compare_s,
        join_s=join_s,
        client_mb=round(held_mb, 1),
    )


def _found(database: Database, run_id: int) -> dict[str, str]:
    """Kinds by number; what was made by hand goes by the reference that it carries."""
    query = "select coalesce(documents -> 0 ->> 'reference', number) as name, number, kind from reconciliation_difference where run_id = %s"
    with database.statement() as connection:
        rows = connection.execute(query, (run_id,)).fetchall()
    return {row["name"] if row["kind"] == "by_hand" else row["number"]: row["kind"] for row in rows}


def _sums_agree(database: Database, run_id: int) -> bool:
    """What the kinds add up to is the whole difference, in each currency."""
    whole = (
        "select currency, sum(booked_net + booked_vat - expected_net - expected_vat) as gap from reconciliation_total"
        " where run_id = %s group by 1"
    )
    kinds = (
        "select currency, sum(booked_net + booked_vat - expected_net - expected_vat) as gap from reconciliation_amount"
        " join reconciliation_difference using (difference_id) where run_id = %s group by 1"
    )
    with database.statement() as connection:
        sums = [{row["currency"]: row["gap"] for row in connection.execute(query, (run_id,)) if row["gap"]} for query in (whole, kinds)]
    return sums[0] == sums[1]


def _measured_alone(database: Database, run_id: int) -> tuple[float, float]:
    """The medians of comparing both tables and summing them up, and of a bare join of them, in turns."""
    compared, joined = [], []
    with database.statement() as connection:
        connection.execute("create index if not exists proof_total on reconciliation_total (run_id)")
        for _ in range(REPEATS):
            with connection.transaction(force_rollback=True):
                connection.execute("drop table differing")
                connection.execute("delete from reconciliation_total where run_id = %s", (run_id,))
                connection.execute(WORKING_MEMORY)
                began = time.perf_counter()
                _sql.compare(connection)
                _sql.add_totals(connection, run_id=run_id)
                compared.append(time.perf_counter() - began)
                began = time.perf_counter()
                connection.execute("select count(*) from shop_amount join exact_amount using (document)").fetchall()
                joined.append(time.perf_counter() - began)
    return round(statistics.median(compared), 3), round(statistics.median(joined), 3)
