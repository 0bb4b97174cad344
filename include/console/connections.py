"""The connections to Exact: who is signed in, since when and until when, for which administrations, under which limits. Never a token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from include.adapters.company import SeenCompany, seen_company
from include.adapters.connection import ExactConnection
from include.administrations.model import Administration, Mode
from include.checks.exact_access import IDLE_DAYS_MAX, IDLE_DAYS_WARNED
from include.outbox.chain import SAFETY_SHARE
from include.outbox.ports import ChainState
from include.outbox.states import State
from include.outbox.times import Times
from include.store.connections import ConnectionStore
from include.store.database import Database, Row
from include.store.health import HealthStore
from include.store.mirror import MirrorStore

SECRET_DAYS_WARNED = 30


class Standing(StrEnum):
    """How a connection stands: the words of the page are named after it."""

    BROKEN = "broken"
    NEVER = "never"
    NEEDS_CONSENT = "needs_consent"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    IDLE = "idle"
    OK = "ok"


WORKS = frozenset({Standing.OK, Standing.IDLE})


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What Exact's headers said last."""

    minute: int
    day: int | None
    left: int | None
    resets_at: datetime | None
    paused_until: datetime | None
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class Use:
    """An administration that uses the connection. `waiting`: documents that are planned, since `waiting_since`."""

    administration: Administration
    company: SeenCompany | None
    limits: Limits | None
    waiting: int
    waiting_since: datetime | None

    @property
    def is_booking(self) -> bool:
        return self.administration.mode is Mode.BOOK


@dataclass(frozen=True, kw_only=True)
class ConnectionView:
    """A connection as the page shows it. `renews_from`: with the first call after it, a new token is fetched.

    `lapses_at`, in `lapse_days`: when the sign-in ends unless it is used; `secret_days`: until the client secret ends, where that is known.
    """

    connection: ExactConnection
    standing: Standing
    reason: str
    signed_in_at: datetime | None
    signed_in_by: str
    renewed_at: datetime | None
    renews_from: datetime | None
    lapses_at: datetime | None
    lapse_days: int
    stopped_at: datetime | None
    stopped_by: str
    secret_days: int | None
    uses: tuple[Use, ...]
    acts: Sequence[Row]

    @property
    def works(self) -> bool:
        return self.standing in WORKS

    @property
    def secret_ends_soon(self) -> bool:
        return self.secret_days is not None and self.secret_days <= SECRET_DAYS_WARNED

    @property
    def waiting(self) -> int:
        return sum(use.waiting for use in self.uses if use.is_booking)


def connection_views(
    database: Database, administrations: Iterable[Administration], known: Sequence[ExactConnection]
) -> list[ConnectionView]:
    """All connections that administrations name, in the order of `known`; what time it is, our database says."""
    health, store = HealthStore(database), ConnectionStore(database)
    health.sum_up()
    rows = _Rows(health.now(), store.chains(), store.limits(), health.open(), store.acts())
    configured = list(administrations)
    return [
        _view(each, rows, tuple(_use(database, one, each, rows) for one in configured if one.connection == each.conn_id)) for each in known
    ]


@dataclass(frozen=True)
class _Rows:
    now: datetime
    chains: Mapping[str, Row]
    limits: Mapping[tuple[str, int], Row]
    open: Sequence[Row]
    acts: Mapping[str, Sequence[Row]]


def _view(connection: ExactConnection, rows: _Rows, uses: tuple[Use, ...]) -> ConnectionView:
    chain: Mapping[str, Any] = rows.chains.get(connection.chain, {})
    renewed_at = chain.get("received_at") if chain.get("state") in {ChainState.OK, ChainState.REFRESHING} else None
    expires = connection.secret_expires
    lapses_at = renewed_at + timedelta(days=IDLE_DAYS_MAX) if renewed_at else None
    return ConnectionView(
        connection=connection,
        standing=_standing(connection, chain, rows.now),
        reason=chain.get("reason", ""),
        signed_in_at=chain.get("signed_in_at"),
        signed_in_by=chain.get("signed_in_by", ""),
        renewed_at=renewed_at,
        renews_from=renewed_at + timedelta(seconds=Times().refresh_after_s * (1 + SAFETY_SHARE / 2)) if renewed_at else None,
        lapses_at=lapses_at,
        lapse_days=max(0, (lapses_at - rows.now).days) if lapses_at else 0,
        stopped_at=chain.get("stopped_at"),
        stopped_by=chain.get("stopped_by", ""),
        secret_days=(expires - rows.now.date()).days if expires else None,
        uses=uses,
        acts=rows.acts.get(connection.conn_id, ()),
    )


def _standing(connection: ExactConnection, chain: Mapping[str, Any], now: datetime) -> Standing:
    if connection.problem is not None:
        return Standing.BROKEN
    if not chain:
        return Standing.NEVER
    if chain["state"] == ChainState.NEEDS_CONSENT or chain["received_at"] is None:
        return Standing.REVOKED if chain["stopped_by"] else Standing.NEEDS_CONSENT
    idle_days = (now - chain["received_at"]).days
    if idle_days >= IDLE_DAYS_MAX:
        return Standing.LAPSED
    return Standing.IDLE if idle_days >= IDLE_DAYS_WARNED else Standing.OK


def _use(database: Database, administration: Administration, connection: ExactConnection, rows: _Rows) -> Use:
    planned = [row for row in rows.open if row["administration"] == administration.name and row["state"] == State.PLANNED]
    limits = rows.limits.get((connection.client_id, administration.division))
    return Use(
        administration=administration,
        company=seen_company(MirrorStore(database, administration.division), administration),
        limits=_limits(limits, rows.now) if limits else None,
        waiting=sum(row["documents"] for row in planned),
        waiting_since=min((row["oldest_at"] for row in planned), default=None),
    )


def _limits(row: Row, now: datetime) -> Limits:
    return Limits(
        minute=row["minute_limit"],
        day=row["day_limit"],
        left=row["day_remaining"],
        resets_at=row["day_reset_at"] if row["day_reset_at"] and row["day_reset_at"] > now else None,
        paused_until=row["paused_until"] if row["paused_until"] > now else None,
        seen_at=row["seen_at"],
    )
