"""What the reconciliations found, as people and files ask for it. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from include.store.database import Database, Row, named_queries

_sql = named_queries("reconciliation_pages")

AT_ONCE = 2_000
RUNS_SHOWN = 30


@dataclass(frozen=True)
class Shown:
    """What of a comparison is looked at: some of its days, `since` included and `until` excluded; one administration, or all of them."""

    run_id: int
    since: date
    until: date
    administration: str = ""


class ReconciliationPages:
    """The results of finished comparisons."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, since: date | None = None, until: date | None = None) -> int | None:
        """The newest comparison, or the newest that holds all of these days."""
        with self._database.statement() as connection:
            run_id: int | None = _sql.latest_run(connection, since=since, until=until)
        return run_id

    def run(self, run_id: int) -> Row | None:
        """The comparison itself: window, moments, counts."""
        with self._database.statement() as connection:
            row: Row | None = _sql.run(connection, run_id=run_id)
        return row

    def runs(self) -> list[Row]:
        """The last comparisons, the newest first."""
        with self._database.statement() as connection:
            return list(_sql.runs(connection, at_most=RUNS_SHOWN))

    def days(self, shown: Shown) -> list[Row]:
        """Per day: documents on both sides, and how many differ by kind."""
        return self._rows(_sql.days, shown)

    def totals(self, shown: Shown) -> list[Row]:
        """Both sides of all days together, by administration, type, currency and VAT code."""
        return self._rows(_sql.totals, shown)

    def daily_totals(self, shown: Shown) -> list[Row]:
        """The same by day."""
        return self._rows(_sql.daily_totals, shown)

    def kinds(self, shown: Shown) -> list[Row]:
        """Documents and sums of each kind; how many of them somebody decided about."""
        return self._rows(_sql.kinds, shown)

    def differences(self, shown: Shown, *, kind: str = "", at_most: int = AT_ONCE, skipped: int = 0) -> list[Row]:
        """Documents that differ, by day."""
        return self._rows(_sql.differences, shown, kind=kind, at_most=at_most, skipped=skipped)

    def all_differences(self, shown: Shown) -> Iterator[Row]:
        """All of them, for a file."""
        skipped = 0
        while rows := self.differences(shown, skipped=skipped):
            yield from rows
            skipped += len(rows)

    def _rows(self, query: Any, shown: Shown, **others: Any) -> list[Row]:
        with self._database.statement() as connection:
            return list(query(connection, **vars(shown), **others))
