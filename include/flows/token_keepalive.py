"""An idle chain dies after thirty days: use it well before."""

from __future__ import annotations

from include.outbox.model import Tally
from include.run import Run

# Thirty days is Exact's limit (FACTS 1.8); a week leaves time for somebody to notice that this Dag stands still.
IDLE_DAYS_MAX = 7.0


def keep_alive(run: Run) -> Tally:
    """Refresh the connection's chain when nobody used it for a week."""
    return Tally({"refreshed": int(run.chain.keep_alive(idle_days_max=IDLE_DAYS_MAX))})
