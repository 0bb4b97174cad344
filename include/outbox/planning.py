"""What a draft does to the mutation that its key already has: supersede it, dismiss it, or nothing."""

from __future__ import annotations

from include.outbox.model import Cause, Draft, Method, Mutation
from include.outbox.states import State

NEVER_SENT = frozenset({State.PLANNED, State.DEAD_LETTER})
# What the source or a rule dismissed follows its source; what a person dismissed stays so.
DISMISSED_BY_SOURCE = frozenset({"cancelled_in_source", "not_a_sale", "as_booked", "all_taken_back", "taken_from_draft", "sale_dismissed"})


def replanned(existing: Mutation, draft: Draft) -> Draft | None:
    """Return the draft that replaces `existing`, or None when nothing is to be done.

    Only what surely never left follows its source, and what is only planned its configuration too; the division stays the one of the first
    planning, and another route is a dead letter.
    """
    if (
        not (existing.state in NEVER_SENT or is_dismissed_by_source(existing))
        or existing.exact_id is not None
        or existing.may_have_left
        or _refused_by_exact(existing)
    ):
        return None
    if existing.division != draft.division:
        return None if _is_routed_elsewhere(existing) else _routed_elsewhere(existing, draft)
    if draft.source_changed_at < existing.source_changed_at:
        return None
    return draft if draft.source_version != existing.source_version or _mapped_otherwise(existing, draft) else None


def _mapped_otherwise(existing: Mutation, draft: Draft) -> bool:
    """With another configuration, or not at all yet: what waited for an outcome that is known now."""
    waited = existing.payload is None and existing.method is Method.POST and (draft.payload is not None or draft.cause is not None)
    return existing.state is State.PLANNED and (existing.mapped_with != draft.mapped_with or waited)


def is_dismissed_by_source(existing: Mutation) -> bool:
    """Tell whether the source, or a rule, dismissed it, and no person."""
    return existing.state is State.DISMISSED and existing.cause is not None and existing.cause.code in DISMISSED_BY_SOURCE


def _refused_by_exact(existing: Mutation) -> bool:
    return existing.state is State.DEAD_LETTER and existing.attempt > 0


def _is_routed_elsewhere(existing: Mutation) -> bool:
    return existing.cause is not None and existing.cause.code == "routed_elsewhere"


def _routed_elsewhere(existing: Mutation, draft: Draft) -> Draft:
    return Draft(
        key=existing.key,
        administration=existing.administration,
        division=existing.division,
        flow=draft.flow,
        endpoint=existing.endpoint,
        source_day=draft.source_day,
        source_version=draft.source_version,
        source_changed_at=draft.source_changed_at,
        your_ref=existing.your_ref,
        cause=Cause("routed_elsewhere", draft.administration, {"planned_for": existing.administration}),
    )
