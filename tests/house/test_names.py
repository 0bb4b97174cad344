"""One look at a name tells what lives behind it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import PurePath

from tests.house.tree import CODE, at, files, functions, listed, nodes, text, tree, under

EMPTY_WORDS = {"utils", "util", "common", "helpers", "helper", "misc", "manager", "managers", "base", "core", "stuff", "lib"}
ALLOWED = {"include/exact/models/base.py"}
WORDS_MIN = 4
OUR_OWN = ("include.", "dags.", "plugins.")


def is_test(name: str) -> bool:
    return PurePath(name).name.startswith("test_")


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = [name for name in under(*CODE) if {PurePath(name).stem, *PurePath(name).parent.parts} & EMPTY_WORDS]

    assert listed([each for each in found if each not in ALLOWED]) == ""


def test_each_test_is_named_by_a_sentence() -> None:
    tests = [(name, each) for name in under("tests") if is_test(name) for each in functions(name) if each.name.startswith("test_")]

    assert len(tests) > 100
    assert listed([f"{at(name, each)} {each.name}" for name, each in tests if len(each.name.split("_")) - 1 < WORDS_MIN]) == ""


def test_no_test_is_hidden_by_another_of_the_same_name() -> None:
    for name in under("tests"):
        names = [each.name for each in tree(name).body if isinstance(each, ast.FunctionDef)]
        assert listed([each for each in names if names.count(each) > 1]) == "", name


def test_no_test_mocks_what_is_our_own() -> None:
    found = []
    for name in under("tests"):
        for node in nodes(name):
            imported = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if any(word.startswith("unittest.mock") or word in {"mock", "pytest_mock"} for word in (*imported, module)):
                found.append(at(name, node))
            if module == "unittest" and "mock" in imported:
                found.append(at(name, node))
            if isinstance(node, ast.Call) and patches_our_own(name, node):
                found.append(at(name, node))

    assert listed(found) == ""


def patches_our_own(name: str, call: ast.Call) -> bool:
    """`monkeypatch.setattr(module_of_ours, …)` or `monkeypatch.setattr("include.…", …)`; a constant, such as a limit, is no mock."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in {"setattr", "delattr", "patch"} and call.args):
        return False
    target = call.args[0]
    if isinstance(target, ast.Constant):
        module, _, changed = str(target.value).rpartition(".")
        return f"{module}.".startswith(OUR_OWN) and not changed.isupper()
    if not (isinstance(call.func.value, ast.Name) and call.func.value.id == "monkeypatch"):
        return False
    changed = str(call.args[1].value) if len(call.args) > 1 and isinstance(call.args[1], ast.Constant) else ""
    root = ast.unparse(target).partition(".")[0]
    ours = {alias.asname or alias.name.partition(".")[0] for each in imports_of_ours(name) for alias in each.names}
    return root in ours and not changed.isupper()


def imports_of_ours(name: str) -> list[ast.Import | ast.ImportFrom]:
    found: list[ast.Import | ast.ImportFrom] = []
    for node in nodes(name):
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(OUR_OWN):
            found.append(node)
        if isinstance(node, ast.Import) and any(f"{alias.name}.".startswith(OUR_OWN) for alias in node.names):
            found.append(node)
    return found


def test_no_module_of_the_project_is_used_by_nobody() -> None:
    everything = [name for name in files() if name.endswith((".py", ".toml", ".ini")) or name in {"Makefile", ".ci/run"}]
    started_by_themselves = {"__init__", "__main__", "env"}
    modules = [
        name
        for name in under("include")
        if PurePath(name).stem not in started_by_themselves and "/versions/" not in name and "/seeds/" not in name
    ]

    assert listed([name for name in modules if not any(names(other, name) for other in everything if other != name)]) == ""


def names(other: str, module_file: str) -> bool:
    """Whether a file names a module, by `import`, `from … import` or as the text after `python -m`."""
    module = module_file.removesuffix(".py").replace("/", ".")
    return module in text(other) or (other.endswith(".py") and module in imported(other))


@cache
def imported(name: str) -> frozenset[str]:
    found = [node for node in nodes(name) if isinstance(node, ast.ImportFrom)]
    return frozenset(f"{node.module}.{alias.name}" for node in found for alias in node.names)
