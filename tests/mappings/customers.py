"""Customers of the webshop, made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from include.administrations.customers import Customers
from include.sources.records import Customer, PostalAddress

CODES = Customers(first_code="70000000", last_code="79999999")
REGISTERED_AT = datetime(2026, 11, 16, 8, 26, tzinfo=UTC)
BUSINESS = Customer(
    number="12583",
    name="Café du Marché SARL",
    contact="Amélie de la Tour",
    email="amelie@cafe-du-marche.example",
    phone="+33 (0)1 23 45 67 89",
    address_line_1="1 Rue du Marché",
    address_line_2="Bâtiment B",
    postcode="75001",
    city="Paris",
    country="FR",
    kind_of_buyer="business",
    vat_number="FR 12 345 678 901",
    vat_number_checked_on=None,
    registration_number="345678901",
    changed_at=REGISTERED_AT,
    language="fr",
)
ELSEWHERE = PostalAddress(line_1="Postbus 12", line_2=None, postcode="1000 AA", city="Amsterdam", country="NL")
WAREHOUSE = PostalAddress(line_1="Havenkade 3", line_2="Dock 7", postcode="3011 AB", city="Rotterdam", country="NL")
PERSON = Customer(
    number="WEB-7",
    name="山田 太郎",
    contact=None,
    email=None,
    phone=None,
    address_line_1=None,
    address_line_2=None,
    postcode=None,
    city=None,
    country="JP",
    kind_of_buyer="consumer",
    vat_number=None,
    vat_number_checked_on=None,
    registration_number=None,
    changed_at=REGISTERED_AT,
)


def business(**changes: Any) -> Customer:
    """The café, but for the changes."""
    return replace(BUSINESS, **changes)


CUSTOMERS = {
    "business": business(),
    "business_with_further_addresses": business(invoice_address=ELSEWHERE, delivery_address=WAREHOUSE),
    "business_with_long_texts": business(name="N" * 60, contact="P" * 50, address_line_1="A" * 70, city="C" * 41),
    "person_without_anything_else": PERSON,
}
