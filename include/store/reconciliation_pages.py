"""What the reconciliations found, as people and files ask for it. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from include.store.database import Database, Row, named_queries

_sql = named_queries("reconciliation_pages")

AT_ONCE = 2_000
RUNS_SHOWN = 30


class ReconciliationPages:
    """The results of finished comparisons; `administration` empty: of all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, day: date | None = None) -> int | None:
        """The newest comparison, or the newest that holds this day."""
        with self._database.statement() as connection:
            run_id: int | None = _sql.latest_run(connection, day=day)
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

    def days(self, run_id: int, administration: str = "") -> list[Row]:
        """Per day: documents on both sides, and how many differ by kind."""
        return self._rows(_sql.days, run_id, administration)

    def totals(self, run_id: int, administration: str = "") -> list[Row]:
        """Both sides of all days together, by administration, type, currency and VAT code."""
        return self._rows(_sql.totals, run_id, administration)

    def daily_totals(self, run_id: int, administration: str = "") -> list[Row]:
        """The same by day."""
        return self._rows(_sql.daily_totals, run_id, administration)

    def kinds(self, run_id: int, administration: str = "") -> list[Row]:
        """Documents and sums of each kind, by currency."""
        return self._rows(_sql.kinds, run_id, administration)

    def differences(self, run_id: int, administration: str = "", *, kind: str = "", at_most: int = AT_ONCE, skipped: int = 0) -> list[Row]:
        """Documents that differ, by day."""
        return self._rows(_sql.differences, run_id, administration, kind=kind, at_most=at_most, skipped=skipped)

    def all_differences(self, run_id: int, administration: str = "") -> Iterator[Row]:
        """All of them, for a file."""
        skipped = 0
        while rows := self.differences(run_id, administration, skipped=skipped):
            yield from rows
            skipped += len(rows)

    def amounts(self, difference_ids: list[int]) -> list[Row]:
        """The amounts of some differences, by administration, currency and VAT code."""
        with self._database.statement() as connection:
            return list(_sql.amounts(connection, difference_ids=difference_ids))

    def _rows(self, query: Any, run_id: int, administration: str, **others: Any) -> list[Row]:
        with self._database.statement() as connection:
            return list(query(connection, run_id=run_id, administration=administration, **others))
