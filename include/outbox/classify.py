"""Sorting Exact's answers to a change: one pure function, in the order of the table in the outbox's design.

Sources: FACTS 2.5 (429), 3.14 (201 and the body), 3.15 (error body), 3.16 (status codes).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from include.outbox.model import Cause

NOT_PROCESSED = frozenset({401, 429})
CHANGED = frozenset({200, 204})
REFUSED = frozenset({400, 409, 413, 415, 422})
SET_UP = frozenset({403, 404})


class Verdict(StrEnum):
    """What an answer means for the mutation."""

    POSTED = "posted"
    NOT_PROCESSED = "not_processed"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    SET_UP = "set_up"
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True)
class Answer:
    """What came back from Exact, in the outbox's own words.

    `left`: bytes of the request may have reached Exact. `status` is None when no answer came. `error` is the OData error text.
    `known_cause`: the code that the catalogue of 500s knows for that text, with the kind of subject that it speaks of.
    `to_change`: it answers a change or a deletion, which brings no id and may be repeated.
    `wait_s`: seconds until the exhausted limit is free again; `for_today`: it is the limit of the day.
    """

    left: bool = True
    status: int | None = None
    exact_id: UUID | None = None
    error: str | None = None
    known_cause: KnownCause | None = None
    reason: str = ""
    wait_s: float | None = None
    for_today: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    to_change: bool = False


@dataclass(frozen=True)
class KnownCause:
    """A refusal that the catalogue knows: our code, and which of the mutation's subjects (`account`, `gl_account`, …) it is about."""

    code: str
    subject_kind: str = ""


def classify(answer: Answer) -> Verdict:
    """Say what an answer to a change means. What is not surely one thing or the other is `UNKNOWN`.

    A record that is not there to be changed (404) was there a moment ago: the look will tell.
    """
    if not answer.left or answer.status in NOT_PROCESSED:
        return Verdict.NOT_PROCESSED
    if (answer.status in {200, 201} and answer.exact_id is not None) or (answer.to_change and answer.status in CHANGED):
        return Verdict.POSTED
    if answer.status in REFUSED:
        return Verdict.REFUSED
    if answer.status in SET_UP and not (answer.to_change and answer.status == 404):
        return Verdict.SET_UP
    if answer.status == 500 and answer.error is not None:
        return Verdict.REFUSED if answer.known_cause else Verdict.UNRECOGNISED
    return Verdict.UNKNOWN


def refusal(answer: Answer, subjects: frozenset[str], your_ref: str) -> Cause:
    """The cause of a refused mutation; its subject is the one that the refusal speaks of, else the record itself."""
    facts = {"answer": str(answer.status), **({"text": answer.error} if answer.error else {})}
    if answer.known_cause is None:
        return Cause("payload_refused", your_ref, facts)
    kind = answer.known_cause.subject_kind
    named = sorted(subject.partition(":")[2] for subject in subjects if kind and subject.startswith(f"{kind}:"))
    return Cause(answer.known_cause.code, ",".join(named[:3]) if named else your_ref, facts)
