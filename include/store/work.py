"""What a task instance of Airflow did to which records. Reads only."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from include.store.database import Database, Row, named_queries

_sql = named_queries("work")


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task instance; `map_index` is -1 for one that is not mapped."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1


class WorkStore:
    """Answers for one task instance, over all its tries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sums(self, task: Task) -> list[Row]:
        """How many records of each administration it left in which state."""
        with self._database.transaction() as connection:
            return list(_sql.work_sums(connection, **asdict(task)))

    def records(self, task: Task, *, at_most: int) -> list[Row]:
        """The records, refused ones first, then the latest; `state` is what the task left them in, `state_now` what they are."""
        with self._database.transaction() as connection:
            return list(_sql.work_records(connection, **asdict(task), at_most=at_most))
