"""Subscribing to notifications: topic, address, and the handshake that the address has to pass (FACTS 5.1–5.4)."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from include.sandbox.answers import ApiError, BadRequestError
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.database import Row
from include.sandbox.payload import Payload, read_json
from include.sandbox.texts import problem
from include.sandbox.webhook_events import arm
from include.sandbox.webhook_topics import INSTANT, TOPICS, is_allowed
from include.sandbox.webhook_wire import post
from include.sandbox.world import World

SUBSCRIPTIONS = "webhooks/WebhookSubscriptions"
TABLE = "webhook_subscriptions"
HANDSHAKE_S = 10.0


async def shake_hands(world: World, client_id: str, division: int, body: bytes) -> None:
    """Post an empty body to the address that a subscription names, if it is one that would be taken otherwise."""
    try:
        values = read_json(body)
    except BadRequestError:
        return
    url, topic = values.get("CallbackURL"), values.get("Topic")
    if not isinstance(url, str) or not isinstance(topic, str) or topic not in TOPICS:
        return
    if may_go_to(world, client_id, url) and not _exists(world, client_id, division, topic):
        reply = await post(url, b"", timeout_s=HANDSHAKE_S)
        world.callbacks[url] = "" if reply.is_taken else f"{reply.status} {reply.text}" if reply.status else reply.text


def may_go_to(world: World, client_id: str, url: str) -> bool:
    """Tell whether notifications of an application may go to an address."""
    uris = json.loads(world.database.scalar("SELECT redirect_uris FROM _applications WHERE client_id = ?", (client_id,)) or "[]")
    return is_allowed(url, uris, loopback=world.switches.webhook_loopback)


def post_subscription(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write a subscription whose address has answered, and return it. Raises `ValidationError`."""
    world, values = keeper.world, payload.values
    client_id = keeper.client_id or ""
    for name in ("CallbackURL", "Topic"):
        if not values.get(name):
            keeper.complain("mandatory", name)
    keeper.refuse_if_any()
    _check(keeper, client_id, values)
    keeper.refuse_if_any()
    problem_there = world.callbacks.pop(values["CallbackURL"], "ConnectFailure")
    if problem_there:
        keeper.complain("callback_refused", problem_there)
    keeper.refuse_if_any()
    arm(world.database, world.catalogue, values["Topic"])
    user = world.database.find("users", UserID=keeper.user_id) or {}
    own: Row = {"ID": world.new_id(), "ClientID": client_id, "UserID": keeper.user_id, "CreatorFullName": user.get("FullName")}
    row = keeper.stamped({"Description": None, "IsInstant": False, **values, **own})
    world.database.insert(TABLE, row)
    return row


def _check(keeper: Bookkeeper, client_id: str, values: dict[str, Any]) -> None:
    if values["Topic"] not in TOPICS:
        keeper.complain("invalid", "Topic")
    elif _exists(keeper.world, client_id, keeper.division, values["Topic"]):
        keeper.complain("already_exists")
    if values.get("IsInstant") and values["Topic"] != INSTANT:
        keeper.complain("invalid", "IsInstant")
    if not may_go_to(keeper.world, client_id, values["CallbackURL"]):
        keeper.complain("invalid", "CallbackURL")


def _exists(world: World, client_id: str, division: int, topic: str) -> bool:
    return world.database.find(TABLE, ClientID=client_id, Division=division, Topic=topic) is not None


def change_subscription(_: Bookkeeper, __: str, ___: Row) -> NoReturn:
    """Fail, as Exact does: subscriptions are deleted and made anew (FACTS 5.1)."""
    raise ApiError(problem())


def delete_subscription(keeper: Bookkeeper, key: str) -> None:
    """End a subscription; what is queued for it is given up."""
    keeper.world.database.run('DELETE FROM webhook_subscriptions WHERE "ID" = ?', (key,))
    keeper.world.database.run("UPDATE _deliveries SET state = 'dropped' WHERE subscription = ? AND state = 'pending'", (key,))
