"""Puts records into our database as the flows do, by the project's own store."""

from __future__ import annotations

from collections.abc import Mapping

from include.outbox.model import Cause, Draft
from include.outbox.times import Times
from include.store.database import Database
from include.store.desk import note_worker
from include.store.outbox import OutboxStore
from tests.outbox.scenes import dead, draft
from tests.store.rigs import APP, WITNESSES


class Plant:
    """Records of the Belgian company, unless told otherwise."""

    def __init__(self, dsn: str, owner: str = "planted") -> None:
        self.database = Database(dsn)
        self.owner = owner
        self._store = OutboxStore(self.database, WITNESSES, app=APP, owner=owner, times=Times())

    def dead(self, number: str, code: str, subject: str = "", *, facts: Mapping[str, str] | None = None, **changes: object) -> None:
        """A record that is refused for this cause; its case opens with it."""
        self.plan(dead(number, Cause(code, subject, facts or {}), **changes))

    def planned(self, number: str, **changes: object) -> None:
        """A record that waits for its turn."""
        self.plan(draft(number, **changes))

    def worked_for(self, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> None:
        """The task instance of Airflow that planted these records."""
        task = {"dag_id": dag_id, "run_id": run_id, "task_id": task_id, "map_index": map_index, "try_number": 1}
        note_worker(self.database, self.owner, task)

    def plan(self, *drafts: Draft) -> None:
        self._store.plan(list(drafts), None)

    def close(self) -> None:
        self.database.close()
