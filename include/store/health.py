"""How the flows fare, from sums that are brought up to date before they are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from include.store.database import Database, Row, named_queries
from include.store.quota import MEASURED_DAYS, Backlog, QuotaStore

_sql = named_queries("health")


class Period(StrEnum):
    """What a page looks back on; it ends with the running hour or day."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def unit(self) -> str:
        """The width of a column of its charts."""
        return "hour" if self is Period.DAY else "day"


_BEFORE = {Period.DAY: {"days": 0, "hours": 23}, Period.WEEK: {"days": 6, "hours": 0}, Period.MONTH: {"days": 29, "hours": 0}}


@dataclass(frozen=True, kw_only=True)
class Span:
    """A period with its bounds: `since` is the beginning of its first column, `until` is now by the clock that all workers share."""

    period: Period
    zone: str
    since: datetime
    until: datetime


class HealthStore:
    """Named questions about the sums; each answer is a list of rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sum_up(self) -> datetime:
        """Count what changed; returns up to which moment the sums hold (an earlier one while somebody else counts)."""
        with self._database.transaction() as connection:
            moment: datetime = _sql.sum_up(connection)
        return moment

    def span(self, period: Period, zone: str) -> Span:
        """The period that ends now, in the time zone of the reader."""
        with self._database.transaction() as connection:
            bounds: Row = _sql.period(connection, unit=period.unit, zone=zone, **_BEFORE[period])
        return Span(period=period, zone=zone, **bounds)

    def outcomes(self, span: Span) -> list[Row]:
        """`administration`, `flow`, `state`, `documents`, `refused` (at some time) of what was planned in the span."""
        return self._rows(_sql.outcomes, since=span.since)

    def outcomes_over_time(self, span: Span, flow: str | None = None) -> list[Row]:
        """The same by `at`, the beginning of a column; of all flows or of one."""
        return self._rows(_sql.outcomes_over_time, flow=flow, **_columns(span))

    def paces(self, span: Span) -> list[Row]:
        """`p50_s`, `p95_s` by `administration`, `flow` and `since`: from the source's change, or from our planning, until booked."""
        return self._rows(_sql.paces, since=span.since)

    def paces_over_time(self, span: Span, flow: str | None = None) -> list[Row]:
        """`p50_s`, `p95_s` from the source's change, by `administration` and `at`."""
        return self._rows(_sql.paces_over_time, flow=flow, **_columns(span))

    def open(self) -> list[Row]:
        """What waits now: `administration`, `flow`, `state`, `is_bulk`, `documents`, `oldest_at`."""
        return self._rows(_sql.open)

    def calls_over_time(self, span: Span) -> list[Row]:
        """`calls` (those that count), `refused`, `unanswered` by `division` and `at`."""
        return self._rows(_sql.calls_over_time, **_columns(span))

    def mirrors(self) -> list[Row]:
        """By `division`: the `entity` that was read longest ago, at `began_at`, of how many `feeds`."""
        return self._rows(_sql.mirrors)

    def cases(self) -> list[Row]:
        """Open cases by `administration`, and since when the oldest is open (`opened_at`)."""
        return self._rows(_sql.cases)

    def now(self) -> datetime:
        """The clock that all workers share."""
        with self._database.transaction() as connection:
            moment: datetime = _sql.moment(connection)
        return moment

    def _rows(self, query: Any, **parameters: Any) -> list[Row]:
        with self._database.transaction() as connection:
            return list(query(connection, **parameters))


class SummedQuota(QuotaStore):
    """Limits and backlog of one division as `QuotaStore` has them, from the sums: a page asks for all divisions at once."""

    def __init__(self, database: Database, division: int, *, administration: str) -> None:
        super().__init__(database, division)
        self._administration = administration

    def backlogs(self) -> list[Backlog]:
        """What is planned, by flow; what is bulk comes last."""
        with self._database.transaction() as connection:
            planned = list(_sql.planned(connection, administration=self._administration))
        measured = {row["flow"]: row for row in self._measured()} if planned else {}
        calls = {flow: {"measured_calls": row["calls"], "measured_documents": row["documents"]} for flow, row in measured.items()}
        return [Backlog(**row, **calls.get(row["flow"], {"measured_calls": 0, "measured_documents": 0})) for row in planned]

    def background(self) -> tuple[int, float]:
        """Calls of the last days that carried no document, and the seconds in which they were made."""
        rows = self._measured()
        return sum(row["calls"] for row in rows if not row["flow"]), max((row["seconds"] for row in rows), default=0.0)

    def _measured(self) -> list[Row]:
        with self._database.transaction() as connection:
            return list(_sql.measured(connection, division=self._division, days=MEASURED_DAYS))


def _columns(span: Span) -> dict[str, Any]:
    return {"since": span.since, "unit": span.period.unit, "zone": span.zone}
