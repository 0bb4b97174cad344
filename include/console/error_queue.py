"""The error queue as a person at a terminal sees it and acts on it: cases, their records, dismissal, adoption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from include.adapters.links import Links
from include.administrations.loader import load_administrations
from include.console.trace import live_document
from include.errors import SetupError
from include.exact.documents import KINDS
from include.feeds import drafts_anew
from include.outbox.causes import Language, explain
from include.outbox.model import Draft, Mutation, Tally
from include.outbox.states import State
from include.retrying import drafts_of
from include.run import Run, require_booking
from include.store.acts import ActStore, Document
from include.store.cases import Case, CaseStore, case_of
from include.store.checks import EntryDays
from include.store.database import Database

CLOSED_PERIOD = "closed_period"


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


def book_today(database: Database, cases: Sequence[Case], by: str) -> None:
    """Have the documents of closed periods booked today, whenever they are mapped. Raises `SetupError` for other cases."""
    other = next((case for case in cases if case.code != CLOSED_PERIOD), None)
    if other is not None:
        raise SetupError("no_closed_period", other.case_id, cure="only documents of closed periods can be booked in the current one")
    records, days, administrations = CaseStore(database), EntryDays(database), load_administrations()
    for case in cases:
        today = administrations[case.administration].local_day(days.now())
        days.choose(records.records(case.case_id), today, by)


def waiting_records(acts: ActStore, number: str) -> list[Mutation]:
    """The records under this number that wait for a person. Raises `SetupError` when there is none."""
    found = acts.waiting(number)
    if not found:
        raise SetupError("nothing_waits", number, cure="no record of this number waits for a person: exactly trace tells its story")
    return found


def dismiss(acts: ActStore, records: Sequence[Mutation], reason: str, by: str) -> list[Mutation]:
    """Dismiss these records for a reason; returns those that still waited."""
    if not reason.strip():
        raise SetupError("no_reason", cure="say why these records are not to be booked: --reason")
    return [record for record in records if acts.dismiss(record, reason.strip(), f"errors dismiss by {by}")]


def book_again(run: Run, acts: ActStore, record: Mutation, by: str) -> Tally:
    """Book once more what somebody deleted in Exact, as a new effect with what the shop says now, and send it.

    Raises `SetupError` when it was not deleted there, or when the shop wants none of it any more.
    """
    if record.state is not State.GONE:
        raise SetupError("not_deleted", record.your_ref, cure=f"it is {record.state.value}: only what was deleted in Exact is booked again")
    require_booking(run.administration)
    drafts = drafts_anew(run, record)
    again = next((draft for draft in drafts if draft.key.effect == record.key.effect), None)
    if again is None or again.dismissed:
        why = again.cause if again else "it is vanished, another administration's, or older than book_from"
        raise SetupError("not_wanted", record.your_ref, cure=f"the shop wants none of it any more ({why}): dismiss it with a reason")
    run.outbox.plan(drafts)
    acts.dismiss(record, f"booked again as {again.key}", f"errors book-again by {by}")
    return run.outbox.drain(only=run.outbox.store.ids_of(record.key.source_system, [record.key.source_id]))


def document_for(run: Run, record: Mutation, exact_id: UUID) -> tuple[Document, dict[str, Any], Draft | None]:
    """Read the document in Exact that is to become the record's: how it is noted, what it says, and the payload that the record lacks.

    Raises `SetupError` when Exact has none in this division, or when the record cannot be mapped.
    """
    if record.state is not State.DEAD_LETTER:
        raise SetupError("nothing_to_adopt", record.your_ref, cure=f"it is {record.state.value}: only a refused record adopts a document")
    draft = _draft(run, record) if record.payload is None else None
    kind = KINDS[record.endpoint]
    asked = {"endpoint": record.endpoint, "exact_id": exact_id, "look": draft.look if draft else record.look}
    found = live_document(run.exact, asked)
    if found is None:
        raise SetupError("no_such_document", exact_id, cure=f"{kind.endpoint} of division {record.division} has no document of this id")
    ours = found.get(kind.token_field) == record.token or found.get("YourRef") == record.your_ref
    number = found.get(kind.number_field)
    reference = "ours" if ours else f"another, {found.get('YourRef') or 'none'}"
    return Document(exact_id, str(number) if number else None, reference), found, draft


def _draft(run: Run, record: Mutation) -> Draft:
    draft = drafts_of(run, [record]).get(str(record.key))
    if draft is None or draft.payload is None:
        cause = draft.cause if draft else "the shop does not have it any more"
        cure = f"what it would book is not known ({cause}): mend that first, or dismiss it and name the document in the reason"
        raise SetupError("cannot_be_mapped", record.your_ref, cure=cure)
    return draft
