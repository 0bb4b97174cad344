"""# Sign-ins to Exact are kept alive

A refresh token that nobody uses for 30 days is void, and a person would have to sign in again. Each night every administration's token
is renewed, so that an administration without orders stays signed in.

## When it fails

* **Up for retry**: Exact or the network is away; it comes back by itself.
* **Red**, "an administrator must act": the chain of tokens is broken or was revoked. Sign in again: `exactly sign-in`; then clear the task.
  Until then nothing of this administration is booked; nothing is lost either, its orders wait in the outbox.
"""

from airflow.sdk import dag, task

from include.administrations.names import administration_names
from include.wiring import defaults
from include.wiring.defaults import pool_of, windows


@task
def keep_alive(administration: str) -> dict[str, int]:
    """Renew one administration's token when that is due."""
    from include.flows.token_keepalive import keep_alive
    from include.wiring.runs import airflow_run

    with airflow_run(administration) as run:
        return dict(keep_alive(run))


@dag(
    schedule=windows("25 3 * * *"),
    description="Renews each administration's token, so that no sign-in runs out",
    doc_md=__doc__,
    tags=["exact", "upkeep", "impact:medium"],
    **defaults.DAG,
)
def token_keepalive() -> None:
    for name in administration_names():
        keep_alive.override(task_id=f"keep_alive_{name}", pool=pool_of(name))(name)


token_keepalive()
