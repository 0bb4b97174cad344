"""The manual says what is: its tables of Dags, commands and rooms are those of the code, and its pages are as the code prints them."""

from __future__ import annotations

import re
from pathlib import PurePath

from include.cli.commands import app
from include.sources.contract_text import contract_markdown
from tests.house.tree import ROOT, files, listed, text, under

README = "README.md"
PICTURE_BYTES_MAX = 200_000


def section(heading: str) -> str:
    """The part of the README below a heading of the second level."""
    parts = re.split(r"^## ", text(README), flags=re.MULTILINE)
    return next(part for part in parts if part.startswith(heading))


def first_column(heading: str) -> set[str]:
    """What stands in backquotes in the first column of a section's tables."""
    return set(re.findall(r"^\| `([^`]+)`", section(heading), flags=re.MULTILINE))


def test_the_page_about_the_contract_is_as_the_code_prints_it() -> None:
    assert text("docs/contract.md").endswith(contract_markdown())


def test_the_table_of_dags_names_each_dag_and_no_other() -> None:
    assert first_column("The Dags") == {PurePath(name).stem for name in under("dags")}


def test_the_table_of_commands_names_each_command_and_no_other() -> None:
    commands = {each.name or each.callback.__name__ for each in app.registered_commands if each.callback is not None}
    commands |= {group.name for group in app.registered_groups}

    assert {line.split()[1] for line in first_column("Commands")} == commands


def test_the_map_of_rooms_names_each_room_and_no_other() -> None:
    rooms = {PurePath(name).parts[1] for name in files() if PurePath(name).match("include/*/__init__.py")}
    alone = {PurePath(name).name for name in files() if PurePath(name).match("include/*.py")} - {"__init__.py"}

    assert first_column("The map of rooms") == {f"{room}/" for room in rooms} | alone


def test_each_target_of_make_in_the_readme_is_one() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), flags=re.MULTILINE))

    assert set(re.findall(r"\bmake ([a-z]+)`", text(README))) <= targets


def test_pictures_are_small_and_each_is_shown() -> None:
    pictures = [name for name in files() if name.startswith("docs/images/")]

    assert pictures
    assert listed([name for name in pictures if (ROOT / name).stat().st_size > PICTURE_BYTES_MAX or name not in text(README)]) == ""
