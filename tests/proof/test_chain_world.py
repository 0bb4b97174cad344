"""T5: one token chain, sixteen processes that die at any call, answers that are lost, and both ways in which Exact may rotate."""

from __future__ import annotations

import pytest

from include.proof.chain_world import simulate_chain

REFRESHES = 500


@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lenient"])
def test_each_generation_costs_one_token_call_when_nothing_is_lost(strict: bool):
    result = simulate_chain(REFRESHES, 3, strict=strict, lose=0.0)

    assert result.violations == []
    assert (result.refreshes, result.token_calls, result.refused, result.sign_ins) == (REFRESHES, REFRESHES, 0, 1)


@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lenient"])
def test_deaths_and_lost_answers_cost_no_early_refresh_and_no_person_without_need(strict: bool):
    result = simulate_chain(REFRESHES, 5, strict=strict, lose=0.1)

    assert result.violations == []
    assert result.refreshes >= REFRESHES
    assert result.kills > 20
    assert {"read", "call", "save"} <= result.died_at.keys() <= {"read", "lock", "begin", "call", "save"}
