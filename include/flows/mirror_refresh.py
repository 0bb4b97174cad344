"""The mirror follows Exact: master data and documents, so that booking a document costs one call."""

from __future__ import annotations

from datetime import timedelta

from include.administrations.model import Mode
from include.exact.entities import DOCUMENTS, MASTER_DATA, PERIODS, RELATION_PARTS
from include.outbox.model import Tally
from include.run import Run, mirrored_documents

# Periods change a few times a year: they are read every other hour, and whenever a document meets one that is closed.
PERIODS_AGE_MAX = timedelta(minutes=100)


def refresh(run: Run) -> Tally:
    """Pull what changed in Exact, and drop what was deleted there; where what the configuration names has changed, check it."""
    if run.administration.mode is Mode.OFF:
        return Tally()
    parts = RELATION_PARTS if run.administration.customers else ()
    followed = (*MASTER_DATA, *parts, DOCUMENTS[mirrored_documents(run.administration)])
    tally = Tally({entity.name: run.pulls.pull(entity) for entity in followed})
    tally["deleted"] = run.pulls.pull_deleted()
    run.pulls.pull_older(PERIODS, PERIODS_AGE_MAX)
    tally["findings"] = len(run.mapping.verdict().findings)
    return tally
