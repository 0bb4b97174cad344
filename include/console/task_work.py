"""What one task instance of Airflow booked and what was refused to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from include.console.desk_lines import Reader, RecordLine, line_of
from include.outbox.causes import explain
from include.store.database import Row
from include.store.work import Task, WorkStore

RECORDS_MAX = 200


@dataclass(frozen=True, kw_only=True)
class WorkLine(RecordLine):
    """A record as the task left it; `says`: why it was refused, `changed`: the record stands otherwise by now."""

    says: str
    changed: bool


@dataclass(frozen=True)
class Sum:
    """How many records of an administration were left in a state."""

    administration: str
    state: str
    records: int


@dataclass(frozen=True)
class TaskWork:
    """The task's sums and its records, `left_out` of which are not listed."""

    sums: Sequence[Sum]
    lines: Sequence[WorkLine]
    left_out: int


def task_work(store: WorkStore, task: Task, reader: Reader) -> TaskWork:
    """What the task instance did, over all its tries."""
    sums = [Sum(row["administration"], row["state"], row["records"]) for row in store.sums(task)]
    lines = [_line(row, reader) for row in store.records(task, at_most=RECORDS_MAX)]
    return TaskWork(sums, lines, sum(each.records for each in sums) - len(lines))


def _line(row: Row, reader: Reader) -> WorkLine:
    code, _, subject = (row["cause"] or "").partition(":")
    says = reader.eyes.text(explain(code, subject, reader.language)[0]) if code and row["state"] in {"dead_letter", "dismissed"} else ""
    return WorkLine(**line_of(row), since=row["since"], says=says, changed=row["state"] != row["state_now"])
