"""Where everything stands, per administration: counts, causes in words, cases, quota, sign-in, what waits and since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.administrations.model import Administration
from include.outbox.causes import Language, explain
from include.outbox.states import State
from include.store.cases import CaseStore
from include.store.database import Database, Row
from include.store.figures import FigureStore


@dataclass(frozen=True)
class CauseFigure:
    """Dead letters that share a cause, with the sentences about it."""

    cause: str
    documents: int
    says: str
    cure: str


@dataclass(frozen=True)
class CaseFigure:
    """An open case; `case_id` is the id of its run of the Dag `attention`."""

    case_id: str
    records: int
    parked: bool
    opened_at: datetime


@dataclass(frozen=True, kw_only=True)
class AdministrationStatus:
    """All about one administration; moments are None where there is nothing to tell."""

    name: str
    division: int
    mode: str
    states: Mapping[str, int]
    causes: tuple[CauseFigure, ...]
    dismissals: Mapping[str, int]
    cases: tuple[CaseFigure, ...]
    calls_left_today: int | None
    calls_a_day: int | None
    calls_a_minute: int | None
    paused_until: datetime | None
    sign_in: str
    signed_in_at: datetime | None
    planned_since: datetime | None
    unknown_since: datetime | None
    read_up_to: Mapping[str, datetime]
    last_change_at: datetime | None


class StatusBoard:
    """Reads the figures once, then tells of each administration; `chains` gives the name of each one's token chain."""

    def __init__(self, database: Database, chains: Mapping[str, str], language: Language) -> None:
        figures, cases = FigureStore(database), CaseStore(database)
        self._language = language
        self._chain_names = chains
        self._now = figures.now()
        self._states, self._causes, self._dismissals = figures.states(), figures.causes(), figures.dismissals()
        self._quotas, self._cases = figures.quotas(), cases.open()
        self._chains = {row["chain"]: row for row in figures.chains()}
        self._waiting, self._cursors, self._events = figures.waiting(), figures.cursors(), figures.last_events()

    def of(self, administration: Administration) -> AdministrationStatus:
        """The status of one administration."""
        name = administration.name
        counted = {row["state"]: row["documents"] for row in _of(name, self._states)}
        quota = self._quota(administration.division)
        chain = self._chains.get(self._chain_names.get(name, ""), {})
        waiting: Row = next(_of(name, self._waiting), {})
        return AdministrationStatus(
            name=name,
            division=administration.division,
            mode=administration.mode.value,
            states={state.value: counted.get(state.value, 0) for state in State},
            causes=tuple(self._cause(row) for row in _of(name, self._causes)),
            dismissals={row["cause"]: row["documents"] for row in _of(name, self._dismissals)},
            cases=tuple(CaseFigure(row["case_id"], row["records"], row["parked"], row["opened_at"]) for row in _of(name, self._cases)),
            calls_left_today=quota.get("day_remaining"),
            calls_a_day=quota.get("day_limit"),
            calls_a_minute=quota.get("minute_limit"),
            paused_until=quota["paused_until"] if quota and quota["paused_until"] > self._now else None,
            sign_in=chain.get("state", "nobody has signed in"),
            signed_in_at=chain.get("received_at"),
            planned_since=waiting.get("planned_since"),
            unknown_since=waiting.get("unknown_since"),
            read_up_to={row["flow"]: row["changed_at"] for row in _of(name, self._cursors)},
            last_change_at=next((row["at"] for row in _of(name, self._events)), None),
        )

    def _quota(self, division: int) -> dict[str, Any]:
        rows = [row for row in self._quotas if row["division"] == division and row["seen_at"] is not None]
        newest = max(rows, key=lambda row: row["seen_at"], default={})
        begun_anew = newest and newest["day_reset_at"] is not None and newest["day_reset_at"] <= self._now
        return {**newest, "day_remaining": newest["day_limit"]} if begun_anew else dict(newest)

    def _cause(self, row: Row) -> CauseFigure:
        code, _, subject = str(row["cause"]).partition(":")
        says, cure = explain(code, subject, self._language)
        return CauseFigure(row["cause"], row["documents"], says, cure)


def _of(name: str, rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if row["administration"] == name)
