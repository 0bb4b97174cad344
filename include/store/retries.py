"""Another try that somebody asked for, as rows: who, which records, at what pace, and how far it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from include.outbox.model import Mutation
from include.outbox.ports import Purpose
from include.store.database import Database, Row, named_queries
from include.store.deeds import AIRFLOW, Deed, Doer, note_deed
from include.store.permits import RESERVES
from include.store.rows import mutation_of

_sql = named_queries("retries")

# Sent again; credited and booked anew; booked once more after somebody deleted it in Exact.
AGAIN, REBOOK, BOOK_AGAIN = "again", "rebook", "book_again"
_DEEDS = {AGAIN: "retry", REBOOK: "rebook", BOOK_AGAIN: "book_again"}
# Half of Exact's sixty, until its headers have told the limit.
PACE_BEFORE_LIMITS = 30
# A try that nobody has begun, or moved on with, for so long has lost its worker.
GRACE_S = 120.0
REST_AT_LEAST_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Retry:
    """A try. `done` counts what was tried, `posted` and `refused` of that; `why`: why it rests, or failed."""

    retry_id: int
    case_id: str
    asked_by: str
    via: str
    kind: str
    asked_at: datetime
    whole: bool
    pace_per_minute: int
    total: int
    done: int
    posted: int
    refused: int
    canary_passed: bool
    stop_asked_by: str | None
    not_before: datetime
    begun_at: datetime | None
    moved_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    why: str

    @property
    def left(self) -> int:
        return self.total - self.done

    @property
    def by(self) -> str:
        """Who it is in the history of the records."""
        return "cleared in Airflow" if self.via == AIRFLOW else Doer(self.asked_by, self.via).doing(_DEEDS[self.kind])


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for: the whole case without `records`; the usual pace without `pace_per_minute`."""

    doer: Doer
    kind: str = AGAIN
    records: Collection[int] | None = None
    pace_per_minute: int | None = None


@dataclass(frozen=True)
class Asked:
    """What became of a wish: `is_new`, or what somebody asked before covers it; no `retry`: nothing of it waits any more."""

    retry: Retry | None
    is_new: bool


@dataclass(frozen=True)
class Next:
    """The next record of a try; `sent_since`: it was sent after the try was asked for, by a worker that could not note it any more."""

    record: Mutation
    sent_since: bool


