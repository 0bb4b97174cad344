"""`$filter` of OData v2: a precedence parser from text to a tree.

Binding, loosest first: `or`, `and`, `not`, comparisons. What Exact refuses (navigation paths, unknown functions) is refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from include.sandbox.answers import BadRequestError

SYNTAX = "Bad Request - Error in query syntax."
COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
FUNCTIONS = {"substringof": 2, "startswith": 2, "endswith": 2, "trim": 1, "tolower": 1}
GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
DEPTH_MAX = 200
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<typed>(?:guid|datetime|binary|X)[ ]*'(?:[^']|'')*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[LlMmDdFf]?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<mark>[(),/])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Literal:
    """A constant: kind is guid, datetime, text, number, long, bool or null."""

    kind: str
    value: Any


@dataclass(frozen=True)
class Property:
    """A field by its name."""

    name: str


@dataclass(frozen=True)
class Call:
    """A function applied to its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Comparison:
    """Two operands and what is asked of them."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Logic:
    """`and` or `or` of two conditions."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Negation:
    """`not` of a condition."""

    operand: Node


Node = Literal | Property | Call | Comparison | Logic | Negation


def parse_filter(text: str, *, strict: bool = False) -> Node:
    """Return the tree of a `$filter`; strictly, no blank stands before a quote. Raises `BadRequestError` (FACTS 3.10)."""
    tokens = _tokens(text)
    if strict and any(kind == "typed" and " '" in literal for kind, literal in tokens):
        raise BadRequestError(SYNTAX)
    parser = _Parser(tokens)
    tree = parser.disjunction(0)
    if parser.peek() is not None:
        raise BadRequestError(SYNTAX)
    return tree


def parse_literal(text: str) -> Literal:
    """Return one constant, such as a key or a part of `$skiptoken`. Raises `BadRequestError`."""
    tokens = _tokens(text)
    if len(tokens) != 1:
        raise BadRequestError(SYNTAX)
    node = _literal(*tokens[0])
    if node is None:
        raise BadRequestError(SYNTAX)
    return node


def split_literals(text: str) -> list[Literal]:
    """Return the constants of a list separated by commas."""
    return [_must_be_literal(token) for token in _tokens(text) if token != ("mark", ",")]


def _must_be_literal(token: tuple[str, str]) -> Literal:
    node = _literal(*token)
    if node is None:
        raise BadRequestError(SYNTAX)
    return node


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None or match.lastgroup is None:
            raise BadRequestError(SYNTAX)
        found.append((match.lastgroup, match.group(match.lastgroup)))
        position = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self) -> tuple[str, str]:
        token = self.peek()
        if token is None:
            raise BadRequestError(SYNTAX)
        self._at += 1
        return token

    def _accept(self, kind: str, text: str) -> bool:
        if self.peek() == (kind, text):
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._accept("mark", text):
            raise BadRequestError(SYNTAX)

    def disjunction(self, depth: int) -> Node:
        node = self._conjunction(depth)
        while self._accept("name", "or"):
            node = Logic("or", node, self._conjunction(depth))
        return node

    def _conjunction(self, depth: int) -> Node:
        node = self._negation(depth)
        while self._accept("name", "and"):
            node = Logic("and", node, self._negation(depth))
        return node

    def _negation(self, depth: int) -> Node:
        if depth > DEPTH_MAX:
            raise BadRequestError(SYNTAX)
        if self._accept("name", "not"):
            return Negation(self._negation(depth + 1))
        return self._comparison(depth)

    def _comparison(self, depth: int) -> Node:
        left = self._operand(depth + 1)
        token = self.peek()
        if token is None or token[0] != "name" or token[1] not in COMPARISONS:
            return left
        self._at += 1
        return Comparison(token[1], left, self._operand(depth + 1))

    def _operand(self, depth: int) -> Node:
        kind, text = self._take()
        if (kind, text) == ("mark", "("):
            node = self.disjunction(depth + 1)
            self._expect(")")
            return node
        literal = _literal(kind, text)
        if literal is not None:
            return literal
        if kind != "name" or self.peek() == ("mark", "/"):
            raise BadRequestError(SYNTAX)
        return self._call(text, depth) if self._accept("mark", "(") else Property(text)

    def _call(self, function: str, depth: int) -> Call:
        if function not in FUNCTIONS:
            raise BadRequestError(SYNTAX)
        arguments = [self._operand(depth + 1)]
        while self._accept("mark", ","):
            arguments.append(self._operand(depth + 1))
        self._expect(")")
        if len(arguments) != FUNCTIONS[function]:
            raise BadRequestError(SYNTAX)
        return Call(function, tuple(arguments))


def _literal(kind: str, text: str) -> Literal | None:
    if kind == "text":
        return Literal("text", text[1:-1].replace("''", "'"))
    if kind == "number":
        return _number(text)
    if kind == "typed":
        return _typed(text)
    if kind == "name" and text in ("true", "false"):
        return Literal("bool", text == "true")
    if kind == "name" and text == "null":
        return Literal("null", None)
    return None


def _number(text: str) -> Literal:
    if text[-1] in "Ll":
        if "." in text or "e" in text.lower():
            _refuse()
        return Literal("long", int(text[:-1]))
    return Literal("number", Decimal(text.rstrip("MmDdFf")))


def _typed(text: str) -> Literal:
    kind, _, rest = text.partition("'")
    kind, value = kind.strip(), rest[:-1]
    if kind == "guid":
        if not GUID.match(value):
            raise BadRequestError(f"Unrecognized 'Edm.Guid' literal '{text}' in '0'.")
        return Literal("guid", value.lower())
    if kind != "datetime":
        _refuse()
    return Literal("datetime", _datetime_ms(value))


def _datetime_ms(text: str) -> int:
    """Return a zone-less moment as milliseconds of wall time (FACTS 3.10)."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        _refuse()
    if parsed.tzinfo is not None:
        _refuse()
    return round(parsed.replace(tzinfo=UTC).timestamp() * 1000)


def _refuse() -> NoReturn:
    raise BadRequestError(SYNTAX)
