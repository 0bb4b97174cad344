"""The demo's verdict: each thing that is lost, double or unexplained is told, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from include.demo.summary import Counts, FlowCounts, Reconciled, Summary

FLOW = FlowCounts(records=10, planned=0, posted=8, dead_letter=2, dismissed=0, unknown=0, calls=10)
GOOD = Counts(
    documents=10,
    planned=0,
    posted=7,
    dead_letter=2,
    dismissed=1,
    unknown=0,
    duplicates=0,
    lost=0,
    calls=9,
    http_429=0,
    seconds=1.5,
    causes={"x": 2},
)


def test_a_demo_in_which_all_is_explained_has_no_fault() -> None:
    assert Summary(GOOD).faults(loaded=10) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"duplicates": 1}, ["1 duplicates in Exact"]),
        ({"lost": 2}, ["2 posted documents that Exact does not have"]),
        ({"posted": 6, "planned": 1}, ["1 documents still on their way"]),
        ({"posted": 6, "unknown": 1}, ["1 documents of unknown outcome"]),
        ({"posted": 4}, ["3 documents in no state that explains them"]),
        ({"documents": 9, "posted": 6}, ["1 webshop documents without a record"]),
        ({"http_429": 5}, ["5 refusals of our pace by Exact (429)"]),
    ],
)
def test_each_fault_is_told_with_its_number(changes: dict[str, int], told: list[str]) -> None:
    assert Summary(replace(GOOD, **changes)).faults(loaded=10) == told


def test_the_written_summary_holds_the_same_for_each_administration_and_the_flows() -> None:
    written = Summary(GOOD, {"UK": GOOD}, {"customers_to_accounts": FLOW}).as_json()

    assert written["posted"] == 7
    parts = {"administrations": {"UK": written["administrations"]["UK"]}, "flows": written["flows"], "reconciliation": None}
    assert {**written["administrations"]["UK"], **parts} == written
    assert written["flows"]["customers_to_accounts"]["calls_per_record"] == 1.25


def test_a_relation_that_is_still_on_its_way_is_a_fault() -> None:
    waiting = replace(FLOW, posted=7, unknown=1)

    assert Summary(GOOD, flows={"customers_to_accounts": waiting}).faults(loaded=10) == ["1 relations on their way or of unknown outcome"]


def test_a_difference_that_a_person_must_decide_about_is_a_fault() -> None:
    compared = Reconciled(says="9 of 10 agree", documents=10, agreeing=9, kinds={"edited": 1}, to_decide=1)

    assert Summary(GOOD, reconciliation=compared).faults(loaded=10) == ["1 differences between the shop and Exact"]
