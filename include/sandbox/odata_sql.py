"""The tree of a `$filter` as a condition of SQLite, checked against the types of the fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from include.sandbox.answers import BadRequestError
from include.sandbox.catalogue import Entity
from include.sandbox.odata_filter import SYNTAX, Call, Comparison, Literal, Logic, Negation, Node, Property
from include.sandbox.sql import quoted

NUMERIC = frozenset({"Edm.Double", "Edm.Byte", "Edm.Int16", "Edm.Int32", "Edm.Int64"})
OPERATORS = {"eq": "=", "ne": "IS NOT", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
MIRRORED = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
LITERALS = {
    "Edm.Guid": {"guid"},
    "Edm.DateTime": {"datetime"},
    "Edm.String": {"text"},
    "Edm.Boolean": {"bool"},
    **{edm: {"number", "long"} for edm in NUMERIC},
}


class Condition:
    """SQL, its parameters and the fields that it looks at."""

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self.parameters: list[Any] = []
        self.used: set[str] = set()
        self.sql = ""

    @classmethod
    def of(cls, entity: Entity, tree: Node) -> Condition:
        """Return the condition of a filter's tree. Raises `BadRequestError`."""
        condition = cls(entity)
        condition.sql = condition._truth(tree)
        return condition

    def _truth(self, node: Node) -> str:
        if isinstance(node, Logic):
            return f"({self._truth(node.left)} {node.operator.upper()} {self._truth(node.right)})"
        if isinstance(node, Negation):
            return f"(NOT COALESCE({self._truth(node.operand)}, 0))"
        if isinstance(node, Comparison):
            return self._comparison(node)
        if isinstance(node, Literal) and node.kind == "bool":
            return "1" if node.value else "0"
        if self._type(node) != "Edm.Boolean":
            raise BadRequestError(SYNTAX)
        return f"COALESCE({self._value(node)}, 0)"

    def _comparison(self, node: Comparison) -> str:
        left, operator, right = node.left, node.operator, node.right
        if isinstance(left, Literal):
            left, operator, right = right, MIRRORED[operator], left
        if not isinstance(right, Literal) or isinstance(left, Logic | Negation | Comparison):
            raise BadRequestError(SYNTAX)
        if right.kind == "null":
            return self._null(left, operator)
        if isinstance(left, Literal) or right.kind not in LITERALS.get(self._type(left), set()):
            raise BadRequestError(SYNTAX)
        value = self._value(left)
        self.parameters.append(bound(right))
        return f"({value} {OPERATORS[operator]} ?)"

    def _null(self, left: Node, operator: str) -> str:
        if operator not in ("eq", "ne"):
            raise BadRequestError(SYNTAX)
        return f"({self._value(left)} IS {'NOT ' if operator == 'ne' else ''}NULL)"

    def _type(self, node: Node) -> str:
        if isinstance(node, Property):
            return self._field(node.name)
        if isinstance(node, Call):
            return "Edm.String" if node.function in ("trim", "tolower") else "Edm.Boolean"
        if isinstance(node, Literal) and node.kind == "text":
            return "Edm.String"
        raise BadRequestError(SYNTAX)

    def _field(self, name: str) -> str:
        field = self._entity.fields.get(name)
        if field is None or field.is_collection:
            raise BadRequestError(f"No property '{name}' exists in type '{self._entity.type_name}' at position 0.")
        self.used.add(name)
        return field.edm

    def _value(self, node: Node) -> str:
        if isinstance(node, Property):
            self._field(node.name)
            return quoted(node.name)
        if isinstance(node, Literal):
            self.parameters.append(bound(node))
            return "?"
        if isinstance(node, Call):
            return self._call(node)
        raise BadRequestError(SYNTAX)

    def _call(self, node: Call) -> str:
        for argument in node.arguments:
            if self._type(argument) != "Edm.String":
                raise BadRequestError(SYNTAX)
        values = [self._value(argument) for argument in node.arguments]
        if node.function == "substringof":  # substringof(part, whole): SQL binds in the order of the text
            return f"(instr_of({values[0]}, {values[1]}))"
        if node.function in ("startswith", "endswith"):
            return f"({node.function}({values[0]}, {values[1]}))"
        return f"{node.function}({values[0]})"


def bound(literal: Literal) -> Any:
    """Return a constant as SQLite compares it."""
    value = literal.value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**63 else float(value)
    if isinstance(value, int) and abs(value) >= 2**63:
        raise BadRequestError(SYNTAX)
    return value
