"""Which Airflow a command speaks for: the one that the environment names, or else the local system that `make demo` started."""

from __future__ import annotations

import os
from pathlib import Path

from include.errors import SetupError

PROJECT = Path(__file__).parents[2]
LOCAL_SYSTEM = PROJECT / "var" / "demo"
# Names the folder of the local system, for commands, and for groups of commands that take no context.
CHOSEN = "EXACTLY_LOCAL_SYSTEM"
_NAMES_ONE = ("AIRFLOW_HOME", "AIRFLOW_CONFIG")
_PREFIXES = ("AIRFLOW__", "AIRFLOW_CONN_")
# What Airflow may say on a terminal is for its own logs: a command's output belongs to the command.
_QUIET = {"AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR", "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False", "PYTHONWARNINGS": "ignore"}


def remember(local_system: Path | None) -> None:
    """Note which local system this process and its children speak with."""
    if local_system is not None:
        os.environ[CHOSEN] = str(local_system)


def remembered() -> Path | None:
    """The local system that was named, by an option or by the environment."""
    named = os.environ.get(CHOSEN)
    return Path(named) if named else None


def enter_airflow(local_system: Path | None = None) -> None:
    """Make this process one of Airflow's own, before Airflow is imported; `local_system`: that of this folder, whatever the environment.

    Raises `SetupError` when there is none.
    """
    if local_system is not None or not _names_airflow():
        _enter_local_system(local_system or LOCAL_SYSTEM)
    os.environ.update(_QUIET)
    # Airflow gives connections of its database only to what says that it is a server, not a task.
    os.environ["_AIRFLOW_PROCESS_CONTEXT"] = "server"


def _names_airflow() -> bool:
    named = any(name in os.environ for name in _NAMES_ONE) or any(name.startswith(_PREFIXES) for name in os.environ)
    return named or (Path.home() / "airflow" / "airflow.cfg").exists()


def _enter_local_system(directory: Path) -> None:
    from include.demo.known import environment_of_local_system

    environment = environment_of_local_system(directory)
    if environment is None:
        cure = f"none runs in {directory}: start it with `make demo`, or set AIRFLOW_HOME as the processes of your Airflow have it"
        raise SetupError("no_airflow", cure=cure)
    for name in [name for name in os.environ if name in _NAMES_ONE or name.startswith(_PREFIXES)]:
        del os.environ[name]
    os.environ.update(environment)
