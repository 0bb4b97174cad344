"""What the outbox remembers: keys, drafts of mutations, mutations, causes, outcomes, and the counts of a run."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from include.outbox.states import State

Tally = Counter[str]
TOKEN_CHARACTERS = 12


class Method(StrEnum):
    """How a mutation changes Exact: it makes a record, or changes or deletes one that stands there.

    To repeat a change or a deletion is harmless, once it is known that the record is still the one that was meant.
    """

    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"


@dataclass(frozen=True)
class Key:
    """What makes an effect unique, for ever.

    Neither division nor target nor flow is in the key of a document, so that no re-routing books it again;
    only master data carries a division.
    """

    source_system: str
    source_id: str
    effect: str
    effect_number: int = 1
    division: int = 0

    def __str__(self) -> str:
        text = f"{self.source_system}/{self.source_id}/{self.effect}/{self.effect_number}"
        return f"{text}@{self.division}" if self.division else text

    @property
    def token(self) -> str:
        """Twelve base32 characters that find the document again in Exact: 60 bits, so that a million documents do not collide."""
        return base64.b32encode(hashlib.sha256(str(self).encode()).digest()).decode()[:TOKEN_CHARACTERS]


@dataclass(frozen=True)
class Cause:
    """Why a record is a dead letter or was dismissed: a stable code of ours, and the subject that records with one cause share."""

    code: str
    subject: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}:{self.subject}" if self.subject else self.code


@dataclass(frozen=True)
class Draft:
    """What a flow wants done about one source record: a payload to send, or the cause why there is none.

    `look` holds the terms beside the token that the endpoint wants in a filter; amounts are in `currency`, excluding VAT.
    `mapped_with` is the fingerprint of the configuration that the payload was made with.
    `target_id` is the record in Exact that a change is about. A deletion names the effect that it `undoes` instead: its document goes as
    long as it is the one that we wrote, and the effect is dismissed, `because` of this cause.
    `adopts` is the record that stands in Exact already and is taken as this effect's own: nothing is sent.
    What waits for a mutation whose outcome it needs, such as the id of a new relation, is planned without payload and mapped again later.
    For people who look for it, whether it could be mapped or not: the source's number of the `customer`, and the `total` including VAT in
    `total_currency`, which a credit gives back and is negative for.
    """

    key: Key
    administration: str
    division: int
    flow: str
    endpoint: str
    source_day: date
    source_version: str
    source_changed_at: datetime
    your_ref: str
    payload: str | None = None
    look: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    amount_net: Decimal | None = None
    vat: Mapping[str, Decimal] = field(default_factory=dict)
    subjects: frozenset[str] = frozenset()
    cause: Cause | None = None
    dismissed: bool = False
    waits_for: Key | None = None
    mapped_with: str = ""
    method: Method = Method.POST
    target_id: UUID | None = None
    undoes: Key | None = None
    because: str = ""
    adopts: UUID | None = None
    customer: str = ""
    total: Decimal | None = None
    total_currency: str = ""

    @property
    def state(self) -> State:
        if self.cause is None:
            return State.POSTED if self.adopts else State.PLANNED
        return State.DISMISSED if self.dismissed else State.DEAD_LETTER

    @property
    def business_entity(self) -> str:
        return f"{self.key.source_system}/{self.key.source_id}"


@dataclass(frozen=True)
class Mutation:
    """A change in Exact as the store holds it. `attempt` counts claims; `may_have_left`: an earlier attempt may have reached Exact.

    `target_id`: the record that is changed or deleted. `written`: the payload of the document that is to be deleted, as we wrote it.
    """

    mutation_id: int
    key: Key
    administration: str
    division: int
    endpoint: str
    state: State
    source_version: str
    source_changed_at: datetime
    token: str
    your_ref: str
    payload: str | None
    payload_version: int
    look: Mapping[str, str]
    subjects: frozenset[str]
    attempt: int
    may_have_left: bool
    sent_at: datetime | None
    looks: int
    resends: int
    cause: Cause | None = None
    unrecognised: str | None = None
    exact_id: UUID | None = None
    mapped_with: str = ""
    method: Method = Method.POST
    target_id: UUID | None = None
    written: str | None = None
    because: str = ""
    currency: str | None = None
    amount_net: Decimal | None = None
    vat: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How an attempt or a look ended, as the store writes it.

    `not_before_s` and `next_look_s` are seconds from now; `resend` counts one more sending after an unknown outcome.
    """

    state: State
    cause: Cause | None = None
    exact_id: UUID | None = None
    exact_number: str | None = None
    not_before_s: float = 0.0
    next_look_s: float | None = None
    may_have_left: bool = False
    resend: bool = False
    unrecognised: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What a look brought: the document with our token and our reference, or that a change is made already, then without `exact_id`.

    `objection`: why the change must not be made any more.
    """

    exact_id: UUID | None = None
    number: str | None = None
    objection: Cause | None = None


@dataclass(frozen=True)
class Cursor:
    """How far a flow has read its source for an administration: moved in the transaction that stores what was read."""

    flow: str
    administration: str
    changed_at: datetime
