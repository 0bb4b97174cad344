"""Nothing grows too large to be read at one go."""

from __future__ import annotations

import ast

from tests.house.tree import CODE, Function, at, functions, listed, text, tree, under

BODY_MAX = 50
ARGUMENTS_MAX = 5
FILE_MAX = 400
DAG_FILE_MAX = 120
CHARTER_MAX = 6


def body_lines(function: Function) -> int:
    documented = ast.get_docstring(function) is not None
    body = function.body[1:] if documented else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def arguments(function: Function) -> int:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def test_no_function_is_longer_than_a_screen() -> None:
    assert listed([at(name, each) for name in under(*CODE) for each in functions(name) if body_lines(each) > BODY_MAX]) == ""


def test_no_function_of_the_project_takes_more_than_five_arguments() -> None:
    assert (
        listed(
            [at(name, each) for name in under("include", "dags", "plugins") for each in functions(name) if arguments(each) > ARGUMENTS_MAX]
        )
        == ""
    )


def test_no_file_of_the_project_is_longer_than_four_hundred_lines() -> None:
    assert listed([name for name in under("include", "plugins") if len(text(name).splitlines()) > FILE_MAX]) == ""


def test_a_dag_file_says_when_in_at_most_120_lines() -> None:
    assert listed([name for name in under("dags") if len(text(name).splitlines()) > DAG_FILE_MAX]) == ""


def test_each_room_states_its_charter_in_six_lines_and_holds_no_code() -> None:
    charters = [name for name in under("include") if name.endswith("/__init__.py")]

    assert len(charters) > 10
    assert listed([name for name in charters if not ast.get_docstring(tree(name)) or len(tree(name).body) > 1]) == ""
    assert listed([name for name in charters if len(text(name).splitlines()) > CHARTER_MAX]) == ""


def test_each_module_says_what_it_is_for() -> None:
    assert listed([name for name in under(*CODE) if text(name).strip() and not ast.get_docstring(tree(name))]) == ""
