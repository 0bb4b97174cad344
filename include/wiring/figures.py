"""The figures of all administrations, as the demo and `exactly status` show them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from include.store.database import Database
from include.store.figures import FigureStore


def figures(store_dsn: str) -> dict[str, dict[str, Any]]:
    """Per administration: documents, a count per state, causes, dismissals, calls, posts, calls per document, http_429, seconds."""
    database = Database(store_dsn, name="exactly figures")
    try:
        store = FigureStore(database)
        calls = {row["division"]: row for row in store.calls()}
        return {name: _administration(store, name, calls.get(division, {})) for name, division in sorted(store.divisions().items())}
    finally:
        database.close()


def flow_figures(store_dsn: str) -> list[dict[str, Any]]:
    """How many `records` of each `administration` and `flow` are in each `state`, by `cause`."""
    database = Database(store_dsn, name="exactly figures")
    try:
        return FigureStore(database).flows()
    finally:
        database.close()


def _administration(store: FigureStore, name: str, calls: dict[str, Any]) -> dict[str, Any]:
    states = Counter({row["state"]: row["documents"] for row in store.states() if row["administration"] == name})
    posted = states["posted"]
    made = int(calls.get("calls", 0))
    return {
        "documents": states.total(),
        **{state: states[state] for state in ("planned", "sending", "unknown", "posted", "dead_letter", "dismissed", "gone")},
        "causes": {row["cause"]: row["documents"] for row in store.causes() if row["administration"] == name},
        "dismissals": {row["cause"]: row["documents"] for row in store.dismissals() if row["administration"] == name},
        "calls": made,
        "posts": int(calls.get("posts", 0)),
        "calls_per_document": round(made / posted, 3) if posted else None,
        "http_429": int(calls.get("http_429", 0)),
        "seconds": round(float(calls.get("seconds", 0.0)), 1),
    }
