"""Which door opens which way: the contracts of import-linter hold, and each of them bites when it is broken."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT, under

LINT = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"]
# Contract, the file where the forbidden line is planted, and the line.
BREACHES = [
    ("rooms", "include/outbox/planted.py", "import include.store.database"),
    ("rooms", "include/sources/planted.py", "import include.store.database"),
    ("rooms", "include/store/planted.py", "import include.run"),
    ("rooms", "include/demo/planted.py", "import include.proof.fleet"),
    ("rooms", "include/demo/planted.py", "import include.cli"),
    ("rooms", "include/tenants/__init__.py", ""),
    ("promise", "include/outbox/planted.py", "import requests"),
    ("mappings", "include/mappings/planted.py", "import include.exact.client"),
    ("words", "include/exact/planted.py", "import include.outbox.model"),
    ("flows", "include/flows/planted.py", "import include.flows.orders_to_invoices"),
    ("airflow", "include/flows/planted.py", "from airflow.sdk import Variable"),
    ("http", "include/flows/planted.py", "import requests"),
    ("database", "include/flows/planted.py", "import psycopg"),
    ("rooms", "include/console/planted.py", "import include.web.app"),
    ("web", "include/console/planted.py", "import fastapi"),
    ("web_thin", "include/web/planted.py", "import include.flows.attention"),
    ("sandbox_alone", "include/sandbox/planted.py", "import include.errors"),
    ("sandbox_apart", "include/demo/planted.py", "import include.sandbox.world"),
]


def contracts() -> dict[str, str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {each["id"]: each["name"] for each in settings["tool"]["importlinter"]["contracts"]}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's modules, elsewhere."""
    where = tmp_path_factory.mktemp("house")
    for name in (*under("include"), "pyproject.toml"):
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, where / name)
    return where


def lint(where: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run([*LINT, *arguments], cwd=where, env={"PYTHONPATH": str(where)}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_contract_is_kept(copy: Path) -> None:
    status, said = lint(copy)

    assert status == 0, said
    assert f"Contracts: {len(contracts())} kept, 0 broken." in said


def test_every_contract_is_broken_once_on_purpose() -> None:
    assert {contract for contract, _, _ in BREACHES} == set(contracts())


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_a_forbidden_import_breaks_its_contract(copy: Path, contract: str, file: str, line: str) -> None:
    planted = copy / file
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(f'"""Planted."""\n\n{line}\n')
    try:
        status, said = lint(copy, "--contract", contract)
    finally:
        planted.unlink()
        if not any(planted.parent.iterdir()):
            planted.parent.rmdir()

    assert status == 1, said
    assert re.search(rf"{re.escape(contracts()[contract])} ?BROKEN", said), said
