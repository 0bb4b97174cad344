"""# Requests without an answer are looked up in Exact

A request whose answer was lost may have made a document, or not. Each minute, what is due is looked up in Exact by its reference:
a document that is there counts as posted, one that is surely not there is sent again. Nothing is sent twice on a guess.

## When it fails

* **Up for retry**: a limit of Exact or of the network; it comes back by itself.
* **Red**, "an administrator must act": sign in again (`exactly sign-in`) or mend the setting that the log names; then clear the task.
* **Red** otherwise: clear it; the next minute's run does the same work. Documents stay *unknown* until this Dag is green again, and are
  never sent a second time in the meantime.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import dag, task

from include.administrations.names import administration_names
from include.wiring import defaults
from include.wiring.cases import raise_cases
from include.wiring.defaults import pool_of, windows


@task
def settle(administration: str) -> dict[str, int]:
    """Settle what is unknown and due; returns how many became what."""
    from include.flows.unknown_outcomes import settle
    from include.wiring.runs import airflow_run

    with airflow_run(administration) as run:
        return dict(settle(run))


@dag(
    schedule=windows("* * * * *"),
    description="Looks up in Exact what became of requests without an answer",
    doc_md=__doc__,
    tags=["exact", "upkeep", "impact:high"],
    **defaults.DAG,
)
def unknown_outcomes() -> None:
    settled = [settle.override(task_id=f"settle_{name}", pool=pool_of(name))(name) for name in administration_names()]
    # What turned out to be refused needs a person, like any refused record.
    settled >> EmptyOperator(task_id="all_settled")
    settled >> raise_cases()


unknown_outcomes()
