"""Mistakes in Exact that the configuration stumbles over: found before anything is booked, and felt by no other document than must."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from include.adapters.master import ENTITIES
from include.errors import SetupError
from include.flows.mapping_checks import check_mapping
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.outbox.model import Tally

UK, BE = 820101, 820202
RATES = ENTITIES["ExchangeRates"]
TODAY = datetime.now(UTC).date()
MONTH = f"{TODAY:%Y-%m}"
CURRENT = {"year": TODAY.year, "period": TODAY.month}
Plant = Callable[[Any], None]


def changed(endpoint: str, division: int, **values: object) -> Plant:
    """Change a row of Exact by its code, as a bookkeeper would."""
    return lambda world: world.sandbox.control("POST", "rows", {"endpoint": endpoint, "division": division, **values})


def removed(endpoint: str, division: int, code: str) -> Plant:
    return lambda world: world.sandbox.control("DELETE", "rows", {"endpoint": endpoint, "division": division, "Code": code})


def without_rates(world: Any) -> None:
    with world.run("BE") as run:
        run.pulls.pull(RATES)
        for row in run.mirror.records(RATES.name):
            world.sandbox.control("DELETE", "rows", {"endpoint": RATES.endpoint, "division": BE, "ID": row["record_id"]})
        run.pulls.pull(RATES)


def book(world: Any, name: str) -> Tally:
    with world.run(name) as run:
        return book_orders(run)


def refreshed(world: Any, name: str) -> None:
    with world.run(name) as run:
        refresh(run)


def spent_on_documents(world: Any) -> int:
    return len([call for call in world.sandbox.calls() if call["method"] == "POST" and call["endpoint"].startswith("sales")])


STOPS = {
    f"journal_blocked:70 {BE}": ("BE", changed("financial/Journals", BE, Code="70", IsBlocked=True)),
    f"journal_wrong_type:70 {BE}": ("BE", changed("financial/Journals", BE, Code="70", Type=90)),
    f"journal_wrong_currency:70 {BE}": ("BE", changed("financial/Journals", BE, Code="70", AllowVariableCurrency=False)),
    f"unknown_journal:70 {BE}": ("BE", removed("financial/Journals", BE, "70")),
    f"wrong_company:{UK}": ("UK", lambda world: world.sandbox.control("POST", "divisions", {"division": UK, "VATNumber": "GB999999973"})),
    f"wrong_division_currency:{UK}": ("UK", lambda world: world.sandbox.control("POST", "divisions", {"division": UK, "Currency": "EUR"})),
    f"division_blocked:{UK}": ("UK", lambda world: world.sandbox.control("POST", "divisions", {"division": UK, "BlockingStatus": 1})),
    f"missing_exchange_rate:GBP {BE}": ("BE", without_rates),
    f"current_period_closed:{MONTH} {BE}": (
        "BE",
        lambda world: world.sandbox.control("POST", "periods", {"division": BE, **CURRENT, "journal": "70", "closed": True}),
    ),
}


@pytest.mark.parametrize("finding", STOPS)
def test_a_mistake_in_division_journal_currency_or_period_stops_the_administration_before_it_plans_anything(world, finding: str) -> None:
    name, plant = STOPS[finding]
    plant(world)
    with pytest.raises(SetupError, match="mapping_check") as refusal:
        book(world, name)

    assert finding.split()[0] in refusal.value.subject
    assert refusal.value.subject.startswith(f"{name}: ")
    assert "NL: " in refusal.value.cure
    assert "EN: " in refusal.value.cure
    assert world.mutations() == []
    assert spent_on_documents(world) == 0
