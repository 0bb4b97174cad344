"""# Orders of the webshop become sales documents in Exact

Each hour, for every administration: the orders that changed in the window are planned in the outbox, and what is planned is sent to
Exact, as draft invoices or as sales entries, as the administration's file says. An order that is there already is not sent again, so
running, clearing and backfilling this Dag is always safe.

* **A past window:** a backfill, or one run with `since` and `until`. Nothing older than the administration's `book_from` is booked.
* **Single orders:** a run with `order_numbers`.
* **What would happen:** a run with `dry_run`: the log says what would be booked, and at how many calls. Nothing is sent.

## When it fails

* `book_<administration>` is **red**: the drain itself could not go on. The log's last lines name the cause. "an administrator must act"
  names the cure too, most often a sign-in (`exactly sign-in`) or a setting; after it, clear the task. Anything else was retried before it
  became red; clear it once the cause is gone.
* `book_<administration>` is **up for retry**: a limit of Exact or of the network; it comes back by itself at the moment that the log names.
* **Single orders that were refused do not make this Dag red.** They are in the Dag `attention`: one red run per cause.
* The log of `open_cases` says `configuration`: far more causes than usual appeared at one time. Look for the one mistake behind them.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Param, dag, task

from include.administrations.names import administration_names
from include.wiring import defaults
from include.wiring.cases import raise_cases
from include.wiring.defaults import pool_of, windows

MOMENT = {"type": ["null", "string"], "format": "date-time"}
PARAMS = {
    "since": Param(None, title="Since", description="First moment of the window (included). Empty: the run's own hour.", **MOMENT),
    "until": Param(None, title="Until", description="End of the window (excluded). Empty: the run's own hour.", **MOMENT),
    "order_numbers": Param(
        None,
        type=["null", "array"],
        items={"type": "string"},
        title="Order numbers",
        description="Only these orders, one a line, whenever they changed.",
    ),
    "dry_run": Param(False, type="boolean", title="Dry run", description="Say what would be booked and at how many calls; send nothing."),
}


@task
def book(administration: str) -> dict[str, int]:
    """Plan and send one administration's orders; returns how many became what."""
    from include.flows.orders_to_invoices import book_orders
    from include.wiring.runs import airflow_run

    with airflow_run(administration) as run:
        return dict(book_orders(run))


@dag(
    schedule=windows("5 * * * *"),
    description="Orders of the webshop become draft invoices or sales entries in Exact",
    doc_md=__doc__,
    tags=["exact", "orders", "impact:high"],
    params=PARAMS,
    **defaults.DAG,
)
def orders_to_invoices() -> None:
    drained = [book.override(task_id=f"book_{name}", pool=pool_of(name))(name) for name in administration_names()]
    # A red drain keeps the run red, although the cases are raised whatever became of it.
    drained >> EmptyOperator(task_id="all_drained")
    drained >> raise_cases()


orders_to_invoices()
