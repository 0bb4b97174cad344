"""What every list of the desk shows of a record, and how a list goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from include.console.masking import Eyes
from include.outbox.causes import Language
from include.store.database import Row

Line = TypeVar("Line")


@dataclass(frozen=True)
class Reader:
    """Who reads: in which language, and with which eyes."""

    language: Language
    eyes: Eyes


@dataclass(frozen=True, kw_only=True)
class RecordLine:
    """A record in a list; `effect` is the key of its word, `total` includes VAT."""

    mutation_id: int
    administration: str
    number: str
    effect: str
    state: str
    day: date
    customer: str
    total: Decimal | None
    currency: str
    since: datetime | None


@dataclass(frozen=True)
class Paged(Generic[Line]):
    """A page of lines; `more`: where the next one begins, None on the last one."""

    lines: Sequence[Line]
    more: str | None


def line_of(row: Row) -> dict[str, Any]:
    """What every list shows of a record."""
    return {
        "mutation_id": row["mutation_id"],
        "administration": row["administration"],
        "number": row["your_ref"],
        "effect": effect_word(row["effect"], row["method"]),
        "state": row["state"],
        "day": row["source_day"],
        "customer": row["customer"] or "",
        "total": row["total"],
        "currency": row["total_currency"] or "",
    }


def effect_word(effect: str, method: str) -> str:
    """The key of the word for what a record is: `sale`, `credit`, `account`, …, `delete`, `reverse`, `change`."""
    if effect.startswith(("delete_", "reverse_")):
        return effect.partition("_")[0]
    if method == "PUT":
        return "change"
    kind = effect.partition("_")[0]
    return kind if kind in {"sale", "credit", "account", "contact", "address"} else "other"


def person_of(actor: str) -> str:
    """The person in the name of who acted: `errors dismiss by jan`; empty for a worker of a flow."""
    what, by, who = actor.rpartition(" by ")
    return who if by and ":" not in who and what != "case" else ""
