"""What is done: booked, dismissed, or gone from Exact, the latest first, by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from include.console.desk_lines import Paged, Reader, RecordLine, line_of, person_of
from include.outbox.causes import explain
from include.store.database import Row
from include.store.desk import DeskStore

LINES_A_PAGE = 50
DAYS_COUNTED = 14
STATES = ("posted", "dismissed", "gone")
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class DoneLine(RecordLine):
    """What ended; `by`: the person who decided, empty where the flow did; `says`: why it was not booked."""

    number_in_exact: str
    by: str
    says: str


@dataclass(frozen=True)
class DoneDay:
    """A day, what ended on it, and how much: `counts` by state, None where the list goes on before what was counted."""

    day: date
    counts: Mapping[str, int] | None
    lines: Sequence[DoneLine]


def done_days(desk: DeskStore, reader: Reader, wanted: Mapping[str, str], zone: ZoneInfo) -> Paged[DoneDay]:
    """What ended, the latest first, by day; `wanted`: state, administration, the last `day`, and the place in the list."""
    at, _, mutation_id = wanted.get("after", "").partition("~")
    place = (datetime.fromisoformat(at), int(mutation_id)) if mutation_id.isdecimal() and _is_moment(at) else None
    state, administration = wanted.get("state", ""), wanted.get("administration") or None
    until = _end_of(wanted.get("day", ""), zone)
    kept = state if state in STATES else None
    rows = desk.done(state=kept, administration=administration, until=until, after=place, at_most=LINES_A_PAGE + 1)
    shown = rows[:LINES_A_PAGE]
    more = f"{shown[-1]['updated_at'].isoformat()}~{shown[-1]['mutation_id']}" if len(rows) > LINES_A_PAGE else None
    counts = _counted(desk, shown, administration, zone)
    return Paged([DoneDay(day, counts.get(day), lines) for day, lines in _by_day(shown, reader, zone).items()], more)


def _by_day(rows: Sequence[Row], reader: Reader, zone: ZoneInfo) -> dict[date, list[DoneLine]]:
    days: dict[date, list[DoneLine]] = {}
    for row in rows:
        days.setdefault(row["updated_at"].astimezone(zone).date(), []).append(_done_line(row, reader))
    return days


def _done_line(row: Row, reader: Reader) -> DoneLine:
    by = person_of(row["actor"])
    facts = row["event_facts"]
    says = ""
    if row["state"] != "posted":
        says = facts.get("reason") or explain(row["cause_code"] or "", row["cause_subject"], reader.language)[0]
    return DoneLine(**line_of(row), since=row["updated_at"], number_in_exact=row["number"] or "", by=by, says=reader.eyes.text(str(says)))


def _counted(desk: DeskStore, rows: Sequence[Row], administration: str | None, zone: ZoneInfo) -> dict[date, dict[str, int]]:
    """Counts of whole days, of the fortnight at most that ends with the first row."""
    if not rows:
        return {}
    last = rows[0]["updated_at"].astimezone(zone).date()
    first = max(rows[-1]["updated_at"].astimezone(zone).date(), last - timedelta(days=DAYS_COUNTED))
    since, until = datetime.combine(first, time.min, zone), datetime.combine(last + DAY, time.min, zone)
    counts: dict[date, dict[str, int]] = {}
    for row in desk.done_by_day(since, until, zone=zone.key, administration=administration):
        counts.setdefault(row["day"], {})[row["state"]] = row["records"]
    return counts


def _end_of(day: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day) + DAY, time.min, zone)
    except (ValueError, OverflowError):
        return None


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