class RetryStore:
    """Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, case_id: str, wish: Wish) -> Asked:
        """Note the wish, with the records that no other try is going to send anyway."""
        with self._database.transaction() as connection:
            _sql.lock_case(connection, case_id=case_id)
            retry = self._insert(connection, case_id, wish)
            if retry.total:
                facts = {"retry": retry.retry_id, "records": retry.total, "pace_per_minute": retry.pace_per_minute, "whole": retry.whole}
                only = next(iter(wish.records)) if wish.records and len(wish.records) == 1 else None
                note_deed(connection, Deed(wish.doer, _DEEDS[wish.kind], case_id=case_id, mutation_id=only, facts=facts))
                return Asked(retry, is_new=True)
            raise psycopg.Rollback
        return Asked(self._covering(case_id, wish), is_new=False)

    def _insert(self, connection: psycopg.Connection[Row], case_id: str, wish: Wish) -> Retry:
        pace = wish.pace_per_minute or _sql.usual_pace(connection, case_id=case_id, otherwise=PACE_BEFORE_LIMITS)
        whole = wish.records is None
        columns = {"asked_by": wish.doer.name, "via": wish.doer.via, "kind": wish.kind, "whole": whole, "pace_per_minute": pace}
        row = _sql.insert_retry(connection, case_id=case_id, **columns)
        chosen = None if wish.records is None else sorted(wish.records)
        return self._joined(connection, _retry(row), chosen)

    def _joined(self, connection: psycopg.Connection[Row], retry: Retry, chosen: Sequence[int] | None) -> Retry:
        added = _sql.add_records(connection, retry_id=retry.retry_id, case_id=retry.case_id, kind=retry.kind, chosen=chosen)
        _sql.more_records(connection, retry_id=retry.retry_id, added=added)
        return _retry(_sql.retry_by_id(connection, retry_id=retry.retry_id))

    def _covering(self, case_id: str, wish: Wish) -> Retry | None:
        chosen = None if wish.records is None else sorted(wish.records)
        with self._database.transaction() as connection:
            row = _sql.covering(connection, case_id=case_id, chosen=chosen)
        return _retry(row) if row else None

    def usual_pace(self, case_id: str) -> int:
        """Records a minute that a try of this case is sent with when nobody says otherwise."""
        with self._database.transaction() as connection:
            return int(_sql.usual_pace(connection, case_id=case_id, otherwise=PACE_BEFORE_LIMITS))

    def unfinished(self, case_id: str) -> list[Retry]:
        """What was asked for and is not through, the oldest first."""
        with self._database.transaction() as connection:
            return [_retry(row) for row in _sql.unfinished(connection, case_id=case_id)]

    def last(self, case_id: str) -> Retry | None:
        with self._database.transaction() as connection:
            row = _sql.last_retry(connection, case_id=case_id)
        return _retry(row) if row else None

    def get(self, retry_id: int) -> Retry | None:
        with self._database.transaction() as connection:
            row = _sql.retry_by_id(connection, retry_id=retry_id)
        return _retry(row) if row else None

    def begin(self, retry: Retry) -> Retry | None:
        """Somebody works on it now; None when it was finished meanwhile."""
        with self._database.transaction() as connection:
            row = _sql.begin_retry(connection, retry_id=retry.retry_id)
        return _retry(row) if row else None

    def next_of(self, retry: Retry, *, at_most: int) -> list[Next]:
        """Its next records that nobody noted a result for."""
        with self._database.transaction() as connection:
            rows = list(_sql.next_records(connection, retry_id=retry.retry_id, at_most=at_most))
        return [Next(mutation_of(row), row["sent_since"]) for row in rows]

    def join(self, retry: Retry) -> bool:
        """What joined the case since belongs to a try of the whole case as well; False when nothing did."""
        with self._database.transaction() as connection:
            return self._joined(connection, retry, None).total > retry.total

    def note(self, retry: Retry, mutation_ids: Collection[int], *, rests: bool = False) -> Retry:
        """Note what became of these records, and return how far the try is; `rests`: those that are still planned are tried yet."""
        columns = {"retry_id": retry.retry_id, "mutation_ids": sorted(mutation_ids), "rests": rests}
        with self._database.transaction() as connection:
            return _retry(_sql.note_results(connection, **columns))

    def pass_canary(self, retry: Retry) -> Retry:
        """One of them got through: the others may follow."""
        with self._database.transaction() as connection:
            return _retry(_sql.pass_canary(connection, retry_id=retry.retry_id))

    def rest(self, retry: Retry, division: int, why: str) -> Retry:
        """Exact's limits do not let it go on: until they do, as far as their headers told."""
        columns = {"why": why, "at_least_s": REST_AT_LEAST_S, "reserve": RESERVES[Purpose.NEAR_TIME], "division": division}
        with self._database.transaction() as connection:
            return _retry(_sql.rest(connection, retry_id=retry.retry_id, **columns))

    def finish(self, retry: Retry, outcome: str, why: str = "") -> Retry:
        """It is through: `done`, `canary_refused`, `stopped`, `failed` or `withdrawn`."""
        with self._database.transaction() as connection:
            row = _sql.finish(connection, retry_id=retry.retry_id, outcome=outcome, why=why)
            return _retry(row or _sql.retry_by_id(connection, retry_id=retry.retry_id))

    def stop(self, case_id: str, doer: Doer) -> Retry | None:
        """Somebody wants the oldest unfinished try to end: at its next step, or at once when nobody began it; None when there is none."""
        with self._database.transaction() as connection:
            row = _sql.stop(connection, case_id=case_id, by=doer.name)
            if row is not None:
                facts = {"retry": row["retry_id"], "done": row["done"], "records": row["total"]}
                note_deed(connection, Deed(doer, "stop", case_id=case_id, facts=facts))
        return _retry(row) if row else None

    def stalled(self, *, grace_s: float = GRACE_S) -> list[str]:
        """The cases with a try that should be under way, and that nobody works on."""
        with self._database.transaction() as connection:
            return [row["case_id"] for row in _sql.stalled(connection, grace_s=grace_s)]


def _retry(row: Row) -> Retry:
    return Retry(**row)
