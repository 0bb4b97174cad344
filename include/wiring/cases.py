"""How a Dag raises the cases that its tasks opened: a run of the Dag `attention` for each."""

from __future__ import annotations

from typing import Any, cast

from airflow.sdk import TriggerRule, XComArg, get_current_context, task

ATTENTION = "attention"
# A mapped task with this template is shown by the name that its body gives with `label`.
LABEL = "{{ label }}"
# What a list in Airflow shows without cutting it.
LABEL_MAX = 45


@task(trigger_rule=TriggerRule.ALL_DONE)
def open_cases() -> list[dict[str, str]]:
    """Return the cases that nobody has been shown yet, or whose last record is gone, with a note for their runs."""
    from include.wiring.squares import due_cases

    return due_cases()


@task
def compare_cases() -> list[dict[str, str]]:
    """Return the cases that Airflow shows otherwise than they stand, and those that are due."""
    from include.wiring.squares import swept_cases

    return swept_cases()


@task(map_index_template=LABEL)
def raise_case(case_run: str, note: str) -> None:
    """Start the case's run of `attention`, or start it anew: what the operator TriggerDagRun does, without its import at every parse."""
    from airflow.sdk.exceptions import DagRunTriggerException

    label(case_run)
    raise DagRunTriggerException(
        trigger_dag_id=ATTENTION,
        dag_run_id=case_run,
        conf=None,
        reset_dag_run=True,
        skip_when_already_exists=False,
        wait_for_completion=False,
        allowed_states=[],
        failed_states=[],
        poke_interval=0,
        deferrable=False,
        note=note,
    )


def raise_cases() -> XComArg:
    """The tasks that follow a drain, whatever became of it; the run id of `attention` is the case."""
    found = open_cases()
    raise_case.expand_kwargs(found)
    return found


def sweep_cases() -> None:
    """The tasks of the sweep."""
    raise_case.expand_kwargs(compare_cases())


def administration_of(case_id: str) -> str:
    """Return the administration's name, the first word of `UK:unknown_relation:17850`."""
    return case_id.partition(":")[0]


def label(case_run: str) -> None:
    """Say what lists of task instances show for the running task: `UK · unknown_relation · 17850`."""
    context = cast("dict[str, Any]", get_current_context())
    context["label"] = case_run.partition("~~")[0].replace(":", " · ")[:LABEL_MAX]
