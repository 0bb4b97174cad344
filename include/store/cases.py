"""Cases: the records that share a cause, as a person works them off."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from include.outbox.model import Mutation
from include.store.database import Database, Row, named_queries
from include.store.deeds import Deed, Doer, note_deed
from include.store.retries import RetryStore
from include.store.rows import json_of, mutation_of

_sql = named_queries("cases")

# A square that was asked for so long ago stands there, or never will.
GRACE_S = 300.0
# Closed cases whose squares are still looked at.
REMEMBERED_S = 86_400.0
HOLD_PATIENCE_S = 10.0
# No case id holds it: subjects that are no plain words end in one tilde and a hash.
REDRAWN = "~~"


@dataclass(frozen=True)
class Case:
    """An open or closed case; `raised_at`: when its square in Airflow was last drawn; `redrawn`: how often under a new name."""

    case_id: str
    administration: str
    code: str
    subject: str
    is_open: bool = True
    raised_at: datetime | None = None
    redrawn: int = 0

    @property
    def run_id(self) -> str:
        """The id of its run of the Dag `attention`."""
        return f"{self.case_id}{REDRAWN}{self.redrawn}" if self.redrawn else self.case_id


def case_of(run_id: str) -> str:
    """The case that a run of the Dag `attention` stands for."""
    return run_id.partition(REDRAWN)[0]


class CaseStore:
    """Reads and changes cases; `retries`: what was asked to be tried again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.retries = RetryStore(database)

    def take_due(self, *, at_most: int) -> list[Case]:
        """The oldest cases whose square is to be drawn now, marked as raised; what is over stays due."""
        with self._database.transaction() as connection:
            due = [_case(row) for row in _sql.due_cases(connection, at_most=at_most)]
            list(_sql.mark_raised(connection, case_ids=[case.case_id for case in due], afresh=[]))
        return due

    def drawn(self) -> list[Case]:
        """Cases that should have a square in Airflow by now: red for an open one, none that is red for a closed one."""
        with self._database.transaction() as connection:
            return [_case(row) for row in _sql.drawn_cases(connection, grace_s=GRACE_S, remembered_s=REMEMBERED_S)]

    def raise_again(self, case_ids: Sequence[str], *, afresh: Sequence[str], at_most: int) -> list[Case]:
        """Mark as raised those of these cases that nobody raised meanwhile, and return them; `afresh`: under a new name."""
        with self._database.transaction() as connection:
            rows = _sql.lock_cases(connection, case_ids=list(case_ids), grace_s=GRACE_S, at_most=at_most)
            locked = [row["case_id"] for row in rows]
            marked = _sql.mark_raised(connection, case_ids=locked, afresh=list(afresh))
            return sorted((_case(row) for row in marked), key=lambda case: locked.index(case.case_id))

    def get(self, case_id: str) -> Case | None:
        with self._database.transaction() as connection:
            row = _sql.case_by_id(connection, case_id=case_id)
        return _case(row) if row else None

    def alike(self, code: str) -> list[Case]:
        """Open cases of one code, in all administrations."""
        with self._database.transaction() as connection:
            return [_case(row) for row in _sql.cases_like(connection, code=code)]

    def of_causes(self, causes: Sequence[tuple[str, str, str]]) -> list[Case]:
        """The cases of some causes: administration, code, subject."""
        with self._database.transaction() as connection:
            rows = [
                _sql.case_of_cause(connection, administration=administration, code=code, subject=subject)
                for administration, code, subject in causes
            ]
        return [_case(row) for row in rows if row is not None]

    @contextmanager
    def hold(self, case_id: str, *, patience_s: float = HOLD_PATIENCE_S) -> Iterator[bool]:
        """Work on the case alone; False when somebody else still does after `patience_s`. Ends with the session at the latest."""
        held = self._take(case_id, patience_s)
        try:
            yield held
        finally:
            if held:
                with self._database.transaction() as connection:
                    _sql.let_go_case(connection, case_id=case_id)

    def _take(self, case_id: str, patience_s: float) -> bool:
        give_up = time.monotonic() + patience_s
        while True:
            with self._database.transaction() as connection:
                if _sql.hold_case(connection, case_id=case_id):
                    return True
            if time.monotonic() > give_up:
                return False
            time.sleep(0.2)

    def show(self, case_id: str) -> bool:
        """True the first time after the case opened: then its run only shows it, and sends nothing."""
        with self._database.transaction() as connection:
            return bool(_sql.show_case(connection, case_id=case_id))

    def records(self, case_id: str, *, at_most: int | None = None) -> list[Mutation]:
        with self._database.transaction() as connection:
            return [mutation_of(row) for row in _sql.records_of_case(connection, case_id=case_id, at_most=at_most)]

    def waiting(self, case_id: str) -> int:
        """How many records and findings of the case wait for a person."""
        with self._database.transaction() as connection:
            return int(_sql.waiting_in_case(connection, case_id=case_id))

    def findings(self, case_id: str) -> list[Row]:
        """What the case is about beside its records: `exact_id`, `facts`, `your_ref`, `effect`, `division`."""
        with self._database.transaction() as connection:
            return list(_sql.findings_of_case(connection, case_id=case_id))

    def settle_findings(self, case_id: str, reason: str, doer: Doer) -> int:
        """Somebody decided about what the case is about beside its records; returns how many that were."""
        with self._database.transaction() as connection:
            count = int(_sql.settle_findings(connection, case_id=case_id, reason=reason, by=doer.doing("dismiss")))
            if count:
                note_deed(connection, Deed(doer, "dismiss", case_id=case_id, said=reason, facts={"findings": count}))
        return count

    def give_up(self, record: Mutation, reason: str, by: str) -> None:
        """A record that waits ends, since another one takes its place."""
        with self._database.transaction() as connection:
            _sql.give_up(connection, mutation_id=record.mutation_id, by=by, facts=json_of({"reason": reason}))

    def unpark(self, case_id: str) -> None:
        """Let what needs the case's subject be sent again, after its canary went through."""
        with self._database.transaction() as connection:
            _sql.unpark(connection, case_id=case_id)

    def close(self, case_id: str) -> bool:
        """Close the case if nothing is left in it; for the case's own run, whose square turns green with it."""
        with self._database.transaction() as connection:
            _sql.lock_case(connection, case_id=case_id)
            return bool(_sql.close_case(connection, case_id=case_id))

    def close_elsewhere(self, case_id: str) -> bool:
        """Close the case if nothing is left in it; its square is due to be drawn green."""
        with self._database.transaction() as connection:
            _sql.lock_case(connection, case_id=case_id)
            return bool(_sql.close_elsewhere(connection, case_id=case_id))

    def redraw(self, case_id: str) -> None:
        """The case was closed without its run: have its square drawn green."""
        with self._database.transaction() as connection:
            _sql.redraw(connection, case_id=case_id)

    def close_empty(self) -> list[str]:
        """Close the cases whose records all found another way, but for those that somebody works on."""
        with self._database.transaction() as connection:
            found = [row["case_id"] for row in _sql.empty_cases(connection)]
            closed = []
            for case_id in found:
                _sql.lock_case(connection, case_id=case_id)
                if _sql.close_elsewhere(connection, case_id=case_id):
                    closed.append(case_id)
        return closed

    def open(self) -> list[Row]:
        """All open cases with how many records each has."""
        with self._database.transaction() as connection:
            return list(_sql.open_cases(connection))


def _case(row: Row) -> Case:
    return Case(
        case_id=row["case_id"],
        administration=row["administration"],
        code=row["code"],
        subject=row["subject"],
        is_open=row["state"] == "open",
        raised_at=row["raised_at"],
        redrawn=row["redrawn"],
    )
