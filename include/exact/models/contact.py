"""Contacts: persons at a relation."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from include.exact.models.account import Email
from include.exact.models.base import ExactRecord, fits

PERSON_NAME_MAX = 40

PersonName = Annotated[str, Field(min_length=1), fits(PERSON_NAME_MAX)]


class Contact(ExactRecord):
    """A person; Exact wants both names. Our token is in the notes."""

    endpoint: ClassVar[str] = "crm/Contacts"
    token_field: ClassVar[str] = "Notes"  # noqa: S105  a field's name, no secret

    account: UUID
    first_name: PersonName
    last_name: PersonName
    email: Email | None = None
    notes: str | None = None
