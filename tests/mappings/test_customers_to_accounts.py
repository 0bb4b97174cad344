"""A customer of the shop becomes a relation: nothing is invented, and nothing lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.administrations.customers import Customers
from include.errors import RecordError
from include.exact.models.base import ExactRecord, utf16_length
from include.mappings.customers_to_accounts import account_of, addresses_of, codes_for, contact_of
from include.mappings.texts import ELLIPSIS, cleaned
from include.sources.records import Customer
from tests.mappings.customers import BUSINESS, CODES, CUSTOMERS, PERSON, business

GOLDEN = Path(__file__).parent / "golden_customers"
ACCOUNT = UUID("3d579e98-3eb5-52f8-99f4-9faf6d25fe4d")
TOKEN = "ABCDEFGHIJKL"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=90)
MAYBE = st.none() | TEXTS


def records_of(customer: Customer) -> list[ExactRecord]:
    account = account_of(customer, next(codes_for(customer.number, CODES)))
    contact = contact_of(customer, ACCOUNT)
    return [each.with_token(TOKEN) for each in (account, contact, *addresses_of(customer, ACCOUNT)) if each is not None]


@pytest.mark.parametrize("name", sorted(CUSTOMERS))
def test_exact_gets_what_the_golden_file_says(name: str) -> None:
    written = [{"endpoint": record.endpoint, "payload": json.loads(record.payload())} for record in records_of(CUSTOMERS[name])]

    assert written == json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def test_each_golden_file_belongs_to_a_customer() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CUSTOMERS)


def kept(text: str, wire: str | None) -> bool:
    """Whether a text is on the wire as it was, or cut with an ellipsis that shows it."""
    whole = cleaned(text)
    if wire is None:
        return not whole
    return wire == whole or (wire.endswith(ELLIPSIS) and whole.startswith(wire.removesuffix(ELLIPSIS)) and utf16_length(wire) <= 60)


@settings(max_examples=1000)
@given(name=TEXTS, line_1=MAYBE, line_2=MAYBE, city=MAYBE, contact=MAYBE)
def test_no_text_is_invented_and_none_is_lost(
    name: str, line_1: str | None, line_2: str | None, city: str | None, contact: str | None
) -> None:
    customer = business(name=name, address_line_1=line_1, address_line_2=line_2, city=city, contact=contact)
    if not cleaned(name):
        with pytest.raises(RecordError, match="value_missing"):
            account_of(customer, "1")
        return
    account = account_of(customer, "1")
    person = contact_of(customer, ACCOUNT)
    whole = [part for part in (person.first_name, person.last_name) if part != "-"] if person else []

    assert kept(name, account.name)
    assert kept(line_1 or "", account.address_line1)
    assert kept(line_2 or "", account.address_line2)
    assert kept(city or "", account.city)
    assert bool(person) == bool(cleaned(contact or ""))
    assert not person or cleaned(contact or "") in {" ".join(whole), "-"} or ELLIPSIS in "".join(whole)


@given(st.sampled_from(["email", "phone", "postcode", "vat_number", "registration_number"]), st.text("AB1", min_size=1, max_size=120))
def test_what_is_compared_or_dialled_is_sent_whole_or_refused(column: str, value: str) -> None:
    wire = {"vat_number": "vat_number", "registration_number": "chamber_of_commerce"}.get(column, column)
    customer = business(**{column: value})
    limit = {"email": 100, "phone": 17, "postcode": 20, "vat_number": 20, "registration_number": 40}[column]
    if len(value) <= limit:
        assert getattr(account_of(customer, "1"), wire) == value
        return
    with pytest.raises(RecordError) as refused:
        account_of(customer, "1")
    assert (refused.value.code, refused.value.subject) == ("value_too_long", f"customers.{column}")


def test_a_phone_number_that_is_too_long_loses_only_what_divides_it() -> None:
    assert account_of(business(phone="+33 (0)1 23 45 67 89"), "1").phone == "+330123456789"
    assert account_of(business(phone="+33 1 23 45 67 89"), "1").phone == "+33 1 23 45 67 89"


@pytest.mark.parametrize(("name", "first", "last"), [("Amélie de la Tour", "Amélie", "de la Tour"), ("Cher", "-", "Cher")])
def test_a_person_has_two_names_as_exact_wants_them(name: str, first: str, last: str) -> None:
    contact = contact_of(business(contact=name), ACCOUNT)

    assert contact is not None
    assert (contact.first_name, contact.last_name) == (first, last)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"number": "x" * 19}, "customer_number_invalid"),
        ({"number": "1 2"}, "customer_number_invalid"),
        ({"language": "Dutch"}, "value_not_allowed:customers.language"),
        ({"name": "\u202e"}, "value_missing:customers.name"),
    ],
)
def test_a_customer_that_exact_cannot_hold_is_refused_in_words(changes: dict[str, str], cause: str) -> None:
    with pytest.raises(RecordError, match=cause):
        account_of(business(**changes), "1")


def test_a_plain_number_is_added_to_the_first_code_of_the_range() -> None:
    assert next(codes_for("12583", CODES)) == "70012583"


@given(st.text(min_size=1, max_size=18), st.integers(1, 10**17), st.integers(0, 10**6))
def test_each_code_lies_in_the_range_and_is_the_same_each_time(number: str, first: int, size: int) -> None:
    codes = Customers(first_code=str(first), last_code=str(first + size))

    assert all(codes.holds(code) for code in codes_for(number, codes))
    assert list(codes_for(number, codes)) == list(codes_for(number, codes))


def test_when_the_number_was_checked_and_who_buys_change_nothing_in_exact() -> None:
    assert account_of(replace(BUSINESS, kind_of_buyer="consumer"), "1") == account_of(BUSINESS, "1")
    assert contact_of(PERSON, ACCOUNT) is None
