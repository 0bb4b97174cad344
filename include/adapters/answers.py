"""From a reply of Exact to the outbox's own words: an answer to sort, and a receipt of the call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from include.errors import RetryableError
from include.exact.catalogue import recognise
from include.exact.documents import DocumentKind
from include.exact.limits import limits_of
from include.exact.odata import error_text, parsed, rows_of
from include.exact.transport import Reply
from include.outbox.classify import Answer, KnownCause
from include.outbox.ports import Limits, Permit, Receipt

COUNTED_ERRORS = frozenset({400, 401, 403, 404})
PAUSE_AT_UNKNOWN_LIMIT_S = 61.0
FAR_RESET_S = 3600.0
TOO_MANY_REQUESTS = 429
TOO_LATE = "too_late"


def answer_of(reply: Reply, kind: DocumentKind, *, to_change: bool = False) -> Answer:
    """What the outbox needs to know of a reply to a POST or, `to_change`, to a PUT or a DELETE."""
    content = _content(reply)
    text = error_text(content)
    known = recognise(text) if text is not None and reply.status == 500 else None
    wait_s = _pause_s(reply)
    return Answer(
        # An answer settles the matter, even one that our own client gave in Exact's place.
        left=reply.left or reply.status is not None,
        # A success that broke off is none: nobody knows what it said.
        status=None if reply.failure and reply.status in {200, 201} else reply.status,
        exact_id=None if to_change else _id(content, kind.id_field),
        error=text,
        known_cause=KnownCause(known.code, known.subject_kind) if known else None,
        reason=reply.failure or reply.headers.get("Reason", ""),
        wait_s=wait_s if reply.status == TOO_MANY_REQUESTS else None,
        for_today=reply.status == TOO_MANY_REQUESTS and wait_s is not None and wait_s > FAR_RESET_S,
        to_change=to_change,
    )


def receipt_of(reply: Reply, permit: Permit, method: str, endpoint: str) -> Receipt:
    """What is noted about a call, whatever became of it."""
    seen = limits_of(reply.headers)
    return Receipt(
        permit=permit,
        method=method,
        endpoint=endpoint,
        status=reply.status,
        seconds=reply.seconds,
        answer_class="answered" if reply.status is not None else reply.failure,
        counted_error=reply.status in COUNTED_ERRORS,
        limits=Limits(
            minute_limit=seen.minute_limit,
            minute_remaining=seen.minute_remaining,
            minute_reset_s=seen.minute_reset_s,
            minute_window=seen.minute_reset_ms,
            day_limit=seen.day_limit,
            day_remaining=seen.day_remaining,
            day_reset_s=seen.day_reset_s,
            day_window=seen.day_reset_ms,
        ),
        pause_s=_pause_s(reply) if reply.status == TOO_MANY_REQUESTS else None,
        tried=reply.failure != TOO_LATE,
    )


def _pause_s(reply: Reply) -> float | None:
    exhausted_s = limits_of(reply.headers).exhausted_for_s
    if reply.status == TOO_MANY_REQUESTS and exhausted_s is None:
        return PAUSE_AT_UNKNOWN_LIMIT_S
    return exhausted_s


def _content(reply: Reply) -> Any:
    try:
        return parsed(reply.body) if reply.body and not reply.failure else None
    except RetryableError:
        return None


def _id(content: Any, field: str) -> UUID | None:
    try:
        rows, _ = rows_of(content)
        return UUID(str(rows[0][field]))
    except (RetryableError, KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None
