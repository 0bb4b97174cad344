"""# What needs a person: one run per cause

A record that Exact or our own rules refuse does not stop the others. It is kept, and its **cause** (administration, code, subject) becomes
one run of this Dag: the run id is the case, such as `UK:unknown_relation:17850`. A later record with the same cause joins the case.
The list of what is open: *Dags*, tab *Task Instances*, filter *State: Failed*.

## When it fails

Every red run here is meant to be: it says that records wait for you.

1. Open the log of the red task: it names the records, the cause, and the cure.
2. Put the cause right: in Exact, in the webshop, or in the administration's file.
3. **Clear** the task (the round arrow, Shift+C). It sends exactly the records of this case again. What is accepted is booked; the run is
   green when nothing is left, and red again with what is left.

Clearing is always safe: a record that is in Exact already is never sent twice. Deleting or marking a run does not remove the case:
it comes back within ten minutes, and each open case comes back once a day. To try some records only, to do without one for a reason, to
match it with a document in Exact: the console (**Exact** in the navigation), or a terminal (`exactly errors list`, `show`, `retry`,
`dismiss`).

A large case is sent at a pace and may run for hours; the console shows how far it is and stops it. **Killed** in the middle, it goes on
where it was with the next clear, or by itself within ten minutes.
"""

from airflow.sdk import dag, task

from include.wiring import defaults
from include.wiring.cases import LABEL, administration_of, label


@task(map_index_template=LABEL, retries=0)
def case(case_run: str) -> dict[str, int]:
    """Send the case's records again when a person asked for it; fails while any of them is left."""
    from include.flows.attention import settle_case
    from include.store.cases import case_of
    from include.wiring.runs import airflow_run

    case_id = case_of(case_run)
    label(case_id)
    with airflow_run(administration_of(case_id)) as run:
        return dict(settle_case(run, case_id))


@dag(
    schedule=None,
    description="One run per cause of refused records; clear it to send them again",
    doc_md=__doc__,
    tags=["exact", "errors", "impact:high"],
    **{**defaults.DAG, "max_active_runs": 8},
)
def attention() -> None:
    # Mapped over the one case of the run, because only mapped task instances have a label in lists.
    case.expand(case_run=["{{ run_id }}"])


attention()
