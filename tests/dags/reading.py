"""Reads a folder of Dag files as Airflow does: `python reading.py FOLDER ANSWER`, in a process with nothing of the developer's own.

Airflow settles its configuration at its first import; a test process cannot take that back.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Read:
    """Dags by id, import errors by file, seconds of each file on top of importing airflow.sdk, and the tags that may be used."""

    dags: dict[str, dict[str, Any]]
    errors: dict[str, str]
    seconds: dict[str, float]
    tags: list[str]


def seconds_to_run(file: Path) -> float:
    reader, writer = os.pipe()
    if os.fork() == 0:
        started = time.perf_counter()
        runpy.run_path(str(file))
        os.write(writer, str(time.perf_counter() - started).encode())
        os._exit(0)
    os.close(writer)
    os.wait()
    return float(os.read(reader, 100) or "inf")


def described(dag: Any) -> dict[str, Any]:
    return {
        "file": Path(dag.fileloc).stem,
        "doc": dag.doc_md or "",
        "description": dag.description or "",
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timetable": type(dag.timetable).__name__,
        "params": {name: {**param.schema, "default": param.value, "description": param.description} for name, param in dag.params.items()},
        "tasks": {task.task_id: described_task(task) for task in dag.tasks},
    }


def described_task(task: Any) -> dict[str, Any]:
    return {
        "pool": task.pool,
        "retries": task.retries,
        "retry_policy": type(task.retry_policy).__name__,
        "trigger_rule": str(task.trigger_rule.value),
        "downstream": sorted(task.downstream_task_ids),
        "mapped": task.is_mapped,
    }


def main(folder: Path, answer: Path) -> None:
    import airflow.sdk

    assert airflow.sdk.__version__
    seconds = {file.stem: seconds_to_run(file) for file in sorted(folder.glob("*.py"))}
    from airflow.dag_processing.dagbag import DagBag

    from include.wiring.defaults import TAGS

    bag = DagBag(str(folder), safe_mode=False)
    dags = {dag.dag_id: described(dag) for dag in bag.dags.values()}
    answer.write_text(json.dumps({"dags": dags, "errors": bag.import_errors, "seconds": seconds, "tags": sorted(TAGS)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
