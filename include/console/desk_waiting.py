"""What is on its way, and what happens when: in words, from what the outbox, Exact's limits and Airflow's schedule say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from include.adapters.forecasts import FlowForecast, Forecasts, QuotaForecast
from include.administrations.loader import Administrations
from include.administrations.model import Administration, Mode
from include.console.desk_lines import Paged, Reader, RecordLine, effect_word, line_of
from include.outbox.forecast_words import moment_in_words, told_forecast
from include.outbox.ports import Purpose
from include.store.database import Database, Row
from include.store.desk import DeskStore
from include.store.outbox import UNKNOWNS_BEFORE_STOP
from include.store.quota import QuotaStore

RECORDS_A_PAGE = 50
# What leaves with a run of its flow, unless something holds it up.
LEAVING = frozenset({"run", "bulk", "later"})
HOME = "Europe/Amsterdam"


@dataclass(frozen=True)
class NextRun:
    """When Airflow starts a flow again; None when it does not say. `paused`: the flow is switched off there."""

    at: datetime | None
    paused: bool = False


NextRuns = Mapping[str, NextRun]


@dataclass(frozen=True)
class Says:
    """A sentence: the key of its words, and what stands in them. `about`: the record that it names."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    about: int | None = None


@dataclass(frozen=True, kw_only=True)
class WaitingGroup:
    """Records that wait for the same thing; `forecast`: when the flow's backlog is through, where that takes more than a minute."""

    administration: str
    flow: str
    kind: str
    records: int
    since: datetime
    says: Says
    forecast: str


@dataclass(frozen=True, kw_only=True)
class WaitingLine(RecordLine):
    """A record on its way, and what happens when."""

    says: Says


