"""The error queue as a person sees it: cases and their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.adapters.links import Links
from include.errors import SetupError
from include.outbox.causes import Language, explain
from include.outbox.model import Mutation
from include.store.acts import ActStore
from include.store.cases import Case, CaseStore, case_of


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """An open case in the list."""

    case_id: str
    administration: str
    records: int
    opened_at: datetime
    parked: bool
    says: str
    cure: str


@dataclass(frozen=True, kw_only=True)
class RecordLine:
    """A record of a case; amounts in the record's currency excluding VAT stand in the trace."""

    number: str
    effect: str
    endpoint: str
    version: int
    attempt: int
    facts: Mapping[str, str]
    payload: str | None
    order_url: str | None
    document_url: str | None


@dataclass(frozen=True, kw_only=True)
class FindingLine:
    """A document in Exact that a case is about beside those that records call their own."""

    number: str
    facts: Mapping[str, str]
    document_url: str | None


@dataclass(frozen=True, kw_only=True)
class CaseStory:
    """A case with all its records, and what it is about beside them."""

    case_id: str
    state: str
    run_id: str
    says: str
    cure: str
    records: tuple[RecordLine, ...]
    findings: tuple[FindingLine, ...]


def open_lines(cases: CaseStore, language: Language) -> list[CaseLine]:
    """All open cases."""
    return [_line(row, explain(row["code"], row["subject"], language)) for row in cases.open()]


def _line(row: Mapping[str, Any], texts: tuple[str, str]) -> CaseLine:
    return CaseLine(
        case_id=row["case_id"],
        administration=row["administration"],
        records=row["records"],
        opened_at=row["opened_at"],
        parked=row["parked"],
        says=texts[0],
        cure=texts[1],
    )


def known_case(cases: CaseStore, name: str) -> Case:
    """The case of this id, or of this id of a run. Raises `SetupError` when there is none."""
    case = cases.get(case_of(name))
    if case is None:
        raise SetupError("unknown_case", name, cure="exactly errors list names the open ones")
    return case


def story_of_case(cases: CaseStore, case: Case, links: Links, language: Language) -> CaseStory:
    """The case, its sentences, and each record with where to find it."""
    says, cure = explain(case.code, case.subject, language)
    return CaseStory(
        case_id=case.case_id,
        state="open" if case.is_open else "closed",
        run_id=case.run_id,
        says=says,
        cure=cure,
        records=tuple(_record(record, links) for record in cases.records(case.case_id)),
        findings=tuple(_finding(row, links) for row in cases.findings(case.case_id)),
    )


def _finding(row: Mapping[str, Any], links: Links) -> FindingLine:
    return FindingLine(number=row["your_ref"], facts=row["facts"], document_url=links.of_document(row["division"], row["exact_id"]))


def _record(record: Mutation, links: Links) -> RecordLine:
    return RecordLine(
        number=record.your_ref,
        effect=record.key.effect,
        endpoint=record.endpoint,
        version=record.payload_version,
        attempt=record.attempt,
        facts=dict(record.cause.facts) if record.cause else {},
        payload=record.payload,
        order_url=links.of_source(record.key.source_id, record.key.effect),
        document_url=links.of_document(record.division, record.exact_id),
    )


def waiting_record(acts: ActStore, number: str) -> Mutation:
    """The one record under this number that waits for a person. Raises `SetupError` when there is none, or more than one."""
    found = waiting_records(acts, number)
    if len(found) > 1:
        named = ", ".join(f"{record.key.effect} in {record.administration}" for record in found)
        raise SetupError("several_wait", number, cure=f"{named} wait under this number: name the case instead")
    return found[0]


def waiting_records(acts: ActStore, number: str) -> list[Mutation]:
    """The records under this number that wait for a person. Raises `SetupError` when there is none."""
    found = acts.waiting(number)
    if not found:
        raise SetupError("nothing_waits", number, cure="no record of this number waits for a person: exactly trace tells its story")
    return found
