"""Returns of the webshop become credit invoices or negative sales entries in Exact."""

from __future__ import annotations

import logging

from include.adapters.credits import Return
from include.adapters.signs import Signs
from include.errors import RetryableError
from include.feeds import Feed, asked_for, is_off, plan_again, plan_news, returns_feed, told
from include.outbox.model import Tally
from include.run import Run

log = logging.getLogger(__name__)

VISIBLE_AFTER_S = 60.0


def credit_returns(run: Run) -> Tally:
    """Plan a credit for each return that changed, send what is planned, and read back that Exact took each one as a credit."""
    if is_off(run):
        return Tally()
    returns, signs = returns_feed(run), Signs(run.credits, run.exact, run.administration, run.administration.quarantine_s)
    if run.dry_run:
        return told(run, plan_news(run, returns))
    # Before anything is planned, so that no other flow sends what has to wait for the proof.
    proven = signs.is_proven()
    tally = plan_news(run, returns)
    tally += plan_again(run, returns)
    tally += _plan_stuck(run, returns)
    signs.read_back()
    if not proven:
        tally += _send_first(run, signs)
    tally += run.outbox.drain(only=_sendable(run))
    signs.read_back()
    return told(run, tally)


def _plan_stuck(run: Run, returns: Feed[Return]) -> Tally:
    """What ended with its sale follows it when the sale stands otherwise by now."""
    stuck = {str(credit.key): credit for credit in run.credits.stuck()}
    drafts = returns.again(returns.by_number([credit.key.source_id for credit in stuck.values()])) if stuck else []
    freed = [draft for draft in drafts if str(draft.key) in stuck and run.outbox.store.replan(stuck[str(draft.key)], draft, run.owner)]
    return Tally(f"freed_{draft.state}" for draft in freed)


def _send_first(run: Run, signs: Signs) -> Tally:
    """Send one credit after the other until one is posted and read back: which sign Exact wants shows only when a credit stands in it."""
    tally: Tally = Tally()
    for mutation_id in sorted(_sendable(run)):
        tally += run.outbox.drain(only=frozenset({mutation_id}))
        if tally["posted"]:
            signs.read_back()
            if not signs.is_proven():
                raise RetryableError("the first credit is not to be seen in Exact yet", retry_after_s=VISIBLE_AFTER_S)
            return tally
    return tally


def _sendable(run: Run) -> frozenset[int]:
    asked = asked_for(run)
    planned = frozenset(run.credits.planned())
    return planned if asked is None else planned & asked
