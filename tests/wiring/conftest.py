"""Airflow's connections as the environment gives them, and an Airflow home of the tests' own."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet

# Airflow makes its home at its first import, in the developer's own folder unless it is told another one.
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-"))
os.environ.setdefault("AIRFLOW__CORE__FERNET_KEY", Fernet.generate_key().decode())

Declare = Callable[..., str]


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Declares a connection of Airflow; returns its id."""

    def declared(conn_id: str, **parts: object) -> str:
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(parts))
        return conn_id

    return declared
