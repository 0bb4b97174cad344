"""What befalls Airflow, and what a person does to it, in the middle of a drain: one function for each kind of attack."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psutil

from include.demo.airflow_api import ENDED, AirflowApiError
from include.demo.processes import python
from include.demo.system import PROJECT
from include.proof.airflow_arena import ATTENTION, FLOW, Arena, Flight
from include.proof.airflow_orders import BUYERS
from include.proof.airflow_plan import Attack

AIRFLOW_PARTS = ("scheduler", "api-server", "dag-processor", "triggerer")
TASKS = tuple(f"book_{name}" for name in BUYERS)
SECOND_S = 120.0


@dataclass(frozen=True)
class Target:
    """What an attack aims at: the run, and the orders on their way in it."""

    dag_id: str
    run_id: str
    flights: Sequence[Flight]


def strike(attack: Attack, arena: Arena, target: Target) -> None:
    """Do it, now."""
    ACTS[attack](arena, target)


def _scheduler(arena: Arena, target: Target) -> None:
    arena.kill_part("scheduler", with_all=False)


def _scheduler_group(arena: Arena, target: Target) -> None:
    arena.kill_part("scheduler", with_all=True)


def _api_server(arena: Arena, target: Target) -> None:
    arena.kill_part("api-server", with_all=True)


def _all(arena: Arena, target: Target) -> None:
    for name in AIRFLOW_PARTS:
        arena.kill_part(name, with_all=True)


def _task(arena: Arena, target: Target) -> None:
    for flight in target.flights:
        _kill(flight.pid)


def _worker(arena: Arena, target: Target) -> None:
    """Airflow's own supervisor of the task dies: nobody tells Airflow that the task goes on, so that it starts it once more beside it."""
    for flight in target.flights:
        with contextlib.suppress(psutil.NoSuchProcess):
            _kill(psutil.Process(flight.pid).ppid())


def _second_process(arena: Arena, target: Target) -> None:
    """The very same task instances, by Airflow's own command, while Airflow runs them."""
    started = [
        subprocess.Popen(  # noqa: S603  Airflow's own command
            python("-m", "airflow", "tasks", "test", FLOW, f"book_{name}", target.run_id),
            env=arena.system.environment(),
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name in sorted({flight.administration for flight in target.flights})
    ]
    arena.wait("the second processes' end", lambda: all(each.poll() is not None for each in started), within_s=SECOND_S)


def _clear(arena: Arena, target: Target) -> None:
    arena.api.clear(target.dag_id, target.run_id)


def _clear_done(arena: Arena, target: Target) -> None:
    """Twice: what is done, and what has just begun to do it again."""
    arena.wait("the run's end", lambda: arena.api.state(target.dag_id, target.run_id) in ENDED, within_s=arena.plan.longest_s)
    for _ in range(2):
        arena.api.clear(target.dag_id, target.run_id)


def _mark_task(arena: Arena, target: Target) -> None:
    for task_id in TASKS:
        arena.api.mark_task(target.dag_id, target.run_id, task_id, "success")


def _mark_run(arena: Arena, target: Target) -> None:
    arena.api.mark_run(target.dag_id, target.run_id, "success")


def _delete_run(arena: Arena, target: Target) -> None:
    """Airflow deletes no run that is running: whoever wants that marks it first. Its tasks know nothing of it yet."""
    arena.api.mark_run(target.dag_id, target.run_id, "failed")
    arena.api.delete_run(target.dag_id, target.run_id)


def _backfill(arena: Arena, target: Target) -> None:
    """The hours in which the orders changed, while the run by hand sends them."""
    arena.api.backfill(FLOW, arena.shop.begin - timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1))


def _case_twice(arena: Arena, target: Target) -> None:
    """Two people at one time, and once more while it runs."""
    with ThreadPoolExecutor() as people:
        for done in [people.submit(arena.api.clear, ATTENTION, target.run_id) for _ in range(2)]:
            # The second one may be told that the first was faster.
            with contextlib.suppress(AirflowApiError):
                done.result()


def _kill(pid: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).kill()


ACTS: Mapping[Attack, Callable[[Arena, Target], None]] = {
    Attack.SCHEDULER: _scheduler,
    Attack.SCHEDULER_GROUP: _scheduler_group,
    Attack.API_SERVER: _api_server,
    Attack.TASK: _task,
    Attack.WORKER: _worker,
    Attack.ALL: _all,
    Attack.SECOND_PROCESS: _second_process,
    Attack.CLEAR_RUNNING: _clear,
    Attack.CLEAR_DONE: _clear_done,
    Attack.MARK_TASK: _mark_task,
    Attack.MARK_RUN: _mark_run,
    Attack.DELETE_RUN: _delete_run,
    Attack.BACKFILL: _backfill,
    Attack.CASE_TWICE: _case_twice,
}
