"""What is typed into the box, as whatever it may be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.console.desk_lines import Reader, person_of
from include.console.desk_search import amount_of, search
from include.console.masking import Eyes
from include.store.database import Database
from include.store.desk import DeskStore
from include.store.migrate import upgrade

AMOUNTS = {
    "1.234,56": "1234.56",
    "1,234.56": "1234.56",
    "1234.56": "1234.56",
    "1234,56": "1234.56",
    "1.234": "1234",
    "1,234": "1234",
    "12,5": "12.5",
    "€ 70,08": "70.08",
    "70.08 EUR": "70.08",
    "£1,234,567.89": "1234567.89",
    "-17,00": "17.00",
    "536365": "536365",
}
NO_AMOUNTS = ("", "C536379", "1.23.4", "1,2,3", "12,345,6", "--5", "NaN", "1e5", "1.2345", "x" * 200)


@pytest.mark.parametrize("typed", AMOUNTS)
def test_an_amount_is_read_as_a_dutch_or_an_english_hand_writes_it(typed: str) -> None:
    assert amount_of(typed) == Decimal(AMOUNTS[typed])


def test_what_is_no_amount_is_none() -> None:
    assert [typed for typed in NO_AMOUNTS if amount_of(typed) is not None] == []


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_each_amount_is_read_back_as_it_was_written_in_both_languages(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    assert amount_of(english) == amount
    assert amount_of(english.translate(str.maketrans({",": ".", ".": ","}))) == amount


@pytest.fixture(scope="module")
def desk(postgres):
    dsn = postgres.create_database("desk_search")
    upgrade(dsn, environment="test")
    database = Database(dsn)
    yield DeskStore(database)
    database.close()


@given(st.text(max_size=300))
def test_whatever_is_typed_finds_nothing_in_an_empty_memory_and_breaks_nothing(desk, typed: str) -> None:
    for whole in (True, False):
        assert not search(desk, typed, Reader("nl", Eyes(whole=whole))).hits


@pytest.mark.parametrize("typed", ["' or 1=1 --", "a:*", "&|!", "''':*", "\\", "%", "_", "𐍈", "a" * 1000, "(", "jansen's", "\ud800"])
def test_what_could_be_a_question_to_the_database_is_a_text(desk, typed: str) -> None:
    assert search(desk, typed.encode("utf-8", "replace").decode(), Reader("en", Eyes(whole=True))).hits == []


def test_a_person_is_named_in_who_acted_and_a_worker_is_not() -> None:
    actors = ("errors dismiss by Jan", "dismiss by an", "case by vm:1:ab12", "vm:1:ab12", "retry by jan de vries", "")
    assert [person_of(actor) for actor in actors] == ["Jan", "an", "", "", "jan de vries", ""]
