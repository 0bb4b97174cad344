"""Permits and the error budget in PostgreSQL: one statement takes, one transaction gives back and notes the call."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import psycopg

from include.errors import RetryableError
from include.outbox.ports import Limits, Permit, Purpose, Receipt
from include.outbox.times import Times
from include.store.database import Database, Row, named_queries

_sql = named_queries("limits")

# The share of the day's calls that a purpose leaves for those before it.
RESERVES = {Purpose.OPERATOR: 0.0, Purpose.INTERACTIVE: 0.02, Purpose.NEAR_TIME: 0.05, Purpose.BULK: 0.4}
ERROR_SLOTS = 5
UNKNOWN_CLASS = "unknown"
TOO_MANY_REQUESTS = 429


class PermitGate:
    """Implements `include.outbox.ports.Gate` for one worker of one app in one division."""

    def __init__(self, database: Database, *, app: str, division: int, owner: str, times: Times) -> None:
        self._database = database
        self._app = app
        self._division = division
        self._owner = owner
        self._times = times

    def take(self, endpoint: str, purpose: Purpose) -> Permit:
        """Take a permit and an error slot at once, or raise `RetryableError` with the wait."""
        with self._database.statement() as connection:
            row = _sql.take_permit(
                connection,
                app=self._app,
                division=self._division,
                endpoint=endpoint,
                holder=self._owner,
                lease_s=self._times.lease_s,
                minute_s=self._times.cooldown_s,
                reserve=RESERVES[purpose],
                error_slots=ERROR_SLOTS,
            )
        if row["slot"] is None:
            raise RetryableError(row["reason"], retry_after_s=row["wait_s"])
        return Permit(self._division, endpoint, row["slot"], row["error_slot"], self._owner)

    def give_back(self, receipt: Receipt) -> None:
        with self._database.transaction() as connection:
            give_back(connection, self._app, receipt, times=self._times, mutation_id=None)

    def give_back_unused(self, permit: Permit) -> None:
        with self._database.transaction() as connection:
            _free(connection, self._app, permit, cooldown_s=0.0, window_s=0.0)

    def nobody_there(self) -> None:
        where = {"app": self._app, "division": self._division}
        with self._database.statement() as connection:
            _sql.note_presence(connection, **where, is_there=False, minute_s=self._times.cooldown_s)


def give_back(connection: psycopg.Connection[Row], app: str, receipt: Receipt, *, times: Times, mutation_id: int | None) -> None:
    """Free the permit, note the call and the limits: last in the caller's transaction, as all workers write to the row of the limits."""
    permit = receipt.permit
    window_s = times.error_window_s if receipt.counted_error else 0.0
    taken_at = _free(connection, app, permit, cooldown_s=times.cooldown_s, window_s=window_s)
    _sql.note_call(
        connection,
        app=app,
        division=permit.division,
        method=receipt.method,
        endpoint=receipt.endpoint,
        status=receipt.status,
        answer_class=receipt.answer_class,
        seconds=round(receipt.seconds, 4),
        mutation_id=mutation_id,
        owner=permit.holder,
    )
    if mutation_id is not None:
        _sql.note_streak(connection, app=app, division=permit.division, is_unknown=receipt.answer_class == UNKNOWN_CLASS)
    _note_limits(connection, app, receipt, taken_at, minute_s=times.cooldown_s)


def _free(connection: psycopg.Connection[Row], app: str, permit: Permit, *, cooldown_s: float, window_s: float) -> datetime | None:
    """Returns when the permit was taken; None when its lease had handed it on."""
    where = {"app": app, "division": permit.division, "holder": permit.holder}
    taken_at: datetime | None = _sql.free_permit(connection, **where, slot=permit.slot, cooldown_s=cooldown_s)
    _sql.free_error_slot(connection, **where, endpoint=permit.endpoint, error_slot=permit.error_slot, window_s=window_s)
    return taken_at


def _note_limits(connection: psycopg.Connection[Row], app: str, receipt: Receipt, taken_at: datetime | None, *, minute_s: float) -> None:
    _sql.note_limits(
        connection,
        app=app,
        division=receipt.permit.division,
        taken_at=taken_at,
        minute_s=minute_s,
        may_have_counted=receipt.tried and receipt.status != TOO_MANY_REQUESTS,
        **asdict(receipt.limits or Limits()),
        pause_s=receipt.pause_s,
        is_there=receipt.is_there,
    )
