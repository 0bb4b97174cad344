"""Does everything run? Facts about each administration and each Dag in, signals out: how bad, what, and about whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from include.checks.exact_access import IDLE_DAYS_MAX, IDLE_DAYS_WARNED, SCARCE_SHARE
from include.checks.findings import Level

_ORDER = (Level.FAILURE, Level.WARNING, Level.OK)


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From where on something is a warning, or a failure. Flows run each hour, the mirror is refreshed each hour."""

    waiting_warned: timedelta = timedelta(minutes=90)
    waiting_failed: timedelta = timedelta(hours=3)
    unknown_failed: timedelta = timedelta(hours=1)
    to_do_failed: timedelta = timedelta(days=7)
    mirror_warned: timedelta = timedelta(hours=3)
    mirror_failed: timedelta = timedelta(hours=24)
    slow_warned: timedelta = timedelta(hours=3)
    late_failed: timedelta = timedelta(minutes=15)
    refused_warned: float = 0.05
    refused_failed: float = 0.25
    documents_min: int = 20
    calls_warned: float = SCARCE_SHARE
    idle_days_warned: int = IDLE_DAYS_WARNED
    idle_days_max: int = IDLE_DAYS_MAX


THRESHOLDS = Thresholds()


@dataclass(frozen=True, kw_only=True)
class Vitals:
    """What is known of one administration. Moments are None where nothing waits; shares and durations are of the last day.

    `sign_in`: state of its token chain, or `never`. `calls_left`: None before Exact told its limits.
    """

    administration: str
    is_booking: bool
    sign_in: str
    idle_days: int
    waiting: int = 0
    waiting_since: datetime | None = None
    unknown: int = 0
    unknown_since: datetime | None = None
    to_do: int = 0
    to_do_since: datetime | None = None
    posts_stopped: bool = False
    mirror_entity: str = ""
    mirror_at: datetime | None = None
    documents: int = 0
    refused: int = 0
    slowest_s: float | None = None
    calls_left: int | None = None
    calls_limit: int = 0
    calls_reset_at: datetime | None = None
    strangers: int = 0


@dataclass(frozen=True, kw_only=True)
class LastRun:
    """The newest run of a Dag, as Airflow has it. `state` is empty before the first; `due_at`: when the next one is to be made."""

    dag_id: str
    state: str = ""
    began_at: datetime | None = None
    ended_at: datetime | None = None
    is_paused: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True)
class Signal:
    """`subject`: the administration or Dag. `values`: numbers, moments and spans that its sentence names."""

    level: Level
    code: str
    subject: str
    values: Mapping[str, Any] = field(default_factory=dict)


def signals(vitals: Iterable[Vitals], runs: Iterable[LastRun], *, now: datetime, limits: Thresholds = THRESHOLDS) -> list[Signal]:
    """All there is to say, the worst first; nothing when all is well. `now` is the clock of our database."""
    found = [signal for each in vitals for ask in _OF_ADMINISTRATION for signal in ask(each, now, limits)]
    found += [signal for run in runs for signal in _run(run, now, limits)]
    return sorted(found, key=lambda signal: _ORDER.index(signal.level))


def worst(found: Iterable[Signal]) -> Level:
    """The colour of the light."""
    return min((signal.level for signal in found), key=_ORDER.index, default=Level.OK)


def _sign_in(of: Vitals, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    if of.sign_in in {"never", "needs_consent"}:
        level = Level.FAILURE if of.is_booking else Level.WARNING
        yield Signal(level, "sign_in_needed" if of.waiting else "sign_in_missing", of.administration, {"number": of.waiting})
    elif of.idle_days >= limits.idle_days_warned:
        yield Signal(Level.WARNING, "sign_in_idle", of.administration, {"number": max(0, limits.idle_days_max - of.idle_days)})


def _waiting(of: Vitals, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    """What waits because nobody signed in, or because the calls are used up, is told as that."""
    explained = of.sign_in in {"never", "needs_consent"} or of.calls_left == 0
    if of.waiting_since is None or not of.is_booking or explained:
        return
    level = _level(now - of.waiting_since, limits.waiting_warned, limits.waiting_failed)
    if level is not Level.OK:
        yield Signal(level, "waiting_long", of.administration, {"number": of.waiting, "age": now - of.waiting_since})


def _unknown(of: Vitals, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    if of.posts_stopped:
        yield Signal(Level.FAILURE, "posts_stopped", of.administration)
    if of.unknown_since is not None and now - of.unknown_since >= limits.unknown_failed:
        yield Signal(Level.FAILURE, "unknown_long", of.administration, {"number": of.unknown, "age": now - of.unknown_since})


def _mirror(of: Vitals, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    if of.mirror_at is None:
        yield Signal(Level.WARNING, "mirror_missing", of.administration)
        return
    level = _level(now - of.mirror_at, limits.mirror_warned, limits.mirror_failed)
    if level is not Level.OK:
        yield Signal(level, "mirror_old", of.administration, {"age": now - of.mirror_at, "entity": of.mirror_entity})


def _refused(of: Vitals, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    share = of.refused / of.documents if of.documents >= limits.documents_min else 0.0
    level = _level(share, limits.refused_warned, limits.refused_failed)
    if level is not Level.OK:
        yield Signal(level, "refused_often", of.administration, {"number": of.refused, "documents": of.documents, "share": share})


def _slow(of: Vitals, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    if of.slowest_s is not None and of.documents >= limits.documents_min and of.slowest_s > limits.slow_warned.total_seconds():
        yield Signal(Level.WARNING, "slow", of.administration, {"age": timedelta(seconds=of.slowest_s)})


def _calls(of: Vitals, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    if of.calls_left is not None and of.calls_left <= limits.calls_warned * of.calls_limit:
        code = "calls_scarce" if of.calls_left else "calls_used_up"
        values = {"number": of.calls_left, "limit": of.calls_limit, "until": of.calls_reset_at}
        yield Signal(Level.WARNING, code, of.administration, values)
    if of.strangers:
        yield Signal(Level.WARNING, "strangers", of.administration, {"number": of.strangers, "limit": of.calls_limit})


def _to_do(of: Vitals, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    if of.to_do and of.to_do_since is not None:
        level = Level.FAILURE if now - of.to_do_since >= limits.to_do_failed else Level.WARNING
        yield Signal(level, "to_do", of.administration, {"number": of.to_do, "age": now - of.to_do_since})


_OF_ADMINISTRATION = (_sign_in, _unknown, _waiting, _mirror, _refused, _calls, _slow, _to_do)


def _run(run: LastRun, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    if run.state == "failed":
        yield Signal(Level.FAILURE, "run_failed", run.dag_id, {"age": now - run.ended_at} if run.ended_at else {"age": timedelta()})
    if run.is_paused:
        yield Signal(Level.WARNING, "dag_paused", run.dag_id)
    elif run.due_at is not None and now - run.due_at >= limits.late_failed and run.state not in {"running", "queued"}:
        yield Signal(Level.FAILURE, "run_late", run.dag_id, {"age": now - run.due_at})


def _level(value: Any, warned: Any, failed: Any) -> Level:
    return Level.FAILURE if value >= failed else Level.WARNING if value >= warned else Level.OK
