"""What Airflow does after a failure of ours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from include.errors import RecordError, RetryableError, SetupError


def decided(error: Exception) -> tuple[str, timedelta | None, str | None]:
    from include.wiring.retry import ByWhoCanPutItRight

    decision = ByWhoCanPutItRight().evaluate(error, 1, 5)
    return decision.action.value, decision.retry_delay, decision.reason


def test_what_works_later_is_tried_at_the_moment_that_the_error_names() -> None:
    action, delay, reason = decided(RetryableError("daily limit", retry_after_s=4000))

    assert (action, delay) == ("retry", timedelta(seconds=4000))
    assert reason == "daily limit (again in 4000 s)"


def test_what_an_administrator_must_mend_is_not_tried_again() -> None:
    action, _, reason = decided(SetupError("sign_in", "UK", cure="exactly sign-in UK"))

    assert action == "fail"
    assert reason == "an administrator must act: sign_in:UK: exactly sign-in UK"


@pytest.mark.parametrize("error", [RecordError("unknown_relation", "17850"), KeyError("x")])
def test_anything_else_is_tried_as_the_dag_says(error: Exception) -> None:
    assert decided(error) == ("default", None, None)
