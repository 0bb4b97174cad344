"""Some things live in one place only: SQL, output to people, the environment, processes."""

from __future__ import annotations

import ast
import re

from tests.house.tree import at, files, listed, nodes, strings, text, under

SQL = re.compile(
    r"(?is)^\s*(SELECT\b.+\bFROM\b|INSERT\s+INTO\b|UPDATE\s+\S+\s+SET\b|DELETE\s+FROM\b|(CREATE|ALTER|DROP)\s+(TABLE|VIEW|DATABASE|SCHEMA|INDEX|ROLE|EXTENSION)\b"
    r"|TRUNCATE\b|WITH\s+\w+\s+AS\s*\()"
)
# The store's own, the sources' on their views, the demo's loader and server, the checker of the proof, the sandbox's on its SQLite.
SQL_MAY_STAND_IN = ("include/store/", "include/sources/", "include/demo/", "include/proof/", "include/sandbox/")
SQL_FILES_MAY_LIE_IN = ("include/store/", "include/sources/", "include/demo/data/", "tests/")
SAYS = ("include/cli", "include/demo/", "include/proof/__main__.py", "include/sandbox/__main__.py", "include/sandbox/seeds/")


# Dag files ask it at every parse which companies there are: nobody is there yet who could hand in the folder of their files.
KNOWS_ITS_FOLDER = "include/administrations/names.py"


def test_sql_stands_only_where_it_lives() -> None:
    candidates = [name for name in under("include", "dags", "plugins") if not name.startswith(SQL_MAY_STAND_IN)]

    assert listed([at(name, each) for name in candidates for each in strings(name) if SQL.match(str(each.value))]) == ""


def test_files_of_sql_lie_only_where_they_live() -> None:
    assert listed([name for name in files() if name.endswith(".sql") and not name.startswith(SQL_FILES_MAY_LIE_IN)]) == ""


def test_sql_is_never_run_with_values_written_into_it() -> None:
    found = []
    for name in under("include/store", "include/sources", "include/demo", "include/proof"):
        for node in nodes(name):
            runs = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"execute", "executemany", "copy"}
            )
            on_purpose = runs and "noqa: S608" in text(name).splitlines()[node.lineno - 1]
            if runs and not on_purpose and any(isinstance(each, (ast.JoinedStr, ast.BinOp)) for each in node.args[:1]):
                found.append(at(name, node))

    assert listed(found) == ""


def test_only_those_who_talk_to_people_print() -> None:
    found = []
    for name in (name for name in under("include", "dags", "plugins") if not name.startswith(SAYS)):
        for node in nodes(name):
            printed = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            written = isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.stdout.write", "sys.stderr.write"}
            if printed or written:
                found.append(at(name, node))

    assert listed(found) == ""


def test_no_flow_and_nothing_below_it_asks_the_machine_for_the_time_or_its_environment() -> None:
    rooms = (
        "include/flows",
        "include/mappings",
        "include/outbox",
        "include/checks",
        "include/reports",
        "include/administrations",
        "include/exact",
    )
    asked = re.compile(r"\b(datetime\.now|datetime\.utcnow|datetime\.today|date\.today|time\.time|os\.environ|os\.getenv|random\.\w+)\b")

    assert (
        listed(
            [
                at(name, node)
                for name in under(*rooms)
                if name != KNOWS_ITS_FOLDER
                for node in nodes(name)
                if isinstance(node, ast.Attribute) and asked.fullmatch(ast.unparse(node))
            ]
        )
        == ""
    )


def test_no_error_is_swallowed_whole() -> None:
    found = []
    for name in under("include", "dags", "plugins"):
        for node in nodes(name):
            if not isinstance(node, ast.ExceptHandler):
                continue
            everything = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            raises = any(isinstance(each, ast.Raise) for each in ast.walk(node))
            if everything and not raises and not name.startswith(("include/sandbox/", "include/demo/", "include/proof/")):
                found.append(at(name, node))

    assert listed(found) == ""
