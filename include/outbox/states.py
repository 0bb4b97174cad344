"""The states of a mutation and the changes between them that are legal (drawn in README.md)."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a mutation stands."""

    PLANNED = "planned"
    SENDING = "sending"
    UNKNOWN = "unknown"
    POSTED = "posted"
    DEAD_LETTER = "dead_letter"
    DISMISSED = "dismissed"
    GONE = "gone"


FIRST_STATES = frozenset({State.PLANNED, State.DEAD_LETTER, State.DISMISSED})

# planned → planned is a newer version of the source, planned → posted a record that stands in Exact already and is taken,
# dead_letter → dead_letter another cause found when it was tried again,
# dismissed → … a source that is a sale after all: reopened, or given prices.
LEGAL = frozenset(
    {
        (State.PLANNED, State.PLANNED),
        (State.PLANNED, State.SENDING),
        (State.PLANNED, State.DEAD_LETTER),
        (State.PLANNED, State.DISMISSED),
        (State.PLANNED, State.POSTED),
        (State.SENDING, State.POSTED),
        (State.SENDING, State.DEAD_LETTER),
        (State.SENDING, State.PLANNED),
        (State.SENDING, State.UNKNOWN),
        (State.UNKNOWN, State.POSTED),
        (State.UNKNOWN, State.PLANNED),
        (State.UNKNOWN, State.DEAD_LETTER),
        (State.DEAD_LETTER, State.PLANNED),
        (State.DEAD_LETTER, State.POSTED),
        (State.DEAD_LETTER, State.DISMISSED),
        (State.DEAD_LETTER, State.UNKNOWN),
        (State.DEAD_LETTER, State.DEAD_LETTER),
        (State.DISMISSED, State.PLANNED),
        (State.DISMISSED, State.DEAD_LETTER),
        (State.DISMISSED, State.DISMISSED),
        (State.POSTED, State.GONE),
        (State.GONE, State.DISMISSED),
    }
)

SETTLED = frozenset({State.POSTED, State.DEAD_LETTER, State.DISMISSED, State.GONE})
UNKNOWN_OUTCOME = "unknown_outcome"


def legal(before: State | None, after: State, *, cause_before: str | None = None) -> bool:
    """Tell whether a mutation may go from `before` (None: it is new) to `after`.

    A dead letter whose outcome is unknown goes back to unknown, never to planned; only such a one does.
    """
    if before is None:
        return after in FIRST_STATES
    if before is State.DEAD_LETTER and after in {State.PLANNED, State.UNKNOWN}:
        return (after is State.UNKNOWN) == (cause_before == UNKNOWN_OUTCOME)
    return (before, after) in LEGAL
