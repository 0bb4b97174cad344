"""The independent checker: judges Exact's books beside the outbox's tables, by SQL of its own, and shares no code with the outbox."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from include.proof.judge import CENT, BookedDocument, JudgedMutation, Transition, Violation, judge

MUTATIONS = """
select concat_ws('/', source_system, source_id, effect, effect_number)
         || case when key_division <> 0 then '@' || key_division else '' end as key,
       administration, division, token, your_ref, state, exact_id::text, cause_code, cause_subject, amount_net, vat, source_day::text,
       method = 'POST' and key_division = 0 as makes_document
from mutation where (%(division)s::integer is null or division = %(division)s) order by mutation_id
"""
TRANSITIONS = """
select m.mutation_id::text as key, e.before, e.after
from mutation_event e join mutation m using (mutation_id)
where (%(division)s::integer is null or m.division = %(division)s) order by e.mutation_id, e.event_id
"""
LATE_HOLDERS = """
select 'mutation ' || your_ref as what from mutation
where state = 'sending' and sent_at < clock_timestamp() - make_interval(secs => %(longest_s)s)
union all
select 'permit ' || slot from permit where holder is not null and free_at > clock_timestamp() + make_interval(secs => %(longest_s)s)
"""
# How long each attempt was `sending`, whoever's it was.
HELD = """
select m.source_id as what, s.at as since, coalesce(min(e.at), clock_timestamp()) as until
from mutation_event s join mutation m using (mutation_id)
     left join mutation_event e on e.mutation_id = s.mutation_id and e.event_id > s.event_id and e.before = 'sending'
where s.after = 'sending' group by s.event_id, m.source_id, s.at
"""
OURS = re.compile(r"[A-Z2-7]{12}")
BEGINNING = 8
TABLES = "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"


@dataclass(frozen=True)
class SourceRecord:
    """What the source says about one record that had to be planned: its key, its day and its amounts excluding VAT."""

    key: str
    day: str
    amount_net: Decimal | None = None
    vat: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What the checker found; `day_totals` sets the source beside Exact, per day: records and net amounts."""

    violations: Sequence[Violation]
    documents: int
    states: Mapping[str, int]
    day_totals: Mapping[str, Mapping[str, Decimal]]

    @property
    def duplicates(self) -> int:
        return sum(each.invariant in {"I1", "I2"} for each in self.violations)

    @property
    def lost(self) -> int:
        return sum(each.invariant in {"I3", "I4"} for each in self.violations)


def check(
    dsn: str, books: Iterable[BookedDocument], *, sources: Sequence[SourceRecord] | None = None, division: int | None = None
) -> Report:
    """Check I1–I6. `books`: all documents of Exact that may be ours, from wherever they can be read in full.

    Without `sources` the planned mutations themselves stand for the source: nothing can then be said of what was never planned.
    """
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        rows = connection.execute(MUTATIONS, {"division": division}).fetchall()
        events = connection.execute(TRANSITIONS, {"division": division}).fetchall()
    mutations = [_mutation(row) for row in rows]
    references = {each.your_ref for each in mutations}
    documents = [each for each in books if OURS.fullmatch(each.token) or each.your_ref in references]
    records = sources if sources is not None else [SourceRecord(each.key, each.day, each.amount_net, each.vat) for each in mutations]
    transitions = [Transition(row["key"], row["before"], row["after"]) for row in events]
    found = judge(documents, mutations, transitions, [each.key for each in records])
    totals = _day_totals(records, mutations, documents)
    return Report([*found, *_totals_agree(totals)], len(documents), Counter(each.state for each in mutations), totals)


def _mutation(row: dict[str, Any]) -> JudgedMutation:
    return JudgedMutation(
        key=row["key"],
        division=row["division"],
        token=row["token"],
        your_ref=row["your_ref"],
        state=row["state"],
        exact_id=row["exact_id"],
        cause=row["cause_code"] and f"{row['cause_code']}:{row['cause_subject']}",
        amount_net=row["amount_net"],
        vat={code: Decimal(amount) for code, amount in row["vat"].items()},
        day=row["source_day"],
        makes_document=row["makes_document"],
    )


