"""Reads a YAML file into plain values and remembers the line of each, so that a mistake can be shown where it stands.

YAML 1.1 reads some words as something else: `no` is false, `070` is 56, `12:30` is 750.
What would mean something else than what is written is a mistake here, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from include.administrations.mistakes import Mistake

Place = tuple[str | int, ...]
LARGEST_FILE_BYTES = 100_000
_TAG = "tag:yaml.org,2002:"


@dataclass
class YamlFile:
    """What a file says: `content` as plain values, line and written text by place, and what is wrong with it as YAML.

    An unreadable file has one mistake and no content.
    """

    name: str
    content: dict[str, object] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    written: dict[Place, str] = field(default_factory=dict)
    mistakes: dict[Place, list[Mistake]] = field(default_factory=dict)
    readable: bool = True

    def line_of(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def blame(self, place: Place, cause: str, cure: str, *, line: int | None = None) -> None:
        """Note a mistake; checks of the same place's value are pointless from then on."""
        self.mistakes.setdefault(place, []).append(Mistake(self.name, line or self.line_of(place), cause, cure))


def read_yaml_file(path: Path) -> YamlFile:
    """Read one file; whatever is wrong is in its `mistakes`, nothing is raised."""
    file = YamlFile(path.name)
    try:
        root = _compose(path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        _unreadable(file, f"not YAML: {error.problem or error.context}", line=mark.line + 1 if mark else 1)
    except RecursionError:
        _unreadable(file, "nested too deeply", line=1)
    except (yaml.YAMLError, UnicodeDecodeError, OSError, ValueError) as error:
        _unreadable(file, f"cannot be read: {str(error).splitlines()[0]}", line=1)
    else:
        _Walk(file).root(root)
    return file


def _compose(path: Path) -> Node | None:
    if path.stat().st_size > LARGEST_FILE_BYTES:
        raise ValueError(f"larger than {LARGEST_FILE_BYTES} bytes")
    return yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)


def _unreadable(file: YamlFile, cause: str, *, line: int) -> None:
    file.readable = False
    file.blame(
        (), cause, "mend the line (indentation by blanks, one colon and a blank after each key); the file was not read further", line=line
    )


class _Walk:
    """Turns nodes into plain values; each node may be met once only, so that an alias can neither loop nor explode."""

    def __init__(self, file: YamlFile) -> None:
        self._file = file
        self._met: set[int] = set()

    def root(self, node: Node | None) -> None:
        if not isinstance(node, MappingNode):
            _unreadable(self._file, "holds no keys", line=1)
            return
        self._file.lines[()] = 1
        self._file.content = self._mapping(node, ())

    def _value(self, node: Node, place: Place) -> object:
        self._file.lines.setdefault(place, node.start_mark.line + 1)
        if id(node) in self._met:
            self._file.blame(place, "refers to another place by * (alias)", "write the value out")
            return None
        self._met.add(id(node))
        match node:
            case MappingNode():
                return self._mapping(node, place)
            case SequenceNode():
                return [self._value(item, (*place, number)) for number, item in enumerate(node.value)]
            case _:
                return self._scalar(node, place)

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, object]:
        content: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._key(key_node, place)
            if key is None:
                continue
            if key in content:
                first = self._file.lines[(*place, key)]
                self._file.blame((*place, key), f"{key} stands twice (first in line {first})", "keep one of the two", line=line)
                continue
            self._file.lines[(*place, key)] = line
            content[key] = self._value(value_node, (*place, key))
        return content

    def _key(self, node: Node, place: Place) -> str | None:
        line = node.start_mark.line + 1
        if isinstance(node, ScalarNode) and node.tag.removeprefix(_TAG) in {"str", "int", "float"}:
            return str(node.value)
        if isinstance(node, ScalarNode) and node.tag == _TAG + "bool":
            means = "true" if SafeConstructor.bool_values.get(node.value.lower()) else "false"
            self._file.blame(
                (*place, node.value), f"{node.value} without quotes means {means}", f'write "{node.value}" in quotes', line=line
            )
        else:
            self._file.blame(
                (*place, str(line)), "this is no key", "write a word, a colon and a blank; no <<, ? or lists as keys", line=line
            )
        return None

    def _scalar(self, node: Node, place: Place) -> object:
        self._file.written[place] = str(node.value)
        kind = node.tag.removeprefix(_TAG)
        if kind == "int" and not re.fullmatch(r"0|-?[1-9][0-9]*", node.value):
            self._file.blame(
                place, f"YAML does not read {node.value} as it is written", f'write "{node.value}" in quotes, or the plain number'
            )
            return None
        if kind not in {"str", "int", "float", "bool", "null", "timestamp"}:
            self._file.blame(place, f"has the tag {node.tag}", "delete the tag")
            return None
        try:
            return SafeConstructor().construct_object(node)
        except (ValueError, KeyError, AttributeError) as error:  # the last two: a tag such as !!bool before something else
            self._file.blame(place, f"{node.value} cannot be read: {error}", "mend the value")
            return None
