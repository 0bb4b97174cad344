"""The judgement of the proof with Airflow: the independent checker over the sandbox's books, its log of calls, and the outbox's tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from include.demo.system import SandboxLimits
from include.proof.airflow_report import NO_EXTRA_POST, Verdict
from include.proof.checker import SourceRecord, check, no_secret_in_files, no_secret_in_tables, nobody_held_too_long
from include.proof.judge import Violation
from include.proof.sandbox_door import SandboxDoor, errors_are_few, limits_are_kept, refreshes_are_apart

DOCUMENTS = frozenset({"salesinvoice/SalesInvoices", "salesentry/SalesEntries"})
# I11 with the rhythm of the upkeep, which looks each minute, and what Airflow takes to start it.
HELD_S = 90.0 + 60.0 + 30.0


def judged(dsn: str, door: SandboxDoor, sources: Sequence[SourceRecord], *, secrets: Collection[str], folders: Sequence[Path]) -> Verdict:
    """Judge what stands in Exact and in the outbox now; `folders`: logs in which no secret may be."""
    calls, limits = door.calls(), SandboxLimits()
    found = check(dsn, door.documents(), sources=sources)
    posts = [each for each in calls if each["method"] == "POST" and each["endpoint"] in DOCUMENTS]
    logs = [file for folder in folders for file in folder.rglob("*.log")]
    violations = [
        *found.violations,
        *_nothing_sent_again(posts, found.documents),
        *limits_are_kept(calls, minutely=limits.minutely, daily=limits.daily, time_scale=1.0),
        *errors_are_few(calls, time_scale=1.0),
        *refreshes_are_apart(calls, sign_ins=0, time_scale=1.0),
        *no_secret_in_tables(dsn, list(secrets)),
        *no_secret_in_files(logs, list(secrets)),
        *nobody_held_too_long(dsn, longest_s=HELD_S),
    ]
    refused = sum(each["status"] == 429 and not each["injected_429"] for each in calls)
    return Verdict(found.documents, len(posts), dict(found.states), refused, violations)


def _nothing_sent_again(posts: Sequence[Mapping[str, Any]], documents: int) -> list[Violation]:
    """A document costs one POST, and no POST was refused: nothing wrong was ever sent."""
    if len(posts) == documents:
        return []
    return [Violation(NO_EXTRA_POST, "all rounds", f"{len(posts)} POSTs for {documents} documents")]
