"""The outbox's memory in PostgreSQL. Each public method is one transaction; the rules stand in the schema as well."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from include.errors import RetryableError
from include.outbox.changes import CHANGED_AFTER_PROCESSING, DELETED
from include.outbox.model import Cause, Cursor, Draft, Found, Key, Method, Mutation, Outcome, Tally
from include.outbox.planning import DISMISSED_BY_SOURCE, replanned
from include.outbox.ports import Receipt
from include.outbox.states import State
from include.outbox.times import Times
from include.store.database import Database, Row, named_queries
from include.store.mirror import Witness, is_ours
from include.store.permits import give_back
from include.store.rows import draft_columns, json_of, key_columns, mutation_of, storable

_sql = named_queries("outbox")
_mirror_sql = named_queries("mirror")

UNKNOWNS_BEFORE_STOP = 3


class MovedOnError(RetryableError):
    """Somebody else sent what was about to be planned anew: judge it again."""


class OutboxStore:
    """Implements `include.outbox.ports.Store` for one worker of one app."""

    def __init__(self, database: Database, witnesses: Mapping[str, Witness], *, app: str, owner: str, times: Times) -> None:
        self._database = database
        self._witnesses = witnesses
        self._app = app
        self._owner = owner
        self._times = times
        self._bulk: bool | None = None

    def lane(self, *, bulk: bool) -> OutboxStore:
        """The same memory, in which bulk alone, or all else, is planned and ready to be sent."""
        lane = copy.copy(self)
        lane._bulk = bulk
        return lane

    def plan(self, drafts: Sequence[Draft], cursor: Cursor | None, *, keep: bool = True, judged: bool = False) -> Tally:
        """W0: insert or supersede, and move the cursor, in one transaction; `keep=False` undoes it. Returns counts by state.

        `judged`: the drafts were made beside what stood then. Raises `MovedOnError`, and plans nothing, when one was sent since.
        """
        tally: Tally = Tally()
        with self._database.transaction() as connection:
            for draft in drafts:
                tally[self._plan_one(connection, draft)] += 1
            if judged and tally["changed_after_push"]:
                raise MovedOnError("a document was sent while its order was judged", retry_after_s=self._times.retry_s)
            if cursor is not None:
                _sql.move_cursor(connection, flow=cursor.flow, administration=cursor.administration, changed_at=cursor.changed_at)
            if not keep:
                raise psycopg.Rollback
        return tally

    def _plan_one(self, connection: psycopg.Connection[Row], draft: Draft) -> str:
        columns = draft_columns(draft)
        key = key_columns(draft.key)
        fixed = {"division": draft.division, "business_entity": draft.business_entity, "your_ref": draft.your_ref, "token": draft.key.token}
        change = {
            "method": draft.method.value,
            "target_id": draft.target_id,
            "undoes": _id_of(connection, draft.undoes),
            "because": draft.because,
        }
        waits_for = _id_of(connection, draft.waits_for)
        inserted = _sql.insert_mutation(connection, **key, **fixed, **columns, **change, waits_for=waits_for, by=self._owner)
        if inserted is not None:
            if self._bulk:
                _sql.mark_bulk(connection, mutation_id=inserted)
            elif waits_for is not None:
                _sql.unmark_bulk(connection, mutation_id=waits_for)
            return _fate(draft)
        existing = mutation_of(_sql.mutation_by_key(connection, **key))
        newer = replanned(existing, draft)
        if newer is None:
            return "changed_after_push" if self._changed_after_push(existing, draft) else "known"
        self._replace(connection, existing, newer, by=self._owner)
        self._revive(connection, existing, newer, self._owner)
        return f"superseded_{_fate(newer)}"

    def _changed_after_push(self, existing: Mutation, draft: Draft) -> bool:
        sent = existing.state in {State.SENDING, State.UNKNOWN, State.POSTED}
        return sent and existing.source_version != draft.source_version and existing.source_changed_at <= draft.source_changed_at

    def _replace(self, connection: psycopg.Connection[Row], existing: Mutation, draft: Draft, *, by: str, asked: bool = False) -> bool:
        before = {"mutation_id": existing.mutation_id, "state_before": existing.state.value, "version_before": existing.payload_version}
        waits_for = _id_of(connection, draft.waits_for)
        return bool(_sql.replace_draft(connection, **before, **draft_columns(draft), waits_for=waits_for, by=by, asked=asked))

    def replan(self, mutation: Mutation, draft: Draft, by: str, *, asked: bool = True) -> bool:
        """An operator's retry of a dead letter; what died with it comes back with it."""
        with self._database.transaction() as connection:
            done = self._replace(connection, mutation, draft, by=by, asked=asked)
            if done:
                self._revive(connection, mutation, draft, by)
        return done

    def _revive(self, connection: psycopg.Connection[Row], before: Mutation, draft: Draft, by: str) -> None:
        """What died with a mutation comes back with it."""
        if draft.cause is None and before.state is State.DEAD_LETTER and before.cause is not None:
            cause = {"cause_code": before.cause.code, "cause_subject": before.cause.subject}
            _sql.revive_waiting(connection, mutation_id=before.mutation_id, by=by, **cause)

    def again(self, mutation: Mutation, by: str) -> bool:
        """An operator's retry of a change or a deletion, as it stands; what died with it is mapped anew by itself."""
        with self._database.transaction() as connection:
            return bool(_sql.again(connection, mutation_id=mutation.mutation_id, by=by))

    def dismiss_before(self, division: int, book_from: date) -> int:
        """Dismiss what is planned for days before `book_from` and never left; returns how many."""
        cause = Cause("before_book_from", book_from.isoformat())
        columns = {"cause_code": cause.code, "cause_subject": cause.subject, "by": self._owner}
        with self._database.transaction() as connection:
            return int(_sql.dismiss_before(connection, division=division, book_from=book_from, **columns))

    def planned_otherwise(self, division: int, flow: str, mapped_with: str) -> list[str]:
        """The source ids of what is planned, and never left, with another configuration than `mapped_with`."""
        with self._database.transaction() as connection:
            rows = _sql.planned_otherwise(connection, division=division, flow=flow, mapped_with=mapped_with)
            return list(dict.fromkeys(row["source_id"] for row in rows))

    def ids_of(self, source_system: str, source_ids: Sequence[str]) -> frozenset[int]:
        """The mutations of some source records."""
        with self._database.transaction() as connection:
            rows = _sql.ids_of(connection, source_system=source_system, source_ids=list(source_ids))
            return frozenset(row["mutation_id"] for row in rows)

    def family(self, source_system: str, source_ids: Sequence[str]) -> list[Mutation]:
        """All effects of some documents of the source, by source id and effect number, the deletions among them."""
        with self._database.transaction() as connection:
            return [mutation_of(row) for row in _sql.family(connection, source_system=source_system, source_ids=list(source_ids))]

    def too_late_to_delete(self, division: int) -> list[Mutation]:
        """Deletions of what the source cancelled, where the document had been processed meanwhile."""
        reasons = sorted(DISMISSED_BY_SOURCE)
        with self._database.transaction() as connection:
            rows = _sql.too_late_to_delete(connection, division=division, cause_code=CHANGED_AFTER_PROCESSING, reasons=reasons)
            return [mutation_of(row) for row in rows]

    def bury_anew(self, mutation: Mutation, cause: Cause, by: str) -> bool:
        """A dead letter has another cause than was known; False when somebody was first."""
        columns = {"cause_code": cause.code, "cause_subject": cause.subject, "cause_facts": json_of(cause.facts), "by": by}
        with self._database.transaction() as connection:
            return bool(_sql.bury_anew(connection, mutation_id=mutation.mutation_id, version_before=mutation.payload_version, **columns))

    def back_to_unknown(self, mutation: Mutation, by: str = "") -> bool:
        """An operator's retry of an unknown outcome: it is looked for again, never sent blindly; False while another one is on its way."""
        try:
            with self._database.transaction() as connection:
                return bool(_sql.back_to_unknown(connection, mutation_id=mutation.mutation_id, by=by or self._owner))
        except psycopg.errors.UniqueViolation:
            return False

    def cursor(self, flow: str, administration: str) -> datetime | None:
        """How far the flow has read its source, or None before its first run."""
        with self._database.statement() as connection:
            moment: datetime | None = _sql.cursor(connection, flow=flow, administration=administration)
        return moment

    def get(self, mutation_id: int) -> Mutation:
        with self._database.statement() as connection:
            return mutation_of(_sql.mutation_by_id(connection, mutation_id=mutation_id))

    def ready(self, division: int, limit: int, only: frozenset[int] | None = None) -> Sequence[int]:
        with self._database.transaction() as connection:
            _sql.bury_parked(connection, division=division, by=self._owner)
            _sql.bury_waiting(connection, division=division, by=self._owner)
            wanted = sorted(only) if only is not None else None
            rows = _sql.ready(connection, division=division, limit=limit, only=wanted, visible_s=self._times.second_look_s, bulk=self._bulk)
            return [row["mutation_id"] for row in rows]

    def next_due_s(self, division: int) -> float | None:
        with self._database.statement() as connection:
            seconds: float | None = _sql.next_due_s(connection, division=division, bulk=self._bulk)
        return seconds

    def endpoint(self, mutation_id: int) -> str:
        with self._database.statement() as connection:
            return str(_sql.endpoint_of(connection, mutation_id=mutation_id))

    def lock(self, mutation_id: int) -> bool:
        with self._database.statement() as connection:
            return bool(_sql.try_lock(connection, mutation_id=mutation_id))

    def unlock(self, mutation_id: int) -> None:
        with self._database.statement() as connection:
            _sql.unlock(connection, mutation_id=mutation_id)

    def claim(self, mutation_id: int, owner: str) -> Mutation | None:
        try:
            with self._database.transaction() as connection:
                row = _sql.claim(connection, mutation_id=mutation_id, owner=owner)
                return _whole(connection, row) if row else None
        except psycopg.errors.UniqueViolation:
            return None

    def settle(self, mutation: Mutation, outcome: Outcome, receipt: Receipt | None = None) -> bool:
        """W3. Kept trying while the database restarts: an id that Exact gave must not be lost. A late id also settles `unknown`."""
        return self._database.persist(lambda: self._settle(mutation, outcome, receipt))

    def _settle(self, mutation: Mutation, outcome: Outcome, receipt: Receipt | None) -> bool:
        with self._database.transaction() as connection:
            settled = self._settled(connection, mutation, outcome)
            if settled and mutation.method is Method.DELETE:
                self._follow_deletion(connection, mutation, outcome)
            if receipt is not None:
                give_back(connection, self._app, receipt, times=self._times, mutation_id=mutation.mutation_id)
            return settled

    def _settled(self, connection: psycopg.Connection[Row], mutation: Mutation, outcome: Outcome) -> bool:
        columns = self._outcome_columns(mutation, outcome)
        if _sql.settle(connection, **columns) is not None:
            return True
        if outcome.state is not State.POSTED:
            return False
        _sql.claim_late(connection, mutation_id=mutation.mutation_id, attempt=mutation.attempt, by=self._owner)
        return _sql.settle(connection, **columns) is not None

    def _follow_deletion(self, connection: psycopg.Connection[Row], deletion: Mutation, outcome: Outcome) -> None:
        """The document that we deleted ends with the deletion: gone, as was wanted. One that somebody else deleted is gone as well."""
        by_others = outcome.cause is not None and outcome.cause.code == DELETED
        if outcome.state is not State.POSTED and not by_others:
            return
        undone = _sql.mutation_by_id(connection, mutation_id=deletion.mutation_id)["undoes"]
        facts = json_of({"found_by": "look"} if by_others else {"deleted_by": str(deletion.mutation_id)})
        _sql.take_away(connection, mutation_id=undone, facts=facts, by=self._owner)
        if not by_others:
            _sql.dismiss_taken(connection, mutation_id=undone, because=deletion.because, by=self._owner)

    def _outcome_columns(self, mutation: Mutation, outcome: Outcome) -> dict[str, Any]:
        late = outcome.state is State.POSTED
        cause = outcome.cause
        return {
            "mutation_id": mutation.mutation_id,
            "attempt": mutation.attempt,
            "states_before": ["sending", "unknown"] if late else [mutation.state.value],
            "state": outcome.state.value,
            "cause_code": cause.code if cause else None,
            "cause_subject": cause.subject if cause else "",
            "cause_facts": json_of(cause.facts if cause else {}),
            "exact_id": outcome.exact_id,
            "exact_number": outcome.exact_number,
            "not_before_s": outcome.not_before_s,
            "next_look_s": outcome.next_look_s or 0.0,
            "may_have_left": outcome.may_have_left,
            "resend": int(outcome.resend),
            "unrecognised": storable(outcome.unrecognised) if outcome.unrecognised is not None else None,
            "by": self._owner,
            "facts": json_of(outcome.facts),
        }

    def abandoned(self, division: int) -> Sequence[Mutation]:
        with self._database.transaction() as connection:
            rows = list(_sql.sending(connection, division=division, lease_s=self._times.lease_s))
            sending = [(_whole(connection, row), row["over"]) for row in rows]
        return [mutation for mutation, over in sending if over or self._nobody_holds(mutation.mutation_id)]

    def _nobody_holds(self, mutation_id: int) -> bool:
        if not self.lock(mutation_id):
            return False
        self.unlock(mutation_id)
        return self.get(mutation_id).state is State.SENDING

    def due_looks(self, division: int) -> Sequence[Mutation]:
        with self._database.transaction() as connection:
            return [_whole(connection, row) for row in list(_sql.due_looks(connection, division=division))]

    def unknown_for_s(self, mutation: Mutation) -> float:
        with self._database.statement() as connection:
            return float(_sql.unknown_for_s(connection, mutation_id=mutation.mutation_id))

    def pulled_since(self, mutation: Mutation, quarantine_s: float) -> bool:
        entity = self._witnesses[mutation.endpoint].entity
        with self._database.transaction() as connection:
            cursor = _mirror_sql.mirror_cursor(connection, division=mutation.division, entity=entity)
        if cursor is None or cursor["began_at"] is None or mutation.sent_at is None:
            return False
        return bool(cursor["began_at"] > mutation.sent_at + timedelta(seconds=quarantine_s))

    def mirrored(self, mutation: Mutation) -> Sequence[Found]:
        witness = self._witnesses[mutation.endpoint]
        with self._database.transaction() as connection:
            like = {"token": mutation.token, "your_ref": mutation.your_ref}
            rows = list(_mirror_sql.documents_like(connection, division=mutation.division, entity=witness.entity, **like))
        ids = sorted({document for row in rows if (document := is_ours(row, mutation, witness)) is not None}, key=str)
        return [Found(UUID(document)) for document in ids]

    def posts_stopped(self, division: int) -> bool:
        with self._database.statement() as connection:
            return (_sql.unknown_streak(connection, division=division) or 0) >= UNKNOWNS_BEFORE_STOP

    def posts_may_go_on(self, division: int) -> None:
        with self._database.statement() as connection:
            _sql.clear_streak(connection, division=division)

    def same_cause(self, division: int, cause: Cause) -> int:
        with self._database.statement() as connection:
            return int(_sql.same_cause(connection, division=division, cause_code=cause.code, cause_subject=cause.subject))

    def park(self, division: int, cause: Cause, subject: str) -> int:
        with self._database.transaction() as connection:
            columns = {"cause_code": cause.code, "cause_subject": cause.subject}
            _sql.park_case(connection, division=division, subject=subject, **columns)
            return int(_sql.bury_parked(connection, division=division, by=self._owner))


def _id_of(connection: psycopg.Connection[Row], key: Key | None) -> int | None:
    """The mutation of a key that another one names. Raises `LookupError` when it is not there, since nothing could wait for it."""
    if key is None:
        return None
    mutation_id: int | None = _sql.id_of_key(connection, **key_columns(key))
    if mutation_id is None:
        raise LookupError(f"{key} is not planned")
    return mutation_id


def _whole(connection: psycopg.Connection[Row], row: Row) -> Mutation:
    """The mutation of a row, a deletion with the document that it takes away."""
    mutation = mutation_of(row)
    if row["undoes"] is None:
        return mutation
    undone = _sql.undone(connection, mutation_id=row["undoes"])
    return replace(mutation, target_id=undone["exact_id"], written=undone["payload"])


def _fate(draft: Draft) -> str:
    """What becomes of a draft, as it is counted: what was taken cost no call."""
    return "adopted" if draft.state is State.POSTED else draft.state.value