class Waiting:
    """Tells what happens when; each administration's limits are read once, when first needed."""

    def __init__(self, database: Database, administrations: Administrations, runs: NextRuns, reader: Reader) -> None:
        self._desk, self._database = DeskStore(database), database
        self._administrations = {each.name: each for each in administrations}
        self._runs, self._reader = runs, reader
        self._now = self._desk.now()
        self._limits = {row["division"]: row for row in self._desk.limits()}
        self._forecasts: dict[str, QuotaForecast] = {}

    def groups(self, administration: str | None) -> list[WaitingGroup]:
        """All that is on its way, by what has to happen first."""
        return [self._group(row) for row in self._desk.waiting_groups(administration)]

    def records(self, wanted: Mapping[str, str]) -> Paged[WaitingLine]:
        """The records of a group, or all; `wanted`: administration, flow, kind, and the place in the list."""
        after = wanted.get("after", "")
        where = {name: wanted.get(name) or None for name in ("administration", "flow", "kind")}
        place = int(after) if after.isdecimal() else None
        rows = self._desk.waiting_records(**where, after=place, at_most=RECORDS_A_PAGE + 1)
        shown = rows[:RECORDS_A_PAGE]
        lines = [WaitingLine(**line_of(row), since=row["created_at"], says=self._says(row)) for row in shown]
        return Paged(lines, str(shown[-1]["mutation_id"]) if len(rows) > RECORDS_A_PAGE else None)

    def of(self, mutation_id: int) -> Says | None:
        """What happens with one record; None when it is not on its way."""
        row = self._desk.waiting_record(mutation_id)
        return self._says(row) if row else None

    def _group(self, row: Row) -> WaitingGroup:
        known = self._administrations.get(row["administration"])
        return WaitingGroup(
            administration=row["administration"],
            flow=row["flow"],
            kind=row["kind"],
            records=row["records"],
            since=row["since"],
            says=self._says({**row, "at": row["first_at"], "awaited_id": None}),
            forecast=self._told(known, row) if known and row["kind"] in LEAVING else "",
        )

    def _says(self, row: Row) -> Says:
        held_up = self._held_up(row) if row["kind"] in LEAVING else None
        return held_up or WORDS_OF[row["kind"]](self, row)

    def _held_up(self, row: Row) -> Says | None:
        """What keeps everything of an administration or a flow from leaving."""
        administration = self._administrations.get(row["administration"])
        if administration is None:
            return Says("queue.waits.no_administration")
        if administration.mode is not Mode.BOOK:
            return Says(f"queue.waits.{administration.mode.value}")
        run = self._runs.get(row["flow"])
        if run is not None and run.paused:
            return Says("queue.waits.paused", {"flow": row["flow"]})
        return self._limited(administration, row["kind"])

    def _limited(self, administration: Administration, kind: str) -> Says | None:
        limit = self._limits.get(administration.division)
        if limit is None:
            return None
        if limit["paused_until"] > self._now:
            return Says("queue.waits.asked_to_wait", {"at": self._at(limit["paused_until"], administration)})
        if limit["unknown_streak"] >= UNKNOWNS_BEFORE_STOP:
            return Says("queue.waits.no_answers")
        found = self._forecast(administration)
        if found.is_known and not found.left_for[Purpose.BULK if kind == "bulk" else Purpose.NEAR_TIME]:
            return Says("queue.waits.limit", {"at": self._at(found.budget.resets_at, administration)})
        return None

    def _sending(self, _row: Row) -> Says:
        return Says("queue.waits.sending")

    def _look(self, row: Row) -> Says:
        return self._timed("queue.waits.look", row)

    def _awaited(self, row: Row) -> Says:
        if row["awaited_id"] is None:
            return Says("queue.waits.awaited")
        kind = effect_word(row["awaited_effect"], "POST")
        return Says(f"queue.waits.awaited.{kind}", {"number": row["awaited_ref"]}, row["awaited_id"])

    def _stuck(self, row: Row) -> Says:
        if row["awaited_id"] is None:
            return Says("queue.waits.stuck")
        return Says("queue.waits.stuck.one", {"number": row["awaited_ref"]}, row["awaited_id"])

    def _after_another(self, _row: Row) -> Says:
        return Says("queue.waits.after_another")

    def _held(self, _row: Row) -> Says:
        return Says("queue.waits.held")

    def _later(self, row: Row) -> Says:
        return self._timed("queue.waits.later", row)

    def _bulk(self, row: Row) -> Says:
        administration = self._administrations[row["administration"]]
        hours = administration.off_peak
        opens_in_s = hours.opens_in_s(self._now) if hours else 0.0
        if opens_in_s > 0:
            return Says("queue.waits.bulk", {"at": self._at(self._now + timedelta(seconds=opens_in_s), administration)})
        return self._run(row)

    def _run(self, row: Row) -> Says:
        run = self._runs.get(row["flow"])
        if run is None or run.at is None:
            return Says("queue.waits.next_run")
        if run.at <= self._now:
            return Says("queue.waits.run_now")
        return Says("queue.waits.run", {"at": self._at(run.at, self._administrations.get(row["administration"]))})

    def _timed(self, key: str, row: Row) -> Says:
        at = row["at"]
        if at is None or at <= self._now:
            return Says(f"{key}.now")
        return Says(key, {"at": self._at(at, self._administrations.get(row["administration"]))})

    def _at(self, moment: datetime, administration: Administration | None) -> str:
        zone = ZoneInfo(administration.time_zone if administration else HOME)
        return moment_in_words(moment, now=self._now, zone=zone, language=self._reader.language)

    def _forecast(self, administration: Administration) -> QuotaForecast:
        name = administration.name
        if name not in self._forecasts:
            self._forecasts[name] = Forecasts(administration, QuotaStore(self._database, administration.division)).all()
        return self._forecasts[name]

    def _told(self, administration: Administration, row: Row) -> str:
        """When the backlog is through; only worth a sentence when it takes more than a minute."""
        if administration.mode is not Mode.BOOK:
            return ""
        found = self._forecast(administration)
        purpose = Purpose.BULK if row["kind"] == "bulk" else Purpose.NEAR_TIME
        flow = _of_flow(found.flows, row["flow"], purpose)
        if flow is None or flow.forecast.calls <= found.budget.minute_limit:
            return ""
        zone = ZoneInfo(administration.time_zone)
        return told_forecast(flow.forecast, now=self._now, zone=zone, language=self._reader.language)


def _of_flow(flows: Sequence[FlowForecast], name: str, purpose: Purpose) -> FlowForecast | None:
    return next((each for each in flows if each.flow == name and each.purpose is purpose), None)


WORDS_OF: Mapping[str, Callable[[Waiting, Row], Says]] = {
    "sending": Waiting._sending,
    "look": Waiting._look,
    "awaited": Waiting._awaited,
    "awaited_stuck": Waiting._stuck,
    "after_another": Waiting._after_another,
    "held": Waiting._held,
    "later": Waiting._later,
    "bulk": Waiting._bulk,
    "run": Waiting._run,
}
