"""T4: the harness finds each design fault that is put in on purpose."""

from __future__ import annotations

import pytest

from include.proof.controls import CONTROLS, Control
from include.proof.simulation import simulate

MUTATIONS = 4_000


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"{control.number}: {control.name}")
def test_a_design_fault_is_caught(control: Control):
    result = control.run(MUTATIONS, seed=5)

    assert control.is_caught(result), f"{control.name} went unnoticed in {result.mutations} mutations"


def test_the_design_itself_stands_where_the_controls_fall():
    for control in CONTROLS:
        assert simulate(MUTATIONS, 5, faults=control.faults).failures == []
