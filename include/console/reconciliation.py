"""What a reconciliation found, as people look at it: one light and one sentence, kinds, totals, documents, files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from include.console.words.reconciliation import WORDS
from include.outbox.causes import Language, explain
from include.reports.reconciliation_kinds import CAUSES, WITH_CASE, Kind
from include.reports.sheets import Sheet, Value
from include.store.database import Database, Row
from include.store.reconciliation_pages import ReconciliationPages, Shown

HOME = ZoneInfo("Europe/Amsterdam")
ZERO = Decimal(0)
Words = Callable[..., str]
TOTALLED = ("administration", "document_type", "currency", "vat_code")
# In the order in which a person works them off: what is wrong in Exact first.
ORDER = (
    Kind.DUPLICATE,
    Kind.WRONG_ADMINISTRATION,
    Kind.MISSING,
    Kind.AMOUNT,
    Kind.VAT,
    Kind.EDITED,
    Kind.BY_HAND,
    Kind.NOT_SENT,
    Kind.DISMISSED,
    Kind.ROUNDING,
)


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What a kind adds up to in one currency: Exact less the shop."""

    currency: str
    net: Decimal
    vat: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat


@dataclass(frozen=True, kw_only=True)
class KindLine:
    """A kind with its documents; `open`: those that nobody decided about yet."""

    kind: Kind
    documents: int
    open: int
    asked: int
    sums: Sequence[Sum]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A comparison, or some of its days. `expected`: documents that the shop asks for; `agreeing`: those that agree to the cent."""

    run: Row
    shown: Shown
    kinds: Sequence[KindLine]
    totals: Sequence[Row]
    days: Sequence[Row]

    @property
    def expected(self) -> int:
        return sum(int(row["expected_documents"]) for row in self.totals)

    @property
    def agreeing(self) -> int:
        return self.expected - sum(line.asked for line in self.kinds)

    @property
    def to_decide(self) -> int:
        return sum(line.open for line in self.kinds if line.kind in WITH_CASE)

    @property
    def waiting(self) -> int:
        return self.count(Kind.NOT_SENT)

    @property
    def light(self) -> str:
        """`failure` while a person must decide, `warning` while something waits, else `ok`."""
        return "failure" if self.to_decide else "warning" if self.waiting else "ok"

    @property
    def last_day(self) -> date:
        return self.shown.until - timedelta(days=1)

    @property
    def seen(self) -> list[tuple[str, datetime]]:
        """When Exact was read, by administration."""
        return [(name, datetime.fromisoformat(at)) for name, at in sorted(self.run["seen_at"].items()) if at]

    def count(self, kind: Kind) -> int:
        """Documents of a kind."""
        return sum(line.documents for line in self.kinds if line.kind is kind)


def look(database: Database, shown: Shown) -> Picture | None:
    """The picture of a finished comparison; None when there is none of that number."""
    pages = ReconciliationPages(database)
    run = pages.run(shown.run_id)
    if run is None:
        return None
    lines = {line.kind: line for line in map(_line, pages.kinds(shown))}
    return Picture(
        run=run,
        shown=shown,
        kinds=[lines[kind] for kind in ORDER if kind in lines],
        totals=pages.totals(shown),
        days=pages.days(shown),
    )


def newest(database: Database, administration: str = "", days: tuple[date | None, date | None] = (None, None)) -> Shown | None:
    """The newest comparison that holds these days, narrowed to them; None when there is none."""
    since, until = days
    pages = ReconciliationPages(database)
    run_id = pages.latest(since, until)
    return chosen(database, run_id, administration, days) if run_id is not None else None


def chosen(database: Database, run_id: int, administration: str, days: tuple[date | None, date | None]) -> Shown | None:
    """A comparison by its number, narrowed to these days."""
    run = ReconciliationPages(database).run(run_id)
    if run is None:
        return None
    since, until = max(days[0] or run["since"], run["since"]), min(days[1] or run["until"], run["until"])
    return Shown(run_id, since, until, administration)


def _line(row: Row) -> KindLine:
    sums = [Sum(currency=each["currency"], net=Decimal(each["net"]), vat=Decimal(each["vat"])) for each in row["sums"]]
    documents = int(row["documents"])
    return KindLine(kind=Kind(row["kind"]), documents=documents, open=documents - row["decided"], asked=row["asked"], sums=sums)


def words(language: Language) -> Words:
    """`t(key, number=3)` over the words of this subject, for those who have no page."""
    column = 0 if language == "nl" else 1

    def t(key: str, **values: object) -> str:
        one, _, many = WORDS[key][column].partition("|")
        return (many if many and values.get("number") != 1 else one).format(**values)

    return t


def sentence(picture: Picture, t: Words, day: Callable[[date], str] = str) -> str:
    """What the light says: all agree, or how many do, and what the others are about."""
    span = span_of(picture.shown.since, picture.last_day, t, day)
    facts = {"span": span, "count": picture.expected, "agreeing": picture.agreeing}
    match picture.light:
        case "failure":
            return t("reconciliation.says.failure", number=picture.to_decide, **facts)
        case "warning":
            return t("reconciliation.says.warning", number=picture.waiting, **facts)
    if not picture.expected:
        return t("reconciliation.says.empty", span=span)
    if dismissed := picture.count(Kind.DISMISSED):
        return t("reconciliation.says.dismissed", number=dismissed, **facts)
    return t("reconciliation.says.ok", number=picture.expected, **facts)


def span_of(first: date, last: date, t: Words, day: Callable[[date], str] = str) -> str:
    """One day, or the first and the last of several."""
    if first == last:
        return t("reconciliation.one_day", day=day(first))
    return t("reconciliation.days", first=day(first), last=day(last))


def cause_and_cure(kind: Kind, subject: str, language: Language) -> tuple[str, str]:
    """What a kind means and what mends it."""
    return explain(CAUSES[kind].code, subject, language)


def sheets(database: Database, picture: Picture, language: Language) -> Iterator[Sheet]:
    """The picture as tables: summary, differences, per day, per VAT code."""
    t = words(language)
    pages = ReconciliationPages(database)
    yield _summary(picture, t)
    yield differences_sheet(pages, picture.shown, language)
    yield _totals_sheet("days", pages.daily_totals(picture.shown), ("day", *TOTALLED), t)
    yield _totals_sheet("vat_codes", picture.totals, TOTALLED, t)


def _totals_sheet(name: str, rows: Sequence[Row], keys: Sequence[str], t: Words) -> Sheet:
    return Sheet(t(f"reconciliation.sheet.{name}"), _total_headings(t, keys), _total_rows(rows, keys, t), (16,) * (len(keys) + 9))


def _summary(picture: Picture, t: Words) -> Sheet:
    facts: list[Sequence[Value]] = [
        (sentence(picture, t),),
        (t("reconciliation.compared", at=""), _local(picture.run["finished_at"])),
        *((f"{t('reconciliation.seen')} {name}", _local(at)) for name, at in picture.seen),
        (),
        (t("reconciliation.kind"), t("reconciliation.documents"), t("reconciliation.currency"), *(_sums(t))),
    ]
    kinds = [
        (t(f"reconciliation.kind.{line.kind}"), line.documents, each.currency, each.net, each.vat, each.gross)
        for line in picture.kinds
        for each in line.sums
    ]
    headings = (t("reconciliation.title"),)
    return Sheet(t("reconciliation.sheet.summary"), headings, [*facts, *kinds], (50, 20, 10, 14, 14, 14))


def differences_sheet(pages: ReconciliationPages, shown: Shown, language: Language) -> Sheet:
    """One row per document that differs."""
    t = words(language)
    names = ("day", "administration", "kind", "number", "type", "currency")
    sides = [f"{t(f'reconciliation.{side}')} {each}" for side in ("shop", "exact", "difference") for each in _sums(t)[:2]]
    others = [t(f"reconciliation.{name}") for name in ("state", "cause", "in_exact", "case", "what_to_do")]
    headings = [*(t(f"reconciliation.{name}") for name in names), *sides, *others]
    rows = (_difference(row, t, language) for row in pages.all_differences(shown))
    return Sheet(t("reconciliation.sheet.differences"), headings, rows, (12, 14, 30, 16, 10, 10, *(14,) * 6, 14, 30, 40, 40, 60))


def _difference(row: Row, t: Words, language: Language) -> Sequence[Value]:
    net, vat = row["booked_net"] - row["expected_net"], row["booked_vat"] - row["expected_vat"]
    documents = ", ".join(str(each.get("number") or each["id"]) for each in row["documents"])
    cause = f"{row['cause_code']}:{row['cause_subject'] or ''}".rstrip(":") if row["cause_code"] else None
    return (
        row["day"],
        row["administration"],
        t(f"reconciliation.kind.{row['kind']}"),
        row["number"],
        t(f"reconciliation.type.{row['document_type']}"),
        row["currency"],
        *(row["expected_net"], row["expected_vat"], row["booked_net"], row["booked_vat"], net, vat),
        row["state"],
        cause,
        documents or None,
        row["case_id"],
        cause_and_cure(Kind(row["kind"]), str(row["day"]), language)[1],
    )


def _total_headings(t: Words, keys: Sequence[str]) -> list[str]:
    names = {"document_type": "type"}
    sides = [
        f"{t(f'reconciliation.{side}')} {each}" for side in ("shop", "exact") for each in (t("reconciliation.documents"), *_sums(t)[:2])
    ]
    differences = [f"{t('reconciliation.difference')} {each}" for each in _sums(t)]
    return [*(t(f"reconciliation.{names.get(key, key)}") for key in keys), *sides, *differences]


def _total_rows(rows: Sequence[Mapping[str, Any]], keys: Sequence[str], t: Words) -> Iterator[Sequence[Value]]:
    for row in rows:
        net, vat = row["booked_net"] - row["expected_net"], row["booked_vat"] - row["expected_vat"]
        sides = [row[f"{side}_{each}"] for side in ("expected", "booked") for each in ("documents", "net", "vat")]
        yield (*(t(f"reconciliation.type.{row[key]}") if key == "document_type" else row[key] for key in keys), *sides, net, vat, net + vat)


def _sums(t: Words) -> tuple[str, str, str]:
    return t("reconciliation.net"), t("reconciliation.vat"), t("reconciliation.gross")


def _local(at: datetime) -> datetime:
    return at.astimezone(HOME)
