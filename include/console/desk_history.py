"""What happened to a record, when, and through whom: its events and what people did, as one story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from include.console.desk_lines import Reader, person_of
from include.outbox.causes import explain
from include.store.database import Row
from include.store.deeds import Noted

# What people did without changing the record: the rest shows as an event.
TOLD_DEEDS = frozenset({"retry", "stop", "note", "current_period"})
# From and to, where the new state alone does not tell it.
CHANGES = {
    (None, "posted"): "taken",
    ("planned", "posted"): "taken",
    ("planned", "planned"): "newer",
    ("sending", "planned"): "not_processed",
    ("unknown", "planned"): "absent",
    ("unknown", "posted"): "found",
    ("dead_letter", "planned"): "retried",
    ("dead_letter", "posted"): "adopted",
    ("dead_letter", "unknown"): "look_again",
    ("dead_letter", "dead_letter"): "other_cause",
    ("dismissed", "planned"): "wanted_again",
}
# Facts of events that are told in words of their own.
REASON, ADOPTED = "reason", "adopted"


@dataclass(frozen=True)
class Task:
    """A task instance of Airflow, and the path of its page."""

    dag_id: str
    run_id: str
    task_id: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened: `key` names its words; `by` the person, else `task` what worked; `says`: a cause, a reason, a note."""

    at: datetime
    key: str
    by: str
    task: Task | None
    says: str
    attempt: int
    version: int


def entries(events: Sequence[Row], deeds: Sequence[Noted], tasks: Mapping[str, Task], reader: Reader) -> list[Entry]:
    """Events and deeds in the order in which they happened, the latest first."""
    told = [_event(event, tasks, reader) for event in events]
    told += [_deed(deed, reader) for deed in deeds if deed.what in TOLD_DEEDS]
    return sorted(told, key=lambda entry: entry.at, reverse=True)


def owner_of(actor: str) -> str:
    """The worker's name in the name of who acted: `case by machine:1:ab` is that worker."""
    return actor.rpartition(" by ")[2]


def task_of(row: Row) -> Task:
    """The task instance behind a worker's name."""
    mapped = f"/mapped/{row['map_index']}" if row["map_index"] >= 0 else ""
    path = f"dags/{row['dag_id']}/runs/{row['run_id']}/tasks/{row['task_id']}{mapped}"
    return Task(row["dag_id"], row["run_id"], row["task_id"], path)


def _event(event: Row, tasks: Mapping[str, Task], reader: Reader) -> Entry:
    change = CHANGES.get((event["before"], event["after"]), str(event["after"]))
    says = str(event["facts"].get(REASON) or "")
    if not says and event["cause"]:
        code, _, subject = event["cause"].partition(":")
        says = explain(code, subject, reader.language)[0]
    return Entry(
        at=event["at"],
        key=change,
        by=person_of(event["actor"]),
        task=tasks.get(owner_of(event["actor"])),
        says=reader.eyes.text(says),
        attempt=event["attempt"],
        version=event["payload_version"],
    )


def _deed(deed: Noted, reader: Reader) -> Entry:
    return Entry(at=deed.at, key=f"deed_{deed.what}", by=deed.who, task=None, says=reader.eyes.text(deed.said), attempt=0, version=0)
