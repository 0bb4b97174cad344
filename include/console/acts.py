"""What a person does about what waits: another try, dismissal, adoption, another period, a note. For the desk and for the terminal.

Each act notes who and why, tells the second of two people what the first one did, and leaves Airflow's squares to whoever called it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from include.administrations.loader import load_administrations
from include.errors import SetupError
from include.outbox.model import Mutation
from include.outbox.states import State
from include.store.acts import ActStore, Fate
from include.store.cases import Case, CaseStore
from include.store.checks import EntryDays
from include.store.database import Database
from include.store.deeds import SAID_MAX, Deed, DeedStore, Doer
from include.store.retries import BOOK_AGAIN, REBOOK, Asked, Retry, Wish

CLOSED_PERIOD = "closed_period"
REASON_MAX = 500
PACE_MAX = 6000


@dataclass(frozen=True, kw_only=True)
class Dismissed:
    """What a dismissal did: the records that ended with it, the fates of those where somebody was first, the cases that are empty now."""

    records: tuple[Mutation, ...] = ()
    findings: int = 0
    lost: tuple[Fate, ...] = ()
    closed: tuple[Case, ...] = ()


def ask_again(database: Database, case: Case, wish: Wish) -> Asked:
    """Have records of a case sent again; the case's run does it when it is cleared. Raises `SetupError` for a pace that is none."""
    if wish.pace_per_minute is not None and not 1 <= wish.pace_per_minute <= PACE_MAX:
        raise SetupError("no_pace", wish.pace_per_minute, cure=f"a pace is from 1 to {PACE_MAX} documents a minute")
    return CaseStore(database).retries.ask(case.case_id, wish)


def ask_rebooking(database: Database, record: Mutation, doer: Doer) -> Asked:
    """Have what stands in Exact credited in full, and booked anew as the shop has it now. Raises `SetupError` when it does not wait."""
    return _ask_about(database, record, Wish(doer=doer, kind=REBOOK, records=(record.mutation_id,)), State.DEAD_LETTER)


def ask_booking_again(database: Database, record: Mutation, doer: Doer) -> Asked:
    """Have booked once more what somebody deleted in Exact. Raises `SetupError` when it was not."""
    return _ask_about(database, record, Wish(doer=doer, kind=BOOK_AGAIN, records=(record.mutation_id,)), State.GONE)


def _ask_about(database: Database, record: Mutation, wish: Wish, needed: State) -> Asked:
    if record.state is not needed:
        code = "not_deleted" if needed is State.GONE else "waits_no_more"
        raise SetupError(code, record.your_ref, cure=f"it is {record.state.value}: exactly trace tells its story")
    return CaseStore(database).retries.ask(case_of_record(database, record).case_id, wish)


def stop(database: Database, case: Case, doer: Doer) -> Retry | None:
    """End the try that is under way, at its next step; None when there is none. What was not sent stays as it was."""
    return CaseStore(database).retries.stop(case.case_id, doer)


def case_of_record(database: Database, record: Mutation) -> Case:
    """The case that a record waits in. Raises `SetupError` when it waits in none."""
    cause = record.cause
    found = CaseStore(database).of_causes([(record.administration, cause.code, cause.subject)]) if cause else []
    if record.state not in {State.DEAD_LETTER, State.GONE} or not found:
        raise SetupError("waits_no_more", record.your_ref, cure=f"it is {record.state.value}: exactly trace tells its story")
    return found[0]


def known_record(database: Database, mutation_id: int) -> Mutation:
    """The record of this number. Raises `SetupError` when there is none."""
    record = ActStore(database).record(mutation_id)
    if record is None:
        raise SetupError("unknown_record", mutation_id, cure="there is no such record")
    return record


def dismiss_records(database: Database, records: Sequence[Mutation], reason: str, doer: Doer) -> Dismissed:
    """Do without these records, for a reason."""
    return _dismissed(database, records, _reason(reason), doer)


def dismiss_chosen(database: Database, case: Case, chosen: Collection[int], reason: str, doer: Doer) -> Dismissed:
    """Do without the chosen records of a case; those that left it meanwhile stay as they are."""
    found = (ActStore(database).record(mutation_id) for mutation_id in sorted(chosen))
    return _dismissed(database, [record for record in found if record is not None], _reason(reason), doer, case=case)


