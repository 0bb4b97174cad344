"""T6 in small: processes that always want to call keep within the limit, and use it."""

from __future__ import annotations

import pytest

from include.proof.limiter import LimiterPlan, run_limiter


@pytest.mark.timeout(240)
@pytest.mark.parametrize("stranger", [0.0, 0.2])
def test_processes_that_always_want_to_call_never_see_a_429(postgres, record_property, stranger: float):
    result = run_limiter(LimiterPlan(minutes=2, processes=4, time_scale=20, stranger=stranger), postgres.create_database("limiter"))

    record_property("t6", str(result))
    assert result.violations == []
    assert result.http_429 == 0
    # A busy machine may leave a minute half used; what the limiter reaches is measured by the command.
    assert result.used > 0.3
