"""A customer of the webshop becomes a relation, with a person to address and with further addresses.

Texts that people read are cut to what Exact holds, an ellipsis showing it; what is compared or dialled is never cut but refused.
Who buys (business or consumer) and when the VAT number was checked have no field in Exact: they decide the VAT of orders.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from uuid import UUID

from include.administrations.customers import Customers
from include.errors import RecordError
from include.exact.models.account import (
    ADDRESS_LINE_MAX,
    CITY_MAX,
    EMAIL_MAX,
    NAME_MAX,
    PHONE_MAX,
    POSTCODE_MAX,
    REGISTRATION_MAX,
    VAT_NUMBER_MAX,
    Account,
    AccountStatus,
)
from include.exact.models.address import Address, AddressType
from include.exact.models.base import utf16_length
from include.exact.models.contact import PERSON_NAME_MAX, Contact
from include.mappings.texts import cleaned, cut
from include.sources.records import Customer, PostalAddress

# As orders name their customer (sale_header.py).
CUSTOMER_NUMBER = re.compile(r"[A-Za-z0-9._/-]{1,18}")
PLAIN_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
# Stands for the first name of a person of whom one name is known: Exact wants two.
NO_NAME = "-"


def account_of(customer: Customer, code: str) -> Account:
    """Return the relation of a customer, under a code; raises `RecordError` for what Exact cannot hold."""
    if not CUSTOMER_NUMBER.fullmatch(customer.number):
        raise RecordError("customer_number_invalid", characters=len(customer.number))
    name = cut(customer.name, NAME_MAX)
    if name is None:
        raise RecordError("value_missing", "customers.name", customer=customer.number)
    return Account(
        name=name,
        code=code,
        status=AccountStatus.CUSTOMER,
        search_code=customer.number,
        country=customer.country,
        vat_number=_whole(customer, "vat_number", plain_number(customer.vat_number), VAT_NUMBER_MAX),
        chamber_of_commerce=_whole(customer, "registration_number", customer.registration_number, REGISTRATION_MAX),
        language=_language(customer),
        email=_whole(customer, "email", customer.email, EMAIL_MAX),
        phone=_phone(customer),
        address_line1=cut(customer.address_line_1 or "", ADDRESS_LINE_MAX),
        address_line2=cut(customer.address_line_2 or "", ADDRESS_LINE_MAX),
        postcode=_whole(customer, "postcode", customer.postcode, POSTCODE_MAX),
        city=cut(customer.city or "", CITY_MAX),
    )


def contact_of(customer: Customer, account_id: UUID) -> Contact | None:
    """Return the person to address, or None when the shop names nobody."""
    first, _, last = cleaned(customer.contact or "").partition(" ")
    if not first:
        return None
    return Contact(
        account=account_id,
        first_name=(cut(first, PERSON_NAME_MAX) if last else None) or NO_NAME,
        last_name=cut(last or first, PERSON_NAME_MAX) or NO_NAME,
        email=_whole(customer, "email", customer.email, EMAIL_MAX),
    )


def addresses_of(customer: Customer, account_id: UUID) -> Iterator[Address]:
    """Yield the further addresses of a customer."""
    for type_, address in ((AddressType.INVOICE, customer.invoice_address), (AddressType.DELIVERY, customer.delivery_address)):
        if address is not None:
            yield _address(customer, type_, address, account_id)


def codes_for(number: str, customers: Customers) -> Iterator[str]:
    """Yield the codes that a customer may get, the best one first: first code of the range plus customer number, or else one of a hash.

    The next one is for the case that another customer has the code: two numbers that are no plain ones may have one hash.
    """
    first, last = int(customers.first_code), int(customers.last_code)
    if PLAIN_NUMBER.fullmatch(number) and first + int(number) <= last:
        yield str(first + int(number))
    begin = int.from_bytes(hashlib.sha256(number.encode()).digest()[:8])
    size = last - first + 1
    for step in range(min(size, 100)):
        yield str(first + (begin + step) % size)


def plain_number(number: str | None) -> str | None:
    """A VAT number without blanks, points and hyphens, in capitals; None for none."""
    return re.sub(r"[^0-9A-Z+*]", "", (number or "").upper()) or None


def _address(customer: Customer, type_: AddressType, address: PostalAddress, account_id: UUID) -> Address:
    return Address(
        account=account_id,
        type=type_,
        main=True,
        country=address.country,
        address_line1=cut(address.line_1 or "", ADDRESS_LINE_MAX),
        address_line2=cut(address.line_2 or "", ADDRESS_LINE_MAX),
        postcode=_whole(customer, f"{type_.name.lower()}_postcode", address.postcode, POSTCODE_MAX),
        city=cut(address.city or "", CITY_MAX),
    )


def _language(customer: Customer) -> str | None:
    language = customer.language
    if language is not None and not re.fullmatch("[A-Za-z]{2}", language):
        raise RecordError("value_not_allowed", "customers.language", customer=customer.number)
    return language.upper() if language else None


def _phone(customer: Customer) -> str | None:
    """The number as the shop writes it, or without what only divides it when that would be too long."""
    phone = cleaned(customer.phone or "")
    if utf16_length(phone) > PHONE_MAX:
        phone = re.sub(r"[ ()./-]", "", phone)
    return _whole(customer, "phone", phone, PHONE_MAX)


def _whole(customer: Customer, column: str, value: str | None, length: int) -> str | None:
    """A value that is not cut."""
    text = cleaned(value or "")
    if utf16_length(text) > length:
        raise RecordError("value_too_long", f"customers.{column}", customer=customer.number, longest=length)
    return text or None
