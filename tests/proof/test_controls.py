"""T4: the harness finds each design fault that is put in on purpose."""

from __future__ import annotations

import pytest

from include.proof import design_faults
from include.proof.controls import CONTROLS, Control, try_control

SEED = 5


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"{control.number}: {control.name}")
def test_a_design_fault_is_caught_where_the_design_itself_stands(control: Control):
    caught = try_control(control, SEED)

    assert caught.is_caught, f"{control.name} went unnoticed in {caught.after}"
    assert [violation for seed in caught.seeds for violation in control.sound(seed)] == []


def test_the_controls_are_the_twelve_of_the_programme():
    assert [control.number for control in CONTROLS] == list(range(1, 13))


def test_each_design_fault_replaces_something_that_the_design_has():
    kinds = [each for each in vars(design_faults).values() if isinstance(each, type) and each.__module__ == design_faults.__name__]
    own = {(kind, name) for kind in kinds for name, value in vars(kind).items() if callable(value) and not name.startswith("__")}

    assert len(kinds) == 8
    assert [f"{kind.__name__}.{name}" for kind, name in own if not hasattr(kind.__base__, name)] == []
