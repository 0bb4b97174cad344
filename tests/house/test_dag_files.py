"""A Dag file says when, and nothing heavy happens while Airflow reads it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, at, listed, nodes, tree, under

HEAVY = (
    "pandas",
    "numpy",
    "great_expectations",
    "psycopg",
    "psycopg2",
    "requests",
    "include.flows",
    "include.run",
    "include.store",
    "include.exact",
)
# Reads each file in a fork of a process that has imported what Airflow has imported anyway, and says what came on top.
READS_DAGS = """
import json, os, runpy, sys
import airflow.sdk
before = set(sys.modules)
for name in sys.argv[1:]:
    reader, writer = os.pipe()
    if os.fork() == 0:
        runpy.run_path(name)
        with os.fdopen(writer, "w") as answer:
            json.dump(sorted(set(sys.modules) - before), answer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        print(name, answer.read() or "null", sep="\\t")
    os.wait()
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What each Dag file imports beyond what Airflow's tasks import by themselves."""
    home = str(tmp_path_factory.mktemp("airflow"))
    environment = {"AIRFLOW_HOME": home, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", READS_DAGS, *under("dags")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120)
    return {name: json.loads(modules) for name, _, modules in (line.partition("\t") for line in done.stdout.splitlines())}


def test_no_dag_file_imports_anything_heavy_when_it_is_read(imported: dict[str, list[str]]) -> None:
    assert sorted(imported) == under("dags")
    assert all(modules is not None for modules in imported.values())
    heavy = [
        (name, module)
        for name, modules in imported.items()
        for module in modules
        if f"{module}.".startswith(tuple(f"{each}." for each in HEAVY))
    ]

    assert listed([f"{name}: {module}" for name, module in heavy]) == ""


def test_no_dag_file_makes_an_engine_for_a_database_when_it_is_read(imported: dict[str, list[str]]) -> None:
    assert listed([f"{name}: {module}" for name, modules in imported.items() for module in modules if module == "sqlalchemy"]) == ""


def test_no_dag_file_reads_a_variable_a_connection_or_the_environment() -> None:
    forbidden = {"Variable", "Connection", "BaseHook", "getenv", "environ"}
    found = []
    for name in under("dags"):
        for node in nodes(name):
            word = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if word in forbidden:
                found.append(at(name, node))

    assert listed(found) == ""


def test_no_dag_file_loops_over_anything_but_administrations() -> None:
    loops = [(name, each) for name in under("dags") for each in nodes(name) if isinstance(each, (ast.For, ast.comprehension))]

    assert listed([at(name, each.iter) for name, each in loops if ast.unparse(each.iter) != "administration_names()"]) == ""


def test_a_dag_file_defines_and_calls_one_dag_named_as_the_file() -> None:
    for name in under("dags"):
        last = tree(name).body[-1]
        assert ast.unparse(last) == f"{Path(name).stem}()", name
