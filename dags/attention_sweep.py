"""# No case is lost from view

Every ten minutes the open cases are compared with what Airflow shows of them, and the run of a case in the Dag `attention` is raised again

* when it is gone, or was marked success by hand, or its task was deleted or marked: none of this mends anything;
* once a day in the morning for each open case, so that it comes back in the list (Airflow's variable `exactly_morning_hour`, 6 by default);
* when its last record found another way, such as `exactly errors dismiss`: then the square turns green;
* when somebody asked for another try that nobody works on, since its worker was killed or Exact's limits made it rest: it goes on.

Runs that are red, queued or running are otherwise left alone. What is raised again only shows the case; nothing is sent that nobody asked
for.

## When it fails

* **Up for retry**: our database or Airflow's own API is away; it comes back by itself.
* `compare_cases` is **red** with `morning_hour`: set the variable that the log names to an hour from 0 to 23; then clear the task.
* `raise_case` is **red**: the Dag `attention` is missing or broken; mend it. The next sweep raises the case again.

A log that says `configuration` means that far more causes than usual appeared at one time: look for the one mistake behind them. The
oldest two hundred are raised, the others by the next sweep.

Nothing is lost while it is red: cases live in Exactly's own database, and `exactly errors list` shows them.
"""

from airflow.sdk import dag

from include.wiring import defaults
from include.wiring.cases import sweep_cases
from include.wiring.defaults import windows


@dag(
    schedule=windows("4-59/10 * * * *"),
    description="Raises again what was wiped away from the error queue, and every open case each morning",
    doc_md=__doc__,
    tags=["exact", "errors", "upkeep", "impact:medium"],
    **defaults.DAG,
)
def attention_sweep() -> None:
    sweep_cases()


attention_sweep()
