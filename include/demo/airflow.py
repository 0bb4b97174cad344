"""How the local system runs Airflow: the environment of its parts, and the parts."""

from __future__ import annotations

import json
import os
import secrets
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from pathlib import Path

from include.demo.postgres import Postgres
from include.demo.processes import Part, python

USER = "admin"
# A laptop's worth of work at one time; each of them is a process.
PARALLELISM = 6
_PACE: dict[str, dict[str, object]] = {
    "dag_processor": {"refresh_interval": 5, "min_file_process_interval": 30, "parsing_processes": 1},
    # What a dead scheduler had in hand is started anew when its heartbeat is 30 s old, not only with the next check in five minutes.
    "scheduler": {"task_instance_heartbeat_timeout": 60, "orphaned_tasks_check_interval": 10, "enable_health_check": False},
    # A finished task is noticed within this time, not within 5 s, when its process ends a moment later than its sockets.
    "workers": {"min_heartbeat_interval": 1},
}
_KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "USER")
_COMMANDS = {
    "api-server": ("api-server", "--workers", "1"),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}


@dataclass(frozen=True)
class Secrets:
    """Made once per system, kept in a file that only its owner can read."""

    fernet_key: str
    password: str
    jwt_secret: str
    api_secret: str


def secrets_of(directory: Path) -> Secrets:
    """Read the system's secrets, or make them."""
    file = directory / "secrets.json"
    if not file.exists():
        made = Secrets(
            urlsafe_b64encode(secrets.token_bytes(32)).decode(), secrets.token_urlsafe(9), secrets.token_hex(32), secrets.token_hex(32)
        )
        _write_private(file, json.dumps(asdict(made)))
    return Secrets(**json.loads(file.read_text(encoding="utf-8")))


def plain_environment() -> dict[str, str]:
    """What the processes may know of the caller's environment: nothing that would steer Airflow or Python."""
    return {name: value for name, value in os.environ.items() if name in _KEPT}


def airflow_environment(directory: Path, project: Path, postgres: Postgres, port: int) -> dict[str, str]:
    """Everything that Airflow's parts are told."""
    known = secrets_of(directory)
    home = directory / "airflow"
    _write_private(home / "passwords.json", json.dumps({USER: known.password}))
    url = f"http://127.0.0.1:{port}"
    settings: dict[str, dict[str, object]] = {
        "core": _core(project, home, known, url),
        "database": {"sql_alchemy_conn": postgres.dsn("airflow", driver="postgresql+psycopg2")},
        "api": {"host": "127.0.0.1", "port": port, "base_url": url, "workers": 1, "secret_key": known.api_secret},
        "api_auth": {"jwt_secret": known.jwt_secret},
        "logging": {"base_log_folder": home / "logs", "colored_console_log": False},
        **_PACE,
    }
    named = {f"AIRFLOW__{section}__{key}".upper(): str(value) for section, keys in settings.items() for key, value in keys.items()}
    return {**plain_environment(), "AIRFLOW_HOME": str(home), "PYTHONPATH": str(project), **named}


def _core(project: Path, home: Path, known: Secrets, url: str) -> dict[str, object]:
    return {
        "dags_folder": project / "dags",
        "plugins_folder": project / "plugins",
        "executor": "LocalExecutor",
        "parallelism": PARALLELISM,
        "max_active_tasks_per_dag": PARALLELISM,
        "load_examples": False,
        "fernet_key": known.fernet_key,
        "simple_auth_manager_users": f"{USER}:admin",
        "simple_auth_manager_passwords_file": home / "passwords.json",
        "test_connection": "Enabled",
        "execution_api_server_url": f"{url}/execution/",
        "hostname_callable": "include.demo.airflow.loopback",
    }


def airflow_parts(logs: Path) -> list[Part]:
    return [Part(name, python("-m", "airflow", *command), logs / f"{name}.log", comes_back=True) for name, command in _COMMANDS.items()]


def loopback() -> str:
    """What Airflow calls this machine: no name that would have to be looked up."""
    return "127.0.0.1"


def _write_private(file: Path, text: str) -> None:
    """Write a file for its owner alone; one that holds the text already is not touched, as somebody may be reading it."""
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as private:
        private.write(text)
