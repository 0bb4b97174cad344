"""Every process of Airflow loads the plugin: it costs nothing, and declares what Airflow shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.conftest import REPOSITORY

LOADS = """
import json, sys
import airflow.plugins_manager
before = set(sys.modules)
sys.path.insert(0, "plugins")
import exactly
views = exactly.ExactlyPlugin.external_views
print(json.dumps({"new": sorted(set(sys.modules) - before), "views": views}))
"""


def test_loading_the_plugin_imports_nothing_but_itself_and_its_pages_lie_where_airflows_do(tmp_path) -> None:
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__API__BASE_URL": "https://books.example/airflow/"}
    done = subprocess.run(
        [sys.executable, "-c", LOADS], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    told = json.loads(done.stdout.splitlines()[-1])
    heavy = [name for name in told["new"] if name.split(".")[0] in {"include", "fastapi", "jinja2", "starlette", "psycopg", "airflow"}]

    assert heavy == []
    assert "exactly" in told["new"]
    assert {view["url_route"] for view in told["views"]} == {"exactly", "exactly-task"}
    assert {view[name][:17] for view in told["views"] for name in ("href", "icon")} == {"/airflow/exactly/"}
