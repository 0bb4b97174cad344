"""What stands in the books and is not wanted so any more: credited in full, and booked anew as the shop has it now."""

from __future__ import annotations

import logging

from include.adapters.drafts import SALE, SOURCE
from include.errors import SetupError
from include.feeds import drafts_by_number
from include.outbox.changes import REVERSAL, beside
from include.outbox.model import Cause, Draft, Method, Mutation, Tally
from include.outbox.states import State
from include.run import Run

log = logging.getLogger(__name__)

CREDITED_INSTEAD = Cause("credited_instead")


def credit_and_rebook(run: Run, number: str, by: str) -> Tally:
    """Credit the document of an order in full, then book what the shop says now: nothing, when it was cancelled there.

    Raises `SetupError` when no document stands in Exact, or when nothing of the order waits for this.
    """
    family = run.outbox.store.family(SOURCE, [number])
    documents = [each for each in family if each.key.effect == SALE and each.state is State.POSTED]
    waiting = [each for each in family if each.state is State.DEAD_LETTER]
    if not documents:
        raise SetupError("nothing_to_credit", number, cure="no document of this order stands in Exact: exactly trace tells its story")
    if not waiting:
        raise SetupError("as_the_shop_says", number, cure="nothing of this order waits for a decision: what is in Exact stays")
    tally = run.outbox.plan([run.changes.reversal(documents[-1], beside(documents[-1].key, REVERSAL))])
    _settle_waiting(run, waiting, by)
    return tally + run.outbox.drain(only=run.outbox.store.ids_of(SOURCE, [number]))


def credit_cancelled(run: Run) -> Tally:
    """Credit what the shop cancelled when its draft had been processed meanwhile, so that it could not be deleted any more."""
    tally: Tally = Tally()
    for deletion in run.outbox.store.too_late_to_delete(run.administration.division):
        log.info("%s was cancelled after its invoice was processed: it is credited", deletion.your_ref)
        tally += credit_and_rebook(run, deletion.key.source_id, run.owner)
    return tally


def _settle_waiting(run: Run, waiting: list[Mutation], by: str) -> None:
    """The deletion is not wanted any more, and the newer document is booked after the credit."""
    drafts = {str(draft.key): draft for draft in drafts_by_number(run, sorted({each.key.source_id for each in waiting}))}
    for record in waiting:
        draft = _instead(record) if record.method is Method.DELETE else drafts.get(str(record.key))
        if draft is not None:
            run.outbox.store.replan(record, draft, by)


def _instead(deletion: Mutation) -> Draft:
    return Draft(
        key=deletion.key,
        administration=deletion.administration,
        division=deletion.division,
        flow="orders_to_invoices",
        endpoint=deletion.endpoint,
        source_day=deletion.source_changed_at.date(),
        source_version=deletion.source_version,
        source_changed_at=deletion.source_changed_at,
        your_ref=deletion.your_ref,
        method=Method.DELETE,
        cause=CREDITED_INSTEAD,
        dismissed=True,
    )
