"""Addresses of a relation beside its visiting address, which comes with the relation itself."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar
from uuid import UUID

from include.exact.models.account import AddressLine, City, Country, Postcode
from include.exact.models.base import ExactRecord


class AddressType(IntEnum):
    """What an address is for."""

    VISIT = 1
    POSTAL = 2
    INVOICE = 3
    DELIVERY = 4


class Address(ExactRecord):
    """An address; posting the same once more gives the one that is there (FACTS 6.7). Our token is in the notes.

    Its lengths are not known: those of a relation's own address are kept.
    """

    endpoint: ClassVar[str] = "crm/Addresses"
    token_field: ClassVar[str] = "Notes"  # noqa: S105  a field's name, no secret

    account: UUID
    type: AddressType
    main: bool
    country: Country
    address_line1: AddressLine | None = None
    address_line2: AddressLine | None = None
    postcode: Postcode | None = None
    city: City | None = None
    notes: str | None = None
