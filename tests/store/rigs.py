"""The outbox's memory twice: in PostgreSQL and as the simulation's twin, moved through time and read in the same words."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from include.outbox.model import Found
from include.outbox.ports import Gate
from include.outbox.times import Times
from include.proof.twin_gate import GateTwin, Limiter
from include.proof.twin_store import StoreTwin
from include.proof.twin_tables import ConstraintError, Tables
from include.store.database import Database
from include.store.mirror import MirrorRow, MirrorStore, Witness
from include.store.outbox import OutboxStore
from include.store.permits import PermitGate
from tests.outbox.scenes import DIVISION, ENDPOINT

APP = "app"
WITNESSES = {ENDPOINT: Witness("lines", "EntryID", "JournalCode")}
MOVED = {
    "mutation": ("sent_at", "not_before", "next_look_at", "posted_at"),
    "permit": ("free_at", "taken_at"),
    "error_slot": ("free_at",),
    "quota": ("paused_until", "day_reset_at", "minute_reset_at", "unseen_at", "told_taken_at", "told_at", "knock_at"),
    "mirror_cursor": ("began_at", "finished_at"),
}


@dataclass(frozen=True)
class Seen:
    """What can be seen of a mutation in either memory."""

    key: str
    state: str
    attempt: int
    payload_version: int
    may_have_left: bool
    looks: int
    resends: int
    cause: str | None
    exact_id: UUID | None


def end_session(database: Database, watch: psycopg.Connection[Any]) -> None:
    """End a session as the death of its process does, and wait until the server has noticed: soon, yet not before we go on."""
    session = database.connection
    backend = session.info.backend_pid
    session.pgconn.finish()
    while watch.execute("select from pg_stat_activity where pid = %s", (backend,)).fetchone() is not None:
        time.sleep(0.01)


class Rig(Protocol):
    """One memory, several sessions, a clock that is moved by hand."""

    refused: type[Exception]

    def store(self, owner: str = "worker") -> Any: ...

    def gate(self, owner: str = "worker") -> Gate: ...

    def kill(self, store: Any) -> None: ...

    def wait(self, seconds: float) -> None: ...

    def pulled(self, *documents: tuple[str, Found]) -> None: ...

    def seen(self) -> list[Seen]: ...

    def transitions(self) -> list[tuple[str, str | None, str]]: ...

    def numbers(self) -> dict[str, int]: ...


class PostgresRig:
    """The memory as production has it; time passes by moving what is stored into the past."""

    refused: type[Exception] = psycopg.errors.IntegrityError

    def __init__(self, dsn: str, *, minute_limit: int = 60) -> None:
        self.dsn = dsn
        self.times = Times()
        self.databases: list[Database] = []
        self.connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self.connection.execute(
            "insert into quota (app, division, minute_limit) values (%s, %s, %s)"
            " on conflict (app, division) do update set minute_limit = excluded.minute_limit",
            (APP, DIVISION, minute_limit),
        )

    def _database(self) -> Database:
        self.databases.append(Database(self.dsn))
        return self.databases[-1]

    def store(self, owner: str = "worker") -> OutboxStore:
        return OutboxStore(self._database(), WITNESSES, app=APP, owner=owner, times=self.times)

    def gate(self, owner: str = "worker") -> PermitGate:
        return PermitGate(self._database(), app=APP, division=DIVISION, owner=owner, times=self.times)

    def kill(self, store: OutboxStore) -> None:
        end_session(store._database, self.connection)

    def wait(self, seconds: float) -> None:
        for table, columns in MOVED.items():
            moves = sql.SQL(", ").join(
                sql.SQL("{0} = {0} - make_interval(secs => {1})").format(sql.Identifier(c), seconds) for c in columns
            )
            self.connection.execute(sql.SQL("update {} set {}").format(sql.Identifier(table), moves))

    def pulled(self, *documents: tuple[str, Found]) -> None:
        mirror = MirrorStore(self._database(), DIVISION)
        rows = [MirrorRow(str(found.exact_id), {"EntryID": str(found.exact_id)}, token=token) for token, found in documents]
        began_at = datetime.now(UTC) - timedelta(seconds=1)
        mirror.save("lines", rows)
        mirror.finish("lines", began_at, whole=False)

    def seen(self) -> list[Seen]:
        return [
            Seen(
                "/".join((row["source_id"], row["effect"])),
                row["state"],
                row["attempt"],
                row["payload_version"],
                row["may_have_left"],
                row["looks"],
                row["resends"],
                row["cause_code"] and f"{row['cause_code']}:{row['cause_subject']}",
                row["exact_id"],
            )
            for row in self.connection.execute("select * from mutation order by mutation_id")
        ]

    def transitions(self) -> list[tuple[str, str | None, str]]:
        rows = self.connection.execute(
            "select m.source_id, e.before, e.after from mutation_event e join mutation m using (mutation_id) order by e.event_id"
        )
        return [(row["source_id"], row["before"], row["after"]) for row in rows]

    def numbers(self) -> dict[str, int]:
        """The number of each mutation by its key, as far as the tests tell keys apart."""
        rows = self.connection.execute("select mutation_id, source_id, effect from mutation order by mutation_id")
        return {f"{row['source_id']}/{row['effect']}": row["mutation_id"] for row in rows}

    def begin_anew(self) -> None:
        """Empty the tables as only a superuser can: the triggers forbid it to everybody else."""
        tables = "mutation, mutation_event, attention_case, source_cursor, permit, error_slot, mirror_record, mirror_cursor"
        with self.connection.transaction():
            self.connection.execute("set local session_replication_role = replica")
            self.connection.execute(f"truncate {tables} restart identity cascade")
            self.connection.execute("update quota set unknown_streak = 0, paused_until = 'epoch'")

    def close(self) -> None:
        for database in self.databases:
            database.close()
        self.connection.close()


class TwinRig:
    """The memory as the simulation has it."""

    refused: type[Exception] = ConstraintError

    def __init__(self, *, minute_limit: int = 60) -> None:
        self.seconds = 0.0
        self.times = Times()
        self.tables = Tables(lambda: self.seconds)
        self.limiter = Limiter(minute_limit, self.times, lambda: self.seconds)
        self.tables.give_back = self.limiter.give_back
        self.tables.is_away = lambda: self.limiter.presence.away
        self.tables.posts_go_on = self.limiter.posts_go_on

    def store(self, owner: str = "worker") -> StoreTwin:
        return StoreTwin(self.tables, owner, self.times)

    def gate(self, owner: str = "worker") -> GateTwin:
        return GateTwin(self.limiter, DIVISION, owner)

    def kill(self, store: StoreTwin) -> None:
        self.tables.drop_session(store.session)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    def pulled(self, *documents: tuple[str, Found]) -> None:
        mirror = self.tables.mirrors[DIVISION, ENDPOINT]
        for token, found in documents:
            mirror.by_token[token].append(found.exact_id)
        mirror.began_at = self.seconds - 1

    def seen(self) -> list[Seen]:
        return [
            Seen(
                f"{row.key.source_id}/{row.key.effect}",
                row.state.value,
                row.attempt,
                row.payload_version,
                row.may_have_left,
                row.looks,
                row.resends,
                row.cause and f"{row.cause.code}:{row.cause.subject}",
                row.exact_id,
            )
            for row in self.tables.rows.values()
        ]

    def transitions(self) -> list[tuple[str, str | None, str]]:
        rows = self.tables.rows
        return [(rows[each.mutation_id].key.source_id, each.before and each.before.value, each.after.value) for each in self.tables.events]

    def numbers(self) -> dict[str, int]:
        return {f"{row.key.source_id}/{row.key.effect}": row.mutation_id for row in self.tables.rows.values()}

    def close(self) -> None: ...
