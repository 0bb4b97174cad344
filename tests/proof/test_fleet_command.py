"""The command that anybody can run: a PostgreSQL of its own that is killed too, a page, and one object in the last line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from include.cli.show_fleet import fleet_command

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(240)
def test_a_fleet_survives_the_death_of_postgresql_and_of_the_sandbox_and_says_so_in_its_last_line(tmp_path: Path, record_property):
    page = tmp_path / "fleet.html"
    asked = ["--orders", "80", "--kills", "4", "--postgres-kills", "2", "--seed", "23", "--page", str(page), "--json"]
    command = [sys.executable, "-c", "from include.cli.commands import app; app()", "fleet", *asked]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=200)
    last = json.loads(ended.stdout.splitlines()[-1])

    record_property("fleet", json.dumps(last))
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert set(last["invariants"].values()) == {"holds"}
    assert {name: last[name] for name in ("orders", "kills", "freezes", "postgres_kills", "sandbox_restarts", "seed")} == {
        "orders": 80,
        "kills": 4,
        "freezes": 1,
        "postgres_kills": 2,
        "sandbox_restarts": 1,
        "seed": 23,
    }
    assert (last["duplicates"], last["lost"], last["unknown_left"], last["http_429"]) == (0, 0, 0, 0)
    assert {"posts_per_order", "seconds"} <= last.keys()
    assert "Plotly" in page.read_text()


def test_a_wrong_option_is_a_wrong_option(capsys):
    with pytest.raises(SystemExit, match="2"):
        fleet_command(["--orders", "many"])
