"""# Do the shop and Exact agree, to the cent?

Each night, for all administrations: what the shop's orders and returns ask for is compared with what Exact holds, by day, administration,
VAT code, currency and type of document: counts, net, VAT, gross. Each document that differs gets one of eight kinds (missing, not sent yet,
duplicate, amount, VAT, wrong administration, edited by a person, made by hand); cents that rounding explains are listed apart.

A night compares its day and the thirty before it, and whatever is older and still open. A difference that needs a person becomes a case of
the Dag `attention` by kind, administration and day; it closes by itself when a later night finds the two sides agree.

* **A past window:** a backfill, or one run with `since` and `until`: exactly these days. Nothing is sent, so it is always safe.
* **What was found:** in the console under *Reconciliation*, in the views of schema `reporting`, or `exactly reconcile` at a terminal.

## When it fails

* `refresh_<administration>` is **red**: Exact's documents could not be read; "an administrator must act" names the cure. The comparison
  goes on with the picture that the mirror has, and says how old it is. Clear the task when the cause is gone, then `compare`.
* `compare` is **red**: our database or the shop's could not be read; the log names which. Clear it.
* **Differences do not make this Dag red.** They are in the Dag `attention`: one red run per kind, administration and day.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Param, TriggerRule, dag, task

from include.administrations.names import administration_names
from include.wiring import defaults
from include.wiring.cases import raise_cases
from include.wiring.defaults import pool_of, windows

MOMENT = {"type": ["null", "string"], "format": "date-time"}
PARAMS = {
    "since": Param(None, title="Since", description="First moment of the window; its whole day counts. Empty: the run's own.", **MOMENT),
    "until": Param(None, title="Until", description="End of the window; its own day is left out. Empty: the run's own.", **MOMENT),
}


@task
def refresh(administration: str) -> dict[str, int]:
    """Bring one administration's documents in the mirror up to date; returns how many rows changed."""
    from include.flows.nightly_reconciliation import refresh_books
    from include.wiring.runs import airflow_run

    with airflow_run(administration) as run:
        return dict(refresh_books(run))


@task(trigger_rule=TriggerRule.ALL_DONE)
def compare() -> dict[str, int]:
    """Compare the shop with Exact in all administrations; returns how many documents differ, by kind."""
    from include.wiring.reconciliations import reconciled

    return reconciled()


@dag(
    schedule=windows("30 3 * * *"),
    description="The shop beside Exact, to the cent, each difference with its kind",
    doc_md=__doc__,
    tags=["exact", "upkeep", "impact:medium"],
    params=PARAMS,
    **defaults.DAG,
)
def nightly_reconciliation() -> None:
    refreshed = [refresh.override(task_id=f"refresh_{name}", pool=pool_of(name))(name) for name in administration_names()]
    compared = compare()
    refreshed >> compared >> raise_cases()
    # A red task keeps the run red, although the comparison and the cases follow whatever became of it.
    [*refreshed, compared] >> EmptyOperator(task_id="all_compared")


nightly_reconciliation()
