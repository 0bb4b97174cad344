"""How a Dag raises the cases that its tasks opened: a run of the Dag `attention` for each."""

from __future__ import annotations

import logging
from typing import Any, cast

from airflow.sdk import TriggerRule, XComArg, get_current_context, task

log = logging.getLogger(__name__)

ATTENTION = "attention"
# More new causes than this at one time is most likely one mistake, a wrong configuration: the oldest show it, the others follow.
CASES_MAX = 200
# A mapped task with this template is shown by the name that its body gives with `label`.
LABEL = "{{ label }}"
# What a list in Airflow shows without cutting it.
LABEL_MAX = 45


@task(trigger_rule=TriggerRule.ALL_DONE)
def open_cases() -> list[str]:
    """Return the cases that nobody has been shown yet."""
    from include.wiring.runs import unraised_cases

    cases = unraised_cases()
    if len(cases) > CASES_MAX:
        log.error("configuration: %s new causes at one time; look for the one mistake behind them, such as %s", len(cases), cases[0])
    return cases[:CASES_MAX]


@task(map_index_template=LABEL)
def raise_case(case_id: str) -> None:
    """Start the case's run of `attention`, or start it anew: what the operator TriggerDagRun does, without its import at every parse."""
    from airflow.sdk.exceptions import DagRunTriggerException

    label(case_id)
    raise DagRunTriggerException(
        trigger_dag_id=ATTENTION,
        dag_run_id=case_id,
        conf=None,
        reset_dag_run=True,
        skip_when_already_exists=False,
        wait_for_completion=False,
        allowed_states=[],
        failed_states=[],
        poke_interval=0,
        deferrable=False,
    )


def raise_cases() -> XComArg:
    """The tasks that follow a drain, whatever became of it; the run id of `attention` is the case."""
    found = open_cases()
    raise_case.expand(case_id=found)
    return found


def administration_of(case_id: str) -> str:
    """Return the administration's name, the first word of `UK:unknown_relation:17850`."""
    return case_id.partition(":")[0]


def label(case_id: str) -> None:
    """Say what lists of task instances show for the running task: `UK · unknown_relation · 17850`."""
    context = cast("dict[str, Any]", get_current_context())
    context["label"] = case_id.replace(":", " · ")[:LABEL_MAX]
