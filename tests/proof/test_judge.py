"""The judge finds each thing that it is there to find, and nothing in what is right."""

from __future__ import annotations

import ast
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from include.outbox.states import FIRST_STATES, LEGAL
from include.proof import judge as judge_module
from include.proof.judge import BookedDocument, JudgedMutation, Transition, calls_per_window, judge
from include.proof.sandbox_door import errors_are_few, limits_are_kept, refreshes_are_apart

DOCUMENT = BookedDocument(820202, "d1", "TOKENTOKEN22", "A1", Decimal("10.00"), {"21": Decimal("2.10")})
MUTATION = JudgedMutation("shop/A1/sale/1", 820202, "TOKENTOKEN22", "A1", "posted", "d1", None, Decimal("10.00"), {"21": Decimal("2.10")})
STORY = [Transition(MUTATION.key, *pair) for pair in ((None, "planned"), ("planned", "sending"), ("sending", "posted"))]
DEAD = replace(MUTATION, state="dead_letter", exact_id=None, cause="blocked_account:1")


def found(documents=(DOCUMENT,), mutations=(MUTATION,), story=STORY, sources=("shop/A1/sale/1",)) -> list[str]:
    return [each.invariant for each in judge(documents, mutations, story, sources)]


def test_what_is_right_is_not_accused():
    assert found() == []
    assert found(documents=(), mutations=(DEAD,)) == []


@pytest.mark.parametrize(
    ("what", "changes", "invariant"),
    [
        ("a document that no mutation knows", {"documents": (DOCUMENT, replace(DOCUMENT, exact_id="d2", token="SOMEONEELSE2"))}, "I1"),
        ("two documents of one mutation", {"documents": (DOCUMENT, replace(DOCUMENT, exact_id="d2"))}, "I2"),
        ("a dead letter whose document exists", {"mutations": (DEAD,)}, "I2"),
        ("a source record that was never planned", {"sources": ("shop/A1/sale/1", "shop/A2/sale/1")}, "I3"),
        ("what is still on its way", {"documents": (), "mutations": (replace(DEAD, state="unknown"),)}, "I3"),
        ("a dead letter without a cause", {"documents": (), "mutations": (replace(DEAD, cause=None),)}, "I3"),
        ("a posted document that does not exist", {"documents": ()}, "I4"),
        ("a net amount that is a cent off", {"documents": (replace(DOCUMENT, amount_net=Decimal("10.01")),)}, "I4"),
        ("VAT that is off by more than rounding", {"documents": (replace(DOCUMENT, vat={"21": Decimal("2.12")}),)}, "I4"),
        ("VAT under another code", {"documents": (replace(DOCUMENT, vat={"6": Decimal("2.10")}),)}, "I4"),
        ("a leap from planned to unknown", {"story": [STORY[0], Transition(MUTATION.key, "planned", "unknown")]}, "I6"),
        ("an event that is missing", {"story": [STORY[0], STORY[2]]}, "I6"),
        ("a mutation that begins as posted", {"story": [Transition(MUTATION.key, None, "posted")]}, "I6"),
    ],
)
def test_the_judge_finds_what_is_wrong(what: str, changes: dict, invariant: str):
    assert invariant in found(**changes), what


def test_its_own_drawing_of_the_states_agrees_with_the_code_that_it_judges():
    assert {(before.value, after.value) for before, after in LEGAL} == judge_module.DRAWN
    assert {each.value for each in FIRST_STATES} == judge_module.FIRST


def test_the_judge_and_the_checker_import_nothing_of_the_outbox():
    for name in ("judge", "checker", "sandbox_door"):
        tree = ast.parse((Path(judge_module.__file__).parent / f"{name}.py").read_text())
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {each for each in imported if each and each.startswith("include.") and not each.startswith("include.proof")}


def test_a_sliding_window_counts_across_the_minute():
    assert calls_per_window([0, 30, 59.9], 60) == 3
    assert calls_per_window([0, 30, 60], 60) == 2
    assert calls_per_window([], 60) == 0


def call(seq: int, at_s: float, **changes: object) -> dict:
    usual = {"seq": seq, "client_id": "app", "division": 1, "endpoint": "salesentry/SalesEntries", "status": 201, "counted": 1}
    more = {"injected_429": 0, "error_counted": 0, "fault": None, "received_ms": at_s * 1000, "answered_ms": at_s * 1000}
    return {**usual, **more, **changes}


def test_one_call_too_many_in_a_sliding_minute_is_found():
    calls = [call(number, number) for number in range(61)]

    assert limits_are_kept(calls[:60], minutely=60, daily=5000, time_scale=1) == []
    assert limits_are_kept([*calls[:60], call(61, 59.9)], minutely=60, daily=5000, time_scale=1)
    assert limits_are_kept(calls, minutely=60, daily=60, time_scale=1)


def test_only_an_injected_429_is_forgiven():
    assert limits_are_kept([call(1, 0, status=429, injected_429=1)], minutely=60, daily=5000, time_scale=1) == []
    assert limits_are_kept([call(1, 0, status=429)], minutely=60, daily=5000, time_scale=1)


def test_six_errors_in_an_hour_are_found():
    calls = [call(number, number * 500, status=404, error_counted=1) for number in range(6)]

    assert errors_are_few(calls[:5], time_scale=1) == []
    assert errors_are_few(calls, time_scale=1)


def test_a_refresh_that_comes_too_early_or_fails_is_found_unless_a_person_signed_in():
    first, early = call(1, 0, endpoint="oauth2/token", status=200), call(2, 560, endpoint="oauth2/token", status=200)

    assert refreshes_are_apart([first, call(2, 575, endpoint="oauth2/token", status=200)], sign_ins=0, time_scale=1) == []
    assert refreshes_are_apart([first, early], sign_ins=0, time_scale=1)
    assert refreshes_are_apart([first, early], sign_ins=1, time_scale=1) == []
    refused, again = call(2, 575, endpoint="oauth2/token", status=401), call(3, 580, endpoint="oauth2/token", status=200)
    assert refreshes_are_apart([first, refused], sign_ins=0, time_scale=1)
    assert refreshes_are_apart([first, early, refused, again], sign_ins=1, time_scale=1)
