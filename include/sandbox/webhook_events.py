"""What happens to rows that somebody subscribed to, noted by triggers and turned into signed notifications (FACTS 5.5–5.7)."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections import defaultdict
from dataclasses import dataclass

from include.sandbox import sql
from include.sandbox.catalogue import Catalogue
from include.sandbox.clock import iso, wall_ms
from include.sandbox.database import Database, Row
from include.sandbox.webhook_topics import TOPICS, Source, sources
from include.sandbox.world import World

SUBSCRIBED = 'EXISTS (SELECT 1 FROM webhook_subscriptions s WHERE s."Division" = {row}."Division" AND s."Topic" = \'{topic}\')'
TRIGGER = (
    'CREATE TRIGGER IF NOT EXISTS "{topic}_{table}_{verb}" AFTER {verb} ON "{table}" WHEN {when} BEGIN'
    " INSERT INTO _webhook_events (division, topic, key, action)"
    " VALUES ({row}.\"Division\", '{topic}', {row}.\"{key}\", '{action}'); END"
)
# A row that really changed has a higher timestamp; one that only moved with its division has not (FACTS 4.6).
CHANGED = 'OLD."Timestamp" > 0 AND NEW."Timestamp" > OLD."Timestamp" AND '


@dataclass(frozen=True)
class Event:
    """What happened to one row."""

    division: int
    topic: str
    key: str
    action: str


def arm(database: Database, catalogue: Catalogue, topic: str) -> None:
    """Have the database note what happens to the rows of a topic."""
    for source in sources(catalogue, topic):
        for verb, action, row in (("INSERT", "Create", "NEW"), ("UPDATE", "Update", "NEW"), ("DELETE", "Delete", "OLD")):
            kind = "" if source.kind is None else f'{row}."Type" = {source.kind} AND '
            when = (CHANGED if verb == "UPDATE" else "") + kind + SUBSCRIBED.format(row=row, topic=topic)
            database.run(_trigger(source, topic, verb, (action if source.is_whole else "Update", row, when)))


def _trigger(source: Source, topic: str, verb: str, what: tuple[str, str, str]) -> str:
    action, row, when = what
    return TRIGGER.format(topic=topic, table=source.table, verb=verb, when=when, row=row, key=source.key, action=action)


def take_events(database: Database) -> list[Event]:
    """Return what happened since the last look, one event per row, and forget it."""
    noted = database.all("SELECT division, topic, key, action FROM _webhook_events ORDER BY seq")
    if noted:
        database.run("DELETE FROM _webhook_events")
    actions: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    for row in noted:
        actions[row["division"], row["topic"], row["key"]].add(row["action"])
    return [Event(*about, _summed(seen)) for about, seen in actions.items()]


def _summed(actions: set[str]) -> str:
    """Return one action for all that a row went through in one call; rows that are written anew have changed."""
    if "Delete" in actions:
        return "Update" if "Create" in actions else "Delete"
    return "Create" if "Create" in actions else "Update"


class Notices:
    """Turns events into deliveries, with the losses, doubles, delays and forgeries that switches ask for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice = random.Random(f"{world.settings.seed_number}/webhooks")

    def collect(self) -> int:
        """Queue what is to be delivered; return how many notifications that are."""
        queued = 0
        for event in take_events(self._world.database):
            criteria = {"Division": event.division, "Topic": event.topic}
            for subscription in self._world.database.find_all("webhook_subscriptions", **criteria):
                queued += self._queue(subscription, self._body(subscription, event), event)
        return queued

    def _body(self, subscription: Row, event: Event) -> str:
        """Return the notification: its content byte for byte as it is signed, and the signature."""
        now = wall_ms(self._world.clock.now_ms())
        content = {
            "Topic": event.topic,
            "ClientId": subscription["ClientID"],
            "Division": event.division,
            "Action": event.action,
            "Key": event.key,
            "ExactOnlineEndpoint": f"{self._world.base_url}/api/v1/{event.division}/{TOPICS[event.topic]}(guid'{event.key}')",
            "EventCreatedOn": (iso(now) or "").removesuffix("Z"),
        }
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        secret = self._world.database.scalar("SELECT webhook_secret FROM _applications WHERE client_id = ?", (subscription["ClientID"],))
        return signed(text, str(secret))

    def _queue(self, subscription: Row, body: str, event: Event) -> int:
        switches, clock = self._world.switches, self._world.clock
        if self._threw(switches.webhook_tamper_rate):
            body = tampered(body, event.key)
        due = clock.now_ms() + (clock.span_ms(switches.webhook_delay_s) if switches.webhook_delay_s else 0)
        if self._threw(switches.webhook_reorder_rate):
            due += clock.span_ms(switches.webhook_reorder_s)
        if self._threw(switches.webhook_loss_rate):
            return enqueue(self._world, subscription, body, due, state="lost")
        queued = enqueue(self._world, subscription, body, due)
        return queued + (enqueue(self._world, subscription, body, due) if self._threw(switches.webhook_duplicate_rate) else 0)

    def _threw(self, rate: float) -> bool:
        return rate > 0 and self._dice.random() < rate


def signed(content: str, secret: str) -> str:
    """Return a notification's body: uppercase hexadecimal HMAC-SHA256 over the content's bytes (FACTS 5.6)."""
    code = hmac.new(secret.encode("utf-8"), content.encode("utf-8"), hashlib.sha256).hexdigest().upper()
    return f'{{"Content":{content},"HashCode":"{code}"}}'


def tampered(body: str, key: str) -> str:
    """Return a notification that names another row under the old signature."""
    return body.replace(key, key[:-1] + ("0" if key[-1] != "0" else "1"))


def enqueue(world: World, subscription: Row, body: str, due_ms: int, *, state: str = "pending") -> int:
    """Add a delivery; return 1."""
    row = {
        "subscription": subscription["ID"],
        "client_id": subscription["ClientID"],
        "division": subscription["Division"],
        "topic": subscription["Topic"],
        "url": subscription["CallbackURL"],
        "body": body,
        "created_ms": world.clock.now_ms(),
        "next_ms": due_ms,
        "state": state,
    }
    world.database.run(sql.insert("_deliveries", row), row)
    return 1
