"""A function as a Dag of one task with Airflow's retries, run by Airflow itself in this process (`dag.test()`): for measurements.

`python -m include.wiring.trial FILE ANSWER`: FILE is a `Trial` as JSON; what became of it is written into ANSWER.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, task

from include.wiring.retry import ByWhoCanPutItRight

CHOSEN = "EXACTLY_TRIAL"
LOOK_EVERY_S = 0.2


@dataclass(frozen=True)
class Trial:
    """`work` and `left` are functions of ours (`module:name`) that take `told`; `left` says how many records still wait.

    As long as some do, there is another run each `every_s`, as a schedule would bring it, `runs_max` in all; after the last one they have
    `settles_s` from its beginning.
    """

    work: str
    left: str
    told: str
    retries: int
    retry_delay_s: float
    every_s: float
    runs_max: int = 1
    settles_s: float = 0.0


@dataclass
class Tried:
    """What Airflow did: Dag runs, starts of the task over all of them, the state of the last one, and what was left."""

    runs: int = 0
    task_starts: int = 0
    state: str = ""
    left: int = 0


def trial_dag() -> DAG:
    """The Dag of the trial that the environment names."""
    trial = _chosen()
    with DAG("trial", schedule=None, start_date=datetime(2020, 1, 1, tzinfo=UTC)) as dag:

        @task(retries=trial.retries, retry_delay=timedelta(seconds=trial.retry_delay_s), retry_policy=ByWhoCanPutItRight())
        def work() -> None:
            _function(trial.work)(trial.told)

        work()
    return dag


def run_trial(trial: Trial) -> Tried:
    """Run the Dag until nothing is left, or the last run that is allowed is over."""
    left, tried = _function(trial.left), Tried()
    while tried.runs < trial.runs_max:
        began = time.monotonic()
        run = trial_dag().test()
        tried.runs += 1
        tried.state = str(run.state)
        tried.task_starts += sum(each.try_number for each in run.get_task_instances())
        last = tried.runs == trial.runs_max
        _wait_until(lambda: left(trial.told) == 0, began + (trial.settles_s if last else trial.every_s))
        tried.left = left(trial.told)
        if not tried.left:
            break
    return tried


def _wait_until(is_so: Callable[[], bool], deadline: float) -> None:
    while time.monotonic() < deadline and not is_so():
        time.sleep(LOOK_EVERY_S)


def _function(name: str) -> Callable[[str], Any]:
    module, _, function = name.partition(":")
    found: Callable[[str], Any] = getattr(importlib.import_module(module), function)
    return found


def _chosen() -> Trial:
    return Trial(**json.loads(Path(os.environ[CHOSEN]).read_text(encoding="utf-8")))


def main(path: str, answer: str) -> None:
    """Run the trial of a file, and write into another what became of it."""
    os.environ[CHOSEN] = path
    Path(answer).write_text(json.dumps(asdict(run_trial(_chosen()))), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
