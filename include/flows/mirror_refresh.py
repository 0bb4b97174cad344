"""The mirror follows Exact: master data and documents, so that booking a document costs one call, and the shop learns what became of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from include.adapters.mirrored_sales import mirrored_documents
from include.adapters.pulls import DELETED
from include.administrations.model import Mode
from include.exact.entities import DOCUMENTS, MASTER_DATA, PERIODS, RELATION_PARTS, Entity
from include.outbox.model import Tally
from include.run import Run

log = logging.getLogger(__name__)

DIVISIONS, OTHERS = MASTER_DATA[0], MASTER_DATA[1:]
# Periods change a few times a year: they are read every other hour, and whenever a document meets one that is closed.
PERIODS_AGE_MAX = timedelta(minutes=100)
# Exact tells of deletions for two months (FACTS 4.4).
DELETIONS_TOLD = timedelta(days=59)


def refresh(run: Run) -> Tally:
    """Pull what changed in Exact, and drop what was deleted there; note what became of our documents, and check the mapping."""
    if run.administration.mode is Mode.OFF:
        return Tally()
    parts = RELATION_PARTS if run.administration.customers else ()
    followed = (*OTHERS, *parts, DOCUMENTS[mirrored_documents(run.administration)])
    tally = Tally({DIVISIONS.name: run.pulls.pull(DIVISIONS)})
    _begin_anew(run, [each for each in followed if each.by_sync])
    tally += Tally({entity.name: run.pulls.pull(entity) for entity in followed})
    tally["deleted"] = run.pulls.pull_deleted()
    tally += run.way_back.follow()
    run.pulls.pull_older(PERIODS, PERIODS_AGE_MAX)
    tally["findings"] = len(run.mapping.verdict().findings)
    return tally


def _begin_anew(run: Run, fed: Sequence[Entity]) -> None:
    """Read everything again when the positions in Exact's feeds mean nothing any more, or deletions may have been missed."""
    moved_at = _moved_at(run)
    known = run.mirror.moved_at()
    moved = known is not None and known != moved_at
    stale = [name for name in (*(entity.name for entity in fed), DELETED) if _is_stale(run, name)]
    if moved or stale:
        why = "the division moved to another database" if moved else f"{stale[0]} was not read for two months"
        log.warning("division %s is read anew from the beginning: %s", run.administration.division, why)
        run.mirror.begin_anew([*(entity.name for entity in fed), DELETED], moved_at)
    elif known is None:
        run.mirror.begin_anew([], moved_at)


def _moved_at(run: Run) -> str:
    """Exact's DivisionMoveDate; empty for a division that never moved (FACTS 4.6)."""
    division = str(run.administration.division)
    found = (
        row["data"].get("DivisionMoveDate") for row in run.mirror.records(DIVISIONS.name) if str(row["data"]["Code"]).strip() == division
    )
    return str(next(found, None) or "")


def _is_stale(run: Run, feed: str) -> bool:
    read_at = run.mirror.pulled_at(feed)
    return read_at is not None and run.mirror.now() - read_at > DELETIONS_TOLD
