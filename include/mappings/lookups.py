"""Codes of the configuration and what Exact knows them by."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from include.errors import RecordError
from include.exact.types import NO_SALES
from include.mappings.master_data import MasterData


@dataclass(frozen=True)
class Found:
    """A code and what Exact knows it by."""

    code: str
    id: UUID


def ledger_account(code: str, master: MasterData, **facts: object) -> Found:
    """The ledger account of a code; raises `RecordError` when Exact has none, or none that a sale may be booked on."""
    account = master.gl_account(code)
    if account is None:
        raise RecordError("missing_gl_account", code, **facts)
    if account.blocked:
        raise RecordError("gl_account_blocked", code, **facts)
    if account.type in NO_SALES:
        raise RecordError("gl_account_refused", code, type=account.type, **facts)
    return Found(code, account.id)


def stock_item(code: str, master: MasterData, **facts: object) -> Found:
    """The item of a code; raises `RecordError` when Exact has none."""
    item_id = master.item_id(code)
    if item_id is None:
        raise RecordError("unknown_item", code, **facts)
    return Found(code, item_id)
