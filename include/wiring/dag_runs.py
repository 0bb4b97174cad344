"""The newest run of each of our Dags, as Airflow's own tables have it: for pages in Airflow's web server."""

from __future__ import annotations

from typing import Any

from include.checks.health import LastRun
from include.wiring.cases import ATTENTION

OURS = "exact"


def last_runs() -> list[LastRun]:
    """Our Dags by name, each with its newest run; that of the cases apart, whose red runs are no fault of its own."""
    from airflow.models.dag import DagModel, DagTag
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    ours = select(DagTag.dag_id).where(DagTag.name == OURS)
    dags = select(DagModel.dag_id, DagModel.is_paused, DagModel.next_dagrun_create_after)
    runs = select(DagRun.dag_id, DagRun.state, DagRun.start_date, DagRun.end_date).distinct(DagRun.dag_id)
    with create_session() as session:
        newest = {row.dag_id: row for row in session.execute(runs.where(DagRun.dag_id.in_(ours)).order_by(DagRun.dag_id, DagRun.id.desc()))}
        known = session.execute(
            dags.where(DagModel.dag_id.in_(ours), ~DagModel.is_stale, DagModel.dag_id != ATTENTION).order_by(DagModel.dag_id)
        )
        return [_last_run(row, newest.get(row.dag_id)) for row in known]


def _last_run(dag: Any, run: Any) -> LastRun:
    return LastRun(
        dag_id=dag.dag_id,
        state=str(run.state or "") if run else "",
        began_at=run.start_date if run else None,
        ended_at=run.end_date if run else None,
        is_paused=dag.is_paused,
        due_at=dag.next_dagrun_create_after,
    )
