"""Relations (FACTS 6.7): customers, suppliers and prospects are all accounts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from include.exact.models.base import ExactRecord, fits

# Only the length of the code is documented; the others come from one third-party schema (FACTS 6.11).
NAME_MAX = 50
VAT_NUMBER_MAX = 20
REGISTRATION_MAX = 40
EMAIL_MAX = 100
PHONE_MAX = 17
SEARCH_CODE_MAX = 30
ADDRESS_LINE_MAX = 60
POSTCODE_MAX = 20
CITY_MAX = 40

Name = Annotated[str, Field(min_length=1), fits(NAME_MAX)]
Email = Annotated[str, fits(EMAIL_MAX)]
Phone = Annotated[str, fits(PHONE_MAX)]
# Exact pads it with blanks on the left, to 18 places.
AccountCode = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
AddressLine = Annotated[str, fits(ADDRESS_LINE_MAX)]
Postcode = Annotated[str, fits(POSTCODE_MAX)]
City = Annotated[str, fits(CITY_MAX)]


class AccountStatus(StrEnum):
    """Whether a relation is a customer; only those can be invoiced."""

    NONE = "A"
    SUSPECT = "S"
    PROSPECT = "P"
    CUSTOMER = "C"


class Account(ExactRecord):
    """A relation with its visiting address.

    Our token is in a field that is for suppliers only (our own number there), which nobody fills for a customer: it can be filtered on,
    and is in the sync feed.
    """

    endpoint: ClassVar[str] = "crm/Accounts"
    token_field: ClassVar[str] = "CodeAtSupplier"  # noqa: S105  a field's name, no secret

    name: Name
    code: AccountCode
    status: AccountStatus
    search_code: Annotated[str, fits(SEARCH_CODE_MAX)]
    country: Country
    vat_number: Annotated[str, fits(VAT_NUMBER_MAX)] | None = None
    chamber_of_commerce: Annotated[str, fits(REGISTRATION_MAX)] | None = None
    language: Language | None = None
    email: Email | None = None
    phone: Phone | None = None
    address_line1: AddressLine | None = None
    address_line2: AddressLine | None = None
    postcode: Postcode | None = None
    city: City | None = None
    code_at_supplier: str | None = None
