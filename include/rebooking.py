"""What stands in the books and is not wanted so any more: credited in full, and booked anew as the shop has it now; and what somebody
deleted there, booked once more."""

from __future__ import annotations

import logging

from include.adapters.drafts import SALE, SOURCE
from include.errors import SetupError
from include.feeds import drafts_anew, drafts_by_number
from include.outbox.changes import REVERSAL, beside
from include.outbox.model import Cause, Draft, Method, Mutation, Tally
from include.outbox.states import State
from include.run import Run, require_booking
from include.store.retries import BOOK_AGAIN, Retry

log = logging.getLogger(__name__)

CREDITED_INSTEAD = Cause("credited_instead")
# Each is an errand of several calls, so that little is done twice when a worker is killed.
ONE = 1


def work_off_rebooking(run: Run, retry: Retry) -> tuple[Retry, Tally]:
    """Credit and book anew, or book once more, what somebody asked for. What cannot be done fails with its reason, and raises it."""
    retries, tally = run.cases.retries, Tally()
    act = book_again if retry.kind == BOOK_AGAIN else _rebook
    try:
        require_booking(run.administration)
        while found := retries.next_of(retry, at_most=ONE):
            for each in found:
                if each.record.state in {State.DEAD_LETTER, State.GONE}:
                    tally += act(run, each.record, retry.by)
            retry = retries.note(retry, {each.record.mutation_id for each in found})
    except SetupError as error:
        retries.finish(retry, "failed", str(error))
        raise
    return retries.finish(retry, "done"), tally


def _rebook(run: Run, record: Mutation, by: str) -> Tally:
    return credit_and_rebook(run, record.key.source_id, by)


def book_again(run: Run, record: Mutation, by: str) -> Tally:
    """Book once more what somebody deleted in Exact, as a new effect with what the shop says now, and send it.

    Raises `SetupError` when it was not deleted there, or when the shop wants none of it any more.
    """
    if record.state is not State.GONE:
        raise SetupError("not_deleted", record.your_ref, cure=f"it is {record.state.value}: only what was deleted in Exact is booked again")
    require_booking(run.administration)
    drafts = drafts_anew(run, record)
    again = next((draft for draft in drafts if draft.key.effect == record.key.effect), None)
    if again is None or again.dismissed:
        why = again.cause if again else "it is vanished, another administration's, or older than book_from"
        raise SetupError("not_wanted", record.your_ref, cure=f"the shop wants none of it any more ({why}): dismiss it with a reason")
    run.outbox.plan(drafts)
    run.cases.give_up(record, f"booked again as {again.key}", by)
    return run.outbox.drain(only=run.outbox.store.ids_of(record.key.source_system, [record.key.source_id]))


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
