"""Money never passes through a float."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.tree import at, listed, nodes, tree, under

# Where every number is money or a quantity: no float at all.
MONEY_ROOMS = (
    "include/mappings",
    "include/administrations",
    "include/sources",
    "include/exact/models",
    "include/reports",
)
# Where floats are seconds: none may have a name of money.
OTHER_ROOMS = (
    "include/outbox",
    "include/store",
    "include/adapters",
    "include/exact",
    "include/flows",
    "include/run.py",
    "include/wiring",
    "include/console",
    "include/checks",
)
MONEY = re.compile(r"(?i)(amount|price|quantity|total|net_|_net\b|vat|rate\b|percentage|_fc\b|_dc\b|balance)")
READS_JSON = {"json.loads", "json.load", "simplejson.loads", "simplejson.load"}


def is_float(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def stray_floats(name: str) -> list[str]:
    """Floats that are no seconds: of a constant that ends in `_S`, or of a named argument of somebody else's function."""
    seconds = [node.value for node in nodes(name) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith("_S")]
    named = [node.value for node in nodes(name) if isinstance(node, ast.keyword)]
    allowed = {id(node) for node in (*seconds, *named)}
    return [at(name, node) for node in nodes(name) if is_float(node) and id(node) not in allowed]


def makes_float(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"


def test_the_rooms_of_money_know_no_float() -> None:
    files = under(*MONEY_ROOMS)

    assert len(files) > 20
    assert listed([each for name in files for each in stray_floats(name)]) == ""
    assert listed([at(name, node) for name in files for node in nodes(name) if makes_float(node) or is_annotated(node)]) == ""


def is_annotated(node: ast.AST) -> bool:
    annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
    return annotation is not None and "float" in {each.id for each in ast.walk(annotation) if isinstance(each, ast.Name)}


def test_nothing_with_a_name_of_money_is_a_float_elsewhere() -> None:
    found = []
    for name in under(*OTHER_ROOMS):
        for node in nodes(name):
            named = next((getattr(node, field) for field in ("arg", "name") if isinstance(getattr(node, field, None), str)), "")
            target = ast.unparse(node.target) if isinstance(node, ast.AnnAssign) else named
            if is_annotated(node) and MONEY.search(target):
                found.append(at(name, node))
            if makes_float(node) and MONEY.search(ast.unparse(node)):
                found.append(at(name, node))

    assert listed(found) == ""


def test_no_decimal_is_made_of_a_float() -> None:
    assert listed([at(name, node) for name in under("include", "dags") for node in nodes(name) if is_decimal_of_float(node)]) == ""


def is_decimal_of_float(node: ast.AST) -> bool:
    made = isinstance(node, ast.Call) and ast.unparse(node.func) in {"Decimal", "decimal.Decimal"}
    return made and any(is_float(each) or makes_float(each) for argument in node.args for each in ast.walk(argument))  # type: ignore[attr-defined]


def test_json_with_money_in_it_is_read_with_exact_numbers() -> None:
    found = [
        at(name, call) for name in under(*MONEY_ROOMS, "include/exact", "include/adapters", "include/store") for call in inexact_reads(name)
    ]

    assert listed(found) == ""


def inexact_reads(name: str) -> Iterator[ast.Call]:
    # The token endpoint's answer holds no money.
    if name == "include/exact/oauth.py":
        return
    for node in ast.walk(tree(name)):
        reads = isinstance(node, ast.Call) and ast.unparse(node.func) in READS_JSON
        if reads and not {each.arg for each in node.keywords} & {"parse_float", "use_decimal"}:
            yield node
