"""One factor for every duration: what the rooms below the outbox hold as constants is divided in a fleet's processes too.

`Times` has the durations of the outbox itself. A process of the fleet is forked for its work alone: nobody else sees its constants change.
"""

from __future__ import annotations

from collections.abc import Mapping

from include.adapters import answers, wire
from include.exact import client, limits, odata
from include.store import chain, database

# Waits that Exact or another worker of ours is the reason for.
SCALED: tuple[tuple[object, str], ...] = (
    (answers, "PAUSE_AT_UNKNOWN_LIMIT_S"),
    (answers, "FAR_RESET_S"),
    (wire, "NO_LOOK_AGAIN_S"),
    (client, "AGAIN_S"),
    (client, "READ_PAUSE_S"),
    (client, "PAUSE_AT_UNKNOWN_LIMIT_S"),
    (limits, "DATE_PRECISION_S"),
    (odata, "_BROKEN_AGAIN_S"),
    (database, "AWAY_RETRY_S"),
    (database, "IDLE_IN_TRANSACTION_S"),
    (chain, "LONGEST_WAIT_S"),
    (chain, "AGAIN_S"),
)
# What stays as it is, and why: PostgreSQL, a day and the network are no faster here.
UNSCALED: Mapping[str, str] = {
    "include.exact.limits.LONGEST_S": "a bound on what a header may say",
    "include.exact.transport.CONNECT_S": "the deadline of the whole call is shorter",
    "include.store.database.KEEP_TRYING_S": "PostgreSQL takes its time to come back",
    "include.store.database.CONNECT_TIMEOUT_S": "PostgreSQL takes its time to come back",
    "include.store.chain.KEEP_TRYING_TO_SAVE_S": "PostgreSQL takes its time to come back",
    "include.store.migrate.CONNECT_TIMEOUT_S": "before the fleet starts",
    "include.store.cases.GRACE_S": "cases are no part of a fleet",
    "include.store.cases.REMEMBERED_S": "cases are no part of a fleet",
    "include.store.cases.HOLD_PATIENCE_S": "cases are no part of a fleet",
    "include.store.reconciliation.VISIBLE_S": "the night's comparison is no part of a fleet",
    "include.store.reconciliation.UNREAD_S": "the night's comparison is no part of a fleet",
    "include.store.retries.GRACE_S": "cases are no part of a fleet",
    "include.store.retries.REST_AT_LEAST_S": "cases are no part of a fleet",
}


def divide_constants(time_scale: float) -> None:
    """Divide them in this process; once."""
    for module, name in SCALED:
        setattr(module, name, getattr(module, name) / time_scale)
