"""A record as we wrote it, and as it stands in Exact: the same, or what is different."""

from __future__ import annotations

from decimal import Decimal

import pytest

from include.exact.comparison import differences, fields_of, line_fields_of

PAYLOAD = (
    '{"Currency":"EUR","OrderDate":"2026-11-02T00:00:00","OrderedBy":"5c3d0c5e-0000-4000-8000-00000000000a","SalesInvoiceLines":'
    '[{"NetPrice":2.50,"Quantity":2},{"Description":"Mug","NetPrice":1,"Quantity":1}],"YourRef":"536365"}'
)
HEADER = {
    "Currency": "EUR",
    "OrderDate": "/Date(1793577600000)/",
    "OrderedBy": "5C3D0C5E-0000-4000-8000-00000000000A",
    "YourRef": "536365",
    "AmountDC": 6,
}
LINES = {"SalesInvoiceLines": [{"NetPrice": "2.5", "Quantity": Decimal(2)}, {"NetPrice": 1, "Quantity": 1, "Description": "Mug"}]}


def test_what_exact_spells_otherwise_or_adds_is_no_difference():
    assert differences(PAYLOAD, HEADER, LINES) == {}


@pytest.mark.parametrize(
    ("field", "theirs"),
    [
        ("Currency", "GBP"),
        ("OrderDate", "/Date(1793664000000)/"),
        ("OrderedBy", "5c3d0c5e-0000-4000-8000-00000000000b"),
        ("YourRef", "0536365"),
        ("YourRef", None),
    ],
)
def test_a_field_of_the_header_that_somebody_changed_is_named_with_both_values(field, theirs):
    assert list(differences(PAYLOAD, {**HEADER, field: theirs}, LINES)) == [field]


def test_a_line_that_somebody_changed_is_named_by_its_number():
    changed = {"SalesInvoiceLines": [{**LINES["SalesInvoiceLines"][0], "Quantity": 3}, LINES["SalesInvoiceLines"][1]]}

    assert differences(PAYLOAD, HEADER, changed) == {"SalesInvoiceLines[1].Quantity": ("2", "3")}


def test_a_line_more_or_less_is_told_as_such():
    assert differences(PAYLOAD, HEADER, {"SalesInvoiceLines": LINES["SalesInvoiceLines"][:1]}) == {
        "SalesInvoiceLines": ("2 lines", "1 lines")
    }


def test_the_fields_to_read_are_those_that_were_written():
    assert fields_of(PAYLOAD) == ("Currency", "OrderDate", "OrderedBy", "YourRef")
    assert line_fields_of(PAYLOAD, "SalesInvoiceLines") == ("NetPrice", "Quantity", "Description")
