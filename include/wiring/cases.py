"""How a Dag raises the cases that its tasks opened: a run of the Dag `attention` for each."""

from __future__ import annotations

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import TriggerRule, XComArg, task

from include.errors import SetupError

ATTENTION = "attention"
# More new causes than this at one time is no row of mistakes but one: a wrong configuration.
CASES_MAX = 200
# What a list in Airflow shows without cutting it.
LABEL_MAX = 45


@task(trigger_rule=TriggerRule.ALL_DONE)
def open_cases() -> list[str]:
    """Return the cases that nobody has been shown yet."""
    from include.wiring.runs import unraised_cases

    cases = unraised_cases()
    if len(cases) > CASES_MAX:
        raise SetupError(
            "configuration", cure=f"{len(cases)} new causes at one time: look for the one mistake behind them, such as {cases[0]}"
        )
    return cases


def raise_cases() -> XComArg:
    """The tasks that follow a drain, whatever became of it; the run id of `attention` is the case."""
    found = open_cases()
    trigger = TriggerDagRunOperator.partial(
        task_id="raise_case",
        trigger_dag_id=ATTENTION,
        logical_date=None,
        reset_dag_run=True,
        map_index_template="{{ task.trigger_run_id }}",
    )
    trigger.expand(trigger_run_id=found)
    return found


def administration_of(case_id: str) -> str:
    """Return the administration's name, the first word of `UK:unknown_relation:17850`."""
    return case_id.partition(":")[0]


def label_of(case_id: str) -> str:
    """Return what a list of task instances shows for the case."""
    return case_id.replace(":", " · ")[:LABEL_MAX]
