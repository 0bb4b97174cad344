"""From rows to the outbox's words and back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from include.outbox.model import Cause, Draft, Key, Method, Mutation
from include.outbox.states import State
from include.store.database import Row


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot hold: NUL, and half of a character that somebody's limit cut in two."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def json_of(content: Mapping[str, Any]) -> Jsonb:
    """Content as JSON that PostgreSQL can hold, whatever Exact put into it."""
    return Jsonb(_storable(dict(content)))


def _storable(value: Any) -> Any:
    match value:
        case str():
            return storable(value)
        case dict():
            return {storable(str(name)): _storable(each) for name, each in value.items()}
        case list() | tuple():
            return [_storable(each) for each in value]
    return value


def mutation_of(row: Row) -> Mutation:
    """The mutation that a row of `mutation` holds."""
    return Mutation(
        mutation_id=row["mutation_id"],
        key=Key(row["source_system"], row["source_id"], row["effect"], row["effect_number"], row["key_division"]),
        administration=row["administration"],
        division=row["division"],
        endpoint=row["endpoint"],
        state=State(row["state"]),
        source_version=row["source_version"],
        source_changed_at=row["source_changed_at"],
        token=row["token"],
        your_ref=row["your_ref"],
        payload=row["payload"],
        payload_version=row["payload_version"],
        look=row["look"],
        subjects=frozenset(row["subjects"]),
        attempt=row["attempt"],
        may_have_left=row["may_have_left"],
        sent_at=row["sent_at"],
        looks=row["looks"],
        resends=row["resends"],
        cause=Cause(row["cause_code"], row["cause_subject"], row["cause_facts"]) if row["cause_code"] else None,
        unrecognised=row["unrecognised"],
        exact_id=row["exact_id"],
        mapped_with=row["mapped_with"],
        method=Method(row["method"]),
        target_id=row["target_id"],
        because=row["because"],
        currency=row["currency"],
        amount_net=row["amount_net"],
        vat={code: Decimal(amount) for code, amount in row["vat"].items()},
    )


def key_columns(key: Key) -> dict[str, Any]:
    return {
        "source_system": key.source_system,
        "source_id": key.source_id,
        "effect": key.effect,
        "effect_number": key.effect_number,
        "key_division": key.division,
    }


def _total(draft: Draft) -> Decimal | None:
    return sum(draft.vat.values(), draft.amount_net) if draft.amount_net is not None else None


def draft_columns(draft: Draft) -> dict[str, Any]:
    """The columns of a draft that a newer version replaces."""
    cause = draft.cause
    return {
        "administration": draft.administration,
        "flow": draft.flow,
        "endpoint": draft.endpoint,
        "source_day": draft.source_day,
        "source_version": draft.source_version,
        "mapped_with": draft.mapped_with,
        "source_changed_at": draft.source_changed_at,
        "payload": draft.payload,
        "payload_sha256": hashlib.sha256(draft.payload.encode()).hexdigest() if draft.payload is not None else None,
        "look": json_of(draft.look),
        "currency": draft.currency,
        "amount_net": draft.amount_net,
        "customer": draft.customer or None,
        "total": draft.total if draft.total is not None else _total(draft),
        "total_currency": draft.total_currency or draft.currency,
        "vat": json_of({code: str(amount) for code, amount in draft.vat.items()}),
        "subjects": sorted(draft.subjects),
        "state": draft.state.value,
        "cause_code": cause.code if cause else None,
        "cause_subject": cause.subject if cause else "",
        "cause_facts": json_of(cause.facts if cause else {}),
        "exact_id": draft.adopts,
        "event_facts": json_of({"adopted": str(draft.adopts)} if draft.adopts else {}),
    }
