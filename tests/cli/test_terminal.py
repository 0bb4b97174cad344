"""How the command line behaves: help, exit statuses, speed, the commands that need no Airflow."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner

from include.cli.commands import app
from include.sources.contract import VIEWS
from tests.sandbox.driver import ROOT

EXACTLY = Path(sys.executable).parent / "exactly"
COMMANDS = ("accept-database", "contract", "doctor", "errors", "migrate", "sandbox", "sign-in", "status", "trace", "verify")
FAST_S = 3.0


def bare(*words: str, **others: str) -> subprocess.CompletedProcess[str]:
    """A command in an environment that names no Airflow."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    environment = {**kept, "HOME": "/nonexistent", "COLUMNS": "120", "NO_COLOR": "1", **others}
    return subprocess.run([EXACTLY, *words], env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_help_names_every_command_and_imports_no_airflow():
    began = time.perf_counter()
    done = bare("--help")
    took_s = time.perf_counter() - began

    assert done.returncode == 0
    assert all(command in done.stdout for command in COMMANDS)
    assert "Exit status" in done.stdout
    assert took_s < FAST_S


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command):
    result = CliRunner().invoke(app, [command, "--help"])

    assert result.exit_code == 0
    assert f"exactly {command}" in result.stdout
    assert "Example" in result.stdout


def test_without_any_airflow_a_command_says_what_to_do(tmp_path):
    done = bare("status", EXACTLY_LOCAL_SYSTEM=str(tmp_path))

    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith(f"exactly: no airflow: none runs in {tmp_path}")
    assert "make demo" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_option_is_exit_status_2():
    assert bare("verify", "--everything").returncode == 2


def test_the_contract_is_printed_as_markdown():
    done = bare("contract")

    assert done.returncode == 0
    assert all(f"`exactly_contract.{view.name}`" in done.stdout for view in VIEWS)
    assert "| column | type | needed | unit | meaning |" in done.stdout


def test_the_contract_is_printed_as_sql_too():
    assert "CREATE VIEW exactly_contract.orders AS" in bare("contract", "--sql").stdout


def test_the_help_of_the_sandbox_names_every_option_that_the_sandbox_knows():
    known = subprocess.run([sys.executable, "-m", "include.sandbox", "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    told = CliRunner().invoke(app, ["sandbox", "--help"]).stdout

    assert set(re.findall(r"--[a-z-]+", known)) <= set(re.findall(r"--[a-z-]+", told))


def test_the_sandbox_starts_with_its_own_options_and_stops_when_asked():
    process = subprocess.Popen([EXACTLY, "sandbox", "--port", "0", "--seed", "small"], stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://\S+", process.stdout.readline())[0]
        assert requests.get(f"{url}/control/health", timeout=10).json()["status"] == "ok"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.stdout.close()


def test_a_fresh_database_gets_our_tables(company, postgres, monkeypatch):
    import psycopg

    name = psycopg.conninfo.conninfo_to_dict(postgres.create_database("fresh"))["dbname"]
    own = psycopg.conninfo.conninfo_to_dict(company.world.store_dsn)["dbname"]
    monkeypatch.setenv("AIRFLOW_CONN_EXACTLY_STORE", company.environment["AIRFLOW_CONN_EXACTLY_STORE"].replace(own, name))

    first, second = company.run("migrate"), company.run("migrate")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "environment 'test'" in first.output
