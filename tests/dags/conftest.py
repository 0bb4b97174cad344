"""What Airflow makes of our Dag files, read once per session."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dags.reading import Read

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Read the folder `dags/` as Airflow does."""
    home = tmp_path_factory.mktemp("airflow")
    answer = home / "answer.json"
    environment = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, str(Path(__file__).with_name("reading.py")), str(PROJECT / "dags"), str(answer)]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return Read(**json.loads(answer.read_text()))
