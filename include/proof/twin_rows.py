"""One row of the simulated outbox, and the words of the outbox that it turns into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from include.outbox.model import Cause, Draft, Key, Method, Mutation
from include.outbox.states import State

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def moment(seconds: float) -> datetime:
    """Virtual seconds as a moment."""
    return BEGINNING + timedelta(seconds=seconds)


def seconds_of(at: datetime) -> float:
    return (at - BEGINNING).total_seconds()


@dataclass(slots=True)
class Row:
    """A row of the table `mutation`, as the twin keeps it."""

    mutation_id: int
    key: Key
    token: str
    administration: str
    division: int
    endpoint: str
    business_entity: str
    your_ref: str
    state: State
    source_version: str
    source_changed_at: datetime
    payload: str | None
    look: Mapping[str, str]
    subjects: frozenset[str]
    amount_net: Decimal | None
    cause: Cause | None
    waits_for: int | None
    actor: str
    mapped_with: str = ""
    payload_version: int = 1
    attempt: int = 0
    may_have_left: bool = False
    asked: bool = False
    owner: str = ""
    sent_at: float | None = None
    not_before: float = 0.0
    looks: int = 0
    next_look_at: float | None = None
    resends: int = 0
    unrecognised: str | None = None
    exact_id: UUID | None = None
    late_by_s: float | None = None
    posted_at: float | None = None
    method: Method = Method.POST
    target_id: UUID | None = None
    undoes: int | None = None
    because: str = ""

    def mutation(self) -> Mutation:
        return Mutation(
            self.mutation_id,
            self.key,
            self.administration,
            self.division,
            self.endpoint,
            self.state,
            self.source_version,
            self.source_changed_at,
            self.token,
            self.your_ref,
            self.payload,
            self.payload_version,
            self.look,
            self.subjects,
            self.attempt,
            self.may_have_left,
            moment(self.sent_at) if self.sent_at is not None else None,
            self.looks,
            self.resends,
            self.cause,
            self.unrecognised,
            self.exact_id,
            self.mapped_with,
            self.method,
            self.target_id,
            None,
            self.because,
        )

    def take_over(self, draft: Draft, by: str, *, asked: bool) -> None:
        """A newer version of the source, or an operator's retry."""
        self.administration = draft.administration
        self.endpoint = draft.endpoint
        self.source_version = draft.source_version
        self.mapped_with = draft.mapped_with
        self.source_changed_at = draft.source_changed_at
        self.payload = draft.payload
        self.look = draft.look
        self.subjects = draft.subjects
        self.amount_net = draft.amount_net
        self.payload_version += 1
        self.cause = draft.cause
        self.not_before = 0.0
        self.resends = 0
        self.asked = asked
        self.exact_id = self.exact_id or draft.adopts
        self.actor = by


def row_of(mutation_id: int, draft: Draft, named: tuple[int | None, int | None], by: str) -> Row:
    """The row of a new mutation; `named`: the mutation that it waits for, and the one that it undoes."""
    return Row(
        mutation_id=mutation_id,
        key=draft.key,
        token=draft.key.token,
        administration=draft.administration,
        division=draft.division,
        endpoint=draft.endpoint,
        business_entity=draft.business_entity,
        your_ref=draft.your_ref,
        state=draft.state,
        source_version=draft.source_version,
        source_changed_at=draft.source_changed_at,
        payload=draft.payload,
        look=draft.look,
        subjects=draft.subjects,
        amount_net=draft.amount_net,
        cause=draft.cause,
        waits_for=named[0],
        actor=by,
        mapped_with=draft.mapped_with,
        method=draft.method,
        target_id=draft.target_id,
        undoes=named[1],
        because=draft.because,
        exact_id=draft.adopts,
    )


@dataclass(frozen=True)
class Event:
    """One transition, with the moment and who made it."""

    mutation_id: int
    at: float
    before: State | None
    after: State
    attempt: int
    actor: str
    note: str = ""


@dataclass(slots=True)
class Case:
    """An open case of attention; `parks` is the subject that nothing may need while it is open."""

    administration: str
    cause: Cause
    parks: str | None = None