def dismiss_case(database: Database, case: Case, reason: str, doer: Doer, *, seen: int) -> Dismissed:
    """Do without all that a case holds. `seen`: how many the person was shown; more that joined since are not given up unseen.

    Raises `SetupError` when there are more.
    """
    why, cases = _reason(reason), CaseStore(database)
    if (waiting := cases.waiting(case.case_id)) > seen:
        raise SetupError("more_joined", waiting - seen, cure="more records joined this case meanwhile: look at them first")
    done = _dismissed(database, cases.records(case.case_id), why, doer, case=case)
    findings = cases.settle_findings(case.case_id, why, doer)
    return replace(done, findings=findings, closed=done.closed or _closed(cases, [case] if findings else []))


def _dismissed(database: Database, records: Sequence[Mutation], reason: str, doer: Doer, *, case: Case | None = None) -> Dismissed:
    acts, cases = ActStore(database), CaseStore(database)
    ids = {record.mutation_id for record in records}
    done = set(acts.dismiss(ids, reason, doer, case_id=case.case_id if case else None))
    ended = tuple(record for record in records if record.mutation_id in done)
    return Dismissed(records=ended, lost=tuple(acts.fates(ids - done)), closed=_closed(cases, cases_of(database, ended)))


def cases_of(database: Database, records: Collection[Mutation]) -> list[Case]:
    """The cases that these records were in."""
    causes = {(record.administration, record.cause.code, record.cause.subject) for record in records if record.cause}
    return CaseStore(database).of_causes(sorted(causes))


def close_emptied(database: Database, records: Collection[Mutation]) -> tuple[Case, ...]:
    """Close the cases of these records that are empty now; their squares are due to turn green."""
    return _closed(CaseStore(database), cases_of(database, records))


def _closed(cases: CaseStore, emptied: Sequence[Case]) -> tuple[Case, ...]:
    return tuple(case for case in emptied if cases.close_elsewhere(case.case_id))


def note_case(database: Database, case: Case, text: str, doer: Doer) -> None:
    """Write a note to a case; it stays in the history."""
    DeedStore(database).note(Deed(doer, "note", case_id=case.case_id, said=_said(text, "no_note", SAID_MAX)))


def note_record(database: Database, record: Mutation, text: str, doer: Doer) -> None:
    """Write a note to a record, whether it waits or not; it stays in the history."""
    DeedStore(database).note(Deed(doer, "note", mutation_id=record.mutation_id, said=_said(text, "no_note", SAID_MAX)))


def book_in_current_period(database: Database, case: Case, doer: Doer, *, chosen: Collection[int] | None = None) -> date:
    """Have the chosen documents of a closed period booked today, or all of the case, whenever they are mapped; returns the day.

    Raises `SetupError` for another case.
    """
    if case.code != CLOSED_PERIOD:
        raise SetupError("no_closed_period", case.case_id, cure="only documents of closed periods can be booked in the current one")
    days, records = EntryDays(database), CaseStore(database).records(case.case_id)
    wanted = [record for record in records if chosen is None or record.mutation_id in chosen]
    today = load_administrations()[case.administration].local_day(days.now())
    days.choose(wanted, today, doer.name)
    only = wanted[0].mutation_id if len(wanted) == 1 else None
    facts = {"records": len(wanted), "entry_day": today.isoformat()}
    DeedStore(database).note(Deed(doer, "current_period", case_id=case.case_id, mutation_id=only, facts=facts))
    return today


def _reason(text: str) -> str:
    return _said(text, "no_reason", REASON_MAX)


def _said(text: str, code: str, most: int) -> str:
    """What a person wrote, without blanks around it. Raises `SetupError` when it is empty or too long."""
    said = " ".join(text.split("\x00")).strip()
    if not said:
        raise SetupError(code, cure="say why these records are not to be booked" if code == "no_reason" else "the note is empty")
    if len(said) > most:
        raise SetupError("too_long", len(said), cure=f"{most} characters at most")
    return said
