"""What a mapping may ask about the master data of one division; the answers come from the mirror."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

# Stands for a relation that is on its way to Exact: a document that names it is never sent.
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class GLAccount:
    """A ledger account of Exact."""

    id: UUID
    type: int
    blocked: bool = False


@dataclass(frozen=True)
class VatCode:
    """A VAT code of Exact: `percentage` is a fraction (0.21), `type` is B, E, I or N (FACTS 6.7)."""

    code: str
    percentage: Decimal
    type: str
    blocked: bool = False


@dataclass(frozen=True)
class Journal:
    """A journal of Exact: `type` 20 is a sales journal."""

    code: str
    type: int
    blocked: bool = False


@dataclass(frozen=True)
class Period:
    """A period of a financial year, both days included; `closed` for one journal."""

    begins: date
    ends: date
    closed: bool = False


class MasterData(Protocol):
    """Answers None, or False, for what the division does not have; codes come without padding."""

    def account_id(self, code: str) -> UUID | None: ...

    def customer_id(self, number: str) -> UUID | None:
        """Return the relation of a customer of the shop, `NOBODY` for one that is on its way."""
        ...

    def item_id(self, code: str) -> UUID | None: ...

    def gl_account(self, code: str) -> GLAccount | None: ...

    def vat_code(self, code: str) -> VatCode | None: ...

    def journal(self, code: str) -> Journal | None: ...

    def payment_condition(self, code: str) -> bool: ...

    def exchange_rate(self, currency: str, on: date) -> Decimal | None:
        """Return the rate that Exact itself would use on that day, or None; only its existence is asked, never its inverse."""
        ...

    def periods(self, journal: str, on: date) -> Sequence[Period]:
        """Return the known periods as they stand for a journal; none when nothing is known. `on`: the day that is asked about."""
        ...
