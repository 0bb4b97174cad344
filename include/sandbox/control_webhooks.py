"""The control door's part for webhooks: who subscribed, what was delivered, and sending again by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from include.sandbox.clock import iso
from include.sandbox.database import Row
from include.sandbox.server import Request
from include.sandbox.webhook_events import enqueue, tampered
from include.sandbox.world import World

Answer = tuple[int, Any]
PAGE_MAX = 1000
SUBSCRIPTIONS = (
    'SELECT "ID", "Division", "ClientID", "Topic", "CallbackURL", "Description", "Created" FROM webhook_subscriptions ORDER BY rowid'
)


class WebhookControl:
    """Answers /control/webhooks."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.routes: dict[tuple[str, str], Callable[[Request, dict[str, Any]], Answer]] = {
            ("GET", "webhooks"): self._list,
            ("POST", "webhooks/resend"): self._resend,
        }

    def _list(self, request: Request, _: dict[str, Any]) -> Answer:
        """Show subscriptions, and deliveries after an id with all their attempts."""
        parameters = request.parameters
        limit = min(int(parameters.get("limit", "200")), PAGE_MAX)
        statement = "SELECT * FROM _deliveries WHERE id > ? ORDER BY id LIMIT ?"
        rows = self._world.database.all(statement, (int(parameters.get("after", "0")), limit))
        shown = {"subscriptions": self._world.database.all(SUBSCRIPTIONS), "deliveries": [self._shown(row) for row in rows]}
        return 200, {**shown, "next": rows[-1]["id"] if len(rows) == limit else None}

    def _shown(self, row: Row) -> Row:
        attempts = self._world.database.all(
            "SELECT at_ms, status, text, took_ms FROM _attempts WHERE delivery = ? ORDER BY rowid", (row["id"],)
        )
        return {**row, "created": iso(row["created_ms"]), "next": iso(row["next_ms"]), "attempts": attempts}

    def _resend(self, _: Request, body: dict[str, Any]) -> Answer:
        """Send a notification again, byte for byte, or `tampered` with: as one who replays or forges would."""
        row = self._world.database.one("SELECT * FROM _deliveries WHERE id = ?", (int(body["id"]),))
        if row is None:
            return 404, {"error": "there is no such delivery"}
        key = row["body"].split('"Key":"')[1][:36]
        text = tampered(row["body"], key) if body.get("tampered") else row["body"]
        subscription = {"ID": row["subscription"], "ClientID": row["client_id"], "Division": row["division"]}
        enqueue(self._world, {**subscription, "Topic": row["topic"], "CallbackURL": row["url"]}, text, self._world.clock.now_ms())
        return 201, {"sent_again": row["id"]}
