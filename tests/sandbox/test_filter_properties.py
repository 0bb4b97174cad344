"""Any filter answers what a brute-force reading of it over the same rows answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.sandbox.catalogue import Catalogue
from include.sandbox.database import Database
from include.sandbox.odata_filter import parse_filter
from include.sandbox.odata_sql import Condition
from include.sandbox.sql import select

CATALOGUE = Catalogue()
ITEMS = CATALOGUE["logistics/Items"]
TEXTS = ["", "a", "A", "ab", "b'c", " a ", "Ä", "%", "_", "é€"]
NUMBERS = [-1.5, 0, 1, 2.25, 100]
MOMENTS = {"2024-01-31T00:00:00": 1706659200000, "2024-03-31T02:30:00": 1711852200000, "1999-12-31T23:59:59": 946684799000}
GUIDS = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]
COLUMNS = ("Code", "Notes", "AverageCost", "SecurityLevel", "StartDate", "ItemGroup", "IsSalesItem")


def rows_of_many_kinds() -> list[dict[str, Any]]:
    rows = []
    for number in range(60):
        pick = lambda values, step: ([None, *values])[(number * step + number // 7) % (len(values) + 1)]  # noqa: B023, E731
        moment = pick(list(MOMENTS.values()), 5)
        rows.append(
            {
                "ID": f"{number:08}-0000-4000-8000-000000000000",
                "Division": 1,
                "Timestamp": number,
                "Code": pick(TEXTS, 1),
                "Notes": pick(TEXTS, 3),
            }
            | {
                "AverageCost": pick(NUMBERS, 2),
                "SecurityLevel": pick([0, 1, 5], 1),
                "StartDate": moment,
                "ItemGroup": pick(GUIDS, 1),
                "IsSalesItem": [False, True][number % 2],
            }
        )
    return rows


ROWS = rows_of_many_kinds()


@pytest.fixture(scope="module")
def database():
    books = Database(":memory:", CATALOGUE)
    books.insert("items", *ROWS)
    return books


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# Each operand: text, type, and a function from a row to its value.
def field(name: str, kind: str):
    return st.just((name, kind, lambda row: row[name]))


texts = st.one_of(field("Code", "text"), field("Notes", "text"))
folded = texts.map(lambda o: (f"tolower({o[0]})", "text", lambda row: None if o[2](row) is None else o[2](row).lower()))
trimmed = texts.map(lambda o: (f"trim({o[0]})", "text", lambda row: None if o[2](row) is None else o[2](row).strip(" ")))
operands = st.one_of(
    texts,
    folded,
    trimmed,
    field("AverageCost", "number"),
    field("SecurityLevel", "number"),
    field("StartDate", "datetime"),
    field("ItemGroup", "guid"),
    field("IsSalesItem", "bool"),
)
LITERALS = {
    "text": st.sampled_from(TEXTS).map(lambda v: (quoted(v), v)),
    "number": st.sampled_from(NUMBERS).map(lambda v: (str(v), v)),
    "datetime": st.sampled_from(list(MOMENTS)).map(lambda v: (f"datetime'{v}'", MOMENTS[v])),
    "guid": st.sampled_from(GUIDS).map(lambda v: (f"guid'{v}'", v)),
    "bool": st.booleans().map(lambda v: (str(v).lower(), v)),
}
COMPARE = {"gt": lambda a, b: a > b, "ge": lambda a, b: a >= b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b}


@st.composite
def comparisons(draw):
    text, kind, value = draw(operands)
    operator = draw(st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]))
    if operator in ("eq", "ne") and draw(st.integers(0, 4)) == 0:
        return f"{text} {operator} null", lambda row: (value(row) is None) == (operator == "eq")
    literal, constant = draw(LITERALS[kind])
    if operator == "eq":
        return f"{text} eq {literal}", lambda row: value(row) == constant
    if operator == "ne":
        return f"{text} ne {literal}", lambda row: value(row) != constant
    mirrored = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}[operator]
    shown = f"{literal} {mirrored} {text}" if draw(st.booleans()) else f"{text} {operator} {literal}"
    return shown, lambda row: value(row) is not None and COMPARE[operator](value(row), constant)


@st.composite
def searches(draw):
    text, _, value = draw(st.one_of(texts, folded, trimmed))
    part = draw(st.sampled_from(TEXTS))
    function, test = draw(
        st.sampled_from(
            [("substringof", lambda w: part in w), ("startswith", lambda w: w.startswith(part)), ("endswith", lambda w: w.endswith(part))]
        )
    )
    shown = f"substringof({quoted(part)}, {text})" if function == "substringof" else f"{function}({text},{quoted(part)})"
    suffix = draw(st.sampled_from(["", " eq true"]))
    return shown + suffix, lambda row: value(row) is not None and test(value(row))


def joined(operator: str, left, right):
    if operator == "and":
        return f"{left[0]} and {right[0]}", lambda row: left[1](row) and right[1](row)
    return f"({left[0]} or {right[0]})", lambda row: left[1](row) or right[1](row)


conditions = st.recursive(
    st.one_of(comparisons(), searches()),
    lambda inner: st.one_of(
        st.builds(joined, st.sampled_from(["and", "or"]), inner, inner),
        inner.map(lambda c: (f"not ({c[0]})", lambda row: not c[1](row))),
        inner.map(lambda c: (f"({c[0]})", c[1])),
    ),
    max_leaves=8,
)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=conditions)
def test_any_filter_is_brute_force(database, condition):
    text, matches = condition
    built = Condition.of(ITEMS, parse_filter(text))
    found = database.all(select('"ID"', "items", built.sql), built.parameters)
    assert {row["ID"] for row in found} == {row["ID"] for row in ROWS if matches(row)}, text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SecurityLevel eq 0 or SecurityLevel eq 1 and Code eq 'a'",
            lambda r: r["SecurityLevel"] == 0 or (r["SecurityLevel"] == 1 and r["Code"] == "a"),
        ),
        ("not SecurityLevel eq 0 and Code eq 'a'", lambda r: r["SecurityLevel"] != 0 and r["Code"] == "a"),
        ("not (SecurityLevel eq 0 and Code eq 'a')", lambda r: not (r["SecurityLevel"] == 0 and r["Code"] == "a")),
        ("IsSalesItem and Code ne null", lambda r: bool(r["IsSalesItem"]) and r["Code"] is not None),
    ],
)
def test_binding_is_not_before_and_before_or(database, text, expected):
    built = Condition.of(ITEMS, parse_filter(text))
    found = database.all(select('"ID"', "items", built.sql), built.parameters)
    assert {row["ID"] for row in found} == {row["ID"] for row in ROWS if expected(row)}
