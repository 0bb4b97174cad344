"""Filters from the metadata and the values that rows hold, each with its reading by brute force.

Dice throw them, not Hypothesis: rows differ from run to run, and may not decide what it draws next.
"""

from __future__ import annotations

import operator
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from include.sandbox.catalogue import Entity, Field

Row = dict[str, Any]
Condition = tuple[str, Callable[[Row], bool]]
COMPARE = {"gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}
MOMENT = re.compile(r"/Date\((-?\d+)\)/")
NUMBERS = frozenset({"Edm.Double", "Edm.Byte", "Edm.Int16", "Edm.Int32", "Edm.Int64"})
KNOWN = NUMBERS | {"Edm.String", "Edm.Guid", "Edm.DateTime", "Edm.Boolean"}


def value_of(field: Field, row: Row) -> Any:
    """Return a value of a JSON row as Python compares it."""
    shown = row[field.name]
    if shown is None:
        return None
    if field.edm == "Edm.DateTime":
        return int(MOMENT.fullmatch(shown)[1])
    return int(shown) if field.edm == "Edm.Int64" else shown


def literal(field: Field, value: Any) -> str:
    """Return a value as a filter spells it."""
    if field.edm == "Edm.DateTime":
        moment = datetime.fromtimestamp(value / 1000, UTC).replace(tzinfo=None)
        return f"datetime'{moment.isoformat(timespec='milliseconds')}'"
    if field.edm == "Edm.String":
        return "'" + value.replace("'", "''") + "'"
    spelt = {"Edm.Guid": f"guid'{value}'", "Edm.Boolean": str(value).lower(), "Edm.Int64": f"{value}L"}
    return spelt.get(field.edm, repr(value))


def condition(dice: random.Random, entity: Entity, rows: list[Row]) -> Condition:
    """Return one comparison or search, or two of them joined, or what they exclude."""
    left, right = _single(dice, entity, rows), _single(dice, entity, rows)
    joint = dice.choice(["alone", "alone", "and", "or", "not"])
    if joint == "alone":
        return left
    if joint == "not":
        return f"not ({left[0]})", lambda row: not left[1](row)
    both = all if joint == "and" else any
    return f"({left[0]}) {joint} ({right[0]})", lambda row: both((left[1](row), right[1](row)))


def _single(dice: random.Random, entity: Entity, rows: list[Row]) -> Condition:
    fields = [known for known in entity.scalars if known.edm in KNOWN]
    telling = [known for known in fields if len({row[known.name] for row in rows}) > 1]
    field = dice.choice(telling if telling and dice.random() < 0.8 else fields)
    value = value_of(field, dice.choice(rows))
    if value is None:
        return _about_null(field, dice.choice(["eq", "ne"]))
    if field.edm == "Edm.String" and dice.random() < 0.5:
        return _search(field, value, dice.choice(["substringof", "startswith", "endswith", "trim"]))
    return _comparison(field, value, dice.choice(["eq", "ne"] if field.edm in ("Edm.Boolean", "Edm.Guid") else ["eq", "ne", *COMPARE]))


def _about_null(field: Field, verb: str) -> Condition:
    return f"{field.name} {verb} null", lambda row: (value_of(field, row) is None) == (verb == "eq")


def _comparison(field: Field, value: Any, verb: str) -> Condition:
    text = f"{field.name} {verb} {literal(field, value)}"
    if verb in ("eq", "ne"):
        return text, lambda row: (value_of(field, row) == value) == (verb == "eq")
    return text, lambda row: value_of(field, row) is not None and COMPARE[verb](value_of(field, row), value)


def _search(field: Field, value: str, function: str) -> Condition:
    part = value[1:3]
    spelt = literal(field, part)
    texts = {
        "substringof": (f"substringof({spelt},{field.name})", lambda whole: part in whole),
        "startswith": (f"startswith({field.name},{literal(field, value[:2])}) eq true", lambda whole: whole.startswith(value[:2])),
        "endswith": (f"endswith({field.name}, {literal(field, value[-2:])})", lambda whole: whole.endswith(value[-2:])),
        "trim": (f"trim({field.name}) eq {literal(field, value.strip(' '))}", lambda whole: whole.strip(" ") == value.strip(" ")),
    }
    text, matches = texts[function]
    return text, lambda row: value_of(field, row) is not None and matches(value_of(field, row))
