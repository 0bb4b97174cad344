"""What the house tests look at: the project's own files, read once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("include", "dags", "plugins", "tests")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[str, ...]:
    """All files of the project, those not yet committed included, without what is ignored."""
    # Whoever owns the clone: a check may run as another user.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted(name for name in names if name and (ROOT / name).is_file()))


def under(*folders: str, suffix: str = ".py") -> list[str]:
    """The files below some folders, or those files themselves."""
    return [name for name in files() if name.endswith(suffix) and any(name == each or name.startswith(f"{each}/") for each in folders)]


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(text(name), filename=name)


def nodes(name: str) -> Iterator[ast.AST]:
    return ast.walk(tree(name))


def functions(name: str) -> list[Function]:
    return [node for node in nodes(name) if isinstance(node, Function)]


def at(name: str, node: ast.AST) -> str:
    """Where something stands, as editors and terminals understand it."""
    return f"{name}:{getattr(node, 'lineno', 1)}"


def strings(name: str) -> Iterator[ast.Constant]:
    """The text constants of a file that are no docstrings."""
    documented = (ast.Module, ast.ClassDef, *Function.__args__)
    notes = {id(node.body[0].value) for node in nodes(name) if isinstance(node, documented) and ast.get_docstring(node, clean=False)}
    return (node for node in nodes(name) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes)


def listed(found: list[str]) -> str:
    """One finding a line, so that a failing test names all of them."""
    return "\n".join(sorted(set(found)))
