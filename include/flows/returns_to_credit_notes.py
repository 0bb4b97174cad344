"""Returns of the webshop become credit invoices or negative sales entries in Exact."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from include.adapters.credits import Return
from include.adapters.drafts import SALE, SOURCE
from include.adapters.signs import Signs
from include.errors import RetryableError
from include.feeds import ORDERS, Feed, asked_for, is_off, plan_again, plan_news, returns_feed, told
from include.outbox.changes import AS_BOOKED, DELETION
from include.outbox.model import Cause, Draft, Method, Mutation, Tally
from include.outbox.planning import NEVER_SENT
from include.run import Run

log = logging.getLogger(__name__)

VISIBLE_AFTER_S = 60.0
EFFECTS = frozenset({SALE, f"{DELETION}{SALE}"})


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
    tally += _plan_stuck(run, returns, run.credits.stuck())
    tally += _plan_stuck(run, returns, _keep_drafts(run))
    signs.read_back()
    run.quota.announce()
    if not proven:
        tally += _send_first(run, signs)
    tally += run.outbox.drain(only=_sendable(run))
    tally += run.outbox.drain(only=run.credits.changed_drafts(run.window.order_numbers))
    signs.read_back()
    return told(run, tally)


def _plan_stuck(run: Run, returns: Feed[Return], ended: Sequence[Mutation]) -> Tally:
    """What ended with its sale, or in its draft, follows the sale when that stands otherwise by now."""
    stuck = {str(credit.key): credit for credit in ended}
    drafts = returns.again(returns.by_number([credit.key.source_id for credit in ended])) if ended else []
    freed = [draft for draft in drafts if str(draft.key) in stuck and run.outbox.store.replan(stuck[str(draft.key)], draft, run.owner)]
    # After that: a return whose draft nobody changes comes here again, a draft that is changed for no return would not.
    tally = run.outbox.plan(run.changes.revised([draft for draft in drafts if str(draft.key) not in stuck]))
    return tally + Tally(f"freed_{draft.state}" for draft in freed)


def _keep_drafts(run: Run) -> list[Mutation]:
    """Returns that came too late to change a draft, which was processed before it could be deleted: it is kept, and they are credited."""
    late = run.credits.not_taken()
    for credit in late:
        facts = credit.cause.facts if credit.cause else {}
        document = int(facts["document"])
        for each in run.outbox.store.family(SOURCE, [facts["sale"]]):
            number = document if each.method is Method.DELETE else document + 1
            if each.state in NEVER_SENT and each.key.effect in EFFECTS and each.key.effect_number == number:
                run.outbox.store.replan(each, _not_wanted(each), run.owner)
    return late


def _not_wanted(mutation: Mutation) -> Draft:
    """A deletion, or what was to come after it, that is not to happen any more."""
    return Draft(
        key=mutation.key,
        administration=mutation.administration,
        division=mutation.division,
        flow=ORDERS,
        endpoint=mutation.endpoint,
        source_day=mutation.source_changed_at.date(),
        source_version=mutation.source_version,
        source_changed_at=mutation.source_changed_at,
        your_ref=mutation.your_ref,
        method=mutation.method,
        cause=Cause(AS_BOOKED),
        dismissed=True,
    )


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
