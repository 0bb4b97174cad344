"""Cases: the records that share a cause, as a person works them off."""

from __future__ import annotations

from dataclasses import dataclass

from include.outbox.model import Mutation
from include.store.database import Database, Row, named_queries
from include.store.rows import mutation_of

_sql = named_queries("cases")


@dataclass(frozen=True)
class Case:
    """An open or closed case; `state` is open or closed."""

    case_id: str
    administration: str
    code: str
    subject: str
    state: str


class CaseStore:
    """Reads and changes cases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unraised(self) -> list[str]:
        """Cases that Airflow shows no red square for yet; marked as raised, and given again when the square does not appear."""
        with self._database.transaction() as connection:
            case_ids = [row["case_id"] for row in _sql.unraised(connection)]
            _sql.mark_raised(connection, case_ids=case_ids)
        return case_ids

    def get(self, case_id: str) -> Case | None:
        with self._database.transaction() as connection:
            row = _sql.case_by_id(connection, case_id=case_id)
        return Case(row["case_id"], row["administration"], row["code"], row["subject"], row["state"]) if row else None

    def show(self, case_id: str) -> bool:
        """True the first time after the case opened: then its run only shows it, and sends nothing."""
        with self._database.transaction() as connection:
            return bool(_sql.show_case(connection, case_id=case_id))

    def records(self, case_id: str) -> list[Mutation]:
        with self._database.transaction() as connection:
            return [mutation_of(row) for row in _sql.records_of_case(connection, case_id=case_id)]

    def unpark(self, case_id: str) -> None:
        """Let what needs the case's subject be sent again, after its canary went through."""
        with self._database.transaction() as connection:
            _sql.unpark(connection, case_id=case_id)

    def close(self, case_id: str) -> bool:
        """Close the case if nothing is left in it."""
        with self._database.transaction() as connection:
            _sql.lock_case(connection, case_id=case_id)
            return bool(_sql.close_case(connection, case_id=case_id))

    def open(self) -> list[Row]:
        """All open cases with how many records each has."""
        with self._database.transaction() as connection:
            return list(_sql.open_cases(connection))
