"""Finds the local system that runs in a folder, so that a command in another terminal can speak with it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

from include.demo.processes import MARK, marked


def environment_of_local_system(directory: Path) -> dict[str, str] | None:
    """What the processes of the system in `directory` are told, or None when none of them runs. It holds secrets: never print it."""
    for process in marked(str(directory.absolute())):
        with contextlib.suppress(psutil.Error, OSError):
            known = process.environ()
            if "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" in known:
                # Without the mark: whoever stops the system ends its own processes, not our command.
                return {name: value for name, value in known.items() if name != MARK}
    return None
