"""Do the shop, the outbox and Exact agree? One administration at a time, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from include.adapters.mirrored_sales import LEDGER_ACCOUNTS, booked_documents, including_codes, mirrored_documents
from include.administrations.model import Administration, Mode
from include.checks.completeness import (
    Completeness,
    DayFigure,
    fates_of,
    records_have_a_fate,
    sums_are_the_shops,
)
from include.checks.findings import Finding, warning
from include.checks.invariants import (
    Belongings,
    documents_are_as_written,
    documents_are_single,
    documents_arrive,
    documents_belong,
    histories_are_whole,
    payload_is_whole,
    payloads_are_whole,
    strangers_are_ours,
)
from include.console.shop_reading import ShopReading
from include.exact.booked import WrittenDocument, written_document
from include.exact.entities import DOCUMENTS
from include.outbox.states import State
from include.run import Run
from include.store.audit import Audit, Days
from include.store.database import Row


@dataclass(frozen=True, kw_only=True)
class VatFigure:
    """Net sums under one VAT code: as written, and as they stand in Exact."""

    vat_code: str
    currency: str
    written: Decimal
    exact: Decimal


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the comparison of one administration found; `seen_at`: when the reading of Exact began."""

    administration: str
    division: int
    since: str
    until: str
    seen_at: datetime | None
    documents: Mapping[str, int]
    days: Sequence[DayFigure]
    vat_codes: Sequence[VatFigure]
    findings: Sequence[Finding]


def refresh_documents(run: Run) -> None:
    """Bring the mirror's documents up to date, deletions too: two calls or a few more."""
    run.pulls.pull_missing([LEDGER_ACCOUNTS])
    run.pulls.pull(DOCUMENTS[mirrored_documents(run.administration)])
    run.pulls.pull_deleted()


def verify(run: Run, audit: Audit, shop: ShopReading, days: Days) -> Verdict:
    """Compare one administration. The run only reads."""
    administration = run.administration
    if administration.mode is Mode.OFF:
        return _not_looked_at(administration, days)
    mutations = audit.mutations(days)
    booked = booked_documents(administration, run.mirror)
    changed = [each for each in mutations if not payload_is_whole(each)]
    written = _written(mutations, changed, including_codes(run.mirror))
    belongings = Belongings(mutations, booked)
    completeness = Completeness(shop.records.get(administration.name, ()), belongings, written)
    elsewhere = _elsewhere(run, completeness)
    figures = completeness.days(elsewhere)
    seen_at = run.mirror.pulled_at(mirrored_documents(administration))
    findings = [
        *_exact_side(run, audit, belongings, written),
        *records_have_a_fate(completeness.unplanned(), elsewhere, read_up_to=audit.reach()["read_up_to"], now=run.mirror.now()),
        *documents_arrive(mutations, now=run.mirror.now(), sends=administration.mode is Mode.BOOK),
        *sums_are_the_shops(completeness.source, belongings, routed_elsewhere=shop.keys_but_of(administration.name)),
        *histories_are_whole(audit.broken_history(days)),
        *payloads_are_whole(changed),
    ]
    return Verdict(
        administration=administration.name,
        division=administration.division,
        since=days.since.isoformat(),
        until=days.until.isoformat(),
        seen_at=seen_at,
        documents=fates_of(figures),
        days=figures,
        vat_codes=list(_by_vat_code(belongings, written)),
        findings=findings,
    )


def _written(mutations: Sequence[Row], changed: Sequence[Row], including: Mapping[str, Decimal]) -> dict[int, WrittenDocument]:
    """What the payloads ask for; one that somebody changed asks for nothing that we wrote."""
    unsure = {each["mutation_id"] for each in changed}
    return {
        each["mutation_id"]: written_document(each["endpoint"], each["payload"], including)
        for each in mutations
        if each["payload"] is not None and each["mutation_id"] not in unsure
    }


def _not_looked_at(administration: Administration, days: Days) -> Verdict:
    finding = warning("I3", f"{administration.name} is off: its orders are not looked at", "set its mode to observe or book")
    return Verdict(
        administration=administration.name,
        division=administration.division,
        since=days.since.isoformat(),
        until=days.until.isoformat(),
        seen_at=None,
        documents={},
        days=(),
        vat_codes=(),
        findings=(finding,),
    )


def _exact_side(run: Run, audit: Audit, belongings: Belongings, written: Mapping[int, WrittenDocument]) -> Iterator[Finding]:
    seen_at = run.mirror.pulled_at(mirrored_documents(run.administration))
    if seen_at is None:
        yield warning("I4", "the mirror holds no documents of Exact yet: nothing was compared with Exact", "leave out --no-refresh")
        return
    strangers = belongings.strangers()
    yield from documents_belong(belongings)
    yield from strangers_are_ours(strangers, audit.known_tokens(run.administration.division, list(strangers)))
    yield from documents_are_single(belongings)
    yield from documents_are_as_written(belongings, written, seen_at=seen_at)


def _elsewhere(run: Run, completeness: Completeness) -> set[tuple[str, str]]:
    """Records without a mutation in these days that the outbox keeps under another day or administration."""
    numbers = [record.number for record in completeness.unplanned()]
    return set(run.figures.known_versions("webshop", numbers)) if numbers else set()


def _by_vat_code(belongings: Belongings, written: Mapping[int, WrittenDocument]) -> Iterator[VatFigure]:
    theirs: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for mutation in _posted(belongings.mutations):
        document = belongings.by_id.get(str(mutation["exact_id"]))
        ours = written.get(mutation["mutation_id"])
        for code, net in (ours.net_by_vat if ours else {}).items():
            sums[mutation["currency"], code] += net
        for code, net in (document.net_by_vat if document else {}).items():
            theirs[mutation["currency"], code] += net
    for currency, code in sorted(theirs.keys() | sums.keys()):
        yield VatFigure(vat_code=code, currency=currency, written=sums[currency, code], exact=theirs[currency, code])


def _posted(mutations: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (each for each in mutations if State(each["state"]) is State.POSTED)
