"""What waits for a person, by cause and by record, page after page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from include.console.desk_lines import Paged, Reader, RecordLine, line_of
from include.outbox.causes import explain
from include.store.cases import Case
from include.store.database import Row
from include.store.desk import DeskStore, Narrowed

CAUSES_A_PAGE = 50
RECORDS_A_PAGE = 50
CAUSE_SORTS = ("records", "amount", "oldest", "administration")
RECORD_SORTS = ("oldest", "newest", "amount")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far another try of a case is; not `begun`: it waits for its turn."""

    total: int
    done: int
    posted: int
    begun: bool


@dataclass(frozen=True, kw_only=True)
class CauseLine:
    """An open cause: what is the matter, what helps, how much is at stake since when. `totals`: including VAT, by currency."""

    case_id: str
    run_id: str
    administration: str
    code: str
    says: str
    cure: str
    records: int
    totals: Mapping[str, Decimal]
    oldest_day: date | None
    opened_at: datetime
    parked: bool
    progress: Progress | None


@dataclass(frozen=True)
class Choice:
    """Something that a list can be narrowed to; `cases`: how many causes that leaves."""

    value: str
    says: str
    cases: int


def open_causes(desk: DeskStore, wanted: Narrowed, reader: Reader) -> Paged[CauseLine]:
    """What waits for a person, by cause."""
    rows = desk.open_causes(wanted, at_most=CAUSES_A_PAGE + 1)
    last = rows[CAUSES_A_PAGE - 1] if len(rows) > CAUSES_A_PAGE else None
    more = f"{last['key']}~{last['label']}~{last['case_id']}" if last else None
    return Paged([_cause_line(row, reader) for row in rows[:CAUSES_A_PAGE]], more)


def narrowed(administration: str, code: str, sort: str, after: str) -> Narrowed:
    """What was asked for; whatever is no place in the list begins at its top."""
    key, _, rest = after.partition("~")
    label, _, case_id = rest.partition("~")
    place = (Decimal(key), label, case_id) if case_id and _is_number(key) else None
    chosen = sort if sort in CAUSE_SORTS else CAUSE_SORTS[0]
    return Narrowed(administration=administration or None, code=code or None, sort=chosen, after=place)


def choices(desk: DeskStore, reader: Reader) -> tuple[list[Choice], list[Choice]]:
    """The administrations and the causes that the list can be narrowed to."""
    rows = desk.open_choices()
    places, causes = _summed(rows, "administration"), _summed(rows, "code")
    sentences = [Choice(code, explain(code, "…", reader.language)[0], cases) for code, cases in causes.items()]
    return [Choice(name, name, cases) for name, cases in places.items()], sorted(sentences, key=lambda each: each.says)


def case_line(desk: DeskStore, case: Case, reader: Reader) -> CauseLine | None:
    """A case as the list shows it; None when nothing of it is open."""
    rows = desk.open_causes(Narrowed(administration=case.administration, code=case.code, subject=case.subject), at_most=1)
    return _cause_line(rows[0], reader) if rows else None


def case_records(desk: DeskStore, case: Case, sort: str, after: str) -> Paged[RecordLine]:
    """The records of a case."""
    key, _, mutation_id = after.partition("~")
    place = (Decimal(key), int(mutation_id)) if mutation_id.isdecimal() and _is_number(key) else None
    chosen = sort if sort in RECORD_SORTS else RECORD_SORTS[0]
    rows = desk.case_records((case.administration, case.code, case.subject), sort=chosen, after=place, at_most=RECORDS_A_PAGE + 1)
    last = rows[RECORDS_A_PAGE - 1] if len(rows) > RECORDS_A_PAGE else None
    lines = [RecordLine(**line_of(row), since=row["waits_since"]) for row in rows[:RECORDS_A_PAGE]]
    return Paged(lines, f"{last['key']}~{last['mutation_id']}" if last else None)


def _cause_line(row: Row, reader: Reader) -> CauseLine:
    says, cure = explain(row["code"], row["subject"], reader.language)
    case = Case(row["case_id"], row["administration"], row["code"], row["subject"], redrawn=row["redrawn"])
    return CauseLine(
        case_id=case.case_id,
        run_id=case.run_id,
        administration=case.administration,
        code=case.code,
        says=reader.eyes.text(says),
        cure=reader.eyes.text(cure),
        records=row["records"],
        totals={currency: Decimal(total) for currency, total in sorted(row["totals"].items())},
        oldest_day=row["oldest_day"],
        opened_at=row["opened_at"],
        parked=row["parked"],
        progress=_progress(row),
    )


def _progress(row: Row) -> Progress | None:
    if row["retry_total"] is None:
        return None
    return Progress(total=row["retry_total"], done=row["retry_done"], posted=row["retry_posted"], begun=row["retry_begun"])


def _summed(rows: Sequence[Row], name: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row[name]] = sums.get(row[name], 0) + row["cases"]
    return sums


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal()
