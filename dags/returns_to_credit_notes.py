"""# Returns of the webshop become credit notes in Exact

Each hour, after the orders, for every administration: the returns that changed in the window are planned in the outbox beside the sales
that they take back, and sent to Exact as credit invoices or as negative sales entries, in the company of the sale. A return waits for its
sale, and a sale that cannot be booked holds its returns. What is in Exact already is not sent again, so running, clearing and backfilling
this Dag is always safe.

* **A past window:** a backfill, or one run with `since` and `until`. Nothing older than the administration's `book_from` is credited.
* **Single returns:** a run with `order_numbers`, which takes the numbers of returns here.
* **What would happen:** a run with `dry_run`: the log says what would be credited, and at how many calls. Nothing is sent.

## When it fails

* `credit_<administration>` is **red**, `credit_taken_for_sale`: Exact shows a credit with a positive amount, so that it would charge the
  customer a second time. Nothing else is credited until that is mended. The log names the returns, the key to change (`credits: sign`) and
  what to delete in Exact; after it, clear the task.
* `credit_<administration>` is **red** otherwise: the log's last lines name the cause. "an administrator must act" names the cure too;
  after it, clear the task. Anything else was retried before it became red; clear it once the cause is gone.
* `credit_<administration>` is **up for retry**: a limit of Exact or of the network, or the very first credit, which is read back before
  others follow; it comes back by itself at the moment that the log names.
* **Single returns that were refused do not make this Dag red.** They are in the Dag `attention`: one red run per cause.
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
        title="Return numbers",
        description="Only these returns, by their own numbers, one a line, whenever they changed.",
    ),
    "dry_run": Param(False, type="boolean", title="Dry run", description="Say what would be credited and at how many calls; send nothing."),
}


@task
def credit(administration: str) -> dict[str, int]:
    """Plan and send one administration's credits; returns how many became what."""
    from include.flows.returns_to_credit_notes import credit_returns
    from include.wiring.runs import airflow_run

    with airflow_run(administration) as run:
        return dict(credit_returns(run))


@dag(
    schedule=windows("15 * * * *"),
    description="Returns of the webshop become credit invoices or negative sales entries in Exact",
    doc_md=__doc__,
    tags=["exact", "orders", "impact:high"],
    params=PARAMS,
    **defaults.DAG,
)
def returns_to_credit_notes() -> None:
    drained = [credit.override(task_id=f"credit_{name}", pool=pool_of(name))(name) for name in administration_names()]
    # A red drain keeps the run red, although the cases are raised whatever became of it.
    drained >> EmptyOperator(task_id="all_drained")
    drained >> raise_cases()


returns_to_credit_notes()
