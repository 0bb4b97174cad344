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
from urllib.parse import urlsplit

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, Page, expect, sync_playwright

# Airflow makes its home at its first import, in the developer's own folder unless it is told another one.
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-"))
os.environ.setdefault("AIRFLOW__CORE__FERNET_KEY", Fernet.generate_key().decode())

from tests.conftest import Postgres
from tests.web.airflow_server import AirflowServer, Visitor
from tests.web.planting import Plant

# A busy machine is no reason to fail.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, airflow_server: AirflowServer) -> Iterator[Callable[..., Page]]:
    problems: list[str] = []
    contexts: list[Any] = []

    def opened(user: str | None = "viewer", *, language: str = "en", theme: str = "light") -> Page:
        context = chromium.new_context(
            locale=language, color_scheme=theme, viewport={"width": 1280, "height": 800}, base_url=airflow_server.url
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(f"localStorage.setItem('theme', '{theme}'); localStorage.setItem('i18nextLng', '{language}');")
        if user is not None:
            context.add_cookies([{"name": "_token", "value": airflow_server.token(user), "url": airflow_server.url, "httpOnly": True}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(f"{message.text} {message.location}") if message.type == "error" else None)
        page.on("request", lambda asked: None if _is_inside(asked.url, airflow_server) else problems.append(asked.url))
        page.problems = problems
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def _is_inside(url: str, server: AirflowServer) -> bool:
    return url.startswith(("data:", "about:", "blob:")) or urlsplit(url).netloc == urlsplit(server.url).netloc
