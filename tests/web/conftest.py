"""One Airflow web server and one browser for all tests of the console.

* `airflow_server` (session): see `AirflowServer`; `airflow_server.dsn` is our database: plant what a test needs and look for that alone.
  `airflow_server.draw(case.run_id)` gives a case its red square in Airflow, `.airflow("GET", "dags/…")` asks Airflow's REST API.
* `visitor("viewer" | "user" | "op" | "admin" | None)`: a `requests` session that is signed in; `.page(path)`, `.act(path, data)`.
* `window(user, language="en", theme="light")`: a page of headless Chromium, signed in; it fails its test for errors on the console,
  for requests that leave the server and for pages that break their own policy.
* `plant`: puts records into our database by the project's own store (`plant.dead(number, code, subject)`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, Page

# Airflow makes its home at its first import, in the developer's own folder unless it is told another one.
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-"))
os.environ.setdefault("AIRFLOW__CORE__FERNET_KEY", Fernet.generate_key().decode())

from tests.browser import Windows
from tests.conftest import Postgres
from tests.web.airflow_server import AirflowServer, Visitor
from tests.web.planting import Plant


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failing test shows what the server said meanwhile."""
    report = yield
    server = getattr(item, "funcargs", {}).get("airflow_server")
    if report.failed and isinstance(server, AirflowServer):
        report.sections.append(("Airflow's web server", server.log()))
    return report


@pytest.fixture(scope="session")
def airflow_server(postgres: Postgres) -> Iterator[AirflowServer]:
    directory = Path(tempfile.mkdtemp(prefix="airflow-web-", dir="/tmp"))
    server = AirflowServer(directory, postgres)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def visitor(airflow_server: AirflowServer) -> Callable[[str | None], Visitor]:
    return airflow_server.session


@pytest.fixture
def plant(airflow_server: AirflowServer) -> Iterator[Plant]:
    planted = Plant(airflow_server.dsn)
    yield planted
    planted.close()


@pytest.fixture
def window(chromium: Browser, airflow_server: AirflowServer) -> Iterator[Callable[..., Page]]:
    windows = Windows(chromium, airflow_server.url)

    def opened(user: str | None = "viewer", **looks: Any) -> Page:
        return windows.open(token=airflow_server.token(user) if user is not None else None, **looks)

    yield opened
    windows.close()
    assert windows.problems == []
