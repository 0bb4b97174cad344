"""What nobody knows the outcome of is looked for in Exact until it is known."""

from __future__ import annotations

from include.administrations.model import Mode
from include.outbox.model import Tally
from include.run import Run


def settle(run: Run) -> Tally:
    """Take over what dead workers left, look for what is unknown, and send again what is surely absent."""
    if run.administration.mode is not Mode.BOOK:
        return Tally()
    return run.outbox.settle_unknown()
