"""What the commands `exactly errors …` do and say, in Dutch or English."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

import typer
from rich.text import Text

from include.administrations.loader import load_administrations
from include.cli import output
from include.cli.error_words import WORDS
from include.console.acts import Dismissed, book_in_current_period, close_emptied, dismiss_case, dismiss_records, note_case, note_record
from include.console.adopting import adopt, beside
from include.console.error_queue import RecordLine, known_case, open_lines, story_of_case, waiting_record, waiting_records
from include.errors import SetupError
from include.outbox.causes import Language
from include.outbox.model import Mutation
from include.rebooking import book_again, credit_and_rebook
from include.store.acts import ActStore
from include.store.cases import Case, CaseStore
from include.store.database import Database
from include.store.deeds import TERMINAL, Deed, DeedStore, Doer
from include.wiring.connections import links_of
from include.wiring.error_queue import Retried, retry, turn_green
from include.wiring.terminal import command_run, store

CASE_SEPARATOR = ":"


@dataclass(frozen=True)
class Saying:
    """How a command answers."""

    language: Language
    as_json: bool


@dataclass(frozen=True)
class Decision:
    """Who decides, whether it was confirmed beforehand, and the language to answer in."""

    by: str
    yes: bool
    language: Language

    @property
    def doer(self) -> Doer:
        return Doer(self.by, TERMINAL)


def show_list(*, language: Language, as_json: bool) -> bool:
    """List the open cases; tells whether there is any."""
    with store() as database:
        lines = open_lines(CaseStore(database), language)
    if as_json:
        output.print_json({"cases": lines})
        return bool(lines)
    words, console = WORDS[language], output.console()
    if lines:
        shown = output.table(*words.case_columns, right=words.case_columns[:1])
        for line in lines:
            shown.add_row(str(line.records), line.case_id, output.moment(line.opened_at), Text(line.says), Text(line.cure))
        console.print(shown)
    else:
        output.say(words.nothing)
    return bool(lines)


def show_case(name: str, *, language: Language, as_json: bool) -> None:
    """Show a case with its records."""
    with store() as database:
        cases = CaseStore(database)
        case = known_case(cases, name)
        links = links_of(load_administrations()[case.administration].connection)
        story = story_of_case(cases, case, links, language)
    if as_json:
        output.print_json(story)
        return
    words, console = WORDS[language], output.console()
    state = words.open if case.is_open else words.closed
    console.print(output.pairs({words.state: state, words.cause: story.says, words.cure: story.cure}, title=story.case_id))
    for record in story.records:
        console.print(output.pairs(_record(record), title=f"{record.effect} {record.number}"))
    for finding in story.findings:
        console.print(output.pairs({**finding.facts, "document url": finding.document_url or "–"}, title=finding.number))


def _record(record: RecordLine) -> dict[str, str]:
    told = {name: value for name, value in asdict(record).items() if name not in {"number", "effect", "facts"} and value is not None}
    if record.payload is not None:
        told["payload"] = json.dumps(json.loads(record.payload), indent=1, ensure_ascii=False)
    return {**{name.replace("_", " "): str(value) for name, value in told.items()}, **record.facts}


def show_retry(name: str, by: str, saying: Saying, *, all_with_cause: bool, in_current_period: bool = False) -> bool:
    """Send a case's records again, or those of all cases of its cause; tells whether any are left.

    `in_current_period`: documents of a closed period are booked today.
    """
    with store() as database:
        cases = CaseStore(database)
        case = known_case(cases, name)
        wanted = cases.alike(case.code) if all_with_cause else [case]
        if in_current_period:
            for each in wanted:
                book_in_current_period(database, each, Doer(by, TERMINAL))
        done = [_retried(database, each, by, saying) for each in wanted]
    if saying.as_json:
        output.print_json(done)
    return any(not each.closed for each in done)


def _retried(database: Database, case: Case, by: str, saying: Saying) -> Retried:
    if not case.is_open:
        return Retried(case.case_id, closed=True, left=0)
    done = retry(database, case, by)
    words = WORDS[saying.language]
    if not saying.as_json:
        if done.airflow:
            output.complain(words.without_airflow.format(why=done.airflow))
        text = words.closed_now if done.closed else words.left if done.ended else words.in_work
        output.say(text.format(case=done.case_id, left=done.left))
    return done


def show_dismiss(what: str, decision: Decision, reason: str) -> None:
    """Dismiss a record, or all of a case; the cases that are empty then are closed."""
    words = WORDS[decision.language]
    with store() as database:
        acts, cases = ActStore(database), CaseStore(database)
        case = known_case(cases, what) if CASE_SEPARATOR in what else None
        count = cases.waiting(case.case_id) if case else 1
        if count > 1 and not decision.yes:
            typer.confirm(words.dismiss_all.format(count=count), abort=True)
        if case:
            done = dismiss_case(database, case, reason, decision.doer, seen=count)
        else:
            done = dismiss_records(database, [waiting_record(acts, what)], reason, decision.doer)
        _tell_dismissed(done, decision)
        _turn_green(database, done.closed, f"errors dismiss by {decision.by}: {reason}", decision.language)


def _tell_dismissed(done: Dismissed, decision: Decision) -> None:
    words = WORDS[decision.language]
    output.say(words.dismissed.format(numbers=", ".join(record.your_ref for record in done.records) or "–", by=decision.by))
    for fate in done.lost:
        output.complain(words.was_first.format(number=fate.your_ref, state=fate.state, by=fate.by))


def show_note(what: str, decision: Decision, text: str) -> None:
    """Keep a note with a case or a record."""
    with store() as database:
        if CASE_SEPARATOR in what:
            note_case(database, known_case(CaseStore(database), what), text, decision.doer)
        else:
            note_record(database, waiting_record(ActStore(database), what), text, decision.doer)
        output.say(WORDS[decision.language].noted.format(what=what, by=decision.by))


def show_adopt(number: str, exact_id: UUID, decision: Decision) -> None:
    """Match a record with a document in Exact, after a look at it."""
    words = WORDS[decision.language]
    with store() as database:
        record = waiting_record(ActStore(database), number)
        with command_run(record.administration) as run:
            compared = beside(run, record, exact_id)
        told = {name: value for name, value in compared.fields.items() if value is not None}
        output.console().print(output.pairs(told, title=words.in_exact))
        if not compared.is_ours and not decision.yes:
            raise SetupError("other_reference", exact_id, cure=words.other_reference.format(number=number))
        adopt(database, compared, decision.doer)
        output.say(words.adopted.format(number=number, document=compared.document.number or exact_id, by=decision.by))
        _close_cases(database, [record], f"errors adopt by {decision.by}", decision.language)


def show_rebook(number: str, decision: Decision) -> None:
    """Credit what stands in Exact of an order, and book it anew."""
    words = WORDS[decision.language]
    with store() as database:
        waiting = waiting_records(ActStore(database), number)
        if not decision.yes:
            typer.confirm(words.rebook.format(number=number), abort=True)
        with command_run(waiting[0].administration) as run:
            tally = credit_and_rebook(run, waiting[0].key.source_id, decision.doer.doing("rebook"))
        DeedStore(database).note(Deed(decision.doer, "rebook", mutation_id=waiting[0].mutation_id))
        output.say(words.rebooked.format(number=number, posted=tally["posted"], by=decision.by))
        _close_cases(database, waiting, f"errors rebook by {decision.by}", decision.language)


def show_book_again(number: str, decision: Decision) -> None:
    """Book once more what somebody deleted in Exact."""
    words = WORDS[decision.language]
    with store() as database:
        record = waiting_record(ActStore(database), number)
        with command_run(record.administration) as run:
            tally = book_again(run, record, decision.doer.doing("book_again"))
        DeedStore(database).note(Deed(decision.doer, "book_again", mutation_id=record.mutation_id))
        told = ", ".join(f"{count} {what}" for what, count in sorted(tally.items())) or "planned"
        output.say(words.booked_again.format(number=number, by=decision.by, tally=told))
        _close_cases(database, [record], f"errors book-again by {decision.by}", decision.language)


def _close_cases(database: Database, records: Sequence[Mutation], note: str, language: Language) -> None:
    """Close the cases of these records that are empty now, and say so."""
    _turn_green(database, close_emptied(database, records), note, language)


def _turn_green(database: Database, closed: Sequence[Case], note: str, language: Language) -> None:
    for case in closed:
        turn_green(database, case, note)
        output.say(WORDS[language].closed_now.format(case=case.case_id))
