"""The table of what is reproduced is complete and names only tests and switches that exist."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from include.sandbox import switches

ROOM = Path(switches.__file__).parent
TABLE = (ROOM / "CONFORMANCE.md").read_text("utf-8")
COUNTS = {1: 17, 2: 12, 3: 22, 4: 12, 5: 10, 6: 11}


def test_every_fact_has_a_row():
    rows = re.findall(r"^\| (\d+(?:\.\d+a?)?) \|", TABLE, re.MULTILINE)
    expected = {f"{part}.{number}" for part, count in COUNTS.items() for number in range(1, count + 1)} | {"3.2a", "3.14a", "8"}
    assert set(rows) == expected
    assert len(rows) == len(expected)


def test_every_test_named_in_the_table_exists():
    named = set(re.findall(r"`(test_\w+)`", TABLE))
    code = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert named - set(re.findall(r"def (test_\w+)\(", code)) == set()


def test_every_switch_is_in_the_table():
    assert {field.name for field in fields(switches.Switches) if f"`{field.name}`" not in TABLE} == set()
