"""Codes of the configuration and what Exact knows them by."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from include.errors import RecordError
from include.mappings.master_data import MasterData


@dataclass(frozen=True)
class Found:
    """A code and what Exact knows it by."""

    code: str
    id: UUID


def ledger_account(code: str, master: MasterData, **facts: object) -> Found:
    """The ledger account of a code; raises `RecordError` when Exact has none."""
    account_id = master.gl_account_id(code)
    if account_id is None:
        raise RecordError("missing_gl_account", code, **facts)
    return Found(code, account_id)


def stock_item(code: str, master: MasterData, **facts: object) -> Found:
    """The item of a code; raises `RecordError` when Exact has none."""
    item_id = master.item_id(code)
    if item_id is None:
        raise RecordError("unknown_item", code, **facts)
    return Found(code, item_id)
