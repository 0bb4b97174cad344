"""What becomes of a document in Exact when its source changed after it was sent.

A draft that is still as we wrote it is deleted and written anew, as two mutations in order: a change in place could alter neither relation
nor journal nor ledger accounts, and its lines would be calls of their own. What is in the books stays there: what the source cancels is
credited, what it changes waits for a person. Whether a draft is still ours is looked at when the deletion is sent, not here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from include.outbox.model import Cause, Draft, Key, Method, Mutation
from include.outbox.planning import NEVER_SENT, is_dismissed_by_source
from include.outbox.states import State

STANDS = frozenset({State.SENDING, State.UNKNOWN, State.POSTED})
DELETION, REVERSAL = "delete_", "reverse_"
REPLACED = "replaced"
AS_BOOKED = "as_booked"
DELETED = "deleted_in_exact"
CHANGED_AFTER_PROCESSING = "changed_after_processing"


@dataclass(frozen=True)
class Hands:
    """What the outbox cannot do by itself: give a draft another effect number, which its payload shows, and turn a document round.

    `drafts_stay_drafts`: the documents are drafts until somebody processes them, and may be deleted until then.
    """

    numbered: Callable[[Draft, int], Draft]
    reversed: Callable[[Mutation, Key], Draft]
    drafts_stay_drafts: bool


def revised(family: Sequence[Mutation], draft: Draft, hands: Hands) -> list[Draft]:
    """Return what is to be planned, in this order, so that Exact gets what the source says now.

    `family`: all effects of the source record, by number; `draft` is what a first document of it would be today.
    """
    effects = [each for each in family if each.key.effect == draft.key.effect]
    if not effects:
        return [draft]
    return _History(family, effects, draft, hands).revised()


def deletion_of(document: Mutation, because: str, like: Draft) -> Draft:
    """The draft of the mutation that deletes a document of ours; it waits until the document is known to be there."""
    return replace(
        _beside(document, DELETION, like), method=Method.DELETE, payload=None, undoes=document.key, because=because, waits_for=document.key
    )


def _stands(effect: Mutation) -> bool:
    """It is in Exact, or may be: what was found absent is still sent as it was written."""
    return effect.state in STANDS or (effect.state is State.PLANNED and effect.may_have_left)


def _may_come(effect: Mutation) -> bool:
    """An older effect that is in Exact, or may still get there: a newer one beside it would book the order twice."""
    return effect.state in STANDS or effect.state is State.PLANNED or (effect.state is State.DEAD_LETTER and effect.may_have_left)


def beside(key: Key, prefix: str) -> Key:
    """The key of what is done about an effect: its deletion, its reversal."""
    return replace(key, effect=f"{prefix}{key.effect}")


def _beside(document: Mutation, prefix: str, like: Draft) -> Draft:
    return replace(
        like,
        key=beside(document.key, prefix),
        administration=document.administration,
        division=document.division,
        endpoint=document.endpoint,
        your_ref=document.your_ref,
        amount_net=None,
        vat={},
        subjects=frozenset(),
        cause=None,
        dismissed=False,
    )


@dataclass(frozen=True)
class _History:
    family: Sequence[Mutation]
    effects: Sequence[Mutation]
    draft: Draft
    hands: Hands

    def revised(self) -> list[Draft]:
        last = self.effects[-1]
        if last.state is State.GONE or self._says_what_is_known(last):
            return []
        if last.division != self.draft.division:
            return self._elsewhere(last)
        if _stands(last):
            return self._after(last) if not self._is_undone(last) else self._anew(last.key.effect_number + 1, last)
        if last.state is State.DISMISSED and not is_dismissed_by_source(last):
            return self._after_a_persons_no(last)
        number = last.key.effect_number + (last.exact_id is not None)
        before = next((each for each in reversed(self.effects) if each.key.effect_number < number), None)
        if before is not None and _may_come(before) and not self._is_undone(before):
            return self._instead_of(before, number)
        return self._anew(number, before)

    def _says_what_is_known(self, last: Mutation) -> bool:
        """The version that is known already; what is only planned may be mapped anew, what was taken back may come again."""
        is_sent = last.state not in NEVER_SENT or _stands(last)
        return last.source_version == self.draft.source_version and is_sent and not self._is_undone(last)

    def _elsewhere(self, last: Mutation) -> list[Draft]:
        """The source sends it to another administration by now: a document that stands stays, and a person is asked."""
        number = last.key.effect_number + (last.state not in NEVER_SENT)
        if last.state in NEVER_SENT:
            return [self.hands.numbered(self.draft, number)]
        if last.state not in STANDS or self.draft.dismissed:
            return []
        cause = Cause("routed_elsewhere", self.draft.administration, {"planned_for": last.administration})
        asked = replace(self.hands.numbered(self.draft, number), payload=None, cause=cause)
        return [replace(asked, administration=last.administration, division=last.division, endpoint=last.endpoint)]

    def _after(self, document: Mutation) -> list[Draft]:
        """The last effect is a document that stands, or is on its way."""
        return self._instead_of(document, document.key.effect_number + 1)

    def _after_a_persons_no(self, last: Mutation) -> list[Draft]:
        """Somebody dismissed it: for good, unless an older document stands that has changed once more."""
        before = self.effects[-2] if len(self.effects) > 1 else None
        if before is None or not _may_come(before) or self._is_undone(before):
            return []
        return self._instead_of(before, last.key.effect_number + 1)

    def _instead_of(self, document: Mutation, number: int) -> list[Draft]:
        """What takes the place of a document that stands."""
        if self.draft.dismissed:
            return [*self._taken_back(document), *self._no_more(number)]
        if self._is_the_same(document):
            return [*self._kept(document, AS_BOOKED), *self._no_more(number, AS_BOOKED)]
        if self.draft.cause is not None:
            return [self.hands.numbered(self.draft, number)]
        if not self.hands.drafts_stay_drafts:
            cause = Cause(CHANGED_AFTER_PROCESSING, document.your_ref)
            return [replace(self.hands.numbered(self.draft, number), cause=cause)]
        deletion = deletion_of(document, REPLACED, self.draft)
        return [deletion, replace(self.hands.numbered(self.draft, number), waits_for=deletion.key)]

    def _taken_back(self, document: Mutation) -> list[Draft]:
        """The source wants none of it any more: a draft is deleted, what is in the books is credited."""
        if not self.hands.drafts_stay_drafts:
            return [self.hands.reversed(document, beside(document.key, REVERSAL))]
        return [deletion_of(document, self.draft.cause.code if self.draft.cause else REPLACED, self.draft)]

    def _kept(self, document: Mutation, because: str) -> list[Draft]:
        """A deletion that was planned is not wanted any more: the source says again what stands there, or somebody else deleted it."""
        planned = self._named(beside(document.key, DELETION))
        if planned is None or planned.state not in NEVER_SENT:
            return []
        return [replace(deletion_of(document, REPLACED, self.draft), cause=Cause(because), dismissed=True)]

    def _no_more(self, number: int, because: str = "") -> list[Draft]:
        """A newer document that was planned, but never sent, is not wanted any more."""
        known = self._named(replace(self.draft.key, effect_number=number))
        if known is None or known.state not in NEVER_SENT:
            return []
        cause = Cause(because) if because else self.draft.cause
        return [replace(self.hands.numbered(self.draft, number), payload=None, cause=cause, dismissed=True)]

    def _anew(self, number: int, before: Mutation | None) -> list[Draft]:
        """A document of its own; if the one before is being taken back, after that."""
        draft = self.hands.numbered(self.draft, number)
        if draft.dismissed and self._named(draft.key) is None:
            return []
        if before is None:
            return [draft]
        undoing = self._undoing(before)
        if before.state in STANDS and undoing is not None and undoing.state is not State.POSTED:
            return [replace(draft, waits_for=None if draft.cause is not None else undoing.key)]
        return [*self._kept(before, DELETED), draft]

    def _is_the_same(self, document: Mutation) -> bool:
        written = self.hands.numbered(self.draft, document.key.effect_number).payload
        return written is not None and written == document.payload and document.state is State.POSTED

    def _is_undone(self, document: Mutation) -> bool:
        """Its deletion or reversal is done, or on its way so that nothing stops it any more."""
        undoing = self._undoing(document)
        if undoing is None:
            return False
        return undoing.state in STANDS or (undoing.key.effect.startswith(REVERSAL) and undoing.state in NEVER_SENT)

    def _undoing(self, document: Mutation) -> Mutation | None:
        found = [self._named(beside(document.key, prefix)) for prefix in (REVERSAL, DELETION)]
        return next((each for each in found if each is not None and each.state not in {State.DISMISSED, State.GONE}), None)

    def _named(self, key: Key) -> Mutation | None:
        return next((each for each in self.family if each.key == key), None)
