"""`airflow_settings.yaml`: read as it is written, or refused as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.errors import SetupError
from include.wiring.airflow_settings import load_settings

GOOD = """
airflow:
  connections:
    - conn_id: exact_nl
      conn_type: exact_online
      conn_host: 127.0.0.1
      conn_port: ${PORT}
      conn_extra: {country: NL}
  pools:
    - pool_name: exact_nl
      pool_slot: 2
  variables:
    - variable_name: pace
      variable_value: 3
"""
BAD = """
airflow:
  connections:
    - conn_id: exact nl
      conn_type: exact_online
      conn_port: ${PORT}
    - conn_id: both
      conn_type: http
      conn_uri: http://127.0.0.1
      conn_hots: 127.0.0.1
  pools:
    - pool_name: exact_nl
      pool_slot: none
    - pool_name: exact_nl
      pool_slot: 0
"""


def refused(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SetupError) as refusal:
        load_settings(path, environment={})
    return refusal.value.cure.splitlines()


def test_a_good_file_is_read_and_the_environment_fills_what_differs_per_machine(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(GOOD, encoding="utf-8")

    settings = load_settings(file, environment={"PORT": "8123"})

    assert [(each.conn_id, each.conn_port, each.conn_extra) for each in settings.connections] == [("exact_nl", 8123, {"country": "NL"})]
    assert [(each.pool_name, each.pool_slot) for each in settings.pools] == [("exact_nl", 2)]
    assert [(each.variable_name, each.variable_value) for each in settings.variables] == [("pace", 3)]


def test_a_wrong_file_is_refused_with_every_mistake_and_its_line(tmp_path: Path) -> None:
    mistakes = refused(tmp_path / "settings.yaml", BAD)

    assert [int(mistake.split(":")[1]) for mistake in mistakes] == [4, 6, 10, 13, 15]
    assert "the environment has no PORT" in mistakes[1]
    assert "conn_hots" in mistakes[2]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("airflow: {connections: [{conn_id: a, conn_type: http}, {conn_id: a, conn_type: http}]}", "named twice: a"),
        ("airflow: {connections: [{conn_id: a}]}", "either conn_type or conn_uri"),
        ("airflow: [", "not YAML"),
        ("", "holds no keys"),
        ("connections: []", "airflow"),
    ],
)
def test_each_mistake_is_told_in_words(tmp_path: Path, text: str, word: str) -> None:
    assert word in "\n".join(refused(tmp_path / "settings.yaml", text))
