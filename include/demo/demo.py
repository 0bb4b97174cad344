"""The demo: a webshop's real orders, booked in the sandbox by the real flow, in a real Airflow, on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console

from include.administrations.loader import load_administrations
from include.demo.airflow_api import ENDED, AirflowApi, AirflowAwayError
from include.demo.loader import Loaded, load
from include.demo.processes import python
from include.demo.report import Progress, print_summary
from include.demo.summary import FLOWS, Summary, calls_so_far, reconciliation_of, summary_of
from include.demo.system import PROJECT, WANTED_AIRFLOW_PORT, WANTED_SANDBOX_PORT, LocalSystem
from include.store.migrate import upgrade

ENVIRONMENT = "demo"
ATTENTION = "attention"
RECONCILIATION = "nightly_reconciliation"
UPKEEP = ("mirror_refresh", "mapping_checks", "unknown_outcomes", "token_keepalive", "attention_sweep", RECONCILIATION)
DAGS_S = 60.0
RUN_S = 600.0
LOOK_S = 1.0


class DemoError(Exception):
    """The demo could not do what it shows; the message says which part and where its log is."""


@dataclass
class Demo:
    """One run of the demo in `directory`; `keep` goes on with what is there."""

    directory: Path
    console: Console
    keep: bool = False
    peak_bytes: int = field(default=0, init=False)
    _retried: set[str] = field(default_factory=set, init=False)
    _spent: dict[str, int] = field(default_factory=dict, init=False)

    def run(self, system: LocalSystem) -> tuple[Summary, Loaded]:
        """Start everything, book the orders, return what came of it."""
        self._say_ports(system)
        if not self.keep:
            system.empty()
        with self._step("PostgreSQL and the sandbox"):
            system.start_stores()
        with self._step("Airflow, the webshop's orders, Exactly's tables, sign-in with Exact"):
            loaded = self._start_airflow(system)
        airflow = AirflowApi(system.airflow_url, *system.credentials)
        with self._step("Master data of Exact mirrored"):
            self._mirror(airflow, system)
        started = time.monotonic()
        with Progress(self.console, system.postgres.dsn("exactly"), loaded.orders + loaded.returns) as progress:
            self._book(airflow, system, loaded, progress)
        summary = self._summary(system, time.monotonic() - started)
        with self._step("The shop compared with Exact, to the cent"):
            summary = self._compare(airflow, system, loaded, summary)
        for dag_id in (*FLOWS, *UPKEEP):
            airflow.unpause(dag_id)
        print_summary(self.console, summary, system, self.peak_bytes)
        return summary, loaded

    def _say_ports(self, system: LocalSystem) -> None:
        for name, wanted, port in (
            ("Airflow", WANTED_AIRFLOW_PORT, system.airflow_port),
            ("the sandbox", WANTED_SANDBOX_PORT, system.sandbox_port),
        ):
            if port != wanted:
                self.console.print(f"Port {wanted} is taken: {name} listens on {port}.")

    def _start_airflow(self, system: LocalSystem) -> Loaded:
        with ThreadPoolExecutor() as beside:
            loading = beside.submit(_fill, system)
            system.start_airflow()
            loaded = loading.result()
        sign_in(system)
        system.wait_until_healthy()
        return loaded

    def _mirror(self, airflow: AirflowApi, system: LocalSystem) -> None:
        airflow.sign_in()
        airflow.wait_for_dags({*FLOWS, ATTENTION, *UPKEEP}, within_s=DAGS_S)
        airflow.unpause(ATTENTION)
        self._follow(airflow, system, "mirror_refresh", airflow.trigger("mirror_refresh"))
        # Its hourly run would be counted among the calls of the flows, in demos that are started shortly before it.
        airflow.pause("mirror_refresh")

    def _book(self, airflow: AirflowApi, system: LocalSystem, loaded: Loaded, progress: Progress) -> None:
        since = _midnight(loaded.first_day - timedelta(days=1))
        for flow in FLOWS:
            before = calls_so_far(system.sandbox_url)
            run_id = airflow.trigger(flow, since=since, until=datetime.now(UTC).isoformat())
            self._follow(airflow, system, flow, run_id, progress)
            # Its scheduled runs wait until the last flow is done: they would find nothing new, and take time from the next.
            airflow.pause(flow)
            self._spent[flow] = calls_so_far(system.sandbox_url) - before
        while not ENDED.issuperset(airflow.run_states(ATTENTION).values()):
            time.sleep(LOOK_S)

    def _follow(self, airflow: AirflowApi, system: LocalSystem, dag_id: str, run_id: str, progress: Progress | None = None) -> None:
        deadline = time.monotonic() + RUN_S
        while (state := self._state(airflow, dag_id, run_id)) not in ENDED:
            self.look_at(system)
            if progress is not None:
                progress.update()
            if time.monotonic() > deadline:
                raise DemoError(f"{dag_id} is not done after {RUN_S:.0f} s: {airflow.task_states(dag_id, run_id)}")
            time.sleep(LOOK_S)
        if state == "failed":
            raise DemoError(f"{dag_id} failed: {airflow.task_states(dag_id, run_id)}; logs: {system.directory / 'airflow' / 'logs'}")

    def _state(self, airflow: AirflowApi, dag_id: str, run_id: str) -> str:
        """How far a run is; empty while the API server is started again."""
        with suppress(AirflowAwayError):
            self._say_retries(airflow, dag_id, run_id)
            return airflow.state(dag_id, run_id)
        return ""

    def _say_retries(self, airflow: AirflowApi, dag_id: str, run_id: str) -> None:
        retried = {task for task, state in airflow.task_states(dag_id, run_id).items() if state == "up_for_retry"}
        for task in retried - self._retried:
            self.console.print(
                f"[yellow]![/] {task} failed and will be tried again; its log: {self.directory}/airflow/logs/dag_id={dag_id}"
            )
        self._retried |= retried

    def _summary(self, system: LocalSystem, seconds: float) -> Summary:
        self.look_at(system)
        divisions = {each.name: each.division for each in load_administrations()}
        return summary_of(system.postgres.dsn("exactly"), system.sandbox_url, divisions, seconds=seconds, spent=self._spent)

    def _compare(self, airflow: AirflowApi, system: LocalSystem, loaded: Loaded, summary: Summary) -> Summary:
        """The summary with what the reconciliation of the demo's days found, which is also written to `summary.json`."""
        days = {"since": _midnight(loaded.first_day), "until": _midnight(datetime.now(UTC).date() + timedelta(days=1))}
        self._follow(airflow, system, RECONCILIATION, airflow.trigger(RECONCILIATION, **days))
        compared = replace(summary, reconciliation=reconciliation_of(system.postgres.dsn("exactly")))
        (self.directory / "summary.json").write_text(json.dumps(compared.as_json(), indent=2) + "\n", encoding="utf-8")
        return compared

    def look_at(self, system: LocalSystem) -> None:
        """See to it that every part is there, and say which one had to be started again."""
        for name in system.check():
            self.console.print(f"[yellow]![/] {name} had ended and was started again; its log: {system.logs / name}.log")
        self.peak_bytes = max(self.peak_bytes, system.memory_bytes())

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        started = time.monotonic()
        with self.console.status(what):
            yield
        self.console.print(f"[green]✓[/] {what} [dim]{time.monotonic() - started:.1f} s[/]")


def _midnight(day: date) -> str:
    return datetime.combine(day, datetime.min.time(), UTC).isoformat()


def _fill(system: LocalSystem) -> Loaded:
    upgrade(system.postgres.dsn("exactly"), environment=ENVIRONMENT)
    return load(system.postgres.dsn("webshop"), today=datetime.now(UTC).date())


def sign_in(system: LocalSystem) -> None:
    """Sign every administration in with the sandbox. Raises `DemoError`."""
    connections = sorted({each.connection for each in load_administrations()})
    command = python("-m", "include.wiring.sign_in", *connections)
    # Outside of a task Airflow looks into its own tables only for a process that calls itself a server.
    environment = {**system.environment(), "_AIRFLOW_PROCESS_CONTEXT": "server"}
    done = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=False)  # noqa: S603  ours
    if done.returncode:
        raise DemoError(f"signing in with the sandbox failed:\n{done.stderr[-2000:]}")


def asked_for(name: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the caller set a switch such as KEEP=1."""
    return environment.get(name, "").strip().lower() not in {"", "0", "no", "false"}
