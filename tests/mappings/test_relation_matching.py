"""Which relation in Exact a customer is, and where nobody is to guess."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.errors import RecordError
from include.exact.models.account import Account
from include.mappings.customers_to_accounts import account_of
from include.mappings.relation_changes import changed_fields, told_so_far, wanted_changes
from include.mappings.relation_matching import Relation, Relations, agreement, relation_of
from tests.mappings.customers import business

TOKEN = "ABCDEFGHIJKL"
OURS = "70012583"
SPACE = UUID("3d579e98-3eb5-52f8-99f4-9faf6d25fe4d")
ACCOUNT = account_of(business(), OURS)
# What a relation of the café may carry, and what another company would.
SAME = {"Name": "CAFE DU MARCHE", "VATNumber": "FR12345678901", "ChamberOfCommerce": "345 678 901", "Postcode": "75 001", "Country": "FR"}
OTHER = {"Name": "Boulangerie", "VATNumber": "FR99999999999", "ChamberOfCommerce": "999999999", "Postcode": "13001", "Country": "FR"}


def relation(code: str, **data: Any) -> Relation:
    return Relation.of({"ID": str(uuid5(SPACE, code)), "Code": code.rjust(18), **data})


def found(*relations: Relation, account: Account = ACCOUNT) -> str | None:
    match = relation_of(account, [OURS, account.search_code], TOKEN, Relations.over(relations))
    return match.code if match else None


def only(**fields: str) -> dict[str, str]:
    return {**OTHER, **fields}


@pytest.mark.parametrize("field", ["VATNumber", "ChamberOfCommerce"])
def test_a_relation_is_found_by_its_number_whatever_its_code_and_name(field: str) -> None:
    assert found(relation("4711", **only(**{field: SAME[field]}))) == "4711"


def test_a_relation_that_carries_our_mark_is_taken_whatever_else_it_says() -> None:
    assert found(relation("4711", **OTHER, CodeAtSupplier=TOKEN), relation("4712", **SAME)) == "4711"


@pytest.mark.parametrize("code", [OURS, "12583"])
@pytest.mark.parametrize("field", ["Name", "VATNumber", "Postcode"])
def test_a_code_counts_when_name_or_vat_number_or_postcode_agrees(code: str, field: str) -> None:
    assert found(relation(code, **only(**{field: SAME[field]}))) == code


@pytest.mark.parametrize("code", [OURS, "12583"])
def test_a_code_alone_is_never_enough(code: str) -> None:
    with pytest.raises(RecordError) as differs:
        found(relation(code, **OTHER))

    assert (differs.value.code, differs.value.subject) == ("relation_differs", "12583")
    assert differs.value.facts["differing"] == "Name VATNumber Postcode"
    assert (differs.value.facts["vat_number_in_shop"], differs.value.facts["vat_number_in_exact"]) == ("FR12345678901", "FR99999999999")
    assert "Boulangerie" not in str(differs.value)


def test_a_customer_number_is_no_evidence_where_codes_have_nothing_to_do_with_it() -> None:
    assert relation_of(ACCOUNT, [OURS], TOKEN, Relations.over([relation("12583", **OTHER)])) is None


def test_a_relation_of_another_country_with_the_same_registration_number_is_another() -> None:
    assert found(relation("4711", **{**OTHER, "ChamberOfCommerce": "345678901", "Country": "NL"})) is None


def test_of_several_with_the_same_vat_number_the_one_is_taken_that_the_code_confirms() -> None:
    assert found(relation("12583", **SAME), relation("4711", **SAME)) == "12583"


@pytest.mark.parametrize("codes", [("4711", "4712"), ("12583", "4711")])
def test_of_several_that_nothing_tells_apart_none_is_taken(codes: tuple[str, str]) -> None:
    first = relation(codes[0], **(only(Name=SAME["Name"]) if codes[0] == "12583" else SAME))
    with pytest.raises(RecordError, match="relation_ambiguous:12583"):
        found(first, relation(codes[1], **SAME))


def test_a_code_that_carries_the_mark_of_another_customer_is_no_evidence() -> None:
    assert found(relation(OURS, **OTHER, CodeAtSupplier="ZZZZZZZZZZZZ")) is None


def test_a_customer_that_exact_does_not_know_is_not_found() -> None:
    assert found(relation("4711", **OTHER), relation("4712", Name="Café du Marché SARL")) is None
    assert found() is None


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Customer 12395", "Customer 12395 BV", True),
        ("Bakkerij Jansen B.V.", "bakkerij jansen", True),
        ("Firma Sp. z o.o.", "FIRMA", True),
        ("O'Neill", "ONeill", True),
        ("BV", "NV", False),
        ("Jansen", "Janssen", False),
    ],
)
def test_names_agree_as_people_hear_them(ours: str, theirs: str, same: bool) -> None:
    account = account_of(business(name=ours, vat_number=None, postcode=None), OURS)

    assert agreement(account, relation("1", Name=theirs)).agreeing == (("Name",) if same else ())


@given(st.lists(st.sampled_from(["Name", "VATNumber", "Postcode", "ChamberOfCommerce", "code"]), unique=True))
def test_what_agrees_in_nothing_is_never_taken(agreeing: list[str]) -> None:
    data = {name: (SAME if name in agreeing else OTHER)[name] for name in OTHER}
    code = "12583" if "code" in agreeing else "4711"
    try:
        taken = found(relation(code, **data)) is not None
    except RecordError:
        taken = False

    certain = {"VATNumber", "ChamberOfCommerce"} & set(agreeing)
    assert taken == bool(certain or ("code" in agreeing and len(agreeing) > 1))


def told(**changes: Any) -> dict[str, Any]:
    return dict(
        told_so_far([ACCOUNT.with_token(TOKEN).payload(), *([] if not changes else [account_of(business(**changes), "1").payload()])])
    )


def test_only_what_the_shop_changed_is_changed_in_exact() -> None:
    changes = changed_fields(told(), account_of(business(name="Le Café", phone=None), OURS))

    assert changes == {"Name": "Le Café", "Phone": ""}
    assert changed_fields(told(), account_of(business(kind_of_buyer="consumer"), OURS)) == {}


def test_a_field_that_only_a_person_changed_stays_as_it_is() -> None:
    changes = changed_fields(told(), account_of(business(city="Lyon"), OURS))

    assert wanted_changes("12583", told(), changes, {"City": "Paris", "Name": "Changed by a person"}) == {"City": "Lyon"}


def test_a_field_that_both_changed_is_for_a_person() -> None:
    changes = changed_fields(told(), account_of(business(city="Lyon"), OURS))
    with pytest.raises(RecordError, match="relation_changed_in_exact:12583") as both:
        wanted_changes("12583", told(), changes, {"City": "Nice"})

    assert both.value.facts == {"fields": "City"}


def test_what_exact_shows_already_is_not_sent() -> None:
    changes = changed_fields(told(), account_of(business(city="Lyon"), OURS))

    assert wanted_changes("12583", told(), changes, {"City": "Lyon"}) == {}


def test_what_exact_writes_in_its_own_way_was_changed_by_nobody() -> None:
    changes = changed_fields(told(), account_of(business(vat_number="FR98765432101"), OURS))

    assert wanted_changes("12583", told(), changes, {"VATNumber": "fr 12.345.678.901"}) == {"VATNumber": "FR98765432101"}
