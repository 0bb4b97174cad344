"""A mutation and its document in Exact, made by hand: they agree until a test changes one of them."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from include.exact.booked import BookedDocument, WrittenDocument

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ID = "96bf94a8-d11e-48e4-b09c-b685529c01be"
OTHER_ID = "c02087f2-839d-476d-8821-0bcd9e00db39"
TOKEN = "NIJBGGLPYETC"
PAYLOAD = "{}"


def mutation(**changes: Any) -> dict[str, Any]:
    return {
        "mutation_id": 1,
        "source_id": "536365",
        "effect": "sale",
        "endpoint": "salesentry/SalesEntries",
        "source_day": date(2026, 11, 17),
        "source_version": "one",
        "your_ref": "536365",
        "token": TOKEN,
        "payload": PAYLOAD,
        "payload_sha256": hashlib.sha256(PAYLOAD.encode()).hexdigest(),
        "vat": {"1": "27.82"},
        "currency": "GBP",
        "amount_net": Decimal("139.12"),
        "state": "posted",
        "exact_id": ID,
        "created_at": NOW - timedelta(minutes=10),
        "posted_at": NOW - timedelta(minutes=10),
        **changes,
    }


def document(**changes: Any) -> BookedDocument:
    whole: dict[str, Any] = {
        "exact_id": ID,
        "token": TOKEN,
        "your_ref": "536365",
        "number": None,
        "journal": "70",
        "currency": "GBP",
        "is_credit": False,
        "net_by_vat": {"1": Decimal("139.12")},
        "vat": Decimal("27.82"),
        "total": Decimal("166.94"),
        "lines": 7,
    }
    return BookedDocument(**{**whole, **changes})


WRITTEN = {1: WrittenDocument(currency="GBP", journal="70", net_by_vat={"1": Decimal("139.12")}, lines=7)}
