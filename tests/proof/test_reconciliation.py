"""Two hundred differences of eight kinds among twenty thousand documents: all are found, each by its kind, and nothing else."""

from __future__ import annotations

import pytest

from include.proof.reconciliation import ReconciliationPlan, ReconciliationResult, prove_reconciliation
from include.proof.reconciliation_books import KIND_OF, KINDS
from include.reports.reconciliation_kinds import EXPLAINED, Kind
from include.store.migrate import upgrade
from tests.conftest import Postgres


@pytest.fixture(scope="module")
def dsn(postgres: Postgres) -> str:
    made = postgres.create_database("reconciled")
    upgrade(made, environment="test")
    return made


@pytest.fixture(scope="module")
def result(dsn: str) -> ReconciliationResult:
    return prove_reconciliation(ReconciliationPlan(), dsn)


def test_every_planted_difference_is_found_by_its_kind_and_no_other_is_told(result: ReconciliationResult) -> None:
    assert result.planted == 200
    assert (result.missed, result.false) == ({}, {})
    assert (result.recall, result.precision) == (1.0, 1.0)


def test_what_the_kinds_add_up_to_is_the_whole_difference(result: ReconciliationResult) -> None:
    assert result.sums_agree


def test_all_eight_kinds_are_planted() -> None:
    assert {KIND_OF[kind] for kind in KINDS} == set(Kind) - EXPLAINED


def test_other_books_have_other_differences(postgres: Postgres) -> None:
    made = postgres.create_database("reconciled")
    upgrade(made, environment="test")
    result = prove_reconciliation(ReconciliationPlan(documents=300, planted=150, seed=3), made)

    assert result.is_whole
    assert result.found == 150
