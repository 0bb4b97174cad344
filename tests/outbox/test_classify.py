"""Sorting answers: every row of the table, and whatever else may come."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.outbox.classify import Answer, KnownCause, Verdict, classify, refusal

ID = UUID(int=1)
KNOWN = KnownCause("closed_period", "period")
ROWS = [
    ("DNS, refused, connect or TLS failure", Answer(left=False, reason="refused"), Verdict.NOT_PROCESSED),
    ("401", Answer(status=401), Verdict.NOT_PROCESSED),
    ("429", Answer(status=429, wait_s=10.0), Verdict.NOT_PROCESSED),
    ("200 with an id", Answer(status=200, exact_id=ID), Verdict.POSTED),
    ("201 with an id", Answer(status=201, exact_id=ID), Verdict.POSTED),
    ("200 without an id", Answer(status=200), Verdict.UNKNOWN),
    ("201 without an id", Answer(status=201), Verdict.UNKNOWN),
    ("202 with an id", Answer(status=202, exact_id=ID), Verdict.UNKNOWN),
    ("204", Answer(status=204), Verdict.UNKNOWN),
    *((f"{status}", Answer(status=status), Verdict.UNKNOWN) for status in (301, 302, 303, 307, 308)),
    ("408", Answer(status=408), Verdict.UNKNOWN),
    ("time-out after sending", Answer(reason="time-out"), Verdict.UNKNOWN),
    ("reset after sending", Answer(reason="reset"), Verdict.UNKNOWN),
    *((f"{status} without an OData error", Answer(status=status), Verdict.UNKNOWN) for status in (500, 502, 503, 504)),
    *((f"{status}", Answer(status=status), Verdict.REFUSED) for status in (400, 409, 413, 415, 422)),
    *((f"{status}", Answer(status=status), Verdict.SET_UP) for status in (403, 404)),
    ("500 that the catalogue knows", Answer(status=500, error="Closed", known_cause=KNOWN), Verdict.REFUSED),
    ("any other 500", Answer(status=500, error="A problem has occurred."), Verdict.UNRECOGNISED),
    ("503 with an OData error", Answer(status=503, error="busy"), Verdict.UNKNOWN),
]


@pytest.mark.parametrize(("row", "answer", "verdict"), ROWS, ids=[row[0] for row in ROWS])
def test_a_row_of_the_table(row: str, answer: Answer, verdict: Verdict):
    assert classify(answer) is verdict


answers = st.builds(
    Answer,
    left=st.booleans(),
    status=st.none() | st.integers(100, 999),
    exact_id=st.none() | st.just(ID),
    error=st.none() | st.text(max_size=5),
    known_cause=st.none() | st.just(KNOWN),
)


@given(answers)
def test_only_a_success_with_an_id_is_posted(answer: Answer):
    assert (classify(answer) is Verdict.POSTED) == (answer.left and answer.status in {200, 201} and answer.exact_id is not None)


@given(answers)
def test_what_may_have_been_booked_is_never_sorted_as_not_processed_or_refused(answer: Answer):
    ambiguous = answer.left and (answer.status is None or answer.status < 400 or answer.status == 408 or answer.status > 500)
    if ambiguous and classify(answer) is not Verdict.POSTED:
        assert classify(answer) is Verdict.UNKNOWN


def test_the_subject_of_a_refusal_is_the_one_that_it_speaks_of():
    subjects = frozenset({"account:17850", "period:2026-11", "gl_account:8000"})
    cause = refusal(Answer(status=500, error="Closed", known_cause=KNOWN), subjects, "A1")

    assert str(cause) == "closed_period:2026-11"
    assert cause.facts == {"answer": "500", "text": "Closed"}


def test_a_refusal_that_names_nothing_is_about_the_record():
    assert str(refusal(Answer(status=400, error="no"), frozenset({"account:1"}), "A1")) == "payload_refused:A1"
    assert str(refusal(Answer(status=500, error="x", known_cause=KNOWN), frozenset(), "A1")) == "closed_period:A1"


def test_a_refusal_of_one_of_several_names_at_most_three():
    subjects = frozenset(f"gl_account:80{number}0" for number in range(5))
    cause = refusal(Answer(status=500, error="x", known_cause=KnownCause("missing_gl_account", "gl_account")), subjects, "A1")

    assert cause.subject == "8000,8010,8020"
