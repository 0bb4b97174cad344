"""OData v2 as Exact speaks it: what we write, and every shape in which it answers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.errors import RetryableError
from include.exact.client import ExactClient, Query
from include.exact.odata import Int64, day, equal, error_text, every, int64, literal, parsed, rows_of, stamp
from tests.exact.samples import BROKEN, SAMPLES
from tests.sandbox.driver import SandboxProcess

GUID = UUID("71b961de-b9f3-49fe-883d-0f46c7e0e89b")
ROW = {"__metadata": {"uri": "u", "type": "t"}, "ID": str(GUID)}


# Out


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("O'Brien", "'O''Brien'"),
        ("", "''"),
        ("' or 1 eq 1 or Name eq '", "''' or 1 eq 1 or Name eq '''"),
        (GUID, "guid'71b961de-b9f3-49fe-883d-0f46c7e0e89b'"),
        (date(2026, 1, 31), "datetime'2026-01-31T00:00:00'"),
        (datetime(2026, 1, 31, 23, 59, 5, tzinfo=UTC), "datetime'2026-01-31T23:59:05'"),
        (Int64(9007199254740993), "9007199254740993L"),
        (20, "20"),
        (-1, "-1"),
    ],
)
def test_each_kind_of_value_has_one_literal(value: object, written: str) -> None:
    assert literal(value) == written


@pytest.mark.parametrize("value", [True, None, 1.5, Decimal("1.5"), b"x", ["x"]])
def test_what_has_no_literal_is_refused_and_not_guessed(value: object) -> None:
    with pytest.raises(TypeError):
        literal(value)


@settings(max_examples=150)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(str.strip))
def test_any_text_finds_exactly_the_row_that_holds_it(sandbox_url: SandboxProcess, reader: ExactClient, text: str) -> None:
    row = {"endpoint": "crm/Accounts", "division": 100, "Code": "77", "Name": text or "-"}
    sandbox_url.control("POST", "rows", row)
    where = every(equal("Code", "77".rjust(18)), equal("Name", text or "-"))

    assert [found["Name"] for found in reader.rows(Query("crm/Accounts", ("ID", "Name"), where))] == [text or "-"]


# In


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_each_answer_that_exact_published_is_read(name: str) -> None:
    rows, following = rows_of(parsed(SAMPLES[name]))

    assert rows
    assert following is None or following.startswith("https://start.exactonline.nl/api/v1/499156/financial/GLAccounts?$skiptoken=")
    assert all(len(row) > 5 or "BankAccounts" in row for row in rows)


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_each_broken_answer_that_exact_published_is_refused_as_broken(name: str) -> None:
    with pytest.raises(RetryableError):
        rows_of(parsed(BROKEN[name]))


@pytest.mark.parametrize(
    ("document", "rows", "following"),
    [
        ({"d": {"results": [ROW], "__next": "n"}}, [ROW], "n"),
        ({"d": {"results": [ROW]}}, [ROW], None),
        ({"d": {"results": [], "__count": "0"}}, [], None),
        ({"d": [ROW, ROW]}, [ROW, ROW], None),
        ({"d": []}, [], None),
        ({"d": ROW}, [ROW], None),
        ([ROW], [ROW], None),
        (ROW, [ROW], None),
        ({"d": {"TimeStampAsBigInt": "5"}}, [{"TimeStampAsBigInt": "5"}], None),
    ],
)
def test_every_envelope_gives_a_list_of_rows(document: Any, rows: list[Any], following: str | None) -> None:
    assert rows_of(document) == (rows, following)


@pytest.mark.parametrize(
    "document",
    [
        None,
        5,
        "x",
        {},
        {"d": None},
        {"d": "x"},
        {"d": {}},
        {"d": {"": [ROW]}},
        {"d": {"results": {}}},
        {"d": [1]},
        {"d": {"results": [None]}},
        {"d": {"results": [], "__next": 5}},
        {"error": {"code": "", "message": {"lang": "", "value": "no"}}},
    ],
)
def test_what_has_no_rows_is_an_error_and_never_an_empty_list(document: Any) -> None:
    with pytest.raises(RetryableError):
        rows_of(document)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Object moved</html>", b'{"d":{"results":[', b"\xff\xfe", b'{"a":NaN}', b"[" * 200_000, b'{"a":' + b"9" * 10_000 + b"}"],
    ids=["empty", "HTML", "cut off", "no text", "NaN", "deep", "huge number"],
)
def test_a_body_that_is_no_json_is_an_error_of_its_own(body: bytes) -> None:
    with pytest.raises(RetryableError):
        parsed(body)


@settings(max_examples=300)
@given(body=st.binary(max_size=200))
def test_whatever_bytes_come_they_are_read_or_refused_in_words(body: bytes) -> None:
    try:
        rows_of(parsed(body))
    except RetryableError:
        return


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
)


@settings(max_examples=300)
@given(
    document=anything
    | st.fixed_dictionaries({"d": anything})
    | st.fixed_dictionaries({"d": st.fixed_dictionaries({"results": anything, "__next": anything})})
)
def test_whatever_json_comes_its_rows_are_records_or_it_is_refused(document: Any) -> None:
    try:
        rows, following = rows_of(parsed(json.dumps(document).encode()))
    except RetryableError:
        return
    assert all(isinstance(row, dict) for row in rows)
    assert following is None or isinstance(following, str)


def test_amounts_are_read_as_they_stand_and_not_as_floats() -> None:
    rows, _ = rows_of(parsed(b'{"d":[{"AmountFC":0.1,"VATAmountFC":1234567890123.45,"Quantity":3}]}'))

    assert rows[0]["AmountFC"] == Decimal("0.1")
    assert str(rows[0]["VATAmountFC"]) == "1234567890123.45"


@pytest.mark.parametrize(
    ("wire", "moment"),
    [
        ("/Date(1351209600000)/", datetime(2012, 10, 26, tzinfo=UTC)),
        ("/Date(1351209600000+0200)/", datetime(2012, 10, 26, tzinfo=UTC)),
        ("/Date(-1)/", datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        (None, None),
        ("", None),
        ("2012-10-26", None),
    ],
)
def test_a_stamp_is_the_moment_that_its_milliseconds_name(wire: str | None, moment: datetime | None) -> None:
    assert stamp(wire) == moment


def test_a_date_is_the_date_in_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    try:
        assert day("/Date(1351209600000)/") == date(2012, 10, 26)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_date_beyond_all_years_is_an_error_in_words() -> None:
    with pytest.raises(RetryableError):
        stamp("/Date(99999999999999999)/")


@pytest.mark.parametrize(
    ("wire", "number"), [("12345678901234567", 12345678901234567), (5, 5), (Decimal(5), 5), ("-1", -1), ("9223372036854775807", 2**63 - 1)]
)
def test_an_int64_is_read_from_text_and_from_a_number(wire: object, number: int) -> None:
    assert int64(wire) == number


@pytest.mark.parametrize("wire", ["", None, "x", "--5", "5-", "²", "1.5", True, "1" * 20, "٣"])
def test_what_is_no_int64_is_refused_in_words(wire: object) -> None:
    with pytest.raises(RetryableError):
        int64(wire)


def test_a_decimal_point_in_an_int64_is_refused() -> None:
    with pytest.raises(RetryableError):
        int64(Decimal("1.5"))


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"error": {"code": "", "message": {"lang": "", "value": "Verplicht: Boekjaar"}}}, "Verplicht: Boekjaar"),
        ({"error": {"code": "", "message": {"lang": "", "value": " "}}}, None),
        ({"error": {"message": "flat"}}, None),
        ({"error": "access_denied"}, None),
        ({"d": ROW}, None),
        (None, None),
        ([], None),
    ],
)
def test_the_text_of_an_error_is_found_where_exact_puts_it(document: Any, text: str | None) -> None:
    assert error_text(document) == text


def test_the_samples_come_with_their_licence() -> None:
    assert "MIT licence" in (Path(__file__).parent / "samples" / "README.md").read_text()
