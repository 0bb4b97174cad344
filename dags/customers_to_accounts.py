"""# Customers of the webshop become relations in Exact

Each hour, for every administration whose file says so (`customers`): customers that are new or changed in the window become relations,
with contact and addresses, or change theirs. A relation that stands in Exact already is taken as it is: it is found by our own code, VAT
number or registration number, and never by its code alone. What did not change costs no call, so running, clearing and backfilling this
Dag is always safe. Orders need not wait for it: their own Dag makes the relations that they lack.

* **All customers since a day:** one run with `since`.
* **Single customers:** a run with `order_numbers`, which takes the numbers of customers here.
* **What would happen:** a run with `dry_run`: the log says what would be made, and at how many calls. Nothing is sent.

## When it fails

* `relate_<administration>` is **red**: the drain itself could not go on. The log's last lines name the cause. "an administrator must act"
  names the cure too; after it, clear the task. Anything else was retried before it became red; clear it once the cause is gone.
* `relate_<administration>` is **up for retry**: a limit of Exact or of the network; it comes back by itself when the log says.
* **Single customers that were refused do not make this Dag red.** They are in the Dag `attention`, one red run per cause, and the orders
  that wait for them with them: `relation_differs`, `relation_ambiguous`, `vat_number_refused` and the like.
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
        title="Customer numbers",
        description="Only these customers, one a line, whenever they changed.",
    ),
    "dry_run": Param(False, type="boolean", title="Dry run", description="Say what would be made and at how many calls; send nothing."),
}


@task
def relate(administration: str) -> dict[str, int]:
    """Plan and send one administration's relations; returns how many became what."""
    from include.flows.customers_to_accounts import relate_customers
    from include.wiring.runs import airflow_run

    with airflow_run(administration) as run:
        return dict(relate_customers(run))


@dag(
    schedule=windows("35 * * * *"),
    description="Customers of the webshop become relations in Exact, with contacts and addresses",
    doc_md=__doc__,
    tags=["exact", "customers", "impact:medium"],
    params=PARAMS,
    **defaults.DAG,
)
def customers_to_accounts() -> None:
    drained = [relate.override(task_id=f"relate_{name}", pool=pool_of(name))(name) for name in administration_names()]
    drained >> EmptyOperator(task_id="all_drained")
    drained >> raise_cases()


customers_to_accounts()
