"""The two administrations of the demo, and variations of them."""

from __future__ import annotations

from typing import Any

from include.administrations.loader import load_administrations
from include.administrations.model import Administration, ItemPolicy, Items

ADMINISTRATIONS = load_administrations()
UK = ADMINISTRATIONS["UK"]
BE = ADMINISTRATIONS["BE"]


def variation(of: Administration, **changes: Any) -> Administration:
    """The administration, but for the changes, read anew so that they are checked."""
    return Administration.model_validate({**of.model_dump(), **changes})


def with_items(policy: ItemPolicy, **generic: str) -> Administration:
    """The British administration with another policy for items."""
    return variation(UK, items=Items(policy=policy, generic=generic))
