"""The mirror follows Exact: master data and documents, so that booking a document costs one call."""

from __future__ import annotations

from include.administrations.model import Mode
from include.exact.entities import DOCUMENTS, MASTER_DATA, RELATION_PARTS
from include.outbox.model import Tally
from include.run import Run, mirrored_documents


def refresh(run: Run) -> Tally:
    """Pull what changed in Exact, and drop what was deleted there."""
    if run.administration.mode is Mode.OFF:
        return Tally()
    parts = RELATION_PARTS if run.administration.customers else ()
    followed = (*MASTER_DATA, *parts, DOCUMENTS[mirrored_documents(run.administration)])
    tally = Tally({entity.name: run.pulls.pull(entity) for entity in followed})
    tally["deleted"] = run.pulls.pull_deleted()
    return tally
