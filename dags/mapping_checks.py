"""# What the configuration names is compared with what Exact has

Once a day, before people come to work: each ledger account, item, VAT code, payment condition, journal, currency and relation that an
administration's file names is looked up in the mirror of Exact, and so are this year's periods. Does it exist, is it of the right type,
is it blocked, does it fit? The same is asked whenever the file or the mirror has changed, before anything is booked.

What was found is on a page of its own (`index.html` in the folder of the setting `EXACTLY_DATA_DOCS`, `var/data_docs` without it), with the
Data Docs of Great Expectations beside it, and `exactly checks` shows it at a terminal.

## When it fails

`check_<administration>` is **red**: the end of its log names each finding and its cure, in Dutch and English. Put it right, in Exact or
in the administration's file, then clear the task.

* Division, journal, currency or period: nothing of this administration is booked until it is mended.
* Anything else: the documents that need it become records of the Dag `attention`, under the same cause; all others are booked.

**Up for retry**: a limit of Exact or of the network; it comes back by itself at the moment that the log names.
"""

from airflow.sdk import dag, task

from include.administrations.names import administration_names
from include.wiring import defaults
from include.wiring.defaults import pool_of, windows


@task
def check(administration: str) -> dict[str, int]:
    """Check one administration's mapping; fails with what is wrong."""
    from include.flows.mapping_checks import check_mapping
    from include.wiring.runs import airflow_run

    with airflow_run(administration) as run:
        return dict(check_mapping(run))


@dag(
    schedule=windows("40 5 * * *"),
    description="Codes of the configuration, compared with Exact's master data",
    doc_md=__doc__,
    tags=["exact", "upkeep", "impact:medium"],
    **defaults.DAG,
)
def mapping_checks() -> None:
    for name in administration_names():
        check.override(task_id=f"check_{name}", pool=pool_of(name))(name)


mapping_checks()
