"""The tab on a task instance's page in Airflow: the case of a run of `attention`, and of any other task what it booked and was refused."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse

from include.console.task_work import task_work
from include.store.cases import CaseStore, case_of
from include.store.work import Task, WorkStore
from include.web.access import Viewer
from include.web.case_view import case_values, reader_of
from include.web.pages import page
from include.web.places import Store
from include.wiring.cases import ATTENTION

TABS = ()
router = APIRouter()


def asked_task(dag_id: str, run_id: str, task_id: str, map_index: str = "") -> Task:
    """The task instance that Airflow's page names; its placeholder stays as it is for a task that is not mapped."""
    return Task(dag_id=dag_id, run_id=run_id, task_id=task_id, map_index=int(map_index) if map_index.isdecimal() else -1)


@router.get("/task")
def task_instance(
    request: Request, person: Viewer, store: Store, task: Annotated[Task, Depends(asked_task)], sort: str = ""
) -> HTMLResponse:
    """What there is to know here about this task instance."""
    case = CaseStore(store).get(case_of(task.run_id)) if task.dag_id == ATTENTION else None
    if case is not None:
        return page(request, person, "task/case.html", **case_values(request, person, store, case, (sort, "")))
    return page(request, person, "task/work.html", work=task_work(WorkStore(store), task, reader_of(request, person)))
