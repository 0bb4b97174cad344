"""Airflow's web server with the console in it: a real process on a real PostgreSQL, with one user of each role."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from cryptography.fernet import Fernet
from psycopg.conninfo import conninfo_to_dict

from include.store.migrate import upgrade
from tests.conftest import REPOSITORY, Postgres
from tests.loopback import sitecustomize

# Users of Airflow's simple auth manager, each with its name as password, and what they are in the console.
USERS = {"viewer": "viewer", "user": "operator", "op": "administrator", "admin": "administrator"}
UP_S = 180
SERIALISE = """
import sys
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
DagBundlesManager().sync_bundles_to_db()
bag = DagBag(dag_folder=sys.argv[1], bundle_name="dags-folder")
assert bag.dags, bag.import_errors
sync_bag_to_db(bag, "dags-folder", None)
"""
CONSOLE = "/exactly"
# Nobody answers there.
NO_PORT = "9"


@dataclass
class AirflowServer:
    """`url` is Airflow's, `console` ours; `dsn` names our database, which the server reads."""

    directory: Path
    postgres: Postgres
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.dsn = self.postgres.create_database("exactly_web")
        upgrade(self.dsn, environment="test")
        self._airflow = conninfo_to_dict(self.postgres.create_database("airflow_web"))
        (self.directory / "passwords.json").write_text(json.dumps({name: name for name in USERS}))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def console(self) -> str:
        return f"{self.url}{CONSOLE}"

    @cached_property
    def environment(self) -> dict[str, str]:
        """What each process of this Airflow is told."""
        socket_folder = self._airflow["host"]
        settings = {
            "AIRFLOW_HOME": self.directory,
            "AIRFLOW__CORE__DAGS_FOLDER": REPOSITORY / "dags",
            "AIRFLOW__CORE__PLUGINS_FOLDER": REPOSITORY / "plugins",
            "AIRFLOW__CORE__LOAD_EXAMPLES": False,
            "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "viewer:viewer,user:user,op:op,admin:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": self.directory / "passwords.json",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://postgres:@/{self._airflow['dbname']}?host={socket_folder}",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": self.port,
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__WORKERS": 1,
            "AIRFLOW__API__SECRET_KEY": "a-secret-of-the-tests",
            "AIRFLOW__API_AUTH__JWT_SECRET": "another-secret-of-the-tests-that-is-long-enough-for-sha-512-by-rfc-7518-section-3-2",
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": self.directory / "logs",
            "AIRFLOW_CONN_EXACTLY_STORE": self.dsn_uri(self.dsn),
            "EXACTLY_ENVIRONMENT": "test",
            "EXACTLY_AIRFLOW_URL": self.url,
            "EXACTLY_SANDBOX_PORT": NO_PORT,
            "EXACTLY_POSTGRES_HOST": socket_folder,
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", sitecustomize.NOTES) if name in os.environ}
        path = os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])
        return {**kept, "PYTHONPATH": path, **{name: str(value) for name, value in settings.items()}}

    @staticmethod
    def dsn_uri(dsn: str) -> str:
        """A connection of Airflow for a DSN on a socket."""
        parts = conninfo_to_dict(dsn)
        return json.dumps({"conn_type": "postgres", "login": parts["user"], "host": parts["host"], "schema": parts["dbname"]})

    def start(self) -> None:
        """Bring Airflow's tables up to date, start the server, wait until it answers."""
        log = (self.directory / "server.log").open("ab")
        settings = [sys.executable, "-m", "include.wiring.airflow_settings"]
        done = subprocess.run(settings, env=self.environment, cwd=REPOSITORY, stdout=log, stderr=log, check=False, timeout=UP_S)
        assert done.returncode == 0, self.log()
        command = [sys.executable, "-m", "airflow", "api-server", "--workers", "1"]
        self._process = subprocess.Popen(
            command, env=self.environment, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        give_up = time.monotonic() + UP_S
        while not self._answers():
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < give_up, self.log()
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/api/v2/version", timeout=2).ok
        except requests.RequestException:
            return False

    def log(self) -> str:
        log = self.directory / "server.log"
        return log.read_text(errors="replace")[-6000:] if log.exists() else "the server is gone with its log"

    def stop(self) -> None:
        """End it at once: nothing of it is wanted any more."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)

    def serialise(self, dag_id: str) -> None:
        """Make a Dag known to Airflow, as its Dag processor does."""
        if dag_id not in self._serialised:
            command = [sys.executable, "-c", SERIALISE, str(REPOSITORY / "dags" / f"{dag_id}.py")]
            done = subprocess.run(command, env=self.environment, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=UP_S)
            assert done.returncode == 0, done.stderr
            self._serialised.add(dag_id)
            self.airflow("PATCH", f"dags/{dag_id}", {"is_paused": False})

    def draw(self, case_run: str) -> None:
        """The red square of a case: a failed run of `attention`. Nothing schedules here, so that a cleared one stays cleared."""
        self.serialise("attention")
        self.airflow("POST", "dags/attention/dagRuns", {"dag_run_id": case_run, "logical_date": None})
        self.airflow("PATCH", f"dags/attention/dagRuns/{case_run}/taskInstances/case/0", {"new_state": "failed"})
        self.airflow("PATCH", f"dags/attention/dagRuns/{case_run}", {"state": "failed"})

    def airflow(self, method: str, path: str, body: object = None, *, user: str = "admin") -> Any:
        """What Airflow's REST API answers this user; `path` is below `/api/v2`."""
        headers = {"Authorization": f"Bearer {self.token(user)}"}
        answer = requests.request(method, f"{self.url}/api/v2/{path}", json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    @cached_property
    def _serialised(self) -> set[str]:
        return set()

    def token(self, user: str) -> str:
        """Sign in as this user; a bearer token, and what the cookie `_token` holds."""
        if user not in self._tokens:
            answer = requests.post(f"{self.url}/auth/token", json={"username": user, "password": user}, timeout=20)
            assert answer.status_code == 201, answer.text
            self._tokens[user] = answer.json()["access_token"]
        return self._tokens[user]

    @cached_property
    def _tokens(self) -> dict[str, str]:
        return {}

    def session(self, user: str | None) -> Visitor:
        """A visitor with this user's cookie, as a browser has it; None is nobody."""
        return Visitor(self, user)


class Visitor(requests.Session):
    """Asks for pages of the console by their path, as htmx and a browser would."""

    def __init__(self, server: AirflowServer, user: str | None) -> None:
        super().__init__()
        self.trust_env = False
        self.server, self._console = server, server.console
        self.headers.update({"Accept-Language": "en"})
        if user is not None:
            self.cookies.set("_token", server.token(user), path="/")

    def page(self, path: str = "/", **options: object) -> requests.Response:
        """GET a page; `path` is below the console's root."""
        return self.get(self._console + path, timeout=30, allow_redirects=False, **options)

    def act(self, path: str, data: object = None, *, method: str = "POST", **options: object) -> requests.Response:
        """What htmx sends from one of our pages."""
        headers = {"HX-Request": "true", "Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}  # type: ignore[dict-item]
        return self.request(method, self._console + path, data=data, headers=headers, timeout=30, allow_redirects=False, **options)
