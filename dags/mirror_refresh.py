"""# The mirror of Exact's master data is brought up to date

Each hour, before the orders are booked: ledger accounts, VAT codes, journals, items, relations, payment conditions, exchange rates and
divisions are read through Exact's sync and bulk endpoints, changes only, so that booking a document costs one call.
Documents are followed as well: their numbers and status go into the view `document_links` for the shop, and what somebody deleted
in Exact becomes a case of the Dag `attention`.

## When it fails

Booking goes on with yesterday's mirror, and asks Exact for a single code that the mirror lacks.

* **Up for retry**: a limit of Exact or of the network; it comes back by itself at the moment that the log names.
* **Red**, "an administrator must act": sign in again (`exactly sign-in`), or give the app the right that the log names;
  then clear the task.
* **Red** otherwise: clear the task; it goes on at the page where it stopped.
"""

from airflow.sdk import dag, task

from include.administrations.names import administration_names
from include.wiring import defaults
from include.wiring.defaults import pool_of, windows


@task
def refresh(administration: str) -> dict[str, int]:
    """Bring one administration's mirror up to date; returns how many rows changed."""
    from include.flows.mirror_refresh import refresh
    from include.wiring.runs import airflow_run

    with airflow_run(administration) as run:
        return dict(refresh(run))


@dag(
    schedule=windows("50 * * * *"),
    description="Master data of Exact, read into the mirror",
    doc_md=__doc__,
    tags=["exact", "upkeep", "impact:medium"],
    **defaults.DAG,
)
def mirror_refresh() -> None:
    for name in administration_names():
        refresh.override(task_id=f"refresh_{name}", pool=pool_of(name))(name)


mirror_refresh()
