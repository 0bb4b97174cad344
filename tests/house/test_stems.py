"""A flow is one stem that appears once in each room it needs; upkeep has its Dag and its test."""

from __future__ import annotations

from pathlib import PurePath

from tests.house.tree import files, listed, under

# Upkeep has no mapping: it moves no documents.
UPKEEP = {
    "attention",
    "attention_sweep",
    "mapping_checks",
    "mirror_refresh",
    "nightly_reconciliation",
    "token_keepalive",
    "unknown_outcomes",
}


def stems(folder: str) -> set[str]:
    return {PurePath(name).stem for name in under(folder) if PurePath(name).parent == PurePath(folder)} - {"__init__", "conftest"}


def test_each_flow_has_its_mapping_its_story_its_dag_and_its_test() -> None:
    flows = stems("dags") - UPKEEP
    wanted = [
        path
        for stem in sorted(flows)
        for path in (f"include/mappings/{stem}.py", f"include/flows/{stem}.py", f"tests/flows/test_{stem}.py")
    ]

    assert flows
    assert listed([path for path in wanted if path not in files()]) == ""


def test_each_upkeep_dag_is_there_and_has_a_story_and_a_test() -> None:
    wanted = [path for stem in sorted(UPKEEP) for path in (f"dags/{stem}.py", f"include/flows/{stem}.py", f"tests/flows/test_{stem}.py")]

    assert listed([path for path in wanted if path not in files()]) == ""


def test_no_story_is_without_a_dag_that_starts_it() -> None:
    assert listed(list(stems("include/flows") - stems("dags"))) == ""