def _day_totals(
    records: Sequence[SourceRecord], mutations: Sequence[JudgedMutation], documents: Sequence[BookedDocument]
) -> dict[str, dict[str, Decimal]]:
    """Per day: source records and amounts beside what became of them; amounts of posted ones as the books have them."""
    booked = {(each.division, each.exact_id.lower()): each for each in documents}
    totals: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for record in records:
        _add(totals[record.day], "source", record.amount_net, record.vat)
    for mutation in mutations:
        document = booked.get((mutation.division, (mutation.exact_id or "").lower())) if mutation.state == "posted" else None
        if document is not None and document.amount_net is not None:
            _add(totals[mutation.day], "settled", document.amount_net, document.vat)
            totals[mutation.day]["tolerance"] += CENT * document.lines
        elif mutation.state in {"posted", "dead_letter", "dismissed", "gone"}:
            _add(totals[mutation.day], "settled", mutation.amount_net, mutation.vat)
    return {day: dict(sums) for day, sums in sorted(totals.items())}


def _add(sums: dict[str, Decimal], side: str, amount_net: Decimal | None, vat: Mapping[str, Decimal]) -> None:
    sums[f"{side} records"] += 1
    sums[f"{side} net"] += amount_net or 0
    for code, amount in vat.items():
        sums[f"{side} VAT {code}"] += amount


def _totals_agree(totals: Mapping[str, Mapping[str, Decimal]]) -> list[Violation]:
    """I5: source totals equal posted, gone, dead and dismissed together, per day and VAT code; VAT but for Exact's rounding of lines."""
    found: list[Violation] = []
    for day, sums in totals.items():
        for name in sorted({each.partition(" ")[2] for each in sums if each != "tolerance"}):
            source, settled = sums.get(f"source {name}", Decimal(0)), sums.get(f"settled {name}", Decimal(0))
            tolerance = sums.get("tolerance", Decimal(0)) if name.startswith("VAT") else 0
            if abs(source - settled) > tolerance:
                found.append(Violation("I5", day, f"{name}: the source has {source}, settled are {settled}"))
    return found


def dead_hold_nothing(dsn: str, *, longest_s: float) -> list[Violation]:
    """I11: nobody holds a mutation or a permit for longer than that."""
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        rows = connection.execute(LATE_HOLDERS, {"longest_s": longest_s}).fetchall()
    return [Violation("I11", row["what"], f"held for longer than {longest_s} s") for row in rows]


@dataclass(frozen=True)
class Hold:
    """From when to when something was held, or could not be let go."""

    since: datetime
    until: datetime

    def overlap_s(self, other: Hold) -> float:
        return max(0.0, (min(self.until, other.until) - max(self.since, other.since)).total_seconds())


def nobody_held_too_long(dsn: str, *, longest_s: float, excused: Sequence[Hold] = ()) -> list[Violation]:
    """I11 over the whole run: no attempt stays `sending` for longer, but for the times in which nobody could have taken it over."""
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        rows = connection.execute(HELD).fetchall()
    found: list[Violation] = []
    for row in rows:
        hold = Hold(row["since"], row["until"])
        seconds = hold.overlap_s(hold) - sum(hold.overlap_s(each) for each in excused)
        if seconds > longest_s:
            found.append(Violation("I11", row["what"], f"was sending for {seconds:.1f} s, at most {longest_s:.1f} s are right"))
    return found


def no_secret_in_tables(dsn: str, secrets: Sequence[str]) -> list[Violation]:
    """I10: no planted secret in any table. A long run has thousands: they are sought only where something begins like them."""
    found: list[Violation] = []
    alike: dict[str, list[str]] = defaultdict(list)
    for secret in secrets:
        alike[secret[:BEGINNING]].append(f"%{secret}%")
    seek = " or ".join(["t::text like %s and t::text like any(%s)"] * len(alike)) or "false"
    values = [value for beginning, patterns in alike.items() for value in (f"%{beginning}%", patterns)]
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        names = [row["name"] for row in connection.execute(TABLES)]
        for name in names:
            row = connection.execute(f"select count(*) as n from {name} t where {seek}", values).fetchone()  # noqa: S608  catalogue names
            if row and row["n"]:
                found.append(Violation("I10", name, f"{row['n']} rows hold a secret"))
    return found


def no_secret_in_files(files: Iterable[Any], secrets: Sequence[str]) -> list[Violation]:
    """I10: no planted secret in any file."""
    return [
        Violation("I10", str(file), "holds a secret")
        for file in files
        if any(secret in file.read_text(encoding="utf-8", errors="replace") for secret in secrets)
    ]
