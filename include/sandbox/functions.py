"""Functions of the API: lists that want arguments in the query, such as `?accountId=guid'…'` (FACTS 6.5)."""

from __future__ import annotations

from typing import Any

from include.sandbox.answers import BadRequestError
from include.sandbox.catalogue import Entity
from include.sandbox.odata_filter import SYNTAX, parse_literal

# Endpoint -> argument, the kind of literal that it takes, the column that it picks by.
ARGUMENTS = {
    "read/financial/ReceivablesListByAccount": ("accountId", "guid", "AccountId"),
    "read/financial/PayablesListByAccount": ("accountId", "guid", "AccountId"),
    "read/financial/ReceivablesListByAgeGroup": ("ageGroup", "number", "_age"),
    "read/financial/PayablesListByAgeGroup": ("ageGroup", "number", "_age"),
    "read/financial/AgingOverviewByAccount": ("accountId", "guid", "AccountId"),
    "read/financial/RevenueListByYear": ("year", "number", "Year"),
    "read/logistics/StockPosition": ("itemId", "guid", "ItemId"),
}


def argument(entity: Entity, options: dict[str, str]) -> tuple[str, Any] | None:
    """Return column and value that a function's argument picks by; None where nothing is wanted. Raises `BadRequestError`."""
    wanted = ARGUMENTS.get(entity.endpoint)
    if wanted is None:
        return None
    name, kind, column = wanted
    literal = parse_literal(options.get(name, ""))
    if literal.kind != kind:
        raise BadRequestError(SYNTAX)
    return column, str(literal.value) if kind == "guid" else int(literal.value)
