"""Each difference has exactly one kind, by rules that say which comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.outbox.causes import CAUSES as TEXTS
from include.outbox.states import State
from include.reports.reconciliation_kinds import CAUSES, RULES, WITH_CASE, Amount, Compared, Kind, Off, Side, kind_of

HERE, THERE = 1, 2
NONE = Off()


def amount(expected: tuple[int, int, int], booked: tuple[int, int, int], *, vat_code: str = "21", off: Off = NONE) -> Amount:
    """An amount in the company where it belongs."""
    return Amount(HERE, "EUR", vat_code, Side(*expected), Side(*booked), off, is_expected=bool(expected[0] or expected[1]))


def elsewhere(booked: tuple[int, int, int]) -> Amount:
    return Amount(THERE, "EUR", "21", Side(), Side(*booked))


ASKED, NOTHING = (1, 10_000, 2_100), (0, 0, 0)
POSTED = {"is_ours": True, "state": State.POSTED}

EXAMPLES = [
    (Kind.MISSING, Compared(amounts=[amount(ASKED, NOTHING)])),
    (Kind.NOT_SENT, Compared(amounts=[amount(ASKED, NOTHING)], is_ours=True, state=State.DEAD_LETTER)),
    (Kind.NOT_SENT, Compared(amounts=[amount(ASKED, NOTHING)], is_ours=True, state=State.PLANNED)),
    (Kind.DISMISSED, Compared(amounts=[amount(ASKED, NOTHING)], is_ours=True, state=State.DISMISSED)),
    (Kind.NOT_SENT, Compared(amounts=[amount(ASKED, NOTHING)], is_unread=True)),
    (Kind.NOT_SENT, Compared(amounts=[amount(ASKED, NOTHING)], is_fresh=True, **POSTED)),
    (Kind.DUPLICATE, Compared(amounts=[amount(ASKED, (2, 20_000, 4_200))], **POSTED)),
    (Kind.AMOUNT, Compared(amounts=[amount(ASKED, (1, 10_001, 2_100))], **POSTED)),
    (Kind.AMOUNT, Compared(amounts=[amount(NOTHING, (1, 10_000, 2_100))], **POSTED)),
    (Kind.VAT, Compared(amounts=[amount(ASKED, NOTHING), amount(NOTHING, (1, 10_000, 900), vat_code="9")], **POSTED)),
    (Kind.VAT, Compared(amounts=[amount(ASKED, (1, 11_000, 1_100))], **POSTED)),
    (Kind.WRONG_ADMINISTRATION, Compared(amounts=[amount(ASKED, NOTHING), elsewhere(ASKED)], **POSTED)),
    (Kind.WRONG_ADMINISTRATION, Compared(amounts=[amount(ASKED, ASKED), elsewhere(ASKED)], **POSTED)),
    (Kind.EDITED, Compared(amounts=[amount(ASKED, (1, 9_000, 2_100))], is_edited=True, **POSTED)),
    (Kind.EDITED, Compared(amounts=[amount(ASKED, NOTHING)], is_ours=True, state=State.GONE)),
    (Kind.EDITED, Compared(amounts=[amount(ASKED, NOTHING)], **POSTED)),
    (Kind.BY_HAND, Compared(amounts=[amount(NOTHING, ASKED)])),
    (Kind.ROUNDING, Compared(amounts=[amount(ASKED, (1, 10_000, 2_101), off=Off(vat=2))], **POSTED)),
    (Kind.ROUNDING, Compared(amounts=[amount(ASKED, (1, 10_001, 2_099), off=Off(net=1, vat=1))], **POSTED)),
    # Two lines of prices that include VAT: the whole may not be off, however the parts were rounded.
    (Kind.AMOUNT, Compared(amounts=[amount(ASKED, (1, 10_001, 2_101), off=Off(net=2, vat=2))], **POSTED)),
    (Kind.VAT, Compared(amounts=[amount(ASKED, (1, 10_000, 2_103), off=Off(vat=2))], **POSTED)),
]


@pytest.mark.parametrize(("kind", "document"), EXAMPLES)
def test_a_difference_is_of_the_kind_that_a_bookkeeper_would_name(kind: Kind, document: Compared) -> None:
    assert kind_of(document) is kind


def test_every_kind_has_an_example_and_a_rule() -> None:
    assert {kind for kind, _ in EXAMPLES} == {kind for kind, _ in RULES} == set(Kind)


sides = st.tuples(st.integers(0, 2), st.integers(-200, 200), st.integers(-50, 50))
amounts = st.builds(
    Amount,
    division=st.sampled_from([HERE, THERE]),
    currency=st.sampled_from(["EUR", "GBP"]),
    vat_code=st.sampled_from(["21", "9"]),
    expected=sides.map(lambda each: Side(*each)),
    booked=sides.map(lambda each: Side(*each)),
    off=st.builds(Off, st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)),
    is_expected=st.booleans(),
)
documents = st.builds(
    Compared,
    amounts=st.lists(amounts, min_size=1, max_size=4),
    is_ours=st.booleans(),
    state=st.sampled_from([None, *State]),
    is_edited=st.booleans(),
    is_fresh=st.booleans(),
    is_unread=st.booleans(),
)


@given(documents)
def test_each_difference_has_exactly_one_kind(document: Compared) -> None:
    first = next(place for place, (_, holds) in enumerate(RULES) if holds(document))

    assert kind_of(document) is RULES[first][0]
    assert not any(holds(document) for _, holds in RULES[:first])


@given(st.lists(documents, max_size=20))
def test_the_sums_over_the_kinds_are_the_whole_difference(found: list[Compared]) -> None:
    by_kind = dict.fromkeys(Kind, 0)
    for document in found:
        by_kind[kind_of(document)] += gap(document)

    assert sum(by_kind.values()) == sum(gap(document) for document in found)


def gap(document: Compared) -> int:
    return sum(each.booked.gross - each.expected.gross for each in document.amounts)


@given(documents)
def test_rounding_explains_no_more_than_its_cents(document: Compared) -> None:
    if kind_of(document) is Kind.ROUNDING:
        assert all(abs(each.booked.net - each.expected.net) <= each.off.net for each in document.amounts)
        assert all(abs(each.booked.vat - each.expected.vat) <= each.off.vat for each in document.amounts)


def test_every_kind_has_a_cause_and_a_cure_in_both_languages() -> None:
    assert CAUSES.keys() == set(Kind)
    assert {cause.code for cause in CAUSES.values()} <= TEXTS.keys()
    assert all(cause.code == f"reconciliation_{kind}" for kind, cause in CAUSES.items())


def test_what_has_a_case_already_or_needs_nobody_opens_none() -> None:
    assert set(Kind) - set(WITH_CASE) == {Kind.NOT_SENT, Kind.ROUNDING, Kind.DISMISSED}
