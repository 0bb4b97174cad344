"""What changes in Exact when a customer changed in the shop: the fields that the shop changed, and no other.

A field that a person changed in Exact stays as it is while the shop does not change it too; when both did, a person decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from include.errors import RecordError
from include.exact.models.account import Account
from include.exact.models.address import Address
from include.exact.models.base import ExactRecord
from include.exact.models.contact import Contact

# What a change never touches: our marks, and what a record belongs to.
FIXED = frozenset({"Account", "Code", "Main", "SearchCode", "Status", "Type", *(each.token_field for each in (Account, Contact, Address))})

Fields = Mapping[str, Any]


def told_so_far(payloads: Iterable[str]) -> Fields:
    """What Exact was told of a record, field by field, by the payloads that made and changed it, the oldest first."""
    told: dict[str, Any] = {}
    for payload in payloads:
        told |= json.loads(payload, parse_float=Decimal)
    return told


def changed_fields(told: Fields, record: ExactRecord) -> Fields:
    """The fields that differ from what Exact was told; an empty text for what the shop has no more."""
    now = record.model_dump(by_alias=True, exclude_none=True)
    names = sorted((now.keys() | told.keys()) - FIXED)
    return {name: now.get(name, "") for name in names if now.get(name, "") != told.get(name, "")}


def wanted_changes(number: str, told: Fields, changes: Fields, in_exact: Fields) -> Fields:
    """The changes that Exact does not show yet; raises `RecordError` for fields that a person changed there meanwhile."""
    wanted = {name: value for name, value in changes.items() if _text(in_exact.get(name)) != _text(value)}
    differing = [name for name in wanted if _plain(in_exact.get(name)) != _plain(told.get(name))]
    if differing:
        raise RecordError("relation_changed_in_exact", number, fields=" ".join(differing))
    return wanted


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _plain(value: object) -> str:
    """Exact writes some values in its own way: what differs by capitals, blanks and points only was changed by nobody."""
    return "".join(character for character in _text(value).casefold() if character.isalnum())
