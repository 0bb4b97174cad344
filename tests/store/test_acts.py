"""What people decide: several at once, none unseen, each noted for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from include.console.acts import (
    REASON_MAX,
    ask_again,
    case_of_record,
    dismiss_case,
    dismiss_chosen,
    dismiss_records,
    known_record,
    note_case,
    note_record,
    stop,
)
from include.errors import SetupError
from include.outbox.model import Cause
from include.store.cases import CaseStore
from include.store.database import Database
from include.store.deeds import DESK, SAID_MAX, TERMINAL, DeedStore, Doer
from include.store.retries import Wish
from tests.outbox.scenes import dead
from tests.store.rigs import PostgresRig

CAUSE, CASE = Cause("unknown_relation", "17850"), "BE:unknown_relation:17850"
ANN, BEN = Doer("ann", DESK), Doer("ben", TERMINAL)


class Memory:
    """A memory with one case, and connections to it for each who acts."""

    def __init__(self, dsn: str, letters: int) -> None:
        self.dsn = dsn
        self.rig = PostgresRig(dsn)
        self.rig.store().plan([dead(f"A{number}", CAUSE) for number in range(letters)], None)
        self.database = self.another()
        self.cases = CaseStore(self.database)
        self.case = self.cases.get(CASE)
        self.records = self.cases.records(CASE)
        self.ids = [record.mutation_id for record in self.records]

    def another(self) -> Database:
        self.rig.databases.append(Database(self.dsn))
        return self.rig.databases[-1]


@pytest.fixture
def memory(new_dsn: Callable[[], str]) -> Iterator[Callable[[int], Memory]]:
    made: list[Memory] = []

    def make(letters: int) -> Memory:
        made.append(Memory(new_dsn(), letters))
        return made[-1]

    yield make
    for each in made:
        each.rig.close()


def test_of_two_who_dismiss_the_same_records_at_once_each_is_done_by_one_and_the_other_is_told_by_whom(memory) -> None:
    here = memory(40)

    def dismiss(who: Doer):
        return dismiss_records(here.another(), here.records, f"says {who.name}", who)

    with ThreadPoolExecutor(2) as both:
        ann, ben = both.map(dismiss, (ANN, BEN))
    done = [record.mutation_id for each in (ann, ben) for record in each.records]

    assert sorted(done) == here.ids
    for mine, other in ((ann, "errors dismiss by ben"), (ben, "dismiss by ann")):
        assert {fate.by for fate in mine.lost} <= {other}
        assert {fate.state for fate in mine.lost} <= {"dismissed"}
        assert len(mine.records) + len(mine.lost) == 40
    assert len(ann.closed) + len(ben.closed) == 1
    assert not here.cases.get(CASE).is_open


def test_a_selection_is_dismissed_and_the_last_one_closes_the_case(memory) -> None:
    here = memory(3)
    first = dismiss_chosen(here.database, here.case, here.ids[:2], "a test order", ANN)
    again = dismiss_chosen(here.database, here.case, here.ids[:2], "a test order", BEN)
    last = dismiss_case(here.database, here.case, "the last", ANN, seen=1)

    assert (len(first.records), len(first.closed), len(again.records), len(again.lost)) == (2, 0, 0, 2)
    assert [case.case_id for case in last.closed] == [CASE]
    deeds = DeedStore(here.database).of_case(CASE)
    assert [(deed.who, deed.what, deed.said, deed.facts["records"]) for deed in deeds] == [
        ("ann", "dismiss", "a test order", 2),
        ("ann", "dismiss", "the last", 1),
    ]


def test_what_joined_a_case_since_it_was_looked_at_is_not_given_up_unseen(memory) -> None:
    here = memory(2)
    here.rig.store().plan([dead("late", CAUSE)], None)
    with pytest.raises(SetupError, match="more_joined:1"):
        dismiss_case(here.database, here.case, "all of it", ANN, seen=2)

    assert here.cases.waiting(CASE) == 3


@pytest.mark.parametrize(
    ("reason", "code"), [("", "no_reason"), (" \n\t", "no_reason"), ("\x00", "no_reason"), ("x" * (REASON_MAX + 1), "too_long")]
)
def test_money_is_not_given_up_without_a_reason_of_a_sensible_length(memory, reason: str, code: str) -> None:
    here = memory(1)
    with pytest.raises(SetupError) as refused:
        dismiss_records(here.database, here.records, reason, ANN)

    assert refused.value.code == code
    assert here.cases.waiting(CASE) == 1


def test_notes_are_kept_as_they_were_written_and_never_changed(memory) -> None:
    here = memory(1)
    note_case(here.database, here.case, "  <b>Called the customer</b> =1+1 \x00", ANN)
    note_record(here.database, here.records[0], "Zijn btw-nummer komt morgen", BEN)
    for text in ("", "x" * (SAID_MAX + 1)):
        with pytest.raises(SetupError):
            note_case(here.database, here.case, text, ANN)
    deeds = DeedStore(here.database)

    assert [deed.said for deed in deeds.of_case(CASE)] == ["<b>Called the customer</b> =1+1"]
    assert [(deed.who, deed.via, deed.said) for deed in deeds.of_record(here.ids[0])] == [
        ("ben", "terminal", "Zijn btw-nummer komt morgen")
    ]
    with psycopg.connect(here.dsn) as memory_of_it:
        for statement in ("update act set who = 'nobody'", "delete from act", "truncate act"):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation), memory_of_it.transaction():
                memory_of_it.execute(statement)
    assert deeds.broken() == []


@pytest.mark.parametrize("meddling", ["update act set who = 'mallory' where act_id = 2", "delete from act where act_id = 2"])
def test_a_deed_that_was_changed_or_taken_out_shows(memory, meddling: str) -> None:
    here = memory(1)
    for text in ("one", "two", "three"):
        note_case(here.database, here.case, text, ANN)
    with psycopg.connect(here.dsn) as meddler:
        meddler.execute("set session_replication_role = replica")
        meddler.execute(meddling)

    assert DeedStore(here.database).broken() != []


def test_many_who_act_at_once_are_in_one_chain(memory) -> None:
    here = memory(1)
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda number: note_case(here.another(), here.case, f"note {number}", ANN), range(16)))

    assert len(DeedStore(here.database).of_case(CASE)) == 16
    assert DeedStore(here.database).broken() == []


def test_a_wish_names_a_pace_that_can_be_kept_and_only_records_that_wait(memory) -> None:
    here = memory(2)
    dismiss_chosen(here.database, here.case, here.ids[:1], "done by hand", BEN)
    for pace in (0, -1, 6001):
        with pytest.raises(SetupError, match="no_pace"):
            ask_again(here.database, here.case, Wish(doer=ANN, pace_per_minute=pace))
    gone = ask_again(here.database, here.case, Wish(doer=ANN, records=here.ids[:1]))
    asked = ask_again(here.database, here.case, Wish(doer=ANN, records=[*here.ids, 999_999]))

    assert (gone.retry, gone.is_new) == (None, False)
    assert (asked.retry.total, asked.retry.pace_per_minute) == (1, 30)
    with pytest.raises(SetupError, match="waits_no_more"):
        case_of_record(here.database, known_record(here.database, here.ids[0]))
    with pytest.raises(SetupError, match="unknown_record"):
        known_record(here.database, 999_999)


def test_the_usual_pace_is_half_of_what_exact_allows(memory) -> None:
    here = memory(1)
    with psycopg.connect(here.dsn) as limits:
        limits.execute("update quota set minute_limit = 300 where division = 820202")

    assert here.cases.retries.usual_pace(CASE) == 150


def test_a_wish_that_nobody_began_ends_at_once_when_it_is_stopped(memory) -> None:
    here = memory(2)
    ask_again(here.database, here.case, Wish(doer=ANN))
    stopped = stop(here.database, here.case, BEN)

    assert (stopped.outcome, stopped.stop_asked_by, stopped.posted) == ("stopped", "ben", 0)
    assert here.cases.retries.unfinished(CASE) == []
    assert stop(here.database, here.case, BEN) is None
    assert [deed.what for deed in DeedStore(here.database).of_case(CASE)] == ["retry", "stop"]


def test_a_wish_of_the_second_covers_what_the_first_one_left_out(memory) -> None:
    here = memory(3)
    first = ask_again(here.database, here.case, Wish(doer=ANN, records=here.ids[:1]))
    rest = ask_again(here.database, here.case, Wish(doer=BEN))

    assert (first.retry.total, rest.retry.total, rest.is_new) == (1, 2, True)
    assert [each.retry_id for each in here.cases.retries.unfinished(CASE)] == [first.retry.retry_id, rest.retry.retry_id]
