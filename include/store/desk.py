"""What people see at the desk: what waits for them, what is on its way, what is done, and whatever they look for. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from include.store.database import Database, Row, named_queries

_sql = named_queries("desk")


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """Which causes, and in what order: `records`, `amount`, `oldest`, `administration`; `after`: key, label, case of the last one seen."""

    administration: str | None = None
    code: str | None = None
    subject: str | None = None
    sort: str = "records"
    after: tuple[Decimal, str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What was typed, as whatever it may be; None where it cannot be that. `words`: for a question to a text index."""

    text: str
    amount: Decimal | None = None
    guid: UUID | None = None
    words: str | None = None


class DeskStore:
    """Named questions; each answer is a list of rows, a page of at most so many."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """The clock that all workers share."""
        with self._database.transaction() as connection:
            moment: datetime = _sql.moment(connection)
        return moment

    def open_causes(self, wanted: Narrowed, *, at_most: int) -> list[Row]:
        """Open causes with how much is at stake; `key` and `label` place the next page."""
        key, label, case_id = wanted.after or (None, None, None)
        where = {"administration": wanted.administration, "code": wanted.code, "subject": wanted.subject}
        return self._rows(_sql.open_causes, **where, sort=wanted.sort, at_most=at_most, after_key=key, after_label=label, after_id=case_id)

    def open_choices(self) -> list[Row]:
        """Administrations and codes of open causes, and how many causes each has."""
        return self._rows(_sql.open_choices)

    def counts(self, since: datetime) -> Row:
        """How many records are `open` and `waiting`, and how many documents were `booked` since that moment."""
        with self._database.transaction() as connection:
            row: Row = _sql.counts(connection, since=since)
        return row

    def case_records(self, cause: tuple[str, str, str], *, sort: str, after: tuple[Decimal, int] | None, at_most: int) -> list[Row]:
        """Records of a cause (administration, code, subject), by `oldest`, `newest` or `amount`; `key` places the next page."""
        key, mutation_id = after or (None, None)
        return self._rows(_sql.case_records, **_cause(cause), sort=sort, after_key=key, after_id=mutation_id, at_most=at_most)

    def case_sums(self, cause: tuple[str, str, str]) -> list[Row]:
        """Records and totals of a cause, by currency; None for records without an amount."""
        return self._rows(_sql.case_sums, **_cause(cause))

    def waiting_groups(self, administration: str | None) -> list[Row]:
        """What is on its way, counted by administration, flow and what has to happen first."""
        return self._rows(_sql.waiting_groups, administration=administration)

    def waiting_records(
        self, *, administration: str | None = None, flow: str | None = None, kind: str | None = None, after: int | None = None, at_most: int
    ) -> list[Row]:
        """The records of one group."""
        where = {"administration": administration, "flow": flow, "kind": kind, "mutation_id": None}
        return self._rows(_sql.waiting_records, **where, after_id=after, at_most=at_most)

    def waiting_record(self, mutation_id: int) -> Row | None:
        """What a single record waits for; None when it is not on its way."""
        where = {"administration": None, "flow": None, "kind": None, "mutation_id": mutation_id}
        return next(iter(self._rows(_sql.waiting_records, **where, after_id=None, at_most=1)), None)

    def limits(self) -> list[Row]:
        """What Exact's headers said last, by division."""
        return self._rows(_sql.divisions_limits)

    def done(
        self,
        *,
        state: str | None,
        administration: str | None,
        until: datetime | None,
        after: tuple[datetime, int] | None,
        at_most: int,
    ) -> list[Row]:
        """What ended, the latest first; `until` leaves out what ended later."""
        at, mutation_id = after or (None, None)
        where = {"state": state, "administration": administration, "until": until}
        return self._rows(_sql.done_records, **where, after_at=at, after_id=mutation_id, at_most=at_most)

    def done_by_day(self, since: datetime, until: datetime, *, zone: str, administration: str | None) -> list[Row]:
        """How many records ended on each day, by state."""
        return self._rows(_sql.done_by_day, since=since, until=until, zone=zone, administration=administration)

    def found(self, sought: Sought, *, at_most: int) -> list[Row]:
        """Records by number, id, token, customer, amount or name; `why` tells by which."""
        text = sought.text
        where = {"text": text, "begins": text, "beyond": _beyond(text), "guid": sought.guid, "amount": sought.amount, "words": sought.words}
        return self._rows(_sql.found, **where, at_most=at_most)

    def record(self, mutation_id: int) -> Row | None:
        """A record with what the mirror shows of its document and the case that it belongs to."""
        with self._database.transaction() as connection:
            row: Row | None = _sql.record(connection, mutation_id=mutation_id)
        return row

    def relatives(self, mutation_id: int) -> list[Row]:
        """The other effects of the same source record, what the record waits for, and what waits for it."""
        return self._rows(_sql.relatives, mutation_id=mutation_id)

    def calls(self, mutation_id: int) -> list[Row]:
        return self._rows(_sql.calls_of_record, mutation_id=mutation_id)

    def workers(self, owners: Sequence[str]) -> dict[str, Row]:
        """The tasks of Airflow behind workers' names."""
        return {row["owner"]: row for row in self._rows(_sql.workers, owners=list(owners))}

    def names_in_exact(self, division: int, entities: Sequence[str], *, ids: Sequence[str], codes: Sequence[str]) -> list[Row]:
        """Master data by id or by code, as the mirror has it."""
        where = {"entities": list(entities), "record_ids": list(ids), "codes": [code.upper() for code in codes]}
        return self._rows(_sql.names_in_exact, division=division, **where)

    def document_address(self, division: int) -> str:
        """Where people find a document of this division in Exact: a template, empty when unknown."""
        with self._database.transaction() as connection:
            return str(_sql.document_address(connection, division=division) or "")

    def _rows(self, query: Any, **parameters: Any) -> list[Row]:
        with self._database.transaction() as connection:
            return list(query(connection, **parameters))


def note_worker(database: Database, owner: str, task: Row) -> None:
    """Note the task instance of Airflow that a worker's name stands for: dag_id, run_id, task_id, map_index, try_number."""
    with database.transaction() as connection:
        _sql.note_worker(connection, owner=owner, **task)


def _cause(cause: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("administration", "code", "subject"), cause, strict=True))


def _beyond(text: str) -> str:
    """The first text, by code points, that does not begin like this one."""
    return text[:-1] + chr(min(ord(text[-1]) + 1, 0x10FFFF)) if text else text
